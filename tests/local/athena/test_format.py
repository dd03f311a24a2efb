"""The text of every type, as Athena prints it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_ds.local.seam import types as t
from athena_ds.local.seam.arrow import arrow_type
from athena_ds.local.seam.format import java, text

MOMENT = dt.datetime(2026, 9, 17, 12, 34, 56, 789123)
INF = float("inf")


@pytest.mark.parametrize(
    ("kind", "value", "spelled"),
    [
        ("boolean", True, "true"),
        ("bigint", -5, "-5"),
        ("double", 0.5, "0.5"),
        ("double", 1e20, "1.0E20"),
        ("double", 1e-7, "1.0E-7"),
        ("double", 1e7, "1.0E7"),
        ("double", 9999999.0, "9999999.0"),
        ("double", 0.001, "0.001"),
        ("double", 0.00099, "9.9E-4"),
        ("double", 0.0, "0.0"),
        ("double", -0.0, "-0.0"),
        ("double", 123456789.125, "1.23456789125E8"),
        ("double", 0.1 + 0.2, "0.30000000000000004"),
        ("double", 5e-324, "4.9E-324"),
        ("double", 1.7976931348623157e308, "1.7976931348623157E308"),
        ("double", INF, "Infinity"),
        ("double", -INF, "-Infinity"),
        ("double", float("nan"), "NaN"),
        ("real", 1.1, "1.1"),
        ("real", 1234567.0, "1234567.0"),
        ("real", 16777216.0, "1.6777216E7"),
        ("real", 1.401298464324817e-45, "1.4E-45"),
        ("decimal(20,10)", Decimal("0.0000000001"), "0.0000000001"),
        ("decimal(5,2)", Decimal("-1.50"), "-1.50"),
        ("decimal(38,0)", Decimal(10**37), "1" + "0" * 37),
        ("varchar", 'a\n"b', 'a\n"b'),
        ("char(3)", "a  ", "a  "),
        ("varbinary", b"\x01\x02\xff", "01 02 ff"),
        ("varbinary", b"", ""),
        ("date", dt.date(2017, 1, 2), "2017-01-02"),
        ("date", dt.date(1, 1, 1), "0001-01-01"),
        ("time(3)", dt.time(12, 34, 56, 789000), "12:34:56.789"),
        ("time(0)", dt.time(12, 34, 56), "12:34:56"),
        ("timestamp(0)", MOMENT, "2026-09-17 12:34:56"),
        ("timestamp(3)", MOMENT, "2026-09-17 12:34:56.789"),
        ("timestamp(6)", MOMENT, "2026-09-17 12:34:56.789123"),
        ("timestamp(3)", dt.datetime(1, 1, 1), "0001-01-01 00:00:00.000"),
        ("timestamp(3) with time zone", {"utc": MOMENT, "zone": "UTC"}, "2026-09-17 12:34:56.789 UTC"),
        (
            "timestamp(3) with time zone",
            {"utc": MOMENT, "zone": "America/New_York"},
            "2026-09-17 08:34:56.789 America/New_York",
        ),
        ("timestamp(3) with time zone", {"utc": MOMENT, "zone": "+05:30"}, "2026-09-17 18:04:56.789 +05:30"),
        ("timestamp(0) with time zone", {"utc": MOMENT, "zone": "-01:00"}, "2026-09-17 11:34:56 -01:00"),
        ("time(3) with time zone", {"local": dt.time(12, 34, 56, 789000), "offset": 0}, "12:34:56.789+00:00"),
        ("time(3) with time zone", {"local": dt.time(1, 0), "offset": -330}, "01:00:00.000-05:30"),
        ("interval day to second", 86_400_000, "1 00:00:00.000"),
        ("interval day to second", -1, "-0 00:00:00.001"),
        ("interval year to month", 12, "1-0"),
        ("interval year to month", -13, "-1-1"),
        ("array(integer)", [1, 2], "[1, 2]"),
        ("array(varchar)", ["a", None, ""], "[a, null, ]"),
        ("array(array(integer))", [[1], None, []], "[[1], null, []]"),
        ("map(varchar, integer)", [("k", 1), ("j", None)], "{k=1, j=null}"),
        ("map(varchar, integer)", [], "{}"),
        ("row(id integer, name varchar)", {"f0": 1, "f1": "x"}, "{id=1, name=x}"),
        ("row(integer, varchar)", {"f0": 1, "f1": None}, "{1, null}"),
        ("array(row(a double))", [{"f0": 1e10}], "[{a=1.0E10}]"),
        ("json", '{"a":1}', '{"a":1}'),
        ("ipaddress", "10.0.0.1", "10.0.0.1"),
    ],
)
def test_values(kind: str, value: Any, spelled: str) -> None:
    """One value, and NULL beside it."""
    parsed = t.parse(kind)
    assert text(pa.array([value, None], arrow_type(parsed)), parsed).to_pylist() == [spelled, None]


@pytest.mark.parametrize("kind", ["array(integer)", "map(integer, integer)", "row(a integer, b array(integer))"])
def test_slices_keep_their_places(kind: str) -> None:
    """A part of an array reads as that part, whatever lay before it."""
    parsed = t.parse(kind)
    values: dict[str, list[Any]] = {
        "array(integer)": [[1], None, [2, 3], []],
        "map(integer, integer)": [[(1, 1)], None, [(2, 3)], []],
        "row(a integer, b array(integer))": [{"f0": 1, "f1": [1]}, None, {"f0": 2, "f1": None}, {"f0": None, "f1": []}],
    }
    whole = pa.array(values[kind], arrow_type(parsed))
    spelled = text(whole, parsed).to_pylist()
    for start in range(4):
        for length in range(5 - start):
            assert text(whole.slice(start, length), parsed).to_pylist() == spelled[start : start + length]


def test_java_alone_in_the_plain_range() -> None:
    """numpy writes a float of seven digits with an exponent, Java does not."""
    assert [java(np.float32(1234567.0)), java(np.float32(-0.0)), java(100.0)] == ["1234567.0", "-0.0", "100.0"]


def reference(value: float) -> str:
    """Double.toString by its definition, digits from Python's shortest representation."""
    if value != value or value in (INF, -INF):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    number = "".join(map(str, digits)).rstrip("0") or "0"
    power = int(exponent) + len(digits) - 1
    minus = "-" if sign else ""
    if value == 0:
        return f"{minus}0.0"
    if -3 <= power < 7:
        padded = number.ljust(power + 1, "0") if power >= 0 else "0" * -power + number
        point = power + 1 if power >= 0 else 1
        return f"{minus}{padded[:point]}.{padded[point:] or '0'}"
    return f"{minus}{number[0]}.{number[1:] or '0'}E{power}"


