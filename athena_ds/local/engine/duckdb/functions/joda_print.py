"""Dates written by the parts of a pattern."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from athena_ds.local.engine.duckdb.functions.joda_patterns import DAYS, MONTHS, Part
from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.zones import Zoned

_NUMBERS: dict[str, Callable[[datetime.datetime], int]] = {
    "year": lambda t: t.year,
    "year_of_era": lambda t: t.year,
    "weekyear": lambda t: t.isocalendar().year,
    "century": lambda t: t.year // 100,
    "month": lambda t: t.month,
    "week": lambda t: t.isocalendar().week,
    "day": lambda t: t.day,
    "day_of_year": lambda t: t.timetuple().tm_yday,
    "day_of_week": lambda t: t.isoweekday(),
    "hour": lambda t: t.hour,
    "clockhour24": lambda t: t.hour or 24,
    "hour12": lambda t: t.hour % 12,
    "clockhour12": lambda t: t.hour % 12 or 12,
    "minute": lambda t: t.minute,
    "second": lambda t: t.second,
}
_TEXTS: dict[str, Callable[[datetime.datetime], str]] = {
    "two_digit_year": lambda t: f"{t.year % 100:02d}",
    "two_digit_weekyear": lambda t: f"{t.isocalendar().year % 100:02d}",
    "month_text": lambda t: MONTHS[t.month - 1],
    "month_short": lambda t: MONTHS[t.month - 1][:3],
    "day_text": lambda t: DAYS[t.weekday()],
    "day_short": lambda t: DAYS[t.weekday()][:3],
    "halfday": lambda t: "AM" if t.hour < 12 else "PM",
    "era": lambda _: "AD",
}


def printed(parts: tuple[Part, ...], value: Zoned) -> str:
    """The text of a zoned timestamp, whole milliseconds."""
    wall = zones.local(value)
    return "".join(_printed(part, wall, value) for part in parts)


def _printed(part: Part, wall: datetime.datetime, value: Zoned) -> str:
    if part.field == "literal":
        return part.text
    if number := _NUMBERS.get(part.field):
        return str(number(wall)).zfill(part.low)
    if text := _TEXTS.get(part.field):
        return text(wall)
    if part.field == "fraction":
        digits = f"{wall.microsecond // 1000:03d}".ljust(part.low, "0")
        return digits[: max(part.low, min(3, part.high))]
    return _zone(part, value)


def _zone(part: Part, value: Zoned) -> str:
    if part.field == "offset":
        text = zones.offset_text(zones.offset_minutes(value))
        return text if part.text else text.replace(":", "")
    if part.field == "zone_id" or value.zone[0] in "+-":
        return value.zone
    if value.zone == "UTC":
        return "UTC" if part.field == "zone_short" else "Coordinated Universal Time"
    name = zones.short_name(value) if part.field == "zone_short" else ""
    if not name or not name.isalpha():
        raise EngineError("NOT_SUPPORTED", f"The local engine has no name as Java's for the time zone {value.zone}")
    return name


_STRFTIME = {
    "year": {4: "%Y"},
    "weekyear": {4: "%G"},
    "month": {1: "%-m", 2: "%m"},
    "week": {2: "%V"},
    "day": {1: "%-d", 2: "%d"},
    "day_of_year": {3: "%j"},
    "hour": {1: "%-H", 2: "%H"},
    "clockhour12": {1: "%-I", 2: "%I"},
    "minute": {2: "%M"},
    "second": {2: "%S"},
    "fraction": {3: "%g", 6: "%g000"},
}
_STRFTIME_TEXTS = {
    "month_text": "%B",
    "month_short": "%b",
    "day_text": "%A",
    "day_short": "%a",
    "halfday": "%p",
    "two_digit_year": "%y",
}


def strftime(parts: tuple[Part, ...]) -> str | None:
    """The same as a DuckDB strftime format; None where it has no such part."""
    codes = [_code(part) for part in parts]
    return None if None in codes else "".join(code or "" for code in codes)


def _code(part: Part) -> str | None:
    if part.field == "literal":
        return part.text.replace("%", "%%")
    return _STRFTIME_TEXTS.get(part.field) or _STRFTIME.get(part.field, {}).get(part.low)
