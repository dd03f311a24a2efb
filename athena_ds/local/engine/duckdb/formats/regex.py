"""RegexSerDe: the groups of a pattern that must match the whole line; no match is a row of NULLs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from athena_ds.local.engine.duckdb.formats import texts
from athena_ds.local.engine.duckdb.formats.lines import each_file
from athena_ds.local.engine.duckdb.formats.source import FILE, Scan, told
from athena_ds.local.engine.duckdb.physical import quote
from athena_ds.local.seam.engine import EngineError


def read(scan: Scan) -> str:
    """The relation of the wanted columns and the file index."""
    positions = [scan.positions[column.name] for column in scan.wanted]
    name = scan.register(_Groups(scan=scan, positions=positions, pattern=_pattern(scan)))
    columns = [
        f"{texts.scalar(quote(f'c{at}'), column.type)} AS {quote(column.name)}"
        for at, column in zip(positions, scan.wanted, strict=True)
    ]
    return f"SELECT {', '.join([*columns, quote(FILE)])} FROM {name}"


def _pattern(scan: Scan) -> re.Pattern[str]:
    given = scan.properties.get("input.regex")
    if not given:
        raise EngineError("HIVE_INVALID_METADATA", 'This table does not have serde property "input.regex"!')
    flags = re.IGNORECASE if scan.properties.get("input.regex.case.insensitive", "").lower() == "true" else 0
    try:
        found = re.compile(given, flags | re.ASCII)
    except re.error as error:
        raise EngineError("NOT_SUPPORTED", f"input.regex is not a pattern the local engine knows: {error}") from None
    if found.groups < len(scan.table.columns):
        message = f"Number of matching groups doesn't match the number of columns: {found.groups}"
        raise EngineError("HIVE_INVALID_METADATA", message)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Groups:
    """The wanted groups of every line as strings, as often as DuckDB asks."""

    scan: Scan
    positions: Sequence[int]
    pattern: re.Pattern[str]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([*((f"c{at}", pa.string()) for at in self.positions), (FILE, pa.int32())])

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        reader = pa.RecordBatchReader.from_batches(self.schema, told(self._batches(), self.scan))
        return reader.__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for index, lines in each_file(self.scan):
            rows = [self.pattern.fullmatch(line) for line in lines.to_pylist()]
            columns = [pa.array([row[at + 1] if row else None for row in rows], pa.string()) for at in self.positions]
            of_file = pa.repeat(pa.scalar(index, pa.int32()), len(rows))
            yield pa.RecordBatch.from_arrays([*columns, of_file], schema=self.schema)
