"""The arithmetic of Joda's date fields, which Trino's date_trunc, date_add and date_diff are made of.

Units of a day and more work on wall times; hours and less on the time line. A difference counts whole units, and a
month or a year is whole when adding it (cut to the month's end) gets there.
"""

from __future__ import annotations

import calendar
import datetime
from typing import Final

from athena_ds.local.engine.duckdb.functions.temporal import DAY_MS, EPOCH
from athena_ds.local.seam import zones

CLOCK_MS: Final = {"millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000}
CALENDAR: Final = ("day", "week", "month", "quarter", "year")
UNIT_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}


def millis(moment: datetime.datetime) -> int:
    """Milliseconds since 1970, finer digits cut off downwards."""
    return (moment - EPOCH) // datetime.timedelta(milliseconds=1)


def truncated(moment: datetime.datetime, unit: str) -> datetime.datetime:
    """The start of the unit `moment` lies in."""
    if unit in CLOCK_MS:
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        step = datetime.timedelta(milliseconds=CLOCK_MS[unit])
        return day + (moment - day) // step * step
    day = datetime.datetime.combine(moment.date(), datetime.time())
    match unit:
        case "week":
            return zones.shifted(day, -datetime.timedelta(days=day.weekday()))
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def added(moment: datetime.datetime, unit: str, count: int) -> datetime.datetime:
    """`moment` so many units later; the day of the month is cut to the month's end."""
    if unit in CLOCK_MS:
        return zones.shifted(moment, _span(milliseconds=count * CLOCK_MS[unit]))
    if unit in _DAYS:
        return zones.shifted(moment, _span(days=count * _DAYS[unit]))
    year, month = divmod(moment.year * 12 + moment.month - 1 + count * UNIT_MONTHS[unit], 12)
    if not 1 <= year <= 9999:
        raise zones.beyond()
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def _span(*, days: int = 0, milliseconds: int = 0) -> datetime.timedelta:
    try:
        return datetime.timedelta(days=days, milliseconds=milliseconds)
    except OverflowError:
        raise zones.beyond() from None


def difference(start: datetime.datetime, end: datetime.datetime, unit: str) -> int:
    """Whole units from `start` to `end`, towards zero."""
    if unit in CLOCK_MS or unit in _DAYS:
        step = CLOCK_MS.get(unit) or _DAYS[unit] * DAY_MS
        count = abs(millis(end) - millis(start)) // step
    elif start <= end:
        count = _years(start, end) if unit == "year" else _months(start, end) // UNIT_MONTHS[unit]
    else:
        count = _years(end, start) if unit == "year" else _months(end, start) // UNIT_MONTHS[unit]
    return count if start <= end else -count


def _months(start: datetime.datetime, end: datetime.datetime) -> int:
    count = (end.year - start.year) * 12 + end.month - start.month
    last = calendar.monthrange(end.year, end.month)[1]
    day = min(start.day, end.day) if end.day == last else start.day
    return count - (_in_month(end, end.day) < _in_month(start, day))


def _in_month(moment: datetime.datetime, day: int) -> int:
    return day * DAY_MS + _clock(moment)


def _clock(moment: datetime.datetime) -> int:
    return millis(moment) % DAY_MS


def _years(start: datetime.datetime, end: datetime.datetime) -> int:
    first, last = _in_year(start), _in_year(end)
    if first >= 59 * DAY_MS:
        leap, other = calendar.isleap(start.year), calendar.isleap(end.year)
        first -= DAY_MS if leap and not other else 0
        last -= DAY_MS if other and not leap else 0
    return end.year - start.year - (last < first)


def _in_year(moment: datetime.datetime) -> int:
    return (moment.timetuple().tm_yday - 1) * DAY_MS + _clock(moment)
