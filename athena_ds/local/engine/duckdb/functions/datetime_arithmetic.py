"""date_trunc, date_add and date_diff on every type.

DuckDB does dates and timestamps, where its arithmetic is Joda's (proven on random pairs), and zoned timestamps that are
in UTC; the kernels beside it everything else.
"""

from __future__ import annotations

import datetime

from athena_ds.local.engine.duckdb.functions import joda_fields as joda
from athena_ds.local.engine.duckdb.functions import temporal
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule
from athena_ds.local.seam import zones
from athena_ds.local.seam.types import BIGINT
from athena_ds.local.seam.zones import OffsetTime, Zoned

_CLOCK_US = {unit: step * 1000 for unit, step in joda.CLOCK_MS.items()}
_FIELDS = {"date": joda.CALENDAR, "time": tuple(joda.CLOCK_MS), "timestamp": (*joda.CLOCK_MS, *joda.CALENDAR)}
_INT = 2**31


def field(unit: str, base: str) -> str:
    """The unit's name; raises Trino's error where the type has no such field."""
    name = unit.lower()
    if name not in _FIELDS[base]:
        raise invalid(f"'{name}' is not a valid {base.upper()} field")
    return name


def _int(count: int) -> int:
    if not -_INT <= count < _INT:
        raise invalid("integer overflow")
    return count


def _unit(call: Call) -> str | None:
    """The unit when it is a constant and one of the type's, else None."""
    unit = call.constants[0] if call.constants else None
    base = call.arguments[-1].base.removesuffix(" with time zone")
    return unit.lower() if isinstance(unit, str) and unit.lower() in _FIELDS.get(base, ()) else None


def trunc_date(unit: str, day: datetime.date) -> datetime.date:
    return joda.truncated(datetime.datetime.combine(day, datetime.time()), field(unit, "date")).date()


def trunc_timestamp(unit: str, moment: datetime.datetime) -> datetime.datetime:
    return joda.truncated(moment, field(unit, "timestamp"))


@rule("date_trunc", "varchar(x), date", "varchar(x), timestamp(p)")
def date_trunc(call: Call) -> str:
    (_, x), base = call.sql, call.arguments[1].base
    if unit := _unit(call):
        return f"CAST(date_trunc('{unit}', {x}) AS {base.upper()})"
    function = trunc_date if base == "date" else trunc_timestamp
    return call.kernel(function, *zip(call.sql, call.arguments, strict=True))


def trunc_zoned(unit: str, value: Zoned) -> Zoned:
    name = field(unit, "timestamp")
    wall = joda.truncated(zones.local(value), name)
    if name in joda.CLOCK_MS:
        return Zoned(zones.shifted(wall, -zones.offset(*value)), value.zone)
    return zones.rezoned(wall, value)


@rule("date_trunc", "varchar(x), timestamp(p) with time zone")
def date_trunc_zoned(call: Call) -> str:
    exact = call.kernel(trunc_zoned, *zip(call.sql, call.arguments, strict=True))
    return _in_utc(call.sql[1], f"date_trunc('{unit}', {{}})", exact) if (unit := _unit(call)) else exact


def _in_utc(x: str, template: str, otherwise: str) -> str:
    utc = template.format(f"CAST(({x}).utc AS TIMESTAMP)")
    return f"CASE WHEN ({x}).zone = 'UTC' THEN {{'utc': {utc}, 'zone': 'UTC'}} ELSE {otherwise} END"


