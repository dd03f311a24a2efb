"""Every Athena type with its NULL, empty, extreme and ugly values: the text Athena writes, and the value it means."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from athena_ds.results.types import text_dtype

UTC = dt.UTC
TEXT = str(text_dtype())
"""How pandas calls text: `str`, before version 3 `string`."""

_INF, _NAN = float("inf"), float("nan")


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Values of one type: text and meaning, by what makes them hard. `unload` is the Arrow type a Parquet file has."""

    type: str
    pandas: str
    empty: tuple[str, Any]
    extreme: tuple[tuple[str, Any], ...]
    ugly: tuple[tuple[str, Any], ...]
    precision: int = 0
    scale: int = 0
    unload: pa.DataType | None = None


def _text(kind: str, *ugly: str, empty: str = "") -> Corpus:
    plain = tuple((text, text) for text in ugly)
    return Corpus(type=kind, pandas=TEXT, empty=(empty, empty), extreme=(("x" * 70_000, "x" * 70_000),), ugly=plain)


def _integer(kind: str, bits: int, pandas: str, unload: pa.DataType) -> Corpus:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    ends = ((str(low), low), (str(high), high))
    return Corpus(type=kind, pandas=pandas, empty=("0", 0), extreme=ends, ugly=(("-1", -1), ("7", 7)), unload=unload)


_DENORMAL, _LARGEST = 5e-324, 1.7976931348623157e308