@given(st.floats(allow_subnormal=False))
def test_doubles_are_javas(value: float) -> None:
    """Every double, alone and in an array; the digits read back as the same value."""
    assert java(value) == reference(value)
    assert text(pa.array([value]), t.DOUBLE).to_pylist() == [reference(value)]


@given(st.lists(st.none() | st.floats(allow_subnormal=False)))
def test_doubles_of_every_size_stand_together(values: list[float | None]) -> None:
    """A column is spelled as a whole; each value keeps its place, and so do the NULLs."""
    spelled = [None if value is None else reference(value) for value in values]
    assert text(pa.array(values, pa.float64()), t.DOUBLE).to_pylist() == spelled


@given(st.floats(width=32, allow_subnormal=False, allow_nan=False))
def test_reals_read_back(value: float) -> None:
    """The shortest digits of a float, not of the double it widens to."""
    spelled = text(pa.array([value], pa.float32()), t.REAL).to_pylist()[0]
    assert np.float32(spelled.replace("Infinity", "inf")) == np.float32(value)
    assert len(spelled.strip("-").partition("E")[0].replace(".", "").strip("0")) <= 9


def test_a_year_of_five_digits_has_a_sign() -> None:
    """As Java writes it; the days before have none."""
    days = pa.array([2_932_896, 2_932_897, None, -719_162], pa.int32()).cast(pa.date32())
    assert text(days, t.Type("date")).to_pylist() == ["9999-12-31", "+10000-01-01", None, "0001-01-01"]
