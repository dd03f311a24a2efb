"""The embedded engine: Athena SQL answered by DuckDB, one sandboxed connection a query."""

from __future__ import annotations

import os
import threading
import weakref

from athena_ds.local.engine.duckdb.connections import Connections, Limits
from athena_ds.local.engine.duckdb.execution import DuckDBExecution
from athena_ds.local.engine.seam import Catalog, EngineError, Query, Storage
from athena_ds.local.sql.parse import parse

_PATIENCE = 5.0
"""Seconds to wait for the thread of a cancelled query: Python must not end while one is inside DuckDB."""


class DuckDBEngine:
    """`Engine` of the seam. Queries share nothing but the machine: each has its own connection, thread and directory.

    Args:
        memory_limit: what one query's connection may take, as DuckDB spells it; beyond it DuckDB spills into the
            query's own directory.
        threads: how many threads one query may use; None takes what the machine has.
    """

    def __init__(self, *, memory_limit: str = "2GB", threads: int | None = None) -> None:
        self._connections = Connections(Limits(memory_limit=memory_limit, threads=threads or os.cpu_count() or 1))
        self._running: weakref.WeakSet[DuckDBExecution] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, query: Query, catalog: Catalog, storage: Storage) -> DuckDBExecution:
        """Start a query on a thread of its own and answer at once."""
        if self._closed:
            raise EngineError("SERVER_SHUTTING_DOWN", "The local engine is closed", kind="INTERNAL")
        execution = DuckDBExecution(query, catalog, storage, connections=self._connections)
        with self._lock:
            self._running.add(execution)
        execution.start()
        return execution

    def check(self, sql: str) -> None:
        """Raise EngineError SYNTAX_ERROR unless Trino's grammar takes the text."""
        parse(sql.rstrip().rstrip(";"))

    def close(self) -> None:
        """Cancel what runs; nothing can be submitted afterwards."""
        self._closed = True
        with self._lock:
            running = list(self._running)
        for execution in running:
            execution.cancel()
        self._connections.close()
        for execution in running:
            execution.join(_PATIENCE)
