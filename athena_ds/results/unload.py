"""The Parquet files of an UNLOAD: listed by its manifest, fetched several at a time, read by a thread a processor.

Types come from the files, so nested values are real; they end as the same dtypes the CSV gives. The files were written
in parallel: their order, and so the rows', is the manifest's and not the query's.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from threading import Semaphore
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from athena_ds.errors import AthenaDSError, ResultError
from athena_ds.results.cells import Cells
from athena_ds.results.objects import RangedFile, S3Object
from athena_ds.results.parts import Piece, Streams, cores
from athena_ds.results.source import Door, ReadOptions, Rows
from athena_ds.results.types import Column, canonical

if TYPE_CHECKING:
    from athena_ds.execution import QueryExecution

Block = Sequence[Cells]

FETCHED_WHOLE = 64 << 20
"""Bytes up to which a file is fetched whole; of a larger one a row group at a time."""

_FIRST = 16 << 20
_ROWS = 131_072
_FEW = 4
_MANY = Streams(first=16, most=16)
_ATHENA = {
    "bool": "boolean",
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "integer",
    "int64": "bigint",
    "float": "float",
    "double": "double",
    "large_string": "varchar",
    "large_binary": "varbinary",
    "date32[day]": "date",
}


_TO = re.compile(r"\)\s*TO\s*'(?P<location>s3://[^']+)'[^')]*(?:WITH\s*\([^)]*\)\s*)?;?\s*$", re.IGNORECASE)


def files_of(execution: QueryExecution, door: Door, *, options: ReadOptions) -> list[str]:
    """The `s3://` URIs of the files an UNLOAD (or CTAS, INSERT) wrote, in its manifest's order.

    Raises:
        ResultError: When the manifest has a line that is no address, or names a file outside where the UNLOAD wrote.
    """
    location = execution.statistics.data_manifest_location
    if not location:
        return []
    body = S3Object(location, door, bucket_owner=options.bucket_owner).whole()
    found = [line.strip() for line in body.decode(errors="replace").splitlines() if line.strip()]
    if strange := next((line for line in found if not line.startswith("s3://")), None):
        raise ResultError(reason=f"its list of files has a line that is no s3:// address: {strange[:200]!r}")
    to = _TO.search(execution.query)
    if to and (outside := next((uri for uri in found if not uri.startswith(to["location"])), None)):
        raise ResultError(
            reason=f"its manifest names {outside}, outside {to['location']}",
            query_execution_id=execution.query_execution_id,
        )
    return found


def rows(execution: QueryExecution, door: Door, *, options: ReadOptions, streams: Streams | None = None) -> Rows:
    """The columns and rows of an UNLOAD; no columns when it wrote no file, because nothing then says what they are."""
    files = [
        S3Object(uri, door, bucket_owner=options.bucket_owner) for uri in files_of(execution, door, options=options)
    ]
    batches = _batches(files, streams or _MANY)
    first = next(batches, None)
    if first is None:
        return Rows(columns=[], types=[], blocks=_nothing())
    types = [canonical(field.type) for field in first.schema]
    columns = [_column(field.name, kind) for field, kind in zip(first.schema, types, strict=True)]
    blocks = _blocks(first, batches, types)
    return Rows(columns=columns, types=types, blocks=blocks, release=batches.close, share=1 / len(files))


def _nothing() -> Generator[Block, None, None]:
    yield from ()


def _column(name: str, kind: pa.DataType) -> Column:
    if pa.types.is_decimal(kind):
        return Column(name=name, type="decimal", precision=kind.precision, scale=kind.scale)
    if pa.types.is_timestamp(kind):
        return Column(name=name, type="timestamp" if kind.tz is None else "timestamp with time zone")
    nested = "map" if pa.types.is_map(kind) else "row" if pa.types.is_struct(kind) else "array"
    return Column(name=name, type=nested if pa.types.is_nested(kind) else _ATHENA.get(str(kind), str(kind)))


def _blocks(
    first: pa.RecordBatch, rest: Generator[pa.RecordBatch, None, None], types: Sequence[pa.DataType]
) -> Generator[Block, None, None]:
    try:
        yield _cells(first, types)
        for batch in rest:
            yield _cells(batch, types)
    finally:
        rest.close()


def _cells(batch: pa.RecordBatch, types: Sequence[pa.DataType]) -> Block:
    if len(batch.schema) != len(types):
        raise ResultError(reason=f"its files differ: {len(batch.schema)} columns after {len(types)}")
    return [Cells(values=column.cast(kind)) for column, kind in zip(batch.columns, types, strict=True)]


def _batches(files: Sequence[S3Object], streams: Streams) -> Generator[pa.RecordBatch, None, None]:
    """Record batches in the files' order. Fetching and reading run ahead of who takes them, by a window of files."""
    pool = ThreadPoolExecutor(streams.most, "athena_ds-part")
    reading, pending = Semaphore(cores()), deque[Future[Iterable[pa.RecordBatch]]]()
    # With few streams memory matters more than speed.
    most = FETCHED_WHOLE if streams.most > _FEW else min(FETCHED_WHOLE, _FIRST)
    left = iter(files)
    try:
        while True:
            free = islice(left, streams.most - len(pending))
            pending.extend(pool.submit(_loaded, file, reading, most) for file in free)
            if not pending:
                return
            yield from pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _loaded(file: S3Object, reading: Semaphore, most: int) -> Iterable[pa.RecordBatch]:
    """A file's record batches: decoded here when it is small, a few rows at a time as they are taken when it is not."""
    first = file.read(0, _FIRST - 1)
    if first.size > most:
        return _in_groups(file, first)
    body = file.whole(first)
    with _parquet(file), reading:
        # Not `pq.read_table`, which goes through a dataset of one file and takes a sixth longer.
        found = pq.ParquetFile(pa.BufferReader(body), coerce_int96_timestamp_unit="us").read(use_threads=False)
        batches: list[pa.RecordBatch] = found.to_batches()
        return batches or [pa.RecordBatch.from_pylist([], schema=found.schema)]


def _in_groups(file: S3Object, first: Piece) -> Iterator[pa.RecordBatch]:
    with _parquet(file):
        large = pq.ParquetFile(RangedFile(file, size=first.size, etag=first.etag), coerce_int96_timestamp_unit="us")
        yield from large.iter_batches(batch_size=_ROWS, use_threads=True)


@contextmanager
def _parquet(file: S3Object) -> Iterator[None]:
    """What pyarrow finds wrong with a file names the file; a call that failed inside says so itself."""
    try:
        yield
    except AthenaDSError:
        raise
    # Damage in compressed pages and in Thrift comes as OSError, in names and texts as ValueError.
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ResultError(reason=f"a file of it is not whole Parquet: {error}", location=file.location) from error
