"""DuckDB's date arithmetic, where a rule uses it, is Joda's: they are compared on many pairs of timestamps."""

from __future__ import annotations

import datetime
import random

import duckdb
import pyarrow as pa
import pytest

from athena_ds.local.engine.duckdb.functions import joda_fields as joda

UNITS = (*joda.CLOCK_MS, *joda.CALENDAR)


def moments(seed: int, count: int) -> list[datetime.datetime]:
    """Around leap years and ends of months, now and then a millisecond apart."""
    pick = random.Random(seed)
    start = datetime.datetime(2019, 12, 25)
    clocks = (0, 0, 36_000_000, 36_000_001, 35_999_999)
    return [
        start + datetime.timedelta(days=pick.randint(0, 1600), milliseconds=pick.choice(clocks)) for _ in range(count)
    ]


@pytest.fixture(scope="module")
def pairs() -> pa.Table:
    kind = pa.timestamp("us")
    return pa.table({"a": pa.array(moments(1, 8000), kind), "b": pa.array(moments(2, 8000), kind)})


@pytest.mark.parametrize("unit", UNITS)
def test_difference(pairs: pa.Table, unit: str) -> None:
    with duckdb.connect() as connection:
        found = [row[0] for row in connection.execute(f"SELECT datesub('{unit}', a, b) FROM pairs").fetchall()]
    rows = zip(*(pairs[name].to_pylist() for name in "ab"), strict=True)
    assert found == [joda.difference(a, b, unit) for a, b in rows]


@pytest.mark.parametrize("unit", UNITS)
def test_truncation(pairs: pa.Table, unit: str) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT CAST(date_trunc('{unit}', a) AS TIMESTAMP) FROM pairs").fetchall()
    assert [row[0] for row in found] == [joda.truncated(a, unit) for a in pairs["a"].to_pylist()]


@pytest.mark.parametrize("months", [-25, -1, 1, 11, 12])
def test_months_added(pairs: pa.Table, months: int) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT a + to_months({months}) FROM pairs").fetchall()
    assert [row[0] for row in found] == [joda.added(a, "month", months) for a in pairs["a"].to_pylist()]
