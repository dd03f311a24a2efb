"""The sample database is the package's data: every row, NULLs as NULLs, in the layouts people use."""

from __future__ import annotations

import time
from typing import Any

import pytest

from athena_ds.local import LocalAthena, samples
from tests.local.tables.running import Lake


@pytest.fixture(scope="module")
def nyc(local: LocalAthena) -> Lake:
    return Lake(local, database="nyc")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT count(*), count(dep_time), count(air_time), sum(distance) FROM flights",
            "336776 328521 327346 350217607",
        ),
        ("SELECT count(*), count(month), min(month), max(month) FROM flights", "336776 336776 1 12"),
        ("SELECT count(*), count(temp), count(wind_gust), count(pressure) FROM weather", "26115 26114 5337 23386"),
        ("SELECT count(*), count(tailnum) FROM flights", "336776 334264"),
        ("SELECT count(*), count(year), count(speed) FROM planes", "3322 3252 23"),
        ("SELECT count(*), count(tzone), count(DISTINCT faa) FROM airports", "1458 1455 1458"),
        ("SELECT count(*) FROM airlines WHERE name = 'Hawaiian Airlines Inc.'", "1"),
        ("SELECT sum(flights), sum(cancelled) FROM daily_departures", "336776 8255"),
        (
            "SELECT count(*) FROM flights f JOIN weather w ON f.origin = w.origin AND f.time_hour = w.time_hour",
            "335220",
        ),
    ],
)
def test_the_data_are_all_there(nyc: Lake, sql: str, expected: str) -> None:
    """Figures known from the package."""
    assert nyc.run(sql) == [expected.split()]


def test_loading_is_quick_and_the_cache_made_once(tmp_path: Any) -> None:
    """A second preparation finds the first; nothing half-made stays beside it."""
    made = samples.prepared(tmp_path)
    started = time.process_time()
    assert samples.prepared(tmp_path) == made
    assert time.process_time() - started < 0.3
    assert [path.name for path in tmp_path.iterdir()] == [made.name]


def test_every_column_says_what_it_is(nyc: Lake) -> None:
    """Comments in Glue, on tables and columns."""
    for entry in nyc.glue.get_tables(DatabaseName="nyc")["TableList"]:
        if entry["TableType"] == "EXTERNAL_TABLE":
            assert entry["Description"]
            assert all(column["Comment"] for column in entry["StorageDescriptor"]["Columns"])
