"""One query under way: planned and run on its own thread, its rows handed over batch by batch."""

from __future__ import annotations

import contextlib
import json
import queue
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from athena_ds.local.engine.duckdb import explain
from athena_ds.local.engine.duckdb.connections import Connections
from athena_ds.local.engine.duckdb.formats.context import Pruning, ScanContext
from athena_ds.local.engine.duckdb.kernels import Kernels
from athena_ds.local.engine.duckdb.plan import Plan, arrow_schema, as_seam, lower, translated
from athena_ds.local.engine.duckdb.scan import relation
from athena_ds.local.engine.duckdb.usage import taken_literally
from athena_ds.local.engine.running import aside
from athena_ds.local.seam.engine import Catalog, Column, EngineError, Query, Stats, Storage, Table, Written
from athena_ds.local.sql.analyse import Analysis, analyse

_ROWS_A_BATCH = 65536
_AGAIN = 0.02
"""Seconds between two interrupts of a cancelled query."""

_BATCHES_AHEAD = 4
"""How far the engine may run ahead of who reads: bounds memory for any result."""


class DuckDBExecution:
    """`Execution` of the seam."""

    def __init__(self, query: Query, catalog: Catalog, storage: Storage, *, connections: Connections) -> None:
        self._query, self._catalog, self._storage, self._connections = query, catalog, storage, connections
        self._planned, self._cancelled, self._ended = threading.Event(), threading.Event(), threading.Event()
        self._batches: queue.Queue[pa.RecordBatch | EngineError | None] = queue.Queue(_BATCHES_AHEAD)
        self._columns: tuple[Column, ...] = ()
        self._failure: EngineError | None = None
        self._written: Written | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._begun, self._planned_at, self._ended_at = time.monotonic(), 0.0, 0.0
        self._scanned, self._read, self._rows, self._reads = 0, 0, 0, False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        name = f"duckdb-{self._query.execution_id}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Names and types; waits until the query is planned, raises what planning raised."""
        self._planned.wait()
        if self._failure is not None and not self._columns:
            raise self._failure
        return self._columns

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order, as they come."""
        while True:
            found = self._batches.get()
            if found is None:
                return
            if isinstance(found, EngineError):
                raise found
            yield found

    def written(self) -> Written | None:
        return self._written

    def stats(self) -> Stats:
        now = self._ended_at or time.monotonic()
        planned = self._planned_at or now
        return Stats(
            bytes_scanned=self._scanned,
            bytes_written=sum(file.size for file in self._written.files) if self._written else 0,
            rows_in=self._read,
            planning_ms=int((planned - self._begun) * 1000),
            execution_ms=int((now - planned) * 1000),
        )

    def cancel(self) -> None:
        """Stop, also while planning; the reader gets USER_CANCELED."""
        self._cancelled.set()
        aside(self._interrupt, name="duckdb-cancel")

    def join(self, seconds: float) -> None:
        """Wait for the query's thread, which may still be closing its connection after the rows are given."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def _interrupt(self) -> None:
        """Again and again: an interrupt between two statements is forgotten by DuckDB."""
        while not self._ended.wait(_AGAIN):
            connection = self._connection
            if connection is not None:
                with contextlib.suppress(duckdb.Error):
                    connection.interrupt()

    def _run(self) -> None:
        try:
            question = explain.asked(self._query.sql)
            analysis = self._analysed(question.sql if question else self._query.sql)
            literally = taken_literally(analysis.relation)
            with _workplace(self._query.work) as work:
                self._connection = connection = self._connections.take(work, literally=literally)
                try:
                    self._answer(analysis, question, Kernels(connection, literally=literally), work)
                finally:
                    self._ended.set()
                    self._connection = None
                    connection.close()
        except EngineError as failure:
            self._end(failure)
        except Exception as bug:
            self._end(EngineError("GENERIC_INTERNAL_ERROR", f"{type(bug).__name__}: {bug}", kind="INTERNAL"))
        else:
            self._end(None)
        with contextlib.suppress(duckdb.Error):
            self._connections.prepare()

    def _end(self, failure: EngineError | None) -> None:
        if failure is not None and self._cancelled.is_set():
            failure = EngineError("USER_CANCELED", "Query was canceled")
        self._failure, self._ended_at = failure, time.monotonic()
        self._ended.set()
        self._planned_at = self._planned_at or self._ended_at
        self._planned.set()
        self._put(failure, last=True)

    def _answer(self, analysis: Analysis, question: explain.Asked | None, kernels: Kernels, work: Path) -> None:
        context = self._context(kernels, work)
        try:
            scans: list[tuple[Table, Pruning]] = []
            plan = self._plan(analysis, kernels, context, scans)
            if question is not None:
                self._explain(question, plan, context, scans)
            else:
                self._say_planned(plan.columns)
                self._run_plan(plan, kernels, context)
        except (duckdb.Error, pa.ArrowException, OSError) as failure:
            if context.failures:
                raise context.failures[0] from failure
            raise translated(failure, kernels) from failure

    def _run_plan(self, plan: Plan, kernels: Kernels, context: ScanContext) -> None:
        if self._query.write is not None:
            from athena_ds.local.engine.duckdb.write import write  # noqa: PLC0415 - only writes need it

            self._written = write(plan, self._query, context)
        else:
            self._stream(plan, context)
        size, rows = _figures(context.connection)
        self._scanned += size if self._reads else 0
        self._read += rows
        if context.failures:
            raise context.failures[0]
        if plan.tries and kernels.uncaught:
            raise kernels.uncaught[0]

    def _stream(self, plan: Plan, context: ScanContext) -> None:
        schema = arrow_schema(plan.columns)
        for batch in context.connection.sql(plan.sql).to_arrow_reader(_ROWS_A_BATCH):
            self._rows += batch.num_rows
            if batch.num_rows:
                self._put(as_seam(batch, plan.columns, schema))

    def _analysed(self, sql: str) -> Analysis:
        query = self._query
        self._check_cancelled()
        return analyse(
            sql, catalog=self._catalog, database=query.database, parameters=query.parameters, home=query.catalog
        )

    def _plan(
        self, analysis: Analysis, kernels: Kernels, context: ScanContext, scans: list[tuple[Table, Pruning]]
    ) -> Plan:
        def scan(table: Table, columns: Sequence[str], pruning: Pruning) -> str:
            scans.append((table, pruning))
            return relation(table, columns, pruning, context)

        self._check_cancelled()
        if self._query.write is not None:
            from athena_ds.local.engine.duckdb.write_coerce import inserted  # noqa: PLC0415 - only writes need it

            analysis = inserted(analysis, self._query.write)
        plan = lower(analysis, kernels=kernels, scan=scan)
        self._check_cancelled()
        return plan

    def _explain(
        self, question: explain.Asked, plan: Plan, context: ScanContext, scans: list[tuple[Table, Pruning]]
    ) -> None:
        if question.analyze:
            self._rows = sum(b.num_rows for b in context.connection.sql(plan.sql).to_arrow_reader(_ROWS_A_BATCH))
        answer = explain.explained(question, plan, rows=self._rows, scans=scans)
        self._say_planned((answer.column,))
        self._put(answer.batch)

    def _context(self, kernels: Kernels, work: Path) -> ScanContext:
        return ScanContext(
            catalog=self._catalog,
            storage=self._storage,
            connection=kernels.connection,
            work=work,
            scanned=self._add_scanned,
            seen=self._add_read,
            reads=self._say_reads,
            cancelled=self._cancelled.is_set,
            fail=kernels.fail,
            call=kernels.call,
        )

    def _add_scanned(self, size: int) -> None:
        self._scanned += size

    def _add_read(self, rows: int) -> None:
        self._read += rows

    def _say_reads(self) -> None:
        self._reads = True

    def _say_planned(self, columns: tuple[Column, ...]) -> None:
        self._columns, self._planned_at = columns, time.monotonic()
        self._planned.set()

    def _check_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise EngineError("USER_CANCELED", "Query was canceled")

    def _put(self, item: pa.RecordBatch | EngineError | None, *, last: bool = False) -> None:
        """Hand over, waiting for the reader, but never for one that has gone after a cancel."""
        while True:
            try:
                self._batches.put(item, timeout=0.1)
            except queue.Full:
                if self._cancelled.is_set():
                    _drain(self._batches)
            else:
                break
        if not last:
            self._check_cancelled()


def _drain(batches: queue.Queue[Any]) -> None:
    try:
        while True:
            batches.get_nowait()
    except queue.Empty:
        pass


def _figures(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Bytes DuckDB's own readers took from files in the query just run, and rows; 0 where the version doesn't say."""
    try:
        found = json.loads(connection.get_profiling_information() or "{}")
    except (duckdb.Error, ValueError, AttributeError):
        return 0, 0
    size = found.get("io", found).get("total_bytes_read", 0)
    return int(size or 0), int(found.get("query", found).get("total_rows_scanned", 0) or 0)


@contextlib.contextmanager
def _workplace(given: Path | None) -> Iterator[Path]:
    """The query's directory, or one of its own that goes when it ends."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="athena-local-", ignore_cleanup_errors=True) as made:
        yield Path(made)
