"""One query under way: waited for, stopped, read; and what its frame says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakMethod

from .. import results
from ..aws import Door, Setbacks
from ..connection.config import DataSourceConfig
from ..errors import QueryError
from ..execution import QueryExecution, Statistics, Submission, rows_later, warn_of_scan
from ..location import LocationContract
from . import progress
from .cost import Price
from .estimate import Foreseen
from .options import QueryOptions, check_rows
from .progress import Shown
from .suggest import suggestion

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What every query of a data source shares."""

    door: Door
    config: DataSourceConfig
    contract: LocationContract
    price: Price


class RunningQuery:
    """A query on its way; made by `AthenaDataSource.submit`. Awaiting it gives its DataFrame."""

    def __init__(  # noqa: PLR0913
        self,
        source: Source,
        submission: Submission,
        *,
        options: QueryOptions,
        nested: Mapping[int, str],
        describe: Callable[[], RunningQuery] | None = None,
        foreseen: Foreseen | None = None,
    ) -> None:
        self._source = source
        self._describe = describe
        self._foreseen = foreseen
        self._nested = nested
        self._submission = submission
        self._options = options
        self._shown: Shown | None = None
        self._setbacks = Setbacks()

    def begin(self) -> None:
        """Send it. While Athena runs the query, importing what reading needs costs no time."""
        slowed = WeakMethod(self._slowed)
        self._setbacks = self._source.door.hearing(lambda setbacks: (tell := slowed()) and tell(setbacks))
        self._submission.begin()
        results.make_ready(self._source.door)

    def told(self, execution: QueryExecution) -> None:
        """Tell whoever watches how it stands."""
        if self._shown:
            self._shown.told(execution)
        if watch := self._options.get("watch"):
            watch(execution)

    def _slowed(self, setbacks: Setbacks) -> None:
        if self._shown:
            self._shown.slowed(setbacks)

    def shown_as(self, shown: Shown) -> None:
        """Show it with this line while it is waited for."""
        self._shown = shown

    def ended(self, *, rows: int | None = None, error: BaseException | None = None) -> None:
        """Tell the line that shows it how it ended."""
        if self._shown:
            self._shown.ended(rows=rows, error=error)

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
            error.suggestion = suggestion(error, door=self._source.door, asked=self._submission.submit)
            raise
        self._source.contract.in_workgroup(self._submission.submit.workgroup).check(execution)
        warn_of_scan(execution, limit=self._submission.scan_limit)
        return execution

    def stop(self) -> QueryExecution:
        """Stop it, and wait until Athena confirms that it ended."""
        return self._submission.stop()

    def result(self) -> pd.DataFrame:
        """Wait, then read its rows."""
        frame = self._with_columns(read(self._source, self.wait(), options=self._options, nested=self._nested))
        self._setbacks.end()
        told_of_setbacks(frame, self._setbacks)
        return told_of_limit(frame, limit=self._submission.scan_limit, foreseen=self._foreseen)

    def batches(self, *, rows: int | None = None) -> Generator[pd.DataFrame, None, None]:
        """Wait, then read its rows as one DataFrame after another, in bounded memory."""
        check_rows(rows)
        return self._batches(rows)

    def _batches(self, rows: int | None) -> Generator[pd.DataFrame, None, None]:
        yield from self.batches_of(self.wait(), rows=rows)

    def batches_of(self, execution: QueryExecution, *, rows: int | None) -> Generator[pd.DataFrame, None, None]:
        """The rows of its execution, which has succeeded."""
        with rows_later(execution.query_execution_id):
            frames = results.batches(execution, self._source.door, rows=rows, options=self._reading(execution))
            yield from (self._with_columns(frame) for frame in frames)

    def arrow(self) -> pa.Table:
        """Wait, then read its rows as an Arrow table, without pandas."""
        execution = self.wait()
        with rows_later(execution.query_execution_id):
            table = results.arrow(execution, self._source.door, options=self._reading(execution))
            return self._describe().arrow() if self._describe and not table.num_columns else table

    def polars(self) -> pl.DataFrame:
        """Wait, then read its rows as a Polars DataFrame, without pandas. Needs the extra `polars`."""
        execution = self.wait()
        with rows_later(execution.query_execution_id):
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


def through(running: RunningQuery) -> pd.DataFrame:
    """From its start to its rows."""
    frame = _to_its_end(running, running.result)
    running.ended(rows=len(frame))
    return frame


def waited_for(running: RunningQuery) -> QueryExecution:
    """From its start to its end, with its line; no row of it is read here."""
    execution = _to_its_end(running, running.wait)
    running.ended()
    return execution


def _to_its_end(running: RunningQuery, ask: Callable[[], _T]) -> _T:
    """What is asked of a query that is begun here. One `try` from before the start: no interrupt falls beside it."""
    try:
        running.begin()
        return ask()
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            running.stop_for(error)
        running.ended(error=error)
        raise


def read(
    source: Source, execution: QueryExecution, *, options: QueryOptions, nested: Mapping[int, str] | None = None
) -> pd.DataFrame:
    """The rows of a succeeded execution, with what they cost."""
    reading = read_options(source, execution, options=options, nested=nested)
    with rows_later(execution.query_execution_id):
        frame = results.read(execution, source.door, options=reading)
    frame.attrs["athena"] = {**frame.attrs.get("athena", {}), "estimated_cost_usd": source.price.of(execution)}
    return frame


def told_of_setbacks(frame: pd.DataFrame, setbacks: Setbacks) -> pd.DataFrame:
    """The frame, which says what had to be asked again while its query ran and was read, where anything had."""
    if setbacks.calls:
        waited = round(setbacks.seconds * 1000)
        frame.attrs["athena"] |= {"retries": setbacks.calls, "retry_wait_ms": waited, "retry_reasons": setbacks.reasons}
    return frame


def told_of_limit(frame: pd.DataFrame, *, limit: int | None, foreseen: Foreseen | None) -> pd.DataFrame:
    """The frame, which says what its query was allowed to scan and what was known beforehand."""
    if limit is not None:
        frame.attrs["athena"] |= {
            "max_scan_bytes": limit,
            "estimated_at_least_bytes": foreseen.at_least if foreseen else None,
            "estimated_at_most_bytes": foreseen.at_most if foreseen else None,
        }
    return frame


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
