"""Queries of one data source: bind, submit, follow, read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack
from uuid import uuid4

from .. import results
from ..aws import Door
from ..connection.config import DataSourceConfig, bytes_of
from ..errors import CallError, ExpiredCredentialsError, ParameterError, QueryError
from ..execution import QueryExecution, Statistics, Submission, Submit, raise_for_state, status, wait, warn_of_scan
from ..execution.literals import quoted
from ..execution.parameters import Parameters, bind, is_query
from ..location import LocationContract
from . import progress
from .cost import Price
from .options import QueryOptions, checked
from .progress import Shown

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Suggest = Callable[[QueryError], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What every query of a data source shares."""

    door: Door
    config: DataSourceConfig
    contract: LocationContract
    suggest: Suggest
    price: Price


class RunningQuery:
    """A query on its way; made by `AthenaDataSource.submit`. Awaiting it gives its DataFrame."""

    def __init__(
        self,
        source: Source,
        submission: Submission,
        *,
        options: QueryOptions,
        nested: Mapping[int, str],
        describe: Callable[[], RunningQuery] | None = None,
    ) -> None:
        self._source = source
        self._describe = describe
        self._nested = nested
        self._submission = submission
        self._options = options
        self._shown: Shown | None = None

    def begin(self) -> None:
        """Send it. While Athena runs the query, importing what reading needs costs no time."""
        self._submission.begin()
        results.prepare(self._source.door)

    def told(self, execution: QueryExecution) -> None:
        """Tell whoever watches how it stands."""
        if self._shown:
            self._shown.told(execution)
        if watch := self._options.get("watch"):
            watch(execution)

    def shown_as(self, shown: Shown) -> None:
        """Show it with this line while it is waited for."""
        self._shown = shown

    def stop_for(self, error: BaseException) -> None:
        """Stop it because of this error, unless it has ended."""
        self._submission.stop_for(error)

    def price(self, execution: QueryExecution) -> float:
        """An estimate in dollars of what an execution has cost so far."""
        return self._source.price.of(execution)

    def console_link(self, query_execution_id: str) -> str | None:
        """Where AWS's console shows an execution; None on an endpoint that has no console."""
        return self._source.config.console_link(query_execution_id)

    def _ipython_display_(self) -> None:
        progress.display(self)

    @property
    def query_execution_id(self) -> str:
        """The execution's id."""
        return self._submission.query_execution_id

    @property
    def state(self) -> str:
        """QUEUED, RUNNING, SUCCEEDED, FAILED or CANCELLED, asked for now."""
        return self.execution().state

    @property
    def statistics(self) -> Statistics:
        """Bytes and times so far, asked for now."""
        return self.execution().statistics

    def execution(self) -> QueryExecution:
        """How it stands, asked for now."""
        return self._submission.status()

    def wait(self) -> QueryExecution:
        """Wait for success; Ctrl-C stops the query.

        Raises:
            QueryError: One of its kinds, with close names for what was not found.
        """
        try:
            execution = self._submission.wait(timeout=self._options.get("timeout"), watch=self.told)
        except (KeyboardInterrupt, SystemExit) as error:
            self._submission.stop_for(error)
            raise
        except QueryError as error:
            error.suggestion = self._source.suggest(error)
            raise
        self._source.contract.in_workgroup(self._submission.submit.workgroup).check(execution)
        warn_of_scan(execution, limit=self._submission.scan_limit)
        return execution

    def stop(self) -> QueryExecution:
        """Stop it, and wait until Athena confirms that it ended."""
        return self._submission.stop()

    def result(self) -> pd.DataFrame:
        """Wait, then read its rows."""
        return self._with_columns(read(self._source, self.wait(), options=self._options, nested=self._nested))

    def batches(self, *, rows: int | None = None) -> Generator[pd.DataFrame, None, None]:
        """Wait, then read its rows as one DataFrame after another, in bounded memory."""
        if rows is not None and rows < 1:
            raise ParameterError(f"rows of a batch are at least 1, not {rows!r}.")
        execution = self.wait()
        with naming(execution):
            frames = results.batches(execution, self._source.door, rows=rows, options=self._reading(execution))
            yield from (self._with_columns(frame) for frame in frames)

    def arrow(self) -> pa.Table:
        """Wait, then read its rows as an Arrow table, without pandas."""
        execution = self.wait()
        with naming(execution):
            table = results.arrow(execution, self._source.door, options=self._reading(execution))
            return self._describe().arrow() if self._describe and not table.num_columns else table

    def polars(self) -> pl.DataFrame:
        """Wait, then read its rows as a Polars DataFrame, without pandas. Needs the extra `polars`."""
        execution = self.wait()
        with naming(execution):
            frame = results.polars(execution, self._source.door, options=self._reading(execution))
            return self._describe().polars() if self._describe and not frame.width else frame

    def __await__(self) -> Generator[Any, None, pd.DataFrame]:
        return self._awaited().__await__()

    async def _awaited(self) -> pd.DataFrame:
        try:
            return await asyncio.to_thread(self.result)
        except asyncio.CancelledError as error:
            # Nobody waits for its rows any more, as after Ctrl-C.
            await asyncio.shield(asyncio.to_thread(self.stop_for, error))
            raise

    def __repr__(self) -> str:
        return f"RunningQuery(database={self._submission.submit.database!r})"

    def _reading(self, execution: QueryExecution) -> results.ReadOptions:
        return read_options(self._source, execution, options=self._options, nested=self._nested)

    def _with_columns(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame; of an UNLOAD that wrote no file, the columns that a query which reads nothing has."""
        if self._describe is None or len(frame.columns):
            return frame
        from ..results import nested  # noqa: PLC0415 - needs pyarrow

        found = self._describe().result()
        columns = found.attrs["athena"]["columns"]
        deep = [place for place, each in enumerate(columns) if each["type"] in nested.NESTED]
        for place in deep:
            columns[place]["note"] = nested.REAL
        found = found.astype({found.columns[place]: object for place in deep})
        found.attrs["athena"] = {**frame.attrs["athena"], "columns": columns}
        return found


def submit(
    source: Source, sql: str, *, parameters: Parameters | None = None, **options: Unpack[QueryOptions]
) -> RunningQuery:
    """Send a query on its way."""
    running = _running(source, sql, parameters, options)
    try:
        running.begin()
    except BaseException as error:
        # Nobody has the handle yet, and nobody else could stop it.
        running.stop_for(error)
        raise
    return running


def query(
    source: Source, sql: str, *, parameters: Parameters | None = None, **options: Unpack[QueryOptions]
) -> pd.DataFrame:
    """Send a query, wait, read. One `try` from before the start, so that no interrupt falls beside it."""
    running = _running(source, sql, parameters, options)
    line = progress.shown(running, wanted=options.get("progress"))
    running.shown_as(line)
    try:
        running.begin()
        frame = running.result()
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            running.stop_for(error)
        line.ended(error=error)
        raise
    line.ended(rows=len(frame))
    return frame


def _running(source: Source, sql: str, parameters: Parameters | None, options: QueryOptions) -> RunningQuery:
    checked(options)
    describe = partial(_described, source, sql, parameters, options) if options.get("unload") else None
    sql, nested = (sql, {}) if describe else _nested(source, sql, parameters, options)
    prepared = prepare(source, sql, parameters=parameters, **options)
    submission = Submission(source.door, prepared, scan_limit=scan_limit(source, options))
    return RunningQuery(source, submission, options=options, nested=nested, describe=describe)


def _described(source: Source, sql: str, parameters: Parameters | None, options: QueryOptions) -> RunningQuery:
    """A query on its way that tells a query's columns and reads nothing."""
    from ..results import nested  # noqa: PLC0415 - needs pyarrow

    plain: QueryOptions = {**options, "unload": False}
    return submit(source, nested.probe(sql) or sql, parameters=parameters, **plain)


def scan_limit(source: Source, options: QueryOptions) -> int | None:
    """The bytes that a query may scan: its own, or the data source's."""
    limit = options.get("max_scan", source.config.max_scan)
    return None if limit is None else bytes_of(limit)


def new_location(config: DataSourceConfig) -> str:
    """A prefix of its own under the results path, for one UNLOAD."""
    return f"{config.output_location}unload/{uuid4()}/"


def unload_statement(sql: str, location: str) -> str:
    """UNLOAD of a query to a prefix, as Parquet. The line end keeps a comment from swallowing the bracket.

    Raises:
        ParameterError: For a statement that is no query.
    """
    if not is_query(sql):
        raise ParameterError("Only a query can be unloaded: SELECT, WITH, VALUES or TABLE.")
    inner = sql.strip().rstrip(";").rstrip()
    return f"UNLOAD (\n{inner}\n) TO {quoted(location)} WITH (format = 'PARQUET')"


def _nested(
    source: Source, sql: str, parameters: Parameters | None, options: QueryOptions
) -> tuple[str, Mapping[int, str]]:
    """The query with its nested columns as JSON, if that is wanted, and where they stand."""
    if options.get("nested", "text") == "text":
        return sql, {}
    from ..results import nested, pages  # noqa: PLC0415 - needs pyarrow

    if (probe := nested.probe(sql)) is None:
        return sql, {}
    asking: QueryOptions = {**options, "nested": "text"}
    columns = pages.columns_of(submit(source, probe, parameters=parameters, **asking).wait(), source.door)
    return nested.wrapped(sql, columns), nested.places(columns)


def prepare(
    source: Source, sql: str, *, parameters: Parameters | None = None, **options: Unpack[QueryOptions]
) -> Submit:
    """The query as it will be sent, checked."""
    checked(options)
    if not isinstance(sql, str):
        raise ParameterError(f"A statement is text, not {type(sql).__name__}.")
    config = source.config
    if options.get("unload"):
        sql = unload_statement(sql, new_location(config))
    bound = bind(sql, parameters)
    asked = Submit(
        sql=bound.sql,
        parameters=bound.parameters,
        database=options.get("database", config.database),
        data_catalog=options.get("data_catalog", config.data_catalog),
        workgroup=options.get("workgroup", config.workgroup),
        reuse_minutes=options.get("reuse_minutes"),
    )
    return replace(asked, destination=source.contract.in_workgroup(asked.workgroup).destination())


def read(
    source: Source, execution: QueryExecution, *, options: QueryOptions, nested: Mapping[int, str] | None = None
) -> pd.DataFrame:
    """The rows of a succeeded execution, with what they cost."""
    reading = read_options(source, execution, options=options, nested=nested)
    with naming(execution):
        frame = results.read(execution, source.door, options=reading)
    frame.attrs["athena"] = {**frame.attrs.get("athena", {}), "estimated_cost_usd": source.price.of(execution)}
    return frame


@contextmanager
def naming(execution: QueryExecution) -> Iterator[None]:
    """What goes wrong while rows are read says how to come by them: the query is done and paid for."""
    name = execution.query_execution_id
    try:
        yield
    except ExpiredCredentialsError:
        raise ExpiredCredentialsError(query_execution_id=name) from None
    except CallError as error:
        error.remedy = f"{error.remedy} ds.result('{name}') reads the query's rows later.".strip()
        raise


def result(source: Source, query_execution_id: str, **options: Unpack[QueryOptions]) -> pd.DataFrame:
    """The rows of an execution that was submitted before, by anyone; waits if it still runs."""
    checked(options)
    if beside := [name for name in options if name not in ("dtype_backend", "watch", "progress")]:
        remedy = "dtype_backend says how its rows are held."
        raise ParameterError(f"An execution that was submitted takes no {', '.join(beside)} any more.", remedy=remedy)
    execution = status(source.door, query_execution_id)
    if not execution.finished:
        execution = wait(source.door, query_execution_id, watch=options.get("watch"))
    raise_for_state(execution)
    return read(source, execution, options=options)


def read_options(
    source: Source, execution: QueryExecution, *, options: QueryOptions, nested: Mapping[int, str] | None = None
) -> results.ReadOptions:
    """How its rows are read: with the owner condition wherever the object lies in this data source's bucket."""
    ours = (execution.output_location or "").startswith(f"s3://{source.config.results_bucket}/")
    return results.ReadOptions(
        dtype_backend=options.get("dtype_backend", "numpy"),
        bucket_owner=source.contract.bucket_owner if ours else None,
        nested=nested or {},
    )
