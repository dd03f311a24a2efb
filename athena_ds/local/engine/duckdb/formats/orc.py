"""ORC: read by pyarrow, stripe by stripe, columns by their position (Athena's default) or by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import orc

from athena_ds.local.engine.duckdb.formats.convert import Mismatch, converted
from athena_ds.local.engine.duckdb.formats.orc_timestamps import Timestamps, Unreadable
from athena_ds.local.engine.duckdb.formats.source import FILE, Scan, Source, file_index
from athena_ds.local.engine.duckdb.physical import physical, quote
from athena_ds.local.seam.engine import Column, EngineError


def read(scan: Scan) -> str:
    """The relation of the wanted columns and the file index: files of one shape are read together."""
    shapes: dict[tuple[tuple[int, ...], pa.Schema], list[int]] = {}
    for index, source in enumerate(scan.sources):
        schema = _open(scan, source).schema
        positions = tuple(_position(column, schema, scan) for column in scan.wanted)
        held = pa.schema(
            [(f"c{at}", _held(schema.field(position).type)) for at, position in enumerate(positions) if position >= 0]
        )
        shapes.setdefault((positions, held), []).append(index)
    return " UNION ALL ".join(
        _select(scan, positions, schema, indexes) for (positions, schema), indexes in shapes.items()
    )


def _held(kind: pa.DataType) -> pa.DataType:
    """Timestamps are handed on in microseconds: nanoseconds, as pyarrow reads them, end in 2262."""
    return pa.timestamp("us") if kind == pa.timestamp("ns") else kind


def _read(file: Any, path: Path, names: list[str]) -> Iterator[tuple[list[pa.Array], int]]:
    """The columns of each stripe, and its rows; of no columns, pyarrow says that a stripe has no rows either."""
    if not names:
        yield [], file.nrows
        return
    for stripe in range(file.nstripes):
        try:
            batch = file.read_stripe(stripe, columns=names)
        except pa.ArrowInvalid as error:
            if "out of range for nanosecond" not in str(error):
                raise
            yield _beyond(file, path, stripe, names)
        else:
            yield [_in_micros(batch.column(name)) for name in names], batch.num_rows


def _in_micros(values: pa.Array) -> pa.Array:
    if values.type != pa.timestamp("ns"):
        return values
    return pc.cast(pc.floor_temporal(values, unit="microsecond"), pa.timestamp("us"), safe=False)


def _beyond(file: Any, path: Path, stripe: int, names: list[str]) -> tuple[list[pa.Array], int]:
    """A stripe with timestamps that are no nanoseconds: those columns are read here, the others by pyarrow."""
    schema, ours = file.schema, Timestamps.of(path)
    others = [name for name in names if schema.field(name).type != pa.timestamp("ns")]
    try:
        batch = dict(zip(others, file.read_stripe(stripe, columns=others), strict=True)) if others else {}
        columns = [batch[name] if name in batch else ours.read(stripe, schema.names.index(name)) for name in names]
    except (Unreadable, pa.ArrowInvalid) as error:
        which = "ORC timestamps before 1677-09-22 and after 2262-04-11"
        told = f"{which}, inside of others or not written in UTC, are not supported by the local engine"
        raise EngineError("NOT_SUPPORTED", told) from error
    return columns, len(columns[0])


def _select(scan: Scan, positions: tuple[int, ...], schema: pa.Schema, indexes: Sequence[int]) -> str:
    streamed = pa.schema([*schema, pa.field(FILE, pa.int32())])
    name = scan.register(streamed, lambda: _stripes(scan, positions, streamed, indexes), files=indexes)
    columns = [_column(scan, at, positions[at], schema, indexes) for at in range(len(positions))]
    return f"SELECT {', '.join([*columns, quote(FILE)])} FROM {name}"


def _stripes(
    scan: Scan, positions: tuple[int, ...], schema: pa.Schema, indexes: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    for index in indexes:
        source = scan.sources[index]
        file = _open(scan, source)
        names = [file.schema.names[position] for position in positions if position >= 0]
        if names:
            scan.context.scanned(source.stored.size)
        for columns, rows in _read(file, scan.local(source), names):
            yield pa.RecordBatch.from_arrays([*columns, file_index(index, rows)], schema=schema)


def _column(scan: Scan, at: int, position: int, schema: pa.Schema, indexes: Sequence[int]) -> str:
    column = scan.wanted[at]
    if position < 0:
        return f"CAST(NULL AS {physical(column.type)}) AS {quote(column.name)}"
    found = schema.field(f"c{at}").type
    try:
        return f"{converted(quote(f'c{at}'), found, column.type)} AS {quote(column.name)}"
    except Mismatch:
        file = scan.sources[indexes[0]].stored.uri
        message = f"Cannot read SQL type '{column.type}' from ORC stream '.{column.name}' of type {found} in {file}"
        raise EngineError("HIVE_BAD_DATA", message) from None


def _position(column: Column, schema: pa.Schema, scan: Scan) -> int:
    """-1 where the file has no such column."""
    if scan.properties.get("orc.column.index.access", "true").lower() == "false":
        names = [name.lower() for name in schema.names]
        return names.index(column.name) if column.name in names else -1
    position = scan.positions[column.name]
    return position if position < len(schema) else -1


def _open(scan: Scan, source: Source) -> Any:
    try:
        return orc.ORCFile(scan.local(source))
    except (pa.ArrowException, OSError) as error:
        raise EngineError("HIVE_BAD_DATA", f"Malformed ORC file. Invalid file: {source.stored.uri}") from error
