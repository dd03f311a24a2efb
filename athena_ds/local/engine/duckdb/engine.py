"""The embedded engine: Athena SQL answered by DuckDB, one sandboxed connection a query."""

from __future__ import annotations

import os

from athena_ds.local.engine.duckdb.connections import Connections, Limits
from athena_ds.local.engine.duckdb.execution import DuckDBExecution
from athena_ds.local.engine.running import Running
from athena_ds.local.seam.engine import Catalog, Query, Storage
from athena_ds.local.sql.explaining import without_format
from athena_ds.local.sql.parse import parse

_PATIENCE = 60.0
"""Seconds to wait for the threads of a cancelled query at most: Python must not end while one is inside DuckDB."""


class DuckDBEngine:
    """`Engine` of the seam. Queries share nothing but the machine: each has its own connection, thread and directory.

    Args:
        memory_limit: what one query's connection may take, as DuckDB spells it; beyond it DuckDB spills into the
            query's own directory.
        threads: how many threads one query may use; None takes what the machine has.
    """

    def __init__(self, *, memory_limit: str = "2GB", threads: int | None = None) -> None:
        self._connections = Connections(Limits(memory_limit=memory_limit, threads=threads or os.cpu_count() or 1))
        self._running: Running[DuckDBExecution] = Running()

    def submit(self, query: Query, catalog: Catalog, storage: Storage) -> DuckDBExecution:
        """Start a query on a thread of its own and answer at once."""
        execution = self._running.add(DuckDBExecution(query, catalog, storage, connections=self._connections))
        execution.start()
        return execution

    def check(self, sql: str) -> None:
        """Raise EngineError SYNTAX_ERROR unless Trino's grammar takes the text."""
        parse(without_format(sql)[0].rstrip().rstrip(";"))

    def close(self) -> None:
        """Cancel what runs; nothing can be submitted afterwards."""
        running = self._running.close()
        self._connections.close()
        for execution in running:
            execution.join(_PATIENCE)
