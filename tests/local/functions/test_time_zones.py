"""Zones are named and applied as Trino does: gaps move on, overlaps are Joda's choice in functions, Java's in casts."""

from __future__ import annotations

import datetime
import re

import pytest

from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.zones import Zoned
from athena_ds.local.sql.literals import typed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("UTC", "UTC"),
        ("Z", "UTC"),
        ("Etc/UTC", "UTC"),
        ("+00:00", "UTC"),
        ("-00:00", "UTC"),
        ("+5", "+05:00"),
        ("+0530", "+05:30"),
        ("GMT-3", "-03:00"),
        ("Etc/GMT+5", "-05:00"),
        ("Etc/GMT+0", "UTC"),
        ("Etc/GMT+15", None),
        ("Etc/GMT+05", None),
        ("Etc/UTC+5", None),
        ("US/Pacific", "US/Pacific"),
        ("utc", None),
        ("EST", None),
        ("+15:00", None),
        ("+5:30", None),
        ("Nowhere/X", None),
        ("", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    assert zones.zone_name(text) == name


@pytest.mark.parametrize("zone", ["Etc/GMT+15", "Etc/GMT+05", "Etc/UTC+5", "Nowhere/X"])
def test_a_literal_names_a_zone_that_there_is(zone: str) -> None:
    """As every cast does."""
    with pytest.raises(EngineError, match=f"'2020-01-01 00:00 {re.escape(zone)}' is not a valid TIMESTAMP literal"):
        typed("timestamp", f"2020-01-01 00:00 {zone}")


@pytest.mark.parametrize("text", ["0001-01-01 00:00 Asia/Tokyo", "9999-12-31 23:00 -05:00"])
def test_a_literal_whose_instant_no_calendar_holds_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="years 1 to 9999") as failure:
        typed("timestamp", text)
    assert failure.value.name == "NOT_SUPPORTED"


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(EngineError, match="'Nowhere/X' is not a valid time zone"):
        zones.required_zone("Nowhere/X")


PARIS, NEW_YORK = "Europe/Paris", "America/New_York"


@pytest.mark.parametrize(
    ("wall", "zone", "java", "joda"),
    [
        ((2024, 3, 31, 2, 30), PARIS, (2024, 3, 31, 1, 30), (2024, 3, 31, 1, 30)),
        ((2024, 3, 10, 2, 30), NEW_YORK, (2024, 3, 10, 7, 30), (2024, 3, 10, 7, 30)),
        ((2024, 10, 27, 2, 30), PARIS, (2024, 10, 27, 0, 30), (2024, 10, 27, 1, 30)),
        ((2024, 11, 3, 1, 30), NEW_YORK, (2024, 11, 3, 5, 30), (2024, 11, 3, 5, 30)),
    ],
)
def test_gaps_and_overlaps(wall: tuple[int, ...], zone: str, java: tuple[int, ...], joda: tuple[int, ...]) -> None:
    """Asked of Trino with CAST and with_timezone."""
    local = datetime.datetime(*wall)  # type: ignore[arg-type]
    assert zones.zoned(local, zone).utc == datetime.datetime(*java)  # type: ignore[arg-type]
    assert zones.joda_zoned(local, zone).utc == datetime.datetime(*joda)  # type: ignore[arg-type]


def test_the_offset_is_kept_where_it_still_holds() -> None:
    """A day added before an overlap keeps summer time in it."""
    before = Zoned(datetime.datetime(2024, 10, 26, 0, 30), PARIS)
    assert zones.rezoned(datetime.datetime(2024, 10, 27, 2, 30), before).utc == datetime.datetime(2024, 10, 27, 0, 30)
