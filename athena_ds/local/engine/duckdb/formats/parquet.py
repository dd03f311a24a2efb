"""Parquet: DuckDB's own reader, columns found by name, file by file as the file's schema has them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import pyarrow as pa
import pyarrow.parquet as pq

from athena_ds.local.engine.duckdb.formats.convert import Mismatch, converted
from athena_ds.local.engine.duckdb.formats.source import FILE, Scan, Source, linked
from athena_ds.local.engine.duckdb.physical import physical, quote, text
from athena_ds.local.seam.engine import Column, EngineError

_PHYSICAL = {
    "bool": "BOOLEAN",
    "float": "FLOAT",
    "double": "DOUBLE",
    "int64": "INT64",
    "uint64": "INT64",
    "string": "BINARY",
    "binary": "BINARY",
    "large_string": "BINARY",
    "large_binary": "BINARY",
    "string_view": "BINARY",
    "binary_view": "BINARY",
}


class Footers:
    """Schemas of files already seen; an object's version never changes."""

    def __init__(self, limit: int = 20_000) -> None:
        self._known: OrderedDict[tuple[str, str], pa.Schema] = OrderedDict()
        self._limit, self._lock = limit, Lock()

    def schema(self, source: Source, path: Path) -> pa.Schema:
        """The Arrow schema of a Parquet object; raises EngineError HIVE_BAD_DATA where it is none."""
        identity = (source.stored.uri, source.stored.etag)
        with self._lock:
            if source.stored.etag and identity in self._known:
                self._known.move_to_end(identity)
                return self._known[identity]
        found = _read(source, path)
        with self._lock:
            self._known[identity] = found
            if len(self._known) > self._limit:
                self._known.popitem(last=False)
        return found


_footers = Footers()


def read(scan: Scan) -> str:
    """The relation of the wanted columns and the file index: files of one shape are read together."""
    shapes: dict[tuple[str, ...], list[Path]] = {}
    for source, path in zip(scan.sources, linked(scan), strict=True):
        schema = _footers.schema(source, path)
        fields = {field.name.lower(): field for field in schema}
        shape = tuple(_column(column, fields, source) for column in scan.wanted)
        shapes.setdefault(shape, []).append(path)
    return " UNION ALL ".join(_select(shape, paths) for shape, paths in shapes.items())


def _select(shape: Sequence[str], paths: Sequence[Path]) -> str:
    files = ", ".join(text(str(path)) for path in paths)
    columns = ", ".join([*shape, quote(FILE)])
    return (
        f"SELECT {columns} FROM read_parquet([{files}], hive_partitioning = true, "
        f"hive_types = {{{text(FILE)}: INTEGER}}, union_by_name = true)"
    )


def _column(column: Column, fields: dict[str, pa.Field], source: Source) -> str:
    held = fields.get(column.name)
    if held is None:
        return f"CAST(NULL AS {physical(column.type)}) AS {quote(column.name)}"
    try:
        value = converted(quote(held.name), held.type, column.type)
    except Mismatch:
        message = (
            f"Field {column.name}'s type {_stored_as(held.type)} in parquet file {source.stored.uri} "
            f"is incompatible with type {column.type} defined in table schema"
        )
        raise EngineError("HIVE_BAD_DATA", message) from None
    return f"{value} AS {quote(column.name)}"


def _stored_as(kind: pa.DataType) -> str:
    """Parquet's name of what holds an Arrow type."""
    if (pa.types.is_integer(kind) and kind.bit_width <= 32) or pa.types.is_date32(kind):
        return "INT32"
    if pa.types.is_timestamp(kind) and kind.unit != "ns":
        return "INT64"
    if pa.types.is_nested(kind):
        return "GROUP"
    return _PHYSICAL.get(str(kind), str(kind).upper())


def _read(source: Source, path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        with path.open("rb") as file:
            file.seek(max(0, source.stored.size - 4))
            magic = file.read(4).decode("latin-1")
        message = f"Not valid Parquet file: {source.stored.uri} expected magic number: PAR1 got: {magic}"
        raise EngineError("HIVE_BAD_DATA", message) from error
