"""Dates read by the parts of a pattern, as Joda's `DateTimeParserBucket` puts them together.

Fields are set on 1970-01-01, the longest first, each cutting off what is smaller; a text that starts at a month or a
day is of the year 2000. Then all are set once more, so that they must agree.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from athena_ds.local.engine.duckdb.functions.joda_patterns import DAYS, MONTHS, Part
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError

Moment = datetime.datetime
_YEARS, _MONTHS, _WEEKS, _DAYS, _HALVES, _HOURS, _MINUTES, _SECONDS, _MILLIS = (
    400,
    31,
    7,
    1,
    0.5,
    0.1,
    0.01,
    0.001,
    0.0001,
)
_ALL = 10_000


class Saved(NamedTuple):
    """A field read, with the span it repeats in and the span it counts (both in days, roughly)."""

    field: str
    value: int


class Reading(NamedTuple):
    """What a text says: its fields, and the offset in minutes or the zone it names."""

    fields: tuple[Saved, ...]
    offset: int | None = None
    zone: str | None = None


class _FieldError(ValueError):
    """A value its field doesn't have."""


def _within(name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise _FieldError(f"Value {value} for {name} must be in the range [{low},{high}]")
    return value


def _year(t: Moment, value: int) -> Moment:
    if not 1 <= value <= 9999:
        raise zones.beyond()
    return t.replace(year=value, day=min(t.day, calendar.monthrange(value, t.month)[1]))


def _month(t: Moment, value: int) -> Moment:
    _within("monthOfYear", value, 1, 12)
    return t.replace(month=value, day=min(t.day, calendar.monthrange(t.year, value)[1]))


def _day(t: Moment, value: int) -> Moment:
    return t.replace(day=_within("dayOfMonth", value, 1, calendar.monthrange(t.year, t.month)[1]))


def _day_of_year(t: Moment, value: int) -> Moment:
    days = _within("dayOfYear", value, 1, 366 if calendar.isleap(t.year) else 365)
    return t.replace(month=1, day=1) + datetime.timedelta(days=days - 1)


def _weeks_in(year: int) -> int:
    return datetime.date(year, 12, 28).isocalendar().week


def _weekyear(t: Moment, value: int) -> Moment:
    if not 1 <= value <= 9998:
        raise zones.beyond()
    _, week, day = t.isocalendar()
    found = datetime.date.fromisocalendar(value, min(week, _weeks_in(value)), day)
    return datetime.datetime.combine(found, t.time())


def _week(t: Moment, value: int) -> Moment:
    year, week, _ = t.isocalendar()
    return t + datetime.timedelta(weeks=_within("weekOfWeekyear", value, 1, _weeks_in(year)) - week)


def _day_of_week(t: Moment, value: int) -> Moment:
    return t + datetime.timedelta(days=_within("dayOfWeek", value, 1, 7) - t.isoweekday())


def _halfday(t: Moment, value: int) -> Moment:
    return t.replace(hour=t.hour % 12 + 12 * value)


def _hour(name: str, low: int, high: int) -> Callable[[Moment, int], Moment]:
    def put(t: Moment, value: int) -> Moment:
        hour = _within(name, value, low, high) % (12 if high <= 12 else 24)
        return t.replace(hour=hour + (t.hour // 12 * 12 if high <= 12 else 0))

    return put


def _minute(t: Moment, value: int) -> Moment:
    return t.replace(minute=_within("minuteOfHour", value, 0, 59))


def _second(t: Moment, value: int) -> Moment:
    return t.replace(second=_within("secondOfMinute", value, 0, 59))


def _milli(t: Moment, value: int) -> Moment:
    return t.replace(microsecond=value * 1000)


_FIELDS: dict[str, tuple[float, float, Callable[[Moment, int], Moment]]] = {
    "year": (_ALL, _YEARS, _year),
    "year_of_era": (_ALL, _YEARS, _year),
    "weekyear": (_ALL, _YEARS, _weekyear),
    "month": (_YEARS, _MONTHS, _month),
    "week": (_YEARS, _WEEKS, _week),
    "day_of_year": (_YEARS, _DAYS, _day_of_year),
    "day": (_MONTHS, _DAYS, _day),
    "day_of_week": (_WEEKS, _DAYS, _day_of_week),
    "halfday": (_DAYS, _HALVES, _halfday),
    "hour": (_DAYS, _HOURS, _hour("hourOfDay", 0, 23)),
    "clockhour24": (_DAYS, _HOURS, _hour("clockhourOfDay", 1, 24)),
    "hour12": (_HALVES, _HOURS, _hour("hourOfHalfday", 0, 11)),
    "clockhour12": (_HALVES, _HOURS, _hour("clockhourOfHalfday", 1, 12)),
    "minute": (_HOURS, _MINUTES, _minute),
    "second": (_MINUTES, _SECONDS, _second),
    "fraction": (_SECONDS, _MILLIS, _milli),
}


def _floor(t: Moment, field: str) -> Moment:
    unit = _FIELDS[field][1]
    t = t.replace(microsecond=t.microsecond if unit <= _MILLIS else 0, second=t.second if unit <= _SECONDS else 0)
    t = t.replace(minute=t.minute if unit <= _MINUTES else 0)
    if unit >= _HALVES:
        t = t.replace(hour=t.hour // 12 * 12 if unit == _HALVES else 0)
    if field == "weekyear":
        return datetime.datetime.combine(datetime.date.fromisocalendar(t.isocalendar().year, 1, 1), t.time())
    if unit == _WEEKS:
        return t - datetime.timedelta(days=t.weekday())
    if unit >= _MONTHS:
        t = t.replace(day=1, month=1 if unit >= _YEARS else t.month)
    return t


def assembled(fields: tuple[Saved, ...], text: str) -> Moment:
    """The wall time the fields say; raises EngineError where they don't fit."""
    ordered = sorted(fields, key=lambda saved: (-_FIELDS[saved.field][0], -_FIELDS[saved.field][1]))
    if ordered and _DAYS <= _FIELDS[ordered[0].field][1] <= _MONTHS:
        ordered.insert(0, Saved("year", 2000))
    t = datetime.datetime(1970, 1, 1)
    try:
        for saved in ordered:
            t = _floor(_FIELDS[saved.field][2](t, saved.value), saved.field)
        for index, saved in enumerate(ordered):
            t = _FIELDS[saved.field][2](t, saved.value)
            t = _floor(t, saved.field) if index == len(ordered) - 1 else t
    except _FieldError as error:
        raise invalid(f'Cannot parse "{text}": {error}') from None
    except OverflowError:
        raise zones.beyond() from None
    return t


def read(parts: tuple[Part, ...], text: str) -> Reading:
    """The fields a text has for a pattern; raises EngineError `Invalid format: ...`."""
    at = 0
    saved: list[Saved] = []
    offset: int | None = None
    zone: str | None = None
    for part in parts:
        if part.field == "offset":
            offset, at = _offset(text, at)
        elif part.field in ("zone_id", "zone_short", "zone_name"):
            zone, at = _zone(part, text, at)
        else:
            at = _take(part, text, at, saved)
    if at < len(text):
        raise malformed(text, at)
    return Reading(tuple(saved), offset, zone)


def malformed(text: str, at: int) -> EngineError:
    """Joda's words for a text that doesn't match from `at` on."""
    if at >= len(text) and text:
        return invalid(f'Invalid format: "{text}" is too short')
    return invalid(f'Invalid format: "{text}"' + (f' is malformed at "{text[at:]}"' if at else ""))


def _take(part: Part, text: str, at: int, saved: list[Saved]) -> int:
    if part.field == "literal":
        if text[at : at + len(part.text)].upper() != part.text.upper():
            raise malformed(text, at)
        return at + len(part.text)
    if part.field in _WORDS:
        return _word(part.field, text, at, saved)
    if part.field == "fraction":
        digits = _digits(text, at, part.high)
        saved.append(Saved("fraction", int(digits.ljust(3, "0")[:3]) if digits else 0))
        return _advance(text, at, digits)
    if part.field.startswith("two_digit"):
        return _two_digit(part, text, at, saved)
    if part.field == "century":
        raise EngineError("NOT_SUPPORTED", "The local engine doesn't parse centuries")
    return _number(part, text, at, saved)


def _digits(text: str, at: int, most: int) -> str:
    end = at
    while end < len(text) and end - at < most and text[end] in "0123456789":
        end += 1
    return text[at:end]


def _advance(text: str, at: int, digits: str) -> int:
    if not digits:
        raise malformed(text, at)
    return at + len(digits)


def _number(part: Part, text: str, at: int, saved: list[Saved]) -> int:
    sign = text[at : at + 1] if part.signed and text[at : at + 1] in ("+", "-") and _digits(text, at + 1, 1) else ""
    digits = _digits(text, at + len(sign), part.high)
    end = _advance(text, at + len(sign), digits)
    saved.append(Saved(part.field, -int(digits) if sign == "-" else int(digits)))
    return end


def _two_digit(part: Part, text: str, at: int, saved: list[Saved]) -> int:
    field = "weekyear" if part.field.endswith("weekyear") else "year"
    if part.text:
        before = len(saved)
        end = _number(Part(field, 1, 9, signed=True), text, at, saved)
        if end - at != 2 or not text[at].isdigit():
            return end
        del saved[before:]
    digits = _digits(text, at, 2)
    if len(digits) < 2:
        raise malformed(text, at)
    first = part.low % 100
    saved.append(Saved(field, part.low - first + int(digits) + (100 if int(digits) < first else 0)))
    return at + 2


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, dict[str, int]]:
    words = {
        "month": {name: i for i, whole in enumerate(MONTHS, 1) for name in (whole, whole[:3])},
        "day_of_week": {name: i for i, whole in enumerate(DAYS, 1) for name in (whole, whole[:3])},
        "halfday": {"AM": 0, "PM": 1},
        "era": {"AD": 1, "BC": 0},
    }
    return {
        field: {n: v for name, v in names.items() for n in (name, name.lower(), name.upper())}
        for field, names in words.items()
    }


_WORDS = {
    "month_text": "month",
    "month_short": "month",
    "day_text": "day_of_week",
    "day_short": "day_of_week",
    "halfday": "halfday",
    "era": "era",
}


def _word(name: str, text: str, at: int, saved: list[Saved]) -> int:
    field = _WORDS[name]
    known = _vocabulary()[field]
    found = next((text[at:end] for end in range(min(len(text), at + 9), at, -1) if text[at:end] in known), None)
    if found is None:
        raise malformed(text, at)
    if field == "era" and known[found] == 0:
        raise zones.beyond()
    if field != "era":
        saved.append(Saved(field, known[found]))
    return at + len(found)


def _offset(text: str, at: int) -> tuple[int, int]:
    if text[at : at + 1] in ("Z", "z"):
        return 0, at + 1
    sign, hours = text[at : at + 1], _digits(text, at + 1, 2)
    if sign not in ("+", "-") or len(hours) < 2:
        raise malformed(text, at)
    end = at + 3
    colon = 1 if text[end : end + 1] == ":" else 0
    minutes = _digits(text, end + colon, 2)
    if len(minutes) == 2:
        end += colon + 2
    total = _within("hours", int(hours), 0, 23) * 60 + (int(minutes) if len(minutes) == 2 else 0)
    return (-total if sign == "-" else total), end


_SHORT_ZONES = {
    "UT": "UTC", "UTC": "UTC", "GMT": "UTC",
    **dict.fromkeys(("EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
}  # fmt: skip


def _zone(part: Part, text: str, at: int) -> tuple[str, int]:
    short = part.field != "zone_id"
    for end in range(len(text), at, -1):
        name = text[at:end]
        found = _SHORT_ZONES.get(name) if short else (zones.zone_name(name) if name[0].isalpha() else None)
        if found:
            return found, end
    raise malformed(text, at)
