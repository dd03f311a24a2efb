"""An engine that answers what a test wrote down, waits where the test says so, and counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from athena_ds.local.seam.arrow import arrow_type
from athena_ds.local.seam.engine import Catalog, Column, EngineError, Query, Stats, Storage
from athena_ds.local.seam.types import INTEGER


@dataclass
class Script:
    """What one statement does: rows of these columns, an error, or waiting until it is cancelled."""

    columns: tuple[Column, ...] = (Column("_col0", INTEGER),)
    rows: list[tuple[Any, ...]] = field(default_factory=lambda: [(1,)])
    batches: Any = None
    error: EngineError | None = None
    gate: threading.Event | None = None
    waits: bool = False
    scanned: int = 0
    started: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def runs(self) -> None:
        """Wait until one more query of it is with the engine."""
        assert self.started.acquire(timeout=20)


class Scripted:
    """Statements by their text; what is not written down gives one row with the number 1."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.submitted: list[Query] = []
        self.cancelled: list[str] = []
        self.closed = False

    def on(self, sql: str, **what: Any) -> Script:
        """Write down what a statement does."""
        self.scripts[sql] = Script(**what)
        return self.scripts[sql]

    def submit(self, query: Query, catalog: Catalog, storage: Storage) -> _Run:
        self.submitted.append(query)
        return _Run(self, query, self.scripts.get(query.sql, Script()))

    def check(self, sql: str) -> None:
        first = sql.split(None, 1)[0]
        if first.upper() not in ("SELECT", "WITH", "VALUES", "TABLE", "EXPLAIN"):
            raise EngineError("SYNTAX_ERROR", f"mismatched input '{first}'. Expecting: 'SELECT'", line=1, column=1)

    def close(self) -> None:
        self.closed = True


class _Run:
    def __init__(self, engine: Scripted, query: Query, script: Script) -> None:
        self.engine, self.query, self.script = engine, query, script
        self.stopped = threading.Event()

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.script.columns

    def batches(self) -> Iterator[pa.RecordBatch]:
        self.script.started.release()
        if self.script.gate is not None:
            self.script.gate.wait(30)
        if self.script.waits:
            self.stopped.wait(30)
        if self.stopped.is_set():
            raise EngineError("USER_CANCELED", "Query was canceled")
        if self.script.error is not None:
            raise self.script.error
        if self.script.batches is not None:
            yield from self.script.batches()
            return
        columns = [
            pa.array([row[index] for row in self.script.rows], arrow_type(column.type))
            for index, column in enumerate(self.script.columns)
        ]
        yield pa.RecordBatch.from_arrays(columns, [column.name for column in self.script.columns])

    def written(self) -> None:
        return None

    def stats(self) -> Stats:
        return Stats(bytes_scanned=self.script.scanned)

    def cancel(self) -> None:
        self.engine.cancelled.append(self.query.sql)
        self.stopped.set()