CORPUS: tuple[Corpus, ...] = (
    Corpus(
        type="boolean",
        pandas="boolean",
        empty=("false", False),
        extreme=(("true", True),),
        ugly=(("true", True), ("false", False)),
        unload=pa.bool_(),
    ),
    _integer("tinyint", 8, "Int8", pa.int8()),
    _integer("smallint", 16, "Int16", pa.int16()),
    _integer("integer", 32, "Int32", pa.int32()),
    _integer("bigint", 64, "Int64", pa.int64()),
    Corpus(
        type="bigint",
        pandas="Int64",
        empty=("0", 0),
        extreme=(("9007199254740993", 2**53 + 1),),
        ugly=(("-9007199254740993", -(2**53) - 1),),
        unload=pa.int64(),
    ),
    Corpus(
        type="float",
        pandas="float32",
        empty=("0.0", 0.0),
        extreme=(("3.4028235E38", 3.4028234663852886e38), ("1.4E-45", 1.401298464324817e-45)),
        ugly=(("1.1", 1.100000023841858), ("-0.0", -0.0), ("NaN", _NAN), ("-Infinity", -_INF)),
        precision=17,
        unload=pa.float32(),
    ),
    Corpus(
        type="double",
        pandas="float64",
        empty=("0.0", 0.0),
        extreme=(
            ("1.7976931348623157E308", _LARGEST),
            ("4.9E-324", _DENORMAL),
            ("Infinity", _INF),
            ("-Infinity", -_INF),
        ),
        ugly=(("NaN", _NAN), ("-0.0", -0.0), ("0.30000000000000004", 0.1 + 0.2), ("1.0E20", 1e20), ("1.0E-7", 1e-7)),
        precision=17,
        unload=pa.float64(),
    ),
    Corpus(
        type="decimal",
        pandas="decimal128(38, 10)[pyarrow]",
        empty=("0.0000000000", Decimal("0.0000000000")),
        extreme=(("-9999999999999999999999999999.9999999999", Decimal("-9999999999999999999999999999.9999999999")),),
        ugly=(("12345678901234567890.1234567890", Decimal("12345678901234567890.1234567890")),),
        precision=38,
        scale=10,
        unload=pa.decimal128(38, 10),
    ),
    Corpus(
        type="decimal",
        pandas="decimal128(5, 0)[pyarrow]",
        empty=("0", Decimal(0)),
        extreme=(("99999", Decimal(99999)),),
        ugly=(("-1", Decimal(-1)),),
        precision=5,
        unload=pa.decimal128(5, 0),
    ),
    Corpus(
        type="varchar",
        pandas=TEXT,
        empty=("", ""),
        extreme=(("x" * 200_000, "x" * 200_000), ("\U0001f600" * 1000, "\U0001f600" * 1000)),
        ugly=tuple(
            (text, text)
            for text in (
                *("NaN", "NULL", "null", "None", "N/A", "\\N", "true", "1", " padded ", '"', '""', ",", '","', "a,b"),
                *(
                    "line\nline",
                    "\n",
                    "\r\n",
                    "\r",
                    "tab\there",
                    "nul\0nul",
                    "smile \U0001f600",
                    "e\u0301",
                    "\u202eabc",
                ),
                *("'; DROP TABLE t; --", "=cmd|' /C calc'!A0", "\ufeffbom", '"quoted"\n,"next"'),
            )
        ),
        precision=2147483647,
        unload=pa.string(),
    ),
    _text("char", "a  ", " ", empty="   "),
    _text("string", "x", "col_name"),
    Corpus(
        type="varbinary",
        pandas="large_binary[pyarrow]",
        empty=("", b""),
        extreme=((" ".join(f"{byte:02x}" for byte in range(256)), bytes(range(256))),),
        ugly=(("00", b"\0"), ("68 69", b"hi"), ("ff fe", b"\xff\xfe"), ("0a 22 2c", b'\n",')),
        unload=pa.binary(),
    ),
    Corpus(
        type="date",
        pandas="date32[day][pyarrow]",
        empty=("1970-01-01", dt.date(1970, 1, 1)),
        extreme=(("0001-01-01", dt.date(1, 1, 1)), ("9999-12-31", dt.date(9999, 12, 31))),
        ugly=(("3900-01-01", dt.date(3900, 1, 1)), ("2024-02-29", dt.date(2024, 2, 29))),
        unload=pa.date32(),
    ),
    Corpus(
        type="time",
        pandas="time64[us][pyarrow]",
        empty=("00:00:00.000", dt.time(0)),
        extreme=(("23:59:59.999999", dt.time(23, 59, 59, 999999)), ("00:00:00", dt.time(0))),
        ugly=(("12:34:56.789", dt.time(12, 34, 56, 789000)), ("01:02:03.000004", dt.time(1, 2, 3, 4))),
        precision=3,
    ),
    Corpus(
        type="time with time zone",
        pandas=TEXT,
        empty=("00:00:00.000+00:00", "00:00:00.000+00:00"),
        extreme=(("23:59:59.999-14:00", "23:59:59.999-14:00"),),
        ugly=(("12:34:56.789+05:45", "12:34:56.789+05:45"),),
        precision=3,
    ),
    Corpus(
        type="timestamp",
        pandas="datetime64[us]",
        empty=("1970-01-01 00:00:00.000", dt.datetime(1970, 1, 1)),
        extreme=(
            ("0001-01-01 00:00:00.000", dt.datetime(1, 1, 1)),
            ("9999-12-31 23:59:59.999999", dt.datetime(9999, 12, 31, 23, 59, 59, 999999)),
        ),
        ugly=(
            ("1582-10-10 00:00:00", dt.datetime(1582, 10, 10)),
            ("2026-03-29 02:30:00.5", dt.datetime(2026, 3, 29, 2, 30, 0, 500000)),
        ),
        precision=3,
        unload=pa.timestamp("us"),
    ),
    Corpus(
        type="timestamp with time zone",
        pandas="datetime64[us, UTC]",
        empty=("1970-01-01 00:00:00.000 UTC", dt.datetime(1970, 1, 1, tzinfo=UTC)),
        extreme=(
            ("0001-01-02 00:00:00.000 UTC", dt.datetime(1, 1, 2, tzinfo=UTC)),
            ("9999-12-31 09:59:59.999999 -14:00", dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ),
        ugly=(
            ("2026-09-17 12:34:56.789 Europe/Paris", dt.datetime(2026, 9, 17, 10, 34, 56, 789000, tzinfo=UTC)),
            ("2026-01-17 12:34:56.789 Europe/Paris", dt.datetime(2026, 1, 17, 11, 34, 56, 789000, tzinfo=UTC)),
            ("2026-09-17 12:34:56 +05:45", dt.datetime(2026, 9, 17, 6, 49, 56, tzinfo=UTC)),
            ("2026-03-29 03:00:00.000 Europe/Berlin", dt.datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
            ("2026-03-29 01:59:59.999 Europe/Berlin", dt.datetime(2026, 3, 29, 0, 59, 59, 999000, tzinfo=UTC)),
            ("1900-01-01 00:00:00 America/New_York", dt.datetime(1900, 1, 1, 5, 0, tzinfo=UTC)),
        ),
        precision=3,
    ),
    Corpus(
        type="interval day to second",
        pandas="timedelta64[ms]",
        empty=("0 00:00:00.000", dt.timedelta(0)),
        extreme=(("100000 00:00:00.001", dt.timedelta(days=100_000, milliseconds=1)),),
        ugly=(
            ("-1 02:03:04.500", -dt.timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
            ("1 00:00:00.000", dt.timedelta(1)),
        ),
    ),
    Corpus(
        type="interval year to month",
        pandas="Int32",
        empty=("0-0", 0),
        extreme=(("178956970-7", 2**31 - 1),),
        ugly=(("-1-2", -14), ("1-0", 12), ("0-11", 11)),
    ),
    _text("json", '{"a": [1, null, "x\\n"]}', "null", '"text"', "1e400", empty='""'),
    _text("uuid", "123e4567-e89b-12d3-a456-426614174000"),
    _text("ipaddress", "10.0.0.1", "2001:db8::1"),
    _text("geometry", "POINT (1 2)"),
    _text("array", "[]", "[a, b]", "[[1], [2, 3]]", "[a, null]", empty="[]"),
    _text("map", "{k=1, j=2}", "{a=x, y}", empty="{}"),
    _text("row", "{id=1, name=x}", "{1, x}", empty="{}"),
    _text("hyperloglog", "02 0c"),
)
