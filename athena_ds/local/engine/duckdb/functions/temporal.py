"""Dates and times read from and written as Trino's text (`io.trino.type.DateTimes`)."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from athena_ds.local.seam import zones
from athena_ds.local.seam.zones import OffsetTime, Zoned

DAY_MS = 86_400_000
DAY_US = 1000 * DAY_MS
EPOCH = datetime.datetime(1970, 1, 1)
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.(?P<fraction>\d+))?)?"
_DATE = re.compile(r"([+-]?\d+)-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY = r"(?P<year>[-+]?\d{4,})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_TIMESTAMP = re.compile(rf"{_DAY}(?P<rest> (?:{_CLOCK})?\s*(?P<zone>.+)?)?", re.ASCII)
_TIME = re.compile(rf"{_CLOCK}\s*(?P<offset>(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d))?", re.ASCII)


class Parsed(NamedTuple):
    """A timestamp's text: the wall time to the second, the fraction's digits, and the zone it names."""

    wall: datetime.datetime
    fraction: str
    zone: str | None


def parse_date(text: str) -> datetime.date | None:
    """A date's text, blanks around it allowed; None when it is none."""
    found = _DATE.fullmatch(text.strip())
    return _date(*found.groups()) if found else None


def _date(year: str, month: str, day: str) -> datetime.date | None:
    if not 1 <= int(year) <= 9999:
        in_leap_year = datetime.date(2000 + int(year) % 400, 1, 1).year
        try:
            datetime.date(in_leap_year, int(month), int(day))
        except ValueError:
            return None
        raise zones.beyond()
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_timestamp(text: str) -> Parsed | None:
    """A timestamp's text, with or without clock and zone; None when it is none."""
    found = _TIMESTAMP.fullmatch(text)
    day = _date(found["year"], found["month"], found["day"]) if found else None
    clock = _clock(found) if found else None
    if found is None or day is None or clock is None:
        return None
    return Parsed(datetime.datetime.combine(day, clock), found["fraction"] or "", found["zone"])


def _clock(found: re.Match[str]) -> datetime.time | None:
    try:
        return datetime.time(int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        return None


def parse_time(text: str) -> tuple[datetime.time, str, int | None] | None:
    """A time's text: to the second, the fraction's digits, and the offset in minutes if it names one."""
    found = _TIME.fullmatch(text)
    clock = _clock(found) if found else None
    if found is None or clock is None:
        return None
    if found["offset"] is None:
        return clock, found["fraction"] or "", None
    minutes = int(found["hours"]) * 60 + int(found["minutes"])
    if minutes > 14 * 60 or int(found["minutes"]) > 59:
        return None
    return clock, found["fraction"] or "", -minutes if found["sign"] == "-" else minutes


def fraction_microseconds(digits: str, precision: int) -> int:
    """A fraction rounded half up to `precision` digits, as microseconds (a whole second at most)."""
    kept, rest = digits[:precision].ljust(precision, "0"), digits[precision : precision + 1]
    value = int(kept or 0) + (rest >= "5" if rest else 0)
    return int(value * 10 ** (6 - precision))


def rounded(moment: datetime.datetime, precision: int) -> datetime.datetime:
    """A timestamp at `precision` digits of the second, half up."""
    fraction = fraction_microseconds(f"{moment.microsecond:06d}", min(precision, 6))
    return zones.shifted(moment.replace(microsecond=0), datetime.timedelta(microseconds=fraction))


def rounded_time(moment: datetime.time, precision: int) -> datetime.time:
    """A time at `precision` digits of the second, half up, past midnight back to zero."""
    fraction = fraction_microseconds(f"{moment.microsecond:06d}", min(precision, 6))
    return time_of(microseconds(moment.replace(microsecond=0)) + fraction)


def microseconds(moment: datetime.time) -> int:
    """Microseconds since midnight."""
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1_000_000 + moment.microsecond


def time_of(micros: int) -> datetime.time:
    """The time so many microseconds after midnight, round the clock."""
    seconds, micro = divmod(micros % DAY_US, 1_000_000)
    return datetime.time(seconds // 3600, seconds // 60 % 60, seconds % 60, micro)


def _fraction(micro: int, precision: int) -> str:
    return f".{micro:06d}"[: precision + 1] if precision else ""


def timestamp_text(moment: datetime.datetime, precision: int, *, separator: str = " ") -> str:
    """`2024-01-15 10:30:45.123`."""
    whole = f"{moment:%m-%d}{separator}{moment:%H:%M:%S}"
    return f"{moment.year:04d}-{whole}{_fraction(moment.microsecond, precision)}"


def zoned_text(value: Zoned, precision: int) -> str:
    """`2024-01-15 10:30:45.123 Europe/Paris`."""
    return f"{timestamp_text(zones.local(value), precision)} {value.zone}"


def time_text(moment: datetime.time, precision: int) -> str:
    """`10:30:45.123`."""
    return f"{moment:%H:%M:%S}{_fraction(moment.microsecond, precision)}"


def offset_time_text(value: OffsetTime, precision: int) -> str:
    """`10:30:45.123+02:00`."""
    return time_text(value.local, precision) + zones.offset_text(value.offset)


def day_interval_text(millis: int) -> str:
    """`-1 02:03:04.567`."""
    seconds, milli = divmod(abs(millis), 1000)
    days, clock = divmod(seconds, 86400)
    sign = "-" if millis < 0 else ""
    return f"{sign}{days} {clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}.{milli:03d}"


def year_interval_text(months: int) -> str:
    """`-1-2`."""
    return f"{'-' if months < 0 else ''}{abs(months) // 12}-{abs(months) % 12}"
