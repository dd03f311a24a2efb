"""Casts to dates, times and timestamps. A cast between precisions rounds half up; text is read as `temporal` says."""

from __future__ import annotations

import datetime

from athena_ds.local.engine.duckdb.functions import temporal
from athena_ds.local.engine.duckdb.functions.cast_numbers import bad_cast
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule, template
from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BIGINT
from athena_ds.local.seam.zones import OffsetTime, Zoned

_TIMES = ("time", "time with time zone")
_PLAIN_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PLAIN_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


def date_of_text(text: str) -> datetime.date:
    found = temporal.parse_date(text)
    if found is None:
        raise bad_cast(f"Value cannot be cast to date: {text}")
    return found


@rule("cast", "varchar -> date")
def varchar_to_date(call: Call) -> str:
    x = call.sql[0]
    plain = f"CASE WHEN regexp_full_match({x}, '{_PLAIN_DATE}') THEN TRY_CAST({x} AS DATE) END"
    return f"coalesce({plain}, {call.kernel(date_of_text, (x, call.arguments[0]))})"


template("cast", "timestamp -> date", sql="CAST({0} AS DATE)")


@kernel("cast", "timestamp with time zone -> date")
def zoned_to_date(value: Zoned) -> datetime.date:
    return zones.local(value).date()


template("cast", "date -> timestamp", sql="CAST({0} AS TIMESTAMP)")


@rule("cast", "date -> timestamp with time zone")
def date_to_zoned(call: Call) -> str:
    x = call.sql[0]
    return f"CASE WHEN {x} IS NOT NULL THEN {{'utc': CAST({x} AS TIMESTAMP), 'zone': 'UTC'}} END"


def _timestamp_of(text: str, precision: int) -> tuple[datetime.datetime, str | None]:
    found = temporal.parse_timestamp(text.strip())
    zone = zones.zone_name(found.zone) if found and found.zone else None
    if found is None or (found.zone and zone is None):
        if found and found.zone and found.zone[0] in "+-":
            raise EngineError("NOT_SUPPORTED", f"Time zone not supported: {found.zone}")
        raise bad_cast(f"Value cannot be cast to timestamp: {text}")
    fraction = datetime.timedelta(microseconds=temporal.fraction_microseconds(found.fraction, precision))
    return zones.shifted(found.wall, fraction), zone


def timestamp_of_text(text: str, precision: int) -> datetime.datetime:
    return _timestamp_of(text, precision)[0]


@rule("cast", "varchar -> timestamp")
def varchar_to_timestamp(call: Call) -> str:
    x, precision = call.sql[0], call.result.precision
    fraction = f"(?:[.][0-9]{{1,{precision}}})?" if precision else ""
    plain = f"regexp_full_match({x}, '{_PLAIN_DATE}(?: {_PLAIN_CLOCK}{fraction})?')"
    exact = call.kernel(timestamp_of_text, (x, call.arguments[0]), (str(precision), BIGINT))
    return f"coalesce(CASE WHEN {plain} THEN TRY_CAST({x} AS TIMESTAMP) END, {exact})"


@kernel("cast", "varchar -> timestamp with time zone", typed=True)
def varchar_to_zoned(text: str, *, call: Call) -> Zoned:
    wall, zone = _timestamp_of(text, call.result.precision)
    return zones.zoned(wall, zone or "UTC")


def round_timestamp(moment: datetime.datetime, precision: int) -> datetime.datetime:
    return temporal.rounded(moment, precision)


@rule("cast", "timestamp -> timestamp")
def timestamp_to_timestamp(call: Call) -> str:
    x, target = call.sql[0], call.result.precision
    if target >= call.arguments[0].precision:
        return x
    if target in (0, 3):
        unit, half = ("second", 500_000) if target == 0 else ("millisecond", 500)
        return f"date_trunc('{unit}', {x} + to_microseconds({half}))"
    return call.kernel(round_timestamp, (x, call.arguments[0]), (str(target), BIGINT))


@kernel("cast", "timestamp -> timestamp with time zone", typed=True)
def timestamp_to_zoned(moment: datetime.datetime, *, call: Call) -> Zoned:
    return Zoned(temporal.rounded(moment, call.result.precision), "UTC")


