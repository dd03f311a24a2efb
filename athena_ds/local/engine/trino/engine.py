"""The engine `trino`: Athena SQL answered by a real Trino, which reads this endpoint's Glue and S3."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from athena_ds.local.engine.running import Running
from athena_ds.local.engine.trino.address import Address, Door
from athena_ds.local.engine.trino.catalog import OwnCatalog
from athena_ds.local.engine.trino.execution import Surroundings, TrinoExecution
from athena_ds.local.engine.trino.protocol import Statement
from athena_ds.local.engine.trino.writing import Writes
from athena_ds.local.seam.engine import CATALOG, Catalog, Query, Storage
from athena_ds.local.sql.explaining import without_format
from athena_ds.local.sql.parse import parse
from athena_ds.local.staging import Staging


class TrinoEngine:
    """`Engine` of the seam. Nothing is sent before the first query.

    Args:
        address: which Trino.
        door: how it reaches this endpoint.
        staging: where it writes.
    """

    def __init__(self, address: Address, *, door: Door, staging: Staging) -> None:
        self._address = address
        self._own = OwnCatalog(address, door, self._run)
        writes = Writes(staging, catalog=self._own.name)
        self._around = Surroundings(own=self._own, writes=writes, opened=self._opened)
        self._running: Running[TrinoExecution] = Running()

    def submit(self, query: Query, catalog: Catalog, storage: Storage) -> TrinoExecution:
        """A query that is sent when its columns or rows are asked for."""
        return self._running.add(TrinoExecution(query, catalog, storage, around=self._around))

    def check(self, sql: str) -> None:
        """Raise EngineError SYNTAX_ERROR unless Trino's grammar takes the text."""
        parse(without_format(sql)[0].rstrip().rstrip(";"))

    def close(self) -> None:
        """Cancel what runs and take the catalog away; nothing can be submitted afterwards."""
        self._running.close()
        self._own.drop()

    def _opened(self, query: Query, session: Mapping[str, str]) -> Statement:
        headers = {
            "X-Trino-Catalog": self._own.name,
            "X-Trino-Schema": query.database,
            "X-Trino-Time-Zone": "UTC",
            "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
            "X-Trino-Trace-Token": query.execution_id or "-",
        }
        if session:
            given = (f"{self._own.name}.{name}={quote(value)}" for name, value in session.items())
            headers["X-Trino-Session"] = ",".join(given)
        return Statement(self._address, headers=headers, renamed=(self._own.name, CATALOG))

    def _run(self, sql: str) -> None:
        """A statement of our own, to its end."""
        for _ in Statement(self._address, headers={}).pages(sql):
            pass
