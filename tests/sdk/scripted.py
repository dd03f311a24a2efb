"""An engine behind the real endpoint that does what a test's statement says: answer, fail, or wait to be stopped.

It stands where DuckDB stands, so everything above it (API, states, results, HTTP) is the endpoint's own.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pyarrow as pa

from athena_ds.local.seam.engine import Catalog, Column, EngineError, Query, Stats, Storage
from athena_ds.local.seam.types import BIGINT

WAIT = "SELECT 'wait'"
"""Runs until it is stopped."""

_SCRIPT = re.compile(r"SELECT\s+'(?P<do>wait|fail)(?: (?P<name>\w+) (?P<words>.*))?'", re.DOTALL)


def fail(name: str, words: str) -> str:
    """A statement that fails with this error and these words."""
    escaped = words.replace("'", "''")
    return f"SELECT 'fail {name} {escaped}'"


class Scripted:
    """`SELECT n` gives the number n; `WAIT` waits; `fail(...)` fails."""

    def __init__(self) -> None:
        self.stopped: list[str] = []
        self.waiting = threading.Semaphore(0)
        self.scanned = 1_000_000

    def submit(self, query: Query, catalog: Catalog, storage: Storage) -> ScriptedExecution:
        return ScriptedExecution(self, query)

    def check(self, sql: str) -> None:
        if not sql.lstrip().upper().startswith(("SELECT", "WITH", "EXPLAIN")):
            word = sql.split(maxsplit=1)[0] if sql.split() else ""
            raise EngineError("SYNTAX_ERROR", f"mismatched input '{word}'. Expecting: 'SELECT'", line=1, column=1)

    def close(self) -> None:
        pass


class ScriptedExecution:
    """One statement of it."""

    def __init__(self, engine: Scripted, query: Query) -> None:
        self._engine, self._query = engine, query
        self._script = _SCRIPT.search(query.sql)
        self._cancelled = threading.Event()
        # Seen only at the end, so that a quick statement is not caught on its way, however slow the machine is.
        self._scanned = engine.scanned if self._script else 0

    @property
    def columns(self) -> tuple[Column, ...]:
        return (Column("n", BIGINT),)

    def batches(self) -> Iterator[pa.RecordBatch]:
        script = self._script
        if script and script["do"] == "wait":
            self._engine.waiting.release()
            self._cancelled.wait(300)
            raise EngineError("USER_CANCELED", "Query was canceled")
        if script:
            raise EngineError(script["name"], script["words"].replace("''", "'"), line=1, column=8)
        number = int(self._query.parameters[0] if self._query.parameters else self._query.sql.split()[1])
        yield pa.RecordBatch.from_pydict({"n": pa.array([number], pa.int64())})
        self._scanned = self._engine.scanned

    def written(self) -> None:
        return None

    def stats(self) -> Stats:
        return Stats(bytes_scanned=self._scanned)

    def cancel(self) -> None:
        self._engine.stopped.append(self._query.execution_id)
        self._cancelled.set()
