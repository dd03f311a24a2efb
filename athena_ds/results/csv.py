"""The result object in S3: fetched in ranges, cut into whole rows and parsed while the rest is on its way.

The column types come from GetQueryResults in the same moment as the first range, so that a small result costs one round
trip. A part that fails is asked for again (by the door); what does not add up is an error, never a shorter frame.
"""

from __future__ import annotations

import time
import weakref
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from ..errors import ResultError
from . import pages
from .blocks import Cutter, Text, header, read_block
from .cells import Cells
from .objects import S3Object
from .parts import Parts, Piece, Streams, cores
from .source import Door, ReadOptions, Rows
from .types import Column

if TYPE_CHECKING:
    from ..execution import QueryExecution


FIRST = 2 << 20
"""Bytes of the first range: all of a small result, and of a large one soon there, so that the rest is asked for."""


def rows(execution: QueryExecution, door: Door, *, options: ReadOptions, streams: Streams | None = None) -> Rows:
    """The columns and rows of the CSV at `execution.output_location`."""
    source = S3Object(execution.output_location or "", door, bucket_owner=options.bucket_owner)
    begun: list[Parts] = []
    try:
        with ThreadPoolExecutor(1, "athena_ds-types") as pool:
            described = pool.submit(pages.columns_of, execution, door)
            began = time.monotonic()
            first = source.read(0, FIRST - 1)
            rate = len(first.data) / max(time.monotonic() - began, 1e-6)
            parts = Parts(source.read, first, streams=(streams or Streams()).after(rate))
            begun.append(parts)
            parts.start()
            columns = described.result()
        share = max(len(first.data), 1) / max(first.size, 1)
        blocks = _blocks(first, parts, columns)
        # An interrupt before anybody holds the rows leaves nobody to release them.
        weakref.finalize(blocks, parts.let_go)
        return Rows(columns=columns, blocks=blocks, release=parts.close, share=share)
    except BaseException:
        # Also for an interrupt while the pool is left: streams nobody takes from would wait for ever.
        for each in begun:
            each.close()
        raise


def _blocks(first: Piece, parts: Parts, columns: Sequence[Column]) -> Generator[Sequence[Cells], None, None]:
    cutter = Cutter()
    with parts:
        bodies = _without_header(_whole_rows(cutter, first, parts), width=len(columns))
        if first.size == len(first.data):
            yield from (read_block(body, columns) for body in bodies)
        else:
            yield from _parsed(bodies, columns)
    cutter.finish()


def _whole_rows(cutter: Cutter, first: Piece, parts: Parts) -> Iterator[Text]:
    yield from cutter.blocks(first.data)
    for part in parts:
        yield from cutter.blocks(part)


def _without_header(blocks: Iterator[Text], *, width: int) -> Iterator[Text]:
    labels, rest = header(next(blocks, b""))
    if len(labels) != width:
        # Where the header's end is damaged, the row after it would be taken for a part of it.
        raise ResultError(reason=f"its header line has {len(labels)} labels for {width} columns")
    yield rest
    yield from blocks


def _parsed(bodies: Iterator[Text], columns: Sequence[Column]) -> Generator[Sequence[Cells], None, None]:
    """Blocks in order, each parsed by a thread of its own; so many wait that no thread ever does."""
    pool = ThreadPoolExecutor(cores(), "athena_ds-parse")
    pending: deque[Future[list[Cells]]] = deque()
    try:
        for body in bodies:
            pending.append(pool.submit(read_block, body, columns))
            if len(pending) > cores():
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
