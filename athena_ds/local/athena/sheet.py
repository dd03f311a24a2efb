"""Result files written row by row to a local file, and read back a page at a time.

While writing, the place of every thousandth row is noted, so that a page of a large result costs that page.
"""

from __future__ import annotations

import io
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Literal

import pyarrow as pa
import pyarrow.csv

from athena_ds.local.seam.engine import Column
from athena_ds.local.seam.format import text

STEP = 1000
_FIELD = re.compile(rb'("(?:[^"]|"")*"|)([,\n])')
_OPTIONS = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")

Row = list[str | None]
Reader = Callable[[int, int | None], bytes]
"""The stored file's bytes from one offset to another (None: to its end)."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What is known of a written file: its kind, how many data rows, and where each thousandth begins."""

    kind: Literal["csv", "lines", "none"]
    header: Row | None = None
    rows: int = 0
    places: array[int] = field(default_factory=lambda: array("Q"))

    def page(self, read: Reader, start: int, size: int) -> tuple[list[Row], int | None]:
        """At most `size` rows from row `start` (a header is row 0), and where the next page begins."""
        heading = 0 if self.header is None else 1
        first = [self.header] if self.header is not None and start == 0 else []
        begin, end = max(start - heading, 0), min(start - heading + size, self.rows)
        rows = first + (self._data(read, begin, end) if end > begin else [])
        # A full page has a token also when nothing follows it, as Athena's (measured).
        return rows, start + size if len(rows) == size else None

    def _data(self, read: Reader, begin: int, end: int) -> list[Row]:
        step, last = begin // STEP, -(-end // STEP)
        stop = self.places[last] if last < len(self.places) else None
        found = _parse(read(self.places[step], stop), self.kind, last=stop is None)
        skip = begin - step * STEP
        return found[skip : skip + end - begin]


def _parse(data: bytes, kind: str, *, last: bool) -> list[Row]:
    if kind == "lines":
        return [[line] for line in data.decode().removesuffix("" if last else "\n").split("\n")]
    rows: list[Row] = []
    row: Row = []
    for value, ending in _FIELD.findall(data):
        row.append(value[1:-1].decode().replace('""', '"') if value else None)
        if ending == b"\n":
            rows.append(row)
            row = []
    return rows


def write_csv(out: IO[bytes], columns: Sequence[Column], batches: Iterator[pa.RecordBatch]) -> Sheet:
    """Every batch, as Athena writes CSV: all fields quoted, NULL an empty field, LF."""
    sheet = Sheet(kind="csv", header=[column.name for column in columns])
    out.write(",".join(f'"{column.name.replace(chr(34), chr(34) * 2)}"' for column in columns).encode() + b"\n")
    for batch in batches:
        spelled = [text(values, column.type) for values, column in zip(batch.columns, columns, strict=True)]
        table = pa.RecordBatch.from_arrays(spelled, [f"c{index}" for index in range(len(spelled))])
        for piece in _steps(table, sheet):
            if sheet.rows % STEP == 0:
                sheet.places.append(out.tell())
            _write(out, piece)
    return sheet


def _steps(batch: pa.RecordBatch, sheet: Sheet) -> Iterator[pa.RecordBatch]:
    """Cut at every thousandth row of the whole result; the caller writes a piece before it asks for the next."""
    done = 0
    while done < len(batch):
        size = min(STEP - sheet.rows % STEP, len(batch) - done)
        yield batch.slice(done, size)
        done += size
        sheet.rows += size


def _write(out: IO[bytes], piece: pa.RecordBatch) -> None:
    sink = io.BytesIO()
    pyarrow.csv.write_csv(piece, sink, _OPTIONS)
    out.write(sink.getbuffer())


def write_lines(out: IO[bytes], lines: Sequence[str], *, header: str | None = None) -> Sheet:
    """Lines joined with LF, none after the last."""
    sheet = Sheet(kind="lines", header=None if header is None else [header])
    if header is not None:
        out.write(header.encode() + (b"\n" if lines else b""))
    for number, line in enumerate(lines):
        if number % STEP == 0:
            sheet.places.append(out.tell())
        out.write(line.encode() + (b"\n" if number < len(lines) - 1 else b""))
    sheet.rows = len(lines)
    return sheet
