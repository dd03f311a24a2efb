"""The WITH properties of CTAS and UNLOAD, and what a table says of how INSERT writes: formats and compressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from athena_ds.local.seam.engine import EngineError, Table, Write
from athena_ds.local.sql.reading import formats
from athena_ds.local.sql.reading.write import Property
from athena_ds.local.sql.statement import Storage

_FORMATS: Final = ("PARQUET", "ORC", "TEXTFILE", "JSON")
_COMPRESSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "PARQUET": ("GZIP", "SNAPPY", "ZSTD", "LZ4", "NONE", "UNCOMPRESSED"),
    "ORC": ("ZLIB", "SNAPPY", "ZSTD", "LZ4", "NONE"),
    "TEXTFILE": ("GZIP", "BZIP2", "ZSTD", "DEFLATE", "NONE"),
    "JSON": ("GZIP", "BZIP2", "ZSTD", "DEFLATE", "NONE"),
}
"""The first is Athena's default. https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html"""

_PARAMETERS: Final = {"PARQUET": "parquet.compression", "ORC": "orc.compress"}
_CTAS: Final = frozenset(
    {
        "format",
        "external_location",
        "partitioned_by",
        "field_delimiter",
        "table_type",
        "is_external",
        "write_compression",
    }
    | {"parquet_compression", "orc_compression", "compression", "compression_level"}
)
_UNLOAD: Final = frozenset({"format", "compression", "compression_level", "field_delimiter", "partitioned_by"})
_TABLE_FORMATS: Final = {
    formats.PARQUET: "PARQUET",
    formats.ORC: "ORC",
    formats.LAZY_SIMPLE: "TEXTFILE",
    formats.HCATALOG_JSON: "JSON",
    formats.HIVE_JSON: "JSON",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a CTAS writes, and what its table's Glue entry says of that."""

    write: Write
    storage: Storage
    parameters: Mapping[str, str] = field(default_factory=dict)


def ctas(given: Mapping[str, Property]) -> Wanted:
    """A CTAS's properties; raises EngineError for those it has not or Athena would refuse."""
    if str(given.get("table_type", "HIVE")).upper() != "HIVE":
        raise EngineError("NOT_SUPPORTED", f"{given['table_type']} tables are not supported by the local endpoint")
    _only(given, _CTAS, "table")
    write = _write(given, default="PARQUET")
    serde, input_format, output_format = formats.formats_of(write.format)
    parameters = {"serialization.format": "1"}
    if write.format == "TEXTFILE":
        delimiter = write.field_delimiter or "\x01"
        parameters = {"field.delim": delimiter, "serialization.format": delimiter}
    storage = Storage(serde=serde, input_format=input_format, output_format=output_format, serde_parameters=parameters)
    key = _PARAMETERS.get(write.format, "write.compression")
    return Wanted(write=write, storage=storage, parameters={key: str(write.compression)})


def unload(given: Mapping[str, Property]) -> Write:
    """An UNLOAD's properties; a format must be named."""
    _only(given, _UNLOAD, "UNLOAD")
    if "format" not in given:
        raise EngineError("INVALID_TABLE_PROPERTY", "UNLOAD needs the property 'format'")
    return _write(given, default="")


def insert(table: Table) -> Write:
    """How rows are added to a table: in its own format."""
    kind = _TABLE_FORMATS.get(table.serde)
    if kind is None:
        raise EngineError("NOT_SUPPORTED", f"Inserting into tables of SerDe {table.serde} is not supported")
    known = {**table.parameters, **table.serde_parameters}
    if int(known.get("skip.header.line.count", "0") or 0) > 0:
        raise EngineError(
            "NOT_SUPPORTED", "Inserting into Hive table with skip.header.line.count property not supported"
        )
    delimiter = known.get("field.delim") or known.get("serialization.format") if kind == "TEXTFILE" else None
    asked = next((known[key] for key in (_PARAMETERS.get(kind, ""), "write.compression") if key in known), None)
    return Write(
        location="",
        format=kind,  # type: ignore[arg-type]
        compression=_compression(kind, asked),
        field_delimiter=delimiter if delimiter != "1" else "\x01",
    )


def _write(given: Mapping[str, Any], *, default: str) -> Write:
    kind = str(given.get("format", default)).upper()
    kind = "TEXTFILE" if kind == "CSV" else kind
    if kind == "AVRO":
        raise EngineError("NOT_SUPPORTED", "AVRO is not supported by the local endpoint")
    if kind not in _FORMATS:
        raise EngineError("INVALID_TABLE_PROPERTY", f"Invalid value for property 'format': {given.get('format')}")
    delimiter = given.get("field_delimiter")
    if delimiter is not None and (kind != "TEXTFILE" or len(delimiter) != 1):
        raise EngineError("INVALID_TABLE_PROPERTY", "field_delimiter must be one character, and needs format TEXTFILE")
    return Write(
        location="",
        format=kind,  # type: ignore[arg-type]
        partitioned_by=tuple(str(name).lower() for name in given.get("partitioned_by", ())),
        compression=_compression(kind, _asked(given, kind)),
        field_delimiter=delimiter,
    )


def _asked(given: Mapping[str, Any], kind: str) -> str | None:
    """`write_compression`, or the older property of the format's own."""
    own = {"PARQUET": "parquet_compression", "ORC": "orc_compression"}
    named = ("write_compression", "compression", own.get(kind, ""))
    return next((str(given[name]) for name in named if name in given), None)


def _compression(kind: str, asked: str | None) -> str:
    known = _COMPRESSIONS[kind]
    if asked is None:
        return known[0]
    chosen = asked.upper()
    if chosen not in known:
        raise EngineError("INVALID_TABLE_PROPERTY", f"Compression {asked} is not supported for format {kind}")
    return chosen


def _only(given: Mapping[str, Any], known: frozenset[str], what: str) -> None:
    for name in given:
        if name in ("bucketed_by", "bucket_count"):
            raise EngineError("NOT_SUPPORTED", "bucketed_by is not supported by the local endpoint")
        if name not in known:
            message = f"Catalog 'awsdatacatalog' {what} property '{name}' does not exist"
            raise EngineError("INVALID_TABLE_PROPERTY", message, line=1, column=1)
