"""Query executions: what each is, and the store that knows them by id, token and workgroup."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from athena_ds.local.athena.columns import ColumnInfo
from athena_ds.local.athena.sheet import Sheet
from athena_ds.local.iam.callers import Caller
from athena_ds.local.s3.objects import Location
from athena_ds.local.seam.engine import EngineError, Execution, Stats
from athena_ds.local.seam.run import Plan, Rights

State = Literal["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]
KEPT = 10_000
"""Finished executions remembered; the oldest are forgotten first (Athena keeps 45 days)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one execution was submitted with, defaults and workgroup overrides applied.

    `output` ends with a slash; None means managed query results.
    """

    workgroup: str
    catalog: str
    database: str
    output: str | None
    output_enforced: bool = False
    encryption: Mapping[str, str] | None = None
    expected_owner: str | None = None
    acl: Mapping[str, str] | None = None
    cutoff: int | None = None
    parameters: tuple[str, ...] = ()
    reuse_minutes: int | None = None
    engine_version: str = "AUTO"
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Where a finished execution's rows are and how they read."""

    columns: tuple[ColumnInfo, ...]
    sheet: Sheet
    update_count: int | None
    file: Location | Path | None
    manifest: Location | None = None
    size: int = 0
    """Bytes of the result object."""


@dataclass(slots=True, kw_only=True, eq=False)
class QueryExecution:
    """One query under way or finished. Only its worker and a stop change it, under the store's lock."""

    id: str
    sql: str
    plan: Plan
    settings: Settings
    caller: Caller
    rights: Rights
    file: Location | None
    state: State = "QUEUED"
    error: EngineError | None = None
    reason: str | None = None
    submitted: float = field(default_factory=time.time)
    started: float | None = None
    engine_started: float | None = None
    engine_ended: float | None = None
    completed: float | None = None
    stop: str | None = None
    """Why it is to be cancelled, once somebody asked."""
    running: list[Execution] = field(default_factory=list)
    stats: Stats = field(default_factory=Stats)
    result: Result | None = None
    reused: bool = False

    @property
    def finished(self) -> bool:
        return self.state in ("SUCCEEDED", "FAILED", "CANCELLED")

    def seen(self) -> Stats:
        """The engine's figures so far, or the final ones."""
        # Taken at once: its worker clears the list at any moment.
        latest = self.running[-1:]
        return latest[0].stats() if latest and not self.finished else self.stats


class Executions:
    """All executions of one region. Finished ones are forgotten, oldest first, beyond `kept`."""

    def __init__(self, *, kept: int = KEPT, forgotten: Callable[[str], None] = lambda _: None) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self._all: OrderedDict[str, QueryExecution] = OrderedDict()
        self._tokens: dict[str, tuple[str, tuple[Any, ...]]] = {}
        self._token_of: dict[str, str] = {}
        self.kept, self.forgotten = kept, forgotten

    def add(self, execution: QueryExecution) -> None:
        with self.lock:
            self._all[execution.id] = execution
            self._shrink()

    def get(self, identifier: str) -> QueryExecution | None:
        with self.lock:
            return self._all.get(identifier)

    def of(self, workgroup: str) -> list[QueryExecution]:
        """A workgroup's executions, newest first."""
        with self.lock:
            return [one for one in reversed(self._all.values()) if one.settings.workgroup == workgroup]

    def holds(self, workgroup: str) -> bool:
        """Whether a workgroup has executions."""
        return bool(self.of(workgroup))

    def clear(self, workgroup: str) -> None:
        """Forget a workgroup's finished executions; those under way end as they would."""
        with self.lock:
            for one in self.of(workgroup):
                if one.finished:
                    self._forget(one.id)

    def unfinished(self) -> list[QueryExecution]:
        with self.lock:
            return [one for one in self._all.values() if not one.finished]

    def add_once(
        self, execution: QueryExecution, token: str, request: tuple[Any, ...]
    ) -> tuple[str, tuple[Any, ...]] | None:
        """Add it under its token; where the token was used meanwhile, nothing is added and what it was for returned."""
        with self.lock:
            known = self._tokens.get(token)
            if known is None:
                self._tokens[token] = (execution.id, request)
                self._token_of[execution.id] = token
                self.add(execution)
            return known

    def reusable(self, like: QueryExecution) -> QueryExecution | None:
        """The newest execution whose rows may stand for this one's: same text, place and workgroup, young enough."""
        oldest = time.time() - 60 * (like.settings.reuse_minutes or 0)
        for one in self.of(like.settings.workgroup):
            if one.state == "SUCCEEDED" and not one.reused and (one.completed or 0) >= oldest and _same(one, like):
                return one
        return None

    def _shrink(self) -> None:
        if len(self._all) <= self.kept:
            return
        for identifier, one in list(self._all.items()):
            if one.finished:
                self._forget(identifier)
            if len(self._all) <= self.kept:
                return

    def _forget(self, identifier: str) -> None:
        del self._all[identifier]
        self._tokens.pop(self._token_of.pop(identifier, ""), None)
        self.forgotten(identifier)


def _same(one: QueryExecution, other: QueryExecution) -> bool:
    def place(execution: QueryExecution) -> tuple[Any, ...]:
        settings = execution.settings
        parts = (settings.catalog, settings.database, settings.output, settings.parameters)
        return (execution.sql, *parts, settings.encryption, settings.expected_owner)

    return place(one) == place(other)
