"""A file of each format Athena writes: Parquet and ORC by pyarrow, text and JSON a line a row, compressed."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import orc

from athena_ds.local.engine.duckdb.write_lines import delimited, json_lines
from athena_ds.local.seam.engine import Column, EngineError, Write
from athena_ds.local.seam.types import Type

_SUFFIXES = {"GZIP": ".gz", "BZIP2": ".bz2", "ZSTD": ".zst", "DEFLATE": ".deflate"}


class RowFile(Protocol):
    """A file that takes batches."""

    rows: int

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


def suffix(write: Write) -> str:
    """Text says by its suffix how it is compressed; Parquet and ORC say it inside."""
    return _SUFFIXES.get(str(write.compression), "") if write.format in ("TEXTFILE", "JSON") else ""


def open_file(path: Path, write: Write, columns: Sequence[Column]) -> RowFile:
    """A new file of the write's format for rows of these columns."""
    match write.format:
        case "PARQUET":
            return _Parquet(path, columns, str(write.compression))
        case "ORC":
            return _Orc(path, columns, str(write.compression))
        case "TEXTFILE" | "JSON":
            return _Lines(path, write, columns)
        case other:
            raise EngineError("NOT_SUPPORTED", f"{other} is not written by the local engine")


def stored_type(kind: Type, seam: pa.DataType) -> pa.DataType:
    """The seam's Arrow type with the fields of rows under their own names."""
    match kind.base:
        case "array":
            return pa.list_(pa.field("element", stored_type(kind.elements[0], seam.value_type)))
        case "map":
            key, value = kind.elements
            return pa.map_(stored_type(key, seam.key_type), stored_type(value, seam.item_type))
        case "row":
            return pa.struct(
                [
                    pa.field(name or f"field{at}", stored_type(element, seam.field(at).type))
                    for at, (name, element) in enumerate(zip(kind.names, kind.elements, strict=True))
                ]
            )
        case _:
            return seam


def renamed(values: pa.Array, wanted: pa.DataType) -> pa.Array:
    """The same values under a type that differs in field names only."""
    if values.type.equals(wanted):
        return values
    whole = pa.concat_arrays([values]) if values.offset else values
    buffers = whole.buffers()
    if pa.types.is_struct(wanted):
        children = [renamed(whole.field(at), wanted.field(at).type) for at in range(wanted.num_fields)]
        return pa.Array.from_buffers(wanted, len(whole), buffers[:1], children=children)
    if pa.types.is_map(wanted):
        entries = pa.StructArray.from_arrays(
            [renamed(whole.keys, wanted.key_type), renamed(whole.items, wanted.item_type)],
            fields=[pa.field("key", wanted.key_type, nullable=False), pa.field("value", wanted.item_type)],
        )
        return pa.Array.from_buffers(wanted, len(whole), buffers[:2], children=[entries])
    if pa.types.is_list(wanted):
        return pa.Array.from_buffers(
            wanted, len(whole), buffers[:2], children=[renamed(whole.values, wanted.value_type)]
        )
    return values.cast(wanted)


class _Columnar:
    """What Parquet and ORC share: columns under their stored types."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns, self.rows = columns, 0
        self._writer: Any = None
        self._schema: pa.Schema | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        if self._schema is None:
            self._schema = pa.schema(
                [
                    (column.name, stored_type(column.type, batch.schema.field(at).type))
                    for at, column in enumerate(self.columns)
                ]
            )
            self._writer = self.opened(self._schema)
        arrays = [renamed(values, field.type) for values, field in zip(batch.columns, self._schema, strict=True)]
        self.rows += batch.num_rows
        self._writer.write(pa.table(arrays, schema=self._schema))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def opened(self, schema: pa.Schema) -> Any:
        raise NotImplementedError


class _Parquet(_Columnar):
    """Timestamps as INT96, as Athena writes them."""

    def __init__(self, path: Path, columns: Sequence[Column], compression: str) -> None:
        super().__init__(columns)
        self.path, self.compression = path, "NONE" if compression == "UNCOMPRESSED" else compression

    def opened(self, schema: pa.Schema) -> Any:
        return pq.ParquetWriter(
            self.path, schema, compression=self.compression, use_deprecated_int96_timestamps=True, store_schema=False
        )


class _Orc(_Columnar):
    def __init__(self, path: Path, columns: Sequence[Column], compression: str) -> None:
        super().__init__(columns)
        self.path, self.compression = path, "uncompressed" if compression == "NONE" else compression.lower()

    def opened(self, schema: pa.Schema) -> Any:  # noqa: ARG002
        return orc.ORCWriter(str(self.path), compression=self.compression)


class _Lines:
    """Text or JSON, a line a row."""

    def __init__(self, path: Path, write: Write, columns: Sequence[Column]) -> None:
        self.write_, self.columns, self.rows = write, columns, 0
        self._file = _compressed(path, str(write.compression))

    def write(self, batch: pa.RecordBatch) -> None:
        if self.write_.format == "JSON":
            lines = json_lines(batch, self.columns)
        else:
            lines = delimited(batch, self.columns, delimiter=self.write_.field_delimiter or "\x01")
        self.rows += batch.num_rows
        self._file.write(lines)

    def close(self) -> None:
        self._file.close()


class _Deflate:
    """A zlib stream."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._deflate = file, zlib.compressobj()

    def write(self, text: bytes) -> None:
        self._file.write(self._deflate.compress(text))

    def close(self) -> None:
        self._file.write(self._deflate.flush())
        self._file.close()


def _compressed(path: Path, compression: str) -> Any:
    match compression:
        case "GZIP":
            return gzip.open(path, "wb", compresslevel=6)
        case "BZIP2":
            return bz2.open(path, "wb")
        case "ZSTD":
            return pa.CompressedOutputStream(pa.OSFile(str(path), "wb"), "zstd")
        case "DEFLATE":
            return _Deflate(path.open("wb"))
        case _:
            return path.open("wb")
