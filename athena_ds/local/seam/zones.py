"""Time zones as Trino names and applies them: `io.trino.spi.type.TimeZoneKey` over the tz database.

Names keep their case; offsets are whole minutes within 14 hours; every way to say UTC becomes `UTC`, `Etc/GMT+5` and
`UTC-5` become `-05:00`. A local time in a gap moves on by the gap's length; one in an overlap is
the earlier instant for casts (java.time), Joda's choice for functions.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from athena_ds.local.seam.engine import EngineError

UTC = datetime.UTC
_NO_ZONES = frozenset(["EST", "MST", "HST", "ROC", "Factory", "localtime", "posixrules", "Etc/Zulu"])
_UTC_NAMES = frozenset(["UTC", "GMT", "UT", "UCT", "Z", "Zulu", "Universal", "Greenwich", "GMT0"])
_OFFSET = re.compile(r"([+-])(?:(\d)|(\d\d)(?::?(\d\d))?)", re.ASCII)
_PREFIXED = re.compile(r"(?:UTC|GMT|UT)(?=[+-])")
_ETC = re.compile(r"Etc/GMT([+-])(\d{1,2})", re.ASCII)


class Zoned(NamedTuple):
    """A `timestamp with time zone`: the instant as naive UTC, and the zone it is shown in (`UTC`, `+05:30`)."""

    utc: datetime.datetime
    zone: str


class OffsetTime(NamedTuple):
    """A `time with time zone`: the local time and its offset from UTC in minutes."""

    local: datetime.time
    offset: int


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_ZONES


@lru_cache(maxsize=4096)
def zone_name(text: str) -> str | None:
    """The zone's name as Trino shows it, None when there is no such zone."""
    bare = text.removeprefix("Etc/")
    if (bare in _UTC_NAMES and text != "Etc/Zulu") or text == "GMT+0" or bare in ("GMT-0", "GMT+0"):
        return "UTC"
    if etc := _ETC.fullmatch(text):
        minutes = int(etc[2]) * 60 * (-1 if etc[1] == "+" else 1)
        return offset_name(minutes) if text in _known() else None
    found = _OFFSET.fullmatch(_PREFIXED.sub("", text, count=1))
    if found:
        minutes = int(found[2] or found[3]) * 60 + int(found[4] or 0)
        valid = int(found[4] or 0) < 60 and minutes <= 14 * 60
        return offset_name(-minutes if found[1] == "-" else minutes) if valid else None
    return text if text in _known() else None


def offset_name(minutes: int) -> str:
    """`UTC` or `+05:30`."""
    if minutes == 0:
        return "UTC"
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def offset_text(minutes: int) -> str:
    """`+05:30`, also for zero: the offset of a `time with time zone`."""
    return "+00:00" if minutes == 0 else offset_name(minutes)


def required_zone(text: str) -> str:
    """The zone's name; raises what `at_timezone` and its kin raise."""
    found = zone_name(text)
    if found is None:
        name = "INVALID_FUNCTION_ARGUMENT" if text else "GENERIC_INTERNAL_ERROR"
        raise EngineError(name, f"'{text}' is not a valid time zone" if text else "Zone id is an empty string")
    return found


@lru_cache(maxsize=4096)
def _info(zone: str) -> datetime.tzinfo:
    if zone == "UTC":
        return UTC
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[4:6])
        return datetime.timezone(datetime.timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    return ZoneInfo(zone)


def offset(utc: datetime.datetime, zone: str) -> datetime.timedelta:
    """The zone's offset at an instant."""
    if zone == "UTC":
        return datetime.timedelta(0)
    try:
        return utc.replace(tzinfo=UTC).astimezone(_info(zone)).utcoffset() or datetime.timedelta(0)
    except OverflowError:
        raise beyond() from None


def offset_minutes(value: Zoned) -> int:
    """The offset at an instant in whole minutes, towards zero (local mean times have seconds)."""
    return int(offset(*value).total_seconds() / 60)


def short_name(value: Zoned) -> str:
    """The abbreviation of the zone at an instant (`CEST`), as the tz database has it."""
    return value.utc.replace(tzinfo=UTC).astimezone(_info(value.zone)).tzname() or ""


def local(value: Zoned) -> datetime.datetime:
    """The wall time a zoned timestamp shows."""
    return shifted(value.utc, offset(*value))


def zoned(wall: datetime.datetime, zone: str) -> Zoned:
    """The instant at which the zone shows this wall time."""
    shift = wall.replace(tzinfo=_info(zone), fold=0).utcoffset() or datetime.timedelta(0)
    return Zoned(shifted(wall, -shift), zone)


def joda_zoned(wall: datetime.datetime, zone: str) -> Zoned:
    """The same as Joda's `convertLocalToUTC` has it: in an overlap, the later instant east of Greenwich."""
    guess = offset(wall, zone)
    found = offset(first := shifted(wall, -guess), zone)
    if found != guess and guess < datetime.timedelta(0):
        found = guess if offset(shifted(wall, -found), zone) != offset(first, zone) else found
    return Zoned(shifted(wall, -found), zone)


def rezoned(wall: datetime.datetime, before: Zoned) -> Zoned:
    """The instant of a wall time, keeping the offset `before` had when it is still valid there (Joda's way)."""
    kept = Zoned(shifted(wall, -offset(*before)), before.zone)
    return kept if offset(*kept) == offset(*before) else joda_zoned(wall, before.zone)


def shifted(moment: datetime.datetime, by: datetime.timedelta) -> datetime.datetime:
    """`moment + by`, refused outside the years 1 to 9999."""
    try:
        return moment + by
    except OverflowError:
        raise beyond() from None


def beyond() -> EngineError:
    """The refusal of a date Python's calendar doesn't hold."""
    return EngineError("NOT_SUPPORTED", "The local engine computes dates of the years 1 to 9999 only here")