@kernel("cast", "timestamp with time zone -> timestamp", typed=True)
def zoned_to_timestamp(value: Zoned, *, call: Call) -> datetime.datetime:
    return temporal.rounded(zones.local(value), call.result.precision)


@kernel("cast", "timestamp with time zone -> timestamp with time zone", typed=True)
def zoned_to_zoned(value: Zoned, *, call: Call) -> Zoned:
    return Zoned(temporal.rounded(value.utc, call.result.precision), value.zone)


def _clock(moment: datetime.datetime, precision: int) -> datetime.time:
    """The time of day, rounded. Before 1970 a fraction costs Trino 476 a whole second there: refused."""
    if moment.year < 1970 and moment.microsecond:
        raise EngineError("NOT_SUPPORTED", "Time of day of a timestamp before 1970 with a fraction of a second")
    return temporal.rounded_time(moment.time(), precision)


@kernel("cast", "timestamp -> time", typed=True)
def timestamp_to_time(moment: datetime.datetime, *, call: Call) -> datetime.time:
    return _clock(moment, call.result.precision)


@kernel("cast", "timestamp with time zone -> time", typed=True)
def zoned_to_time(value: Zoned, *, call: Call) -> datetime.time:
    return temporal.rounded_time(zones.local(value).time(), call.result.precision)


@kernel("cast", "timestamp -> time with time zone", typed=True)
def timestamp_to_offset_time(moment: datetime.datetime, *, call: Call) -> OffsetTime:
    return OffsetTime(_clock(moment, call.result.precision), 0)


@kernel("cast", "timestamp with time zone -> time with time zone", typed=True)
def zoned_to_offset_time(value: Zoned, *, call: Call) -> OffsetTime:
    """The offset is the one the zone has when it is this wall time in UTC, as Trino asks for it."""
    wall = zones.local(value)
    offset = zones.offset_minutes(Zoned(wall, value.zone))
    return OffsetTime(temporal.rounded_time(wall.time(), call.result.precision), offset)


def _time_of(text: str, precision: int, kind: str) -> tuple[datetime.time, int | None]:
    found = temporal.parse_time(text)
    if found is None or (kind == "time" and found[2] is not None):
        raise bad_cast(f"Value cannot be cast to {kind}: {text}")
    micros = temporal.microseconds(found[0]) + temporal.fraction_microseconds(found[1], precision)
    return temporal.time_of(micros), found[2]


@kernel("cast", "varchar -> time", typed=True)
def varchar_to_time(text: str, *, call: Call) -> datetime.time:
    return _time_of(text, call.result.precision, "time")[0]


@kernel("cast", "varchar -> time with time zone", typed=True)
def varchar_to_offset_time(text: str, *, call: Call) -> OffsetTime:
    clock, offset = _time_of(text, call.result.precision, "time with time zone")
    return OffsetTime(clock, offset or 0)


@kernel("cast", "time -> time", typed=True)
def time_to_time(moment: datetime.time, *, call: Call) -> datetime.time:
    return temporal.rounded_time(moment, call.result.precision)


@kernel("cast", "time -> time with time zone", typed=True)
def time_to_offset_time(moment: datetime.time, *, call: Call) -> OffsetTime:
    return OffsetTime(temporal.rounded_time(moment, call.result.precision), 0)


@kernel("cast", "time with time zone -> time", typed=True)
def offset_time_to_time(value: OffsetTime, *, call: Call) -> datetime.time:
    return temporal.rounded_time(value.local, call.result.precision)


@kernel("cast", "time with time zone -> time with time zone", typed=True)
def offset_time_to_offset_time(value: OffsetTime, *, call: Call) -> OffsetTime:
    return OffsetTime(temporal.rounded_time(value.local, call.result.precision), value.offset)


@rule("cast", *(f"{time} -> {day}" for time in _TIMES for day in ("timestamp", "timestamp with time zone")))
def time_to_timestamp(call: Call) -> str:
    """A time would be taken on the day the query runs: another answer tomorrow."""
    source, target = call.arguments[0], call.result
    remedy = "CAST(current_date AS TIMESTAMP) + (x - TIME '00:00:00')"
    message = f"CAST(x AS {target}) of a {source} depends on the day: write {remedy}"
    raise EngineError("NOT_SUPPORTED", message)
