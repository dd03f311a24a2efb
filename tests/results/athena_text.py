"""Athena's spelling of values, written from its documentation and not with the code under test."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PARQUET: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "varchar": pa.string(),
    "char": pa.string(),
    "varbinary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
"""What an UNLOAD to Parquet can hold, beside decimal and nested types."""


def info(name: str, kind: str, *, precision: int = 0, scale: int = 0) -> dict[str, object]:
    """A `ColumnInfo` as GetQueryResults sends it."""
    return {"Name": name, "Label": name, "Type": kind, "Precision": precision, "Scale": scale, "Nullable": "UNKNOWN"}


def spelled(value: object, kind: str) -> str | None:  # noqa: C901
    """The text of a value of this type; None is NULL."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case float() | np.floating():
            return java_double(float(value)) if kind == "double" else java_float(np.float32(value))
        case bytes():
            return " ".join(f"{byte:02x}" for byte in value)
        case dt.datetime() if value.tzinfo is not None:
            return f"{moment(value.replace(tzinfo=None))} UTC"
        case dt.datetime():
            return moment(value)
        case dt.timedelta():
            return interval(value)
        case dt.date() | dt.time() | Decimal() | str():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case int() if kind == "interval year to month":
            return f"{'-' if value < 0 else ''}{abs(value) // 12}-{abs(value) % 12}"
        case int():
            return str(value)
    raise TypeError(value)


def moment(value: dt.datetime) -> str:
    return f"{value.year:04}-{value:%m-%d %H:%M:%S}.{value.microsecond:06}"


def interval(value: dt.timedelta) -> str:
    whole = value // dt.timedelta(milliseconds=1)
    days, rest = divmod(abs(whole), 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{'-' if whole < 0 else ''}{days} {hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def java_float(value: np.float32) -> str:
    return _java(float(value), np.format_float_scientific(value, unique=True, trim="-"))


def java_double(value: float) -> str:
    """As Java prints a double: 1.0E20 from ten million on and below a thousandth."""
    return _java(value, np.format_float_scientific(value, unique=True, trim="-"))


def _java(value: float, scientific: str) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    digits, _, exponent = scientific.partition("e")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        plain = np.format_float_positional(float(scientific), unique=True, trim="0")
        return plain if "." in plain else f"{plain}.0"
    return f"{digits if '.' in digits else digits + '.0'}E{int(exponent)}"


def csv_bytes(labels: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bytes:
    """The result object: every value quoted, quotes doubled, NULL nothing at all."""

    def quoted(text: str | None) -> str:
        return "" if text is None else '"' + text.replace('"', '""') + '"'

    return "".join(",".join(quoted(text) for text in row) + "\n" for row in [labels, *rows]).encode()


def parquet_bytes(table: pa.Table) -> bytes:
    """A file of an UNLOAD: snappy, timestamps as INT96."""
    out = io.BytesIO()
    pq.write_table(table, out, compression="snappy", use_deprecated_int96_timestamps=True)
    return out.getvalue()
