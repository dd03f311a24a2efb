"""Fields of dates, times, timestamps and intervals: `year(x)` to `timezone_minute(x)`, and EXTRACT with them.

Weeks are ISO's. The fields of a zoned timestamp are those of its wall time. An interval's fields carry its sign.
"""

from __future__ import annotations

import datetime

from athena_ds.local.engine.duckdb.functions.registry import Call, Rule, kernel, rule
from athena_ds.local.seam import zones
from athena_ds.local.seam.types import Type
from athena_ds.local.seam.zones import OffsetTime, Zoned

_DATES = ("date", "timestamp(p)", "timestamp(p) with time zone")
_TIMES = ("time(p)", "time(p) with time zone", "timestamp(p)", "timestamp(p) with time zone")
_DATE_FIELDS = {
    "year": "year({})",
    "quarter": "quarter({})",
    "month": "month({})",
    "week": "week({})",
    "week_of_year": "week({})",
    "day": "day({})",
    "day_of_month": "day({})",
    "day_of_week": "isodow({})",
    "dow": "isodow({})",
    "day_of_year": "dayofyear({})",
    "doy": "dayofyear({})",
    "year_of_week": "isoyear({})",
    "yow": "isoyear({})",
}
_TIME_FIELDS = {
    "hour": "hour({})",
    "minute": "minute({})",
    "second": "second({})",
    "millisecond": "(millisecond({}) % 1000)",
}
_INTERVAL_FIELDS = {
    "year": "({} // 12)",
    "month": "({} % 12)",
    "day": "({} // 86400000)",
    "day_of_month": "({} // 86400000)",
    "hour": "({} // 3600000 % 24)",
    "minute": "({} // 60000 % 60)",
    "second": "({} // 1000 % 60)",
    "millisecond": "({} % 1000)",
}


def wall_time(value: Zoned) -> datetime.datetime:
    return zones.local(value)


def wall(call: Call, x: str, kind: Type) -> str:
    """The DuckDB expression of the wall time of a zoned timestamp, or of the local part of a time with time zone."""
    if kind.base == "time with time zone":
        return f'CAST(({x})."local" AS TIME)'
    if kind.base != "timestamp with time zone":
        return x
    assert call.workshop is not None
    elsewhere = call.workshop.kernel(wall_time, (x, kind), result=Type("timestamp", (6,)))
    return f"CASE WHEN ({x}).zone = 'UTC' THEN CAST(({x}).utc AS TIMESTAMP) ELSE {elsewhere} END"


def _field(template: str) -> Rule:
    def write(call: Call) -> str:
        value = wall(call, call.sql[0], call.arguments[0])
        return f"CAST({template.format(value)} AS BIGINT)"

    return write


def _interval_field(template: str) -> Rule:
    def write(call: Call) -> str:
        x = call.sql[0]
        return f"CAST(sign({x}) * {template.format(f'abs({x})')} AS BIGINT)"

    return write


for _name, _template in _DATE_FIELDS.items():
    rule(_name, *_DATES)(_field(_template))
for _name, _template in _TIME_FIELDS.items():
    rule(_name, *_TIMES)(_field(_template))
for _name, _template in _INTERVAL_FIELDS.items():
    _kind = "interval year to month" if _name in ("year", "month") else "interval day to second"
    rule(_name, _kind)(_interval_field(_template))


@rule("last_day_of_month", *_DATES)
def last_day_of_month(call: Call) -> str:
    return f"last_day({wall(call, call.sql[0], call.arguments[0])})"


def _minutes(value: Zoned | OffsetTime) -> int:
    return value.offset if isinstance(value, OffsetTime) else zones.offset_minutes(value)


@kernel("timezone_hour")
def timezone_hour(value: Zoned | OffsetTime) -> int:
    return int(_minutes(value) / 60)


@kernel("timezone_minute")
def timezone_minute(value: Zoned | OffsetTime) -> int:
    minutes = _minutes(value)
    return minutes % 60 if minutes >= 0 else -(-minutes % 60)


@kernel("timezone", "timestamp(p) with time zone")
def timezone_of_timestamp(value: Zoned) -> str:
    return value.zone


@kernel("timezone", "time(p) with time zone")
def timezone_of_time(value: OffsetTime) -> str:
    return zones.offset_text(value.offset)
