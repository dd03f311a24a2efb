"""DuckDB instances: one a query, locked into the query's own directory; the next one is opened while nobody waits.

Opening an instance costs more than a small query (12 of 17 ms of processor time for `SELECT 1`). Nothing is shared by
two queries: an instance is used once and closed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import duckdb

from athena_ds.local.engine.duckdb.kernels import LITERALLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one query may take of the machine."""

    memory_limit: str
    threads: int


class Connections:
    """Gives each query an instance of its own, and keeps one more ready."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._spare: duckdb.DuckDBPyConnection | None = None
        self._closed = False
        self._lock, self._opening = threading.Lock(), threading.Lock()

    def take(self, work: Path, *, literally: bool) -> duckdb.DuckDBPyConnection:
        """A connection that sees nothing but the query's own directory, and can't be talked out of it."""
        with self._lock:
            found, self._spare = self._spare, None
        connection = found or self._opened()
        connection.execute(f"SET temp_directory={_quoted(work / 'spill')}")
        if literally:
            connection.execute(LITERALLY)
        connection.execute(f"SET allowed_directories=[{_quoted(work)}]")
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        return connection

    def prepare(self) -> None:
        """Open the next one, unless one is ready: for a query's thread to call once its rows are given."""
        with self._opening:
            if self._closed or self._spare is not None:
                return
            opened = self._opened()
            with self._lock:
                self._spare = opened

    def close(self) -> None:
        """Close what is kept ready; one being opened is waited for, as a process must not end inside DuckDB."""
        self._closed = True
        with self._opening, self._lock:
            spare, self._spare = self._spare, None
        if spare is not None:
            spare.close()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        limits = self._limits
        connection = duckdb.connect(config={"threads": limits.threads, "memory_limit": limits.memory_limit})
        # In a notebook DuckDB would draw a bar of its own into the cell that happens to run.
        connection.execute("SET enable_progress_bar=false")
        connection.execute("PRAGMA enable_profiling='no_output'")
        return connection


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "/'"