@kernel("date_trunc", "varchar(x), time(p)")
def trunc_time(unit: str, moment: datetime.time) -> datetime.time:
    step = _CLOCK_US[field(unit, "time")]
    return temporal.time_of(temporal.microseconds(moment) // step * step)


@kernel("date_trunc", "varchar(x), time(p) with time zone")
def trunc_offset_time(unit: str, value: OffsetTime) -> OffsetTime:
    return OffsetTime(trunc_time(unit, value.local), value.offset)


def add_date(unit: str, count: int, day: datetime.date) -> datetime.date:
    name = field(unit, "date")
    if not -_INT <= count < _INT:
        raise broken("integer overflow")
    return joda.added(datetime.datetime.combine(day, datetime.time()), name, count).date()


def add_timestamp(unit: str, count: int, moment: datetime.datetime, precision: int) -> datetime.datetime:
    return temporal.rounded(joda.added(moment, field(unit, "timestamp"), _int(count)), precision)


def _interval(unit: str, count: str) -> str:
    if unit in _CLOCK_US:
        return f"to_microseconds({count} * {_CLOCK_US[unit]})"
    if unit in joda.UNIT_MONTHS:
        return f"to_months(CAST({count} * {joda.UNIT_MONTHS[unit]} AS INTEGER))"
    return f"to_days(CAST({count} * {7 if unit == 'week' else 1} AS INTEGER))"


_BOUNDS = {"day": 3_000_000, "week": 400_000, "month": 100_000, "quarter": 30_000, "year": 8000}
"""How many units DuckDB surely adds; of the clock's units it is 10^9."""


def _small(call: Call) -> str:
    """The condition under which DuckDB's addition can't overflow where Trino's doesn't; nothing where it is plain."""
    count, bound = call.constants[1] if len(call.constants) > 1 else None, _BOUNDS.get(_unit(call) or "", 10**9)
    if isinstance(count, int) and abs(count) <= bound:
        return ""
    return f"{call.sql[1]} BETWEEN {-bound} AND {bound}"


@rule("date_add", "varchar(x), bigint, date", "varchar(x), bigint, timestamp(p)")
def date_add(call: Call) -> str:
    _, count, x = call.sql
    kind, unit = call.arguments[2], _unit(call)
    pairs = tuple(zip(call.sql, call.arguments, strict=True))
    if kind.base == "date":
        exact = call.kernel(add_date, *pairs)
    else:
        exact = call.kernel(add_timestamp, *pairs, (str(kind.precision), BIGINT))
    if unit is None or (unit == "millisecond" and kind.precision < 3):
        return exact
    fast = f"CAST({x} + {_interval(unit, count)} AS {kind.base.upper()})"
    return f"CASE WHEN {small} THEN {fast} ELSE {exact} END" if (small := _small(call)) else fast


def add_zoned(unit: str, count: int, value: Zoned, precision: int) -> Zoned:
    name = field(unit, "timestamp")
    if name in joda.CLOCK_MS:
        utc = joda.added(value.utc, name, _int(count))
        return Zoned(temporal.rounded(utc, precision), value.zone)
    return zones.rezoned(joda.added(zones.local(value), name, _int(count)), value)


@rule("date_add", "varchar(x), bigint, timestamp(p) with time zone")
def date_add_zoned(call: Call) -> str:
    precision = call.arguments[2].precision
    exact = call.kernel(add_zoned, *zip(call.sql, call.arguments, strict=True), (str(precision), BIGINT))
    unit = _unit(call)
    if unit is None or _small(call) or (unit == "millisecond" and precision < 3):
        return exact
    return _in_utc(call.sql[2], f"({{}} + {_interval(unit, call.sql[1])})", exact)


@kernel("date_add", "varchar(x), bigint, time(p)", typed=True)
def add_time(unit: str, count: int, moment: datetime.time, *, call: Call) -> datetime.time:
    micros = temporal.microseconds(moment) + count * _CLOCK_US[field(unit, "time")]
    return temporal.rounded_time(temporal.time_of(micros), call.result.precision)


@kernel("date_add", "varchar(x), bigint, time(p) with time zone", typed=True)
def add_offset_time(unit: str, count: int, value: OffsetTime, *, call: Call) -> OffsetTime:
    return OffsetTime(add_time(unit, count, value.local, call=call), value.offset)


def diff_date(unit: str, start: datetime.date, end: datetime.date) -> int:
    midnight = datetime.time()
    first, last = (datetime.datetime.combine(day, midnight) for day in (start, end))
    return joda.difference(first, last, field(unit, "date"))


def diff_timestamp(unit: str, start: datetime.datetime, end: datetime.datetime) -> int:
    return joda.difference(start, end, field(unit, "timestamp"))


@rule("date_diff", "varchar(x), date, date", "varchar(x), timestamp(p), timestamp(p)")
def date_diff(call: Call) -> str:
    """Trino counts in milliseconds: finer digits are cut off first."""
    unit, kind = _unit(call), call.arguments[1]
    if unit is None:
        function = diff_date if kind.base == "date" else diff_timestamp
        return call.kernel(function, *zip(call.sql, call.arguments, strict=True))
    start, end = (_cut(x, kind.precision) for x in call.sql[1:])
    return f"datesub('{unit}', {start}, {end})"


def _cut(x: str, precision: int) -> str:
    return f"date_trunc('millisecond', {x})" if precision > 3 else x


def diff_zoned(unit: str, start: Zoned, end: Zoned) -> int:
    name = field(unit, "timestamp")
    if name in joda.CLOCK_MS:
        return joda.difference(start.utc, end.utc, name)
    return joda.difference(zones.local(start), zones.local(Zoned(end.utc, start.zone)), name)


@rule("date_diff", "varchar(x), timestamp(p) with time zone, timestamp(p) with time zone")
def date_diff_zoned(call: Call) -> str:
    """Days and longer are counted on the wall of the first one's zone."""
    exact = call.kernel(diff_zoned, *zip(call.sql, call.arguments, strict=True))
    unit, (_, start, end) = _unit(call), call.sql
    if unit is None:
        return exact
    cut = [_cut(f"CAST(({x}).utc AS TIMESTAMP)", call.arguments[1].precision) for x in (start, end)]
    return f"CASE WHEN ({start}).zone = 'UTC' THEN datesub('{unit}', {cut[0]}, {cut[1]}) ELSE {exact} END"


def _whole(micros: int, unit: str) -> int:
    count = abs(micros) // _CLOCK_US[field(unit, "time")]
    return count if micros >= 0 else -count


@kernel("date_diff", "varchar(x), time(p), time(p)")
def diff_time(unit: str, start: datetime.time, end: datetime.time) -> int:
    return _whole(temporal.microseconds(end) - temporal.microseconds(start), unit)


def utc_microseconds(value: OffsetTime) -> int:
    """Microseconds since midnight in UTC, round the clock: how times with a zone are compared."""
    return (temporal.microseconds(value.local) - value.offset * 60_000_000) % temporal.DAY_US


@kernel("date_diff", "varchar(x), time(p) with time zone, time(p) with time zone")
def diff_offset_time(unit: str, start: OffsetTime, end: OffsetTime) -> int:
    return _whole(utc_microseconds(end) - utc_microseconds(start), unit)
