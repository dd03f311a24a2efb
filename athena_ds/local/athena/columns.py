"""What Athena tells of a result's columns: ColumnInfo for the API, protobuf for the `.metadata` object.

One table of Precision, Scale and CaseSensitive by type, as measured on real Athena (engine version 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from athena_ds.local.seam.engine import Column
from athena_ds.local.seam.types import UNBOUNDED, Type

_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "real": 17, "double": 17, "varbinary": 1073741824}
_NUMBERED = frozenset({*_DIGITS, "decimal", "varchar", "char", "time", "timestamp"})
_NULLABLE_UNKNOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnInfo:
    """A column as `GetQueryResults` describes it."""

    name: str
    type: str
    precision: int = 0
    scale: int = 0
    case_sensitive: bool = False

    def api(self) -> dict[str, str | int | bool]:
        return {
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": self.name,
            "Label": self.name,
            "Type": self.type,
            "Precision": self.precision,
            "Scale": self.scale,
            "Nullable": "UNKNOWN",
            "CaseSensitive": self.case_sensitive,
        }


def info(column: Column) -> ColumnInfo:
    """The ColumnInfo of a column of a Trino type. `real` is called `float`; a `row`'s fields are not told."""
    kind = column.type
    name = {"real": "float", "unknown": "unknown"}.get(kind.base, kind.base)
    scale = kind.scale if kind.base == "decimal" else 0
    return ColumnInfo(
        name=column.name,
        type=name,
        precision=_precision(kind),
        scale=scale,
        case_sensitive=kind.base in ("varchar", "char"),
    )


def _precision(kind: Type) -> int:
    match kind.base:
        case "decimal" | "char":
            return kind.precision
        case "varchar":
            return kind.precision if kind.arguments else UNBOUNDED
        case "time" | "time with time zone" | "timestamp" | "timestamp with time zone":
            return 3
        case base:
            return _DIGITS.get(base, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the `.metadata` object holds; `update_type` and `update_count` are absent for a SELECT."""

    query_id: str
    columns: Sequence[ColumnInfo]
    update_type: str | None = None
    update_count: int | None = None

    def encoded(self) -> bytes:
        """The object's bytes: protobuf, field numbers as measured."""
        parts = [_text(1, self.query_id)]
        if self.update_type is not None:
            parts.append(_text(2, self.update_type))
        if self.update_count is not None:
            parts.append(_number(3, self.update_count))
        parts += [_bytes(4, b"".join(_fields(column))) for column in self.columns]
        return b"".join(parts)


def _fields(column: ColumnInfo) -> Iterator[bytes]:
    yield _text(1, "hive")
    yield _text(4, column.name)
    yield _text(5, column.name)
    yield _text(6, column.type)
    kind = {"float": "real"}.get(column.type, column.type).removesuffix(" with time zone")
    if kind in _NUMBERED:
        yield _number(7, column.precision)
    if kind in _NUMBERED or kind == "date":
        yield _number(8, column.scale)
    yield _number(9, _NULLABLE_UNKNOWN)
    if kind in _NUMBERED or kind in ("date", "boolean") or kind.startswith("interval"):
        yield _number(10, int(column.case_sensitive))


def _varint(value: int) -> bytes:
    value &= 2**64 - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())
