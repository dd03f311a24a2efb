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
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq

from ..errors import AthenaDSError, ResultError
from .cells import Cells
from .memory import memory
from .objects import RangedFile, S3Object
from .parts import PART, Piece, Streams, cores
from .source import Door, ReadOptions, Rows
from .types import Column, canonical

if TYPE_CHECKING:
    from ..execution import QueryExecution

Block = Sequence[Cells]
Batch = tuple[pa.RecordBatch, int]
"""Some rows of a file, and how many it has in all."""

FETCHED_WHOLE = 64 << 20
"""Bytes up to which a file is fetched whole; of a larger one a row group at a time."""

_FIRST = 16 << 20
_ROWS = 131_072
_FEW = 4
_MANY = Streams(first=16, most=16)
_PARQUET = pyarrow.dataset.ParquetFileFormat(
    read_options=pyarrow.dataset.ParquetReadOptions(coerce_int96_timestamp_unit="us"),
    default_fragment_scan_options=pyarrow.dataset.ParquetFragmentScanOptions(pre_buffer=False),
)
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
        ResultError: When the manifest has a line that is no address, or names a file outside where the UNLOAD wrote;
            or when all of it is encrypted by Athena itself.
    """
    location = execution.statistics.data_manifest_location
    if not location:
        return []
    if execution.encryption_option == "CSE_KMS":
        raise ResultError(
            reason="its files are encrypted by Athena itself (CSE_KMS), and only Athena reads them",
            remedy="They are written. Make a table over them, or have results encrypted with SSE_KMS.",
            query_execution_id=execution.query_execution_id,
        )
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
    found = next(batches, None)
    if found is None:
        return Rows(columns=[], types=[], blocks=_nothing())
    first, in_file = found
    types = [canonical(field.type) for field in first.schema]
    columns = [_column(field.name, kind) for field, kind in zip(first.schema, types, strict=True)]
    blocks = _blocks(first, batches, types)
    # As if all files were as long as the first.
    share = max(first.num_rows, 1) / max(in_file * len(files), 1)
    return Rows(columns=columns, types=types, blocks=blocks, release=batches.close, share=share)


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
    first: pa.RecordBatch, rest: Generator[Batch, None, None], types: Sequence[pa.DataType]
) -> Generator[Block, None, None]:
    try:
        yield _cells(first, types)
        for batch, _ in rest:
            yield _cells(batch, types)
    finally:
        rest.close()


def _cells(batch: pa.RecordBatch, types: Sequence[pa.DataType]) -> Block:
    if len(batch.schema) != len(types):
        raise ResultError(reason=f"its files differ: {len(batch.schema)} columns after {len(types)}")
    pairs = zip(batch.columns, types, strict=True)
    return [Cells(values=column.cast(kind, memory_pool=memory())) for column, kind in pairs]


def _batches(files: Sequence[S3Object], streams: Streams) -> Generator[Batch, None, None]:
    """Record batches in the files' order. Fetching runs ahead of reading, reading of who takes them, by a window."""
    fetching = ThreadPoolExecutor(streams.most, "athena_ds-part")
    reading = ThreadPoolExecutor(cores(), "athena_ds-parse")
    fetched, pending = deque[Future[Fetched]](), deque[Future[Iterable[Batch]]]()
    # With few streams memory matters more than speed.
    most = FETCHED_WHOLE if streams.most > _FEW else min(FETCHED_WHOLE, _FIRST)
    left = enumerate(files)
    try:
        while True:
            free = islice(left, streams.most - len(fetched))
            fetched.extend(fetching.submit(_fetched, file, most, soon=place < cores()) for place, file in free)
            while fetched and len(pending) <= cores():
                pending.append(reading.submit(_read, fetched.popleft()))
            if not pending:
                return
            yield from pending.popleft().result()
    finally:
        for pool in (fetching, reading):
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file of which the beginning is here, or all of it."""

    file: S3Object
    first: Piece
    body: bytes | None


def _fetched(file: S3Object, most: int, *, soon: bool) -> Fetched:
    """A small file whole, by ranges if nothing can be read before it is there; of a large one the beginning."""
    first = file.read(0, (PART if soon else _FIRST) - 1)
    return Fetched(file=file, first=first, body=None if first.size > most else file.whole(first))


def _read(fetched: Future[Fetched]) -> Iterable[Batch]:
    """A file's record batches: decoded here when it is small, a few rows at a time as they are taken when it is not."""
    found = fetched.result()
    if found.body is None:
        return _in_groups(found.file, found.first)
    with _parquet(found.file):
        table = _decoded(pa.BufferReader(found.body))
        batches: list[pa.RecordBatch] = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
        return [(batch, table.num_rows) for batch in batches]


def _decoded(body: pa.BufferReader) -> pa.Table:
    """All rows of a file. A fragment of a dataset can be told where to put them, but not of two columns of one name."""
    fragment = _PARQUET.make_fragment(body)
    if len(set(fragment.physical_schema.names)) == len(fragment.physical_schema):
        return fragment.to_table(use_threads=False, memory_pool=memory())
    body.seek(0)
    return pq.ParquetFile(body, coerce_int96_timestamp_unit="us").read(use_threads=False)


def _in_groups(file: S3Object, first: Piece) -> Iterator[Batch]:
    with _parquet(file):
        large = pq.ParquetFile(RangedFile(file, size=first.size, etag=first.etag), coerce_int96_timestamp_unit="us")
        for batch in large.iter_batches(batch_size=_ROWS, use_threads=True):
            yield batch, large.metadata.num_rows


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
