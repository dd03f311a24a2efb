"""One query at a Trino: sent when its columns or rows are asked for, its pages handed over as they come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from athena_ds.local.engine.running import aside
from athena_ds.local.engine.trino.catalog import OwnCatalog
from athena_ds.local.engine.trino.protocol import Page, Statement
from athena_ds.local.engine.trino.statement import Sent, asked
from athena_ds.local.engine.trino.tables import Reading, query_of
from athena_ds.local.engine.trino.values import batch_of, columns_of
from athena_ds.local.engine.trino.writing import Writes
from athena_ds.local.seam.engine import Catalog, Column, EngineError, Query, Stats, Storage, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the queries of one engine share."""

    own: OwnCatalog
    writes: Writes
    opened: Callable[[Query, Mapping[str, str]], Statement]
    """A statement about to be sent: its query, and the session properties of the catalog."""


class TrinoExecution:
    """`Execution` of the seam. Whoever reads it does the fetching, on his own thread."""

    def __init__(self, query: Query, catalog: Catalog, storage: Storage, *, around: Surroundings) -> None:
        self._query, self._catalog, self._storage, self._around = query, catalog, storage, around
        self._lock = threading.Lock()
        self._statement: Statement | None = None
        self._cancelled = threading.Event()
        self._pages: Iterator[Page] | None = None
        self._columns: tuple[Column, ...] | None = None
        self._failure: EngineError | None = None
        self._waiting: list[Page] = []
        self._told: dict[str, Any] = {}
        self._written: Written | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Names and types; waits until Trino has planned the query."""
        with self._lock:
            if self._columns is None:
                self._ends_well(self._begin)
            return self._columns or ()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order, a batch a page."""
        if self._query.write is not None:
            with self._lock:
                self._ends_well(self._write)
            return
        columns = self.columns
        try:
            while (page := self._ends_well(self._next)) is not None:
                if page.get("data"):
                    yield self._ends_well(lambda page=page: batch_of(page["data"], columns))  # type: ignore[misc]
        finally:
            self._give_up()

    def written(self) -> Written | None:
        return self._written

    def stats(self) -> Stats:
        """Trino's own, as of the last page."""
        told = self._told
        queued, planning = int(told.get("queuedTimeMillis", 0)), int(told.get("planningTimeMillis", 0))
        return Stats(
            bytes_scanned=int(told.get("physicalInputBytes", 0)),
            bytes_written=int(told.get("physicalWrittenBytes", 0)),
            rows_in=int(told.get("processedRows", 0)),
            queued_ms=queued,
            planning_ms=planning,
            execution_ms=max(0, int(told.get("elapsedTimeMillis", 0)) - queued - planning),
        )

    def cancel(self) -> None:
        """Tell Trino; the reader, who may be waiting for a page, gets USER_CANCELED."""
        self._cancelled.set()
        if self._statement is not None:
            aside(self._statement.cancel, name="trino-cancel")

    def _begin(self) -> None:
        """Decide the caller's rights, send, and wait for the columns."""
        self._allow()
        sent = asked(self._query, catalog=self._around.own.name)
        self._columns, self._waiting = self._started(sent)

    def _allow(self) -> None:
        query = self._query
        reading = Reading(
            catalog=self._catalog, storage=self._storage, database=query.database, catalog_name=query.catalog
        )
        reading.allow(query_of(self._query.sql))

    def _started(self, sent: Sent, **session: str) -> tuple[tuple[Column, ...], list[Page]]:
        """The columns and the pages up to them. A Trino that was started anew is told the catalog again, once."""
        try:
            return self._first(sent, session)
        except EngineError as failure:
            if not self._around.own.forgotten(failure):
                raise
            return self._first(sent, session)

    def _first(self, sent: Sent, session: dict[str, str]) -> tuple[tuple[Column, ...], list[Page]]:
        self._around.own.ready()
        self._statement = self._around.opened(self._query, session)
        self._check_cancelled()
        self._pages = self._statement.pages(sent.text)
        fetched: list[Page] = []
        try:
            for page in self._pages:
                fetched.append(page)
                self._told = page.get("stats") or self._told
                self._check_cancelled()
                if page.get("columns"):
                    return columns_of(page["columns"]), fetched
        except EngineError as failure:
            raise sent.back(failure) from None
        return (), fetched

    def _next(self) -> Page | None:
        self._check_cancelled()
        if self._waiting:
            return self._waiting.pop(0)
        page = next(self._pages or iter(()), None)
        if page is None:
            # A cancelled statement's pages just end.
            self._check_cancelled()
            return None
        self._told = page.get("stats") or self._told
        return page

    def _write(self) -> None:
        assert self._query.write is not None
        self._allow()
        columns = self._query.write.columns or self._described()
        with self._around.writes.target(self._query, columns) as target:
            sent = asked(self._query, catalog=self._around.own.name, into=str(target))
            _, pages = self._started(sent, **target.session)
            rows = self._rows_written(pages)
            self._check_cancelled()
            self._written = target.stored(self._storage, rows)

    def _rows_written(self, pages: list[Page]) -> int:
        self._waiting = pages
        rows = 0
        while (page := self._next()) is not None:
            rows = int(page.get("updateCount") or rows)
        return rows

    def _described(self) -> tuple[Column, ...]:
        found, _ = self._started(asked(self._query, catalog=self._around.own.name, described=True))
        self._give_up()
        return found

    def _give_up(self) -> None:
        if self._statement is not None:
            self._statement.cancel()

    def _check_cancelled(self) -> None:
        if self._cancelled.is_set():
            self._give_up()
            raise EngineError("USER_CANCELED", "Query was canceled")

    def _ends_well(self, step: Callable[[], Any]) -> Any:
        """Take a step. Its failure is every later step's too, and a cancelled query's is that it was cancelled."""
        if self._failure is not None:
            raise self._failure
        try:
            return step()
        except EngineError as failure:
            cancelled = self._cancelled.is_set()
            self._failure = EngineError("USER_CANCELED", "Query was canceled") if cancelled else failure
            raise self._failure from failure
