"""Dates and times that no dtype can hold stay text, and times a zone shows twice are told."""

from __future__ import annotations

import datetime as dt
import warnings

import pytest

from athena_ds import results
from athena_ds.aws import Door
from athena_ds.errors import AthenaDSWarning

from .athena_text import info
from .corpus import TEXT
from .shelf import Shelf
from .transports import by_csv, by_pages, whole

ZONED = "timestamp with time zone"


@pytest.mark.parametrize("lay", [by_csv, by_pages])
@pytest.mark.parametrize(
    ("kind", "text", "dtype"),
    [
        ("timestamp", "2020-01-01 00:00:00.123456789", "datetime64[ns]"),
        ("timestamp", "2020-01-01 00:00:00.1234567", "datetime64[ns]"),
        (ZONED, "2020-01-01 00:00:00.123456789 Asia/Tokyo", "datetime64[ns, UTC]"),
        ("time", "12:34:56.123456789", "time64[ns][pyarrow]"),
        ("timestamp", "2020-01-01 00:00:00.123456789012", TEXT),
        ("timestamp", "9999-01-01 00:00:00.123456789", TEXT),
        ("timestamp", "+11020-01-01 00:00:00.123", TEXT),
        ("timestamp", "-0001-01-01 00:00:00.123", TEXT),
        (ZONED, "+11020-01-01 00:00:00.123 UTC", TEXT),
        (ZONED, "2020-01-01 00:00:00.123456789012 Europe/Berlin", TEXT),
        ("time", "12:34:56.123456789012", TEXT),
        ("date", "+11020-01-01", TEXT),
        ("date", "-0044-03-15", TEXT),
    ],
)
def test_what_does_not_fit_is_nanoseconds_or_text(
    shelf: Shelf, door: Door, lay: object, kind: str, text: str, dtype: str
) -> None:
    """More than six digits are nanoseconds where they fit; else the whole column is Athena's text, and says so."""
    execution = lay(shelf, [info("v", kind)], [(None,), (text,), (None,)])  # type: ignore[operator]
    found = whole(execution, door, "numpy")
    assert str(found["v"].dtype) == dtype
    assert found["v"].isna().tolist() == [True, False, True]
    if dtype == TEXT:
        assert found["v"][1] == text
        assert "finer than pandas holds" in found.athena.notes["v"]
    else:
        assert "v" not in found.athena.notes


def test_nanoseconds_are_exact(shelf: Shelf, door: Door) -> None:
    """No digit is lost, before and after 1970."""
    texts = ["1969-12-31 23:59:59.999999999", "2020-01-01 00:00:00.000000001"]
    found = whole(by_csv(shelf, [info("v", "timestamp")], [(text,) for text in texts]), door, "numpy")
    assert found["v"].astype("int64").tolist() == [-1, 1577836800000000001]


def test_one_value_that_does_not_fit_makes_the_whole_column_text(
    shelf: Shelf, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks read before as timestamps become the text Athena wrote for them."""
    monkeypatch.setattr("athena_ds.results.parts.PART", 64)
    monkeypatch.setattr("athena_ds.results.csv.FIRST", 64)
    texts = [f"2020-01-01 00:00:00.{number:03}" for number in range(50)] + ["+12020-01-01 00:00:00.000"]
    infos = [info("v", "timestamp"), info("d", "date")]
    rows = [(text, text[:10]) for text in texts[:-1]] + [(texts[-1], "+12020-01-01")]
    found = whole(by_csv(shelf, infos, rows), door, "numpy")
    assert found["v"].tolist() == texts
    assert found["d"].tolist() == [row[1] for row in rows]


def test_a_local_time_shown_twice_is_the_first_and_is_told(shelf: Shelf, door: Door) -> None:
    """02:30 on the night the clocks go back is summer time, a warning says how many, and the attrs keep it."""
    texts = [
        "2020-10-25 02:30:00.000 Europe/Berlin",
        "2020-10-25 03:00:00.000 Europe/Berlin",
        "2020-10-25 02:30:00.000 UTC",
    ]
    execution = by_csv(shelf, [info("v", ZONED)], [(text,) for text in texts])
    with pytest.warns(AthenaDSWarning, match="1 value.* 'v' .*AT TIME ZONE 'UTC'"):
        found = whole(execution, door, "numpy")
    moments = [value.to_pydatetime() for value in found["v"]]
    assert moments == [dt.datetime(2020, 10, 25, hour, 30 * (hour != 2), tzinfo=dt.UTC) for hour in (0, 2)] + [
        dt.datetime(2020, 10, 25, 2, 30, tzinfo=dt.UTC)
    ]
    (column,) = found.athena.facts["columns"]
    assert column["zones"] == ["Europe/Berlin", "UTC"]
    assert column["ambiguous"] == 1


def test_zones_that_are_clear_give_no_warning(shelf: Shelf, door: Door) -> None:
    """A whole year of hours in a zone with summer time warns only of the one that is double."""
    hours = [dt.datetime(2021, 1, 1) + dt.timedelta(hours=number) for number in range(24 * 90)]
    rows = [(f"{hour:%Y-%m-%d %H:%M:%S}.000 Australia/Lord_Howe",) for hour in hours]
    with warnings.catch_warnings():
        warnings.simplefilter("error", AthenaDSWarning)
        found = whole(by_csv(shelf, [info("v", ZONED)], rows), door, "numpy")
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Australia/Lord_Howe")
    assert [value.to_pydatetime() for value in found["v"]] == [
        hour.replace(tzinfo=zone).astimezone(dt.UTC) for hour in hours
    ]


def test_batches_tell_an_ambiguous_time_once(shelf: Shelf, door: Door) -> None:
    """Slices of one block do not count it again."""
    rows = [("2020-10-25 02:30:00.000 Europe/Berlin",), ("2020-06-01 00:00:00.000 Europe/Berlin",)]
    execution = by_csv(shelf, [info("v", ZONED)], rows)
    with pytest.warns(AthenaDSWarning):
        frames = list(results.batches(execution, door, rows=1))
    assert sum(frame.athena.facts["columns"][0].get("ambiguous", 0) for frame in frames) == 1


def test_an_unknown_zone_is_an_error(shelf: Shelf, door: Door) -> None:
    """Better than a wrong instant."""
    from athena_ds.errors import ResultError

    execution = by_csv(shelf, [info("v", ZONED)], [("2020-10-25 02:30:00.000 Mars/Olympus",)])
    with pytest.raises(ResultError, match="Mars/Olympus"):
        whole(execution, door, "numpy")
