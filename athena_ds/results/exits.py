"""The ends of the way: what a reader is given, made from the blocks of rows of whichever source."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from ..errors import MissingExtraError, ResultError
from . import csv, pages
from .accessor import QueryFacts
from .cells import Cells
from .columns import Columns
from .parts import Streams
from .source import Door, ReadOptions, Rows
from .summary import summary
from .types import Backend

if TYPE_CHECKING:
    import polars as pl

    from ..execution import QueryExecution

Block = Sequence[Cells]

_IN_CSV = frozenset({"SELECT", "SHOW_FUNCTIONS"})
_FEW = Streams(first=2, most=4, growth=1)

pd.api.extensions.register_dataframe_accessor("athena")(QueryFacts)


def rows_of(execution: QueryExecution, door: Door, *, options: ReadOptions, streams: Streams | None = None) -> Rows:
    """The rows, with the columns that come as JSON known by the type they have."""
    rows = _rows(execution, door, options=options, streams=streams)
    if not options.nested:
        return rows
    types = options.nested
    columns = [replace(c, type=types[n], as_json=True) if n in types else c for n, c in enumerate(rows.columns)]
    return replace(rows, columns=columns)


def _rows(execution: QueryExecution, door: Door, *, options: ReadOptions, streams: Streams | None = None) -> Rows:
    """The columns and blocks of rows, from where this kind of statement leaves them."""
    location = execution.output_location or ""
    if execution.substatement_type == "UNLOAD":
        from . import unload  # noqa: PLC0415 - Parquet takes a while to import

        return unload.rows(execution, door, options=options, streams=streams)
    # What Athena encrypted on its own side is ciphertext in S3.
    readable = not execution.managed_results and execution.encryption_option != "CSE_KMS"
    if location.endswith(".csv") and execution.substatement_type in _IN_CSV and readable:
        return csv.rows(execution, door, options=options, streams=streams)
    return pages.rows(execution, door)


def frame(execution: QueryExecution, door: Door, *, options: ReadOptions) -> pd.DataFrame:
    """All rows as one DataFrame."""
    return _frame(execution, _gathered(execution, door, options=options, backend=options.dtype_backend), start=0)


def frames(
    execution: QueryExecution, door: Door, *, options: ReadOptions, rows: int | None
) -> Generator[pd.DataFrame, None, None]:
    """DataFrames one after another; one without rows when there are none."""
    start = 0
    with _named(execution):
        with rows_of(execution, door, options=options, streams=_FEW) as source:
            for blocks in _sized(source.blocks, rows):
                columns = Columns(source.columns, source.types, backend=options.dtype_backend)
                for block in blocks:
                    columns.add(block)
                yield _frame(execution, columns, start=start)
                start += columns.rows
        if not start:
            none = Columns(source.columns, source.types, backend=options.dtype_backend)
            yield _frame(execution, none, start=0)


def table(execution: QueryExecution, door: Door, *, options: ReadOptions) -> pa.Table:
    """All rows as one Arrow table."""
    found, _ = _gathered(execution, door, options=options).arrow()
    return found


def polars_frame(execution: QueryExecution, door: Door, *, options: ReadOptions) -> pl.DataFrame:
    """All rows as one Polars DataFrame."""
    try:
        import polars as pl  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(extra="polars", purpose="A Polars DataFrame") from error
    found = pl.from_arrow(table(execution, door, options=options))
    return found if isinstance(found, pl.DataFrame) else found.to_frame()


def _gathered(
    execution: QueryExecution, door: Door, *, options: ReadOptions, backend: Backend | None = None
) -> Columns:
    with _named(execution):
        with rows_of(execution, door, options=options) as source:
            columns = Columns(source.columns, source.types, backend=backend, share=source.share)
            for block in source.blocks:
                columns.add(block)
        return columns


def _frame(execution: QueryExecution, columns: Columns, *, start: int) -> pd.DataFrame:
    found, told = columns.frame(start=start)
    found.attrs["athena"] = summary(execution, told)
    return found


def _sized(blocks: Iterable[Block], count: int | None) -> Iterator[list[Block]]:
    """Blocks in groups of exactly `count` rows, the last one shorter; as they are without a count."""
    waiting: list[Block] = []
    have = 0
    for block in blocks:
        at, length = 0, len(block[0].values) if block else 0
        step = (count or length) - have
        while length and length - at >= step:
            yield [*waiting, _sliced(block, at, step)]
            at, waiting, have, step = at + step, [], 0, count or length
            if count is None:
                break
        if at < length:
            waiting.append(_sliced(block, at, length - at))
            have += length - at
    if waiting:
        yield waiting


def _sliced(block: Block, start: int, length: int) -> Block:
    if start == 0 and length == len(block[0].values):
        return block
    # What was learnt of a block is told once, with its first slice.
    told: dict[str, Any] = {"ambiguous": 0} if start else {}
    return [replace(cells, values=cells.values.slice(start, length), **told) for cells in block]


@contextmanager
def _named(execution: QueryExecution) -> Iterator[None]:
    """An error about the rows names the execution and where its result lies."""
    try:
        yield
    except ResultError as error:
        raise ResultError(
            reason=error.reason,
            query_execution_id=execution.query_execution_id,
            location=error.location or execution.output_location or "",
            column=error.column,
            type=error.type,
            remedy=error.remedy,
        ) from error
