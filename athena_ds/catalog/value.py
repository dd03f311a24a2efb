"""Tables, columns and partitions as Glue or Athena describe them: frozen values, made at the door."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

# SerDe class, or a word of it -> what people call the format.
_FORMATS = (
    ("parquet", "parquet"),
    ("orc", "orc"),
    ("avro", "avro"),
    ("opencsv", "csv"),
    ("json", "json"),
    ("grok", "grok"),
    ("regex", "regex"),
    ("cloudtrail", "cloudtrail"),
    ("ion", "ion"),
    ("lazysimple", "text"),
)
# Hive, Spark and ANALYZE; crawlers.
_SIZES = ("totalSize", "sizeKey")
_VIEW = re.compile(r"/\*\s*Presto View:\s*(?P<encoded>[A-Za-z0-9+/=\s]+?)\s*\*/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, its type as the catalog spells it, its comment."""

    name: str
    type: str
    comment: str = ""
    partition_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view.

    Attributes:
        type: `table` or `view`.
        format: As in parquet, orc, csv, json; `iceberg` for Iceberg tables; empty for views.
        columns: Without the partition keys.
        projected: Whether partitions are computed (partition projection) instead of listed.
        bucketed: Whether its files are parted by a column's hash, so that a query may leave some out.
        size_bytes: What the catalog says of its size, or None.
        rows: What the catalog says of its rows, or None.
        view_sql: A view's SQL.
    """

    name: str
    database: str
    type: str = "table"
    format: str = ""
    location: str = ""
    columns: tuple[Column, ...] = ()
    partition_keys: tuple[Column, ...] = ()
    projected: bool = False
    bucketed: bool = False
    size_bytes: int | None = None
    rows: int | None = None
    created: datetime | None = None
    comment: str = ""
    view_sql: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_glue(cls, said: Mapping[str, Any], *, database: str) -> Table:
        """From Glue's `Table`."""
        storage, parameters = said.get("StorageDescriptor") or {}, dict(said.get("Parameters") or {})
        serde = (storage.get("SerdeInfo") or {}).get("SerializationLibrary") or ""
        view = said.get("TableType") == "VIRTUAL_VIEW"
        return cls(
            name=said["Name"],
            database=said.get("DatabaseName") or database,
            type="view" if view else "table",
            format="" if view else _format(serde, parameters),
            location=storage.get("Location") or "",
            columns=tuple(_columns(storage.get("Columns"))),
            partition_keys=tuple(_columns(said.get("PartitionKeys"), partition_key=True)),
            projected=parameters.get("projection.enabled", "").lower() == "true",
            bucketed=bool(storage.get("BucketColumns")),
            size_bytes=_number(parameters, *_SIZES),
            rows=_number(parameters, "numRows", "recordCount"),
            created=said.get("CreateTime"),
            comment=said.get("Description") or parameters.get("comment", ""),
            view_sql=_view_sql(said.get("ViewOriginalText")) if view else "",
            parameters=parameters,
        )

    @classmethod
    def from_metadata(cls, said: Mapping[str, Any], *, database: str) -> Table:
        """From Athena's `TableMetadata`, for catalogs other than Glue's own."""
        parameters = dict(said.get("Parameters") or {})
        view = "VIEW" in (said.get("TableType") or "")
        return cls(
            name=said["Name"],
            database=database,
            type="view" if view else "table",
            format="" if view else _format(parameters.get("serde.serialization.lib", ""), parameters),
            location=parameters.get("location", ""),
            columns=tuple(_columns(said.get("Columns"))),
            partition_keys=tuple(_columns(said.get("PartitionKeys"), partition_key=True)),
            projected=parameters.get("projection.enabled", "").lower() == "true",
            created=said.get("CreateTime"),
            comment=parameters.get("comment", ""),
            parameters=parameters,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A partition: its values in the order of the keys, where its files lie, since when, its size if that is said."""

    values: tuple[str, ...]
    location: str
    created: datetime | None = None
    size_bytes: int | None = None

    @classmethod
    def from_glue(cls, said: Mapping[str, Any]) -> Partition:
        """From Glue's `Partition`."""
        location = (said.get("StorageDescriptor") or {}).get("Location") or ""
        return cls(
            values=tuple(said.get("Values") or ()),
            location=location,
            created=said.get("CreationTime"),
            size_bytes=_number(said.get("Parameters") or {}, *_SIZES),
        )


def _columns(said: Any, *, partition_key: bool = False) -> list[Column]:
    return [
        _column(each["Name"], each.get("Type") or "", each.get("Comment") or "", partition_key) for each in said or ()
    ]


@lru_cache(maxsize=8192)
def _column(name: str, spelled: str, comment: str, partition_key: bool) -> Column:
    """The tables of a database share most of their columns; each is made once."""
    return Column(name=name, type=spelled, comment=comment, partition_key=partition_key)


def _format(serde: str, parameters: Mapping[str, str]) -> str:
    if parameters.get("table_type", "").upper() == "ICEBERG":
        return "iceberg"
    library = serde.rpartition(".")[2].lower()
    return next((name for word, name in _FORMATS if word in library), parameters.get("classification", ""))


def _number(parameters: Mapping[str, str], *names: str) -> int | None:
    """The first of these that is a number; crawlers and Hive call them differently."""
    found = (parameters.get(name, "") for name in names)
    return next((int(text) for text in found if text.isdigit()), None)


def _view_sql(text: str | None) -> str:
    """Athena keeps a view as a comment that holds base64 of JSON with the SQL in it."""
    encoded = _VIEW.search(text or "")
    if not encoded:
        return text or ""
    try:
        kept = json.loads(base64.b64decode(encoded["encoded"]))
    except (binascii.Error, ValueError):
        return text or ""
    return str(kept.get("originalSql", "")) if isinstance(kept, dict) else ""
