"""Bytes of a result's CSV -> Arrow columns: where a row ends, and one block of whole rows read by pyarrow.

Athena quotes every value and doubles a quote inside one, so a newline ends a row exactly when an even number of quotes
stands before it. That lets a part be cut into whole rows while the rest is still on its way, and each block be read by
a thread of its own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv

from ..errors import ResultError
from .cells import Cells, from_text, read_directly
from .memory import memory
from .types import Column, arrow_type

BLOCK = 2 << 20
"""Bytes read by one call of pyarrow: twice as many take a fifth more processor time, and so does a quarter of them."""

Text = bytes | memoryview
"""Whole rows as they came."""

_QUOTE, _NEWLINE = ord('"'), b"\n"


class Cutter:
    """Takes parts in order and gives blocks of whole rows; what follows the last whole row waits for the next part."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._quotes = 0

    def blocks(self, part: bytes) -> Iterator[Text]:
        """The whole rows up to the last that ends in `part`, in blocks that the processor's own memory holds.

        Only the first is copied, to stand behind what was waiting; the others are views of the part.
        """
        view, begin = memoryview(part), 0
        for start in range(0, len(part), BLOCK):
            stop = min(start + BLOCK, len(part))
            if end := self._end(part, start, stop):
                yield self._whole(view[begin:end])
                begin = end
        self._waiting.append(bytes(view[begin:]))

    def finish(self) -> None:
        """Say that no part follows. Raises ResultError when a row is left unfinished: the result was cut short."""
        left = sum(len(piece) for piece in self._waiting)
        if left or self._quotes % 2:
            raise ResultError(reason=f"it ends inside a row, {left} bytes after the last whole one")

    def _whole(self, rows: memoryview) -> Text:
        waiting, self._waiting = self._waiting, []
        return b"".join((*waiting, rows)) if any(waiting) else rows

    def _end(self, part: bytes, start: int, stop: int) -> int:
        """The index after the last newline with an even number of quotes before it; 0 where there is none."""
        self._quotes += _quotes(part, start, stop)
        quotes = self._quotes
        while (at := part.rfind(_NEWLINE, start, stop)) >= 0:
            quotes -= part.count(b'"', at + 1, stop)
            if quotes % 2 == 0:
                return at + 1
            stop = at
        return 0


def _quotes(part: bytes, start: int, stop: int) -> int:
    found = np.frombuffer(part, dtype=np.uint8, count=stop - start, offset=start)
    return int(np.count_nonzero(found == _QUOTE))


def header(block: Text) -> tuple[tuple[str, ...], Text]:
    """The labels in the first line of a result, and the block without it."""
    text, end = bytes(block), 0
    while (end := text.find(_NEWLINE, end) + 1) > 0:
        if text.count(b'"', 0, end) % 2 == 0:
            return _labels(text[:end]), memoryview(text)[end:]
    raise ResultError(reason="it has no header line")


def _labels(line: bytes) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader(io.StringIO(line.decode(), newline=""))))
    except (UnicodeDecodeError, csv.Error, StopIteration) as error:
        raise ResultError(reason="its header line is not the CSV that Athena writes") from error


def read_block(block: Text, columns: Sequence[Column]) -> list[Cells]:
    """The columns of a block of whole rows, as Arrow, NULL told from the empty string.

    pyarrow reads each column as its type. Where one value does not fit, the block is read again as text and each column
    converted by `from_text`, which keeps what no type can hold.
    """
    if not block:
        return [Cells(values=pa.array([], arrow_type(column))) for column in columns]
    try:
        return [_finished(text, column) for text, column in zip(_parse(block, columns), columns, strict=True)]
    except pa.ArrowInvalid:
        pass
    try:
        texts = _parse(block, [Column(name=column.name, type="varchar") for column in columns])
    except pa.ArrowInvalid as error:
        raise ResultError(reason=f"it is not the CSV that Athena writes: {error}") from error
    return [from_text(text, column) for text, column in zip(texts, columns, strict=True)]


def _finished(values: pa.Array, column: Column) -> Cells:
    return (
        Cells(values=values) if values.type == read_directly(column) != pa.large_string() else from_text(values, column)
    )


def _parse(block: Text, columns: Sequence[Column]) -> list[pa.Array]:
    """Columns go by their place, so that two of one name stay two. An empty line is a row: NULL in a single column."""
    names = [str(place) for place in range(len(columns))]
    table = pyarrow.csv.read_csv(
        pa.BufferReader(block),
        read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: read_directly(column) for name, column in zip(names, columns, strict=True)},
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
        ),
        memory_pool=memory(),
    )
    # A block is read as one piece, and combining would copy it; of no rows there is no piece.
    return [column.chunk(0) if column.num_chunks == 1 else column.combine_chunks() for column in table.columns]
