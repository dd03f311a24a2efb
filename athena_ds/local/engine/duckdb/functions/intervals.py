"""Arithmetic with intervals, and differences of points in time: the temporal half of `+ - * /`.

A day interval moves along the time line, a month interval along the calendar of the wall.
"""

from __future__ import annotations

import datetime
import math

from athena_ds.local.engine.duckdb.functions import joda_fields as joda
from athena_ds.local.engine.duckdb.functions import temporal
from athena_ds.local.engine.duckdb.functions.datetime_arithmetic import utc_microseconds
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, Rule, rule, template
from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BIGINT
from athena_ds.local.seam.zones import OffsetTime, Zoned

_DAY, _YEAR = "interval day to second", "interval year to month"


_MOST_ADDED_TO_TIME = 2**63 // 10**9
"""Milliseconds whose picoseconds are 64 bits: with more Trino's answer is no time of day."""


def add_millis_to_time(moment: datetime.time, millis: int) -> datetime.time:
    if abs(millis) > _MOST_ADDED_TO_TIME:
        raise EngineError("NOT_SUPPORTED", "A time of day and over a hundred days are not added by the local engine")
    return temporal.time_of(temporal.microseconds(moment) + millis * 1000)


def add_millis_to_offset_time(value: OffsetTime, millis: int) -> OffsetTime:
    return OffsetTime(add_millis_to_time(value.local, millis), value.offset)


def add_months_to_zoned(value: Zoned, months: int) -> Zoned:
    return zones.rezoned(joda.added(zones.local(value), "month", months), value)


def _date_and_days(call: Call, x: str, millis: str, sign: str) -> str:
    words = "Cannot add hour, minutes or seconds to a date"
    if sign == "-":
        words = "Cannot subtract hour, minutes or seconds from a date"
    refused = call.fail("INVALID_FUNCTION_ARGUMENT", f"'{words}'")
    moved = f"{x} {sign} CAST({millis} // {temporal.DAY_MS} AS INTEGER)"
    given = f"{x} IS NOT NULL AND {millis} IS NOT NULL"
    return f"CASE WHEN {millis} % {temporal.DAY_MS} = 0 THEN {moved} WHEN {given} THEN {refused} END"


def _moved(call: Call, place: int, sign: str) -> str:
    """A point in time (argument `place`) moved by an interval (the other one)."""
    x, amount = call.sql[place], call.sql[1 - place]
    point, interval = call.arguments[place], call.arguments[1 - place]
    signed = (f"(-({amount}))" if sign == "-" else amount, interval)
    match point.base, interval.base:
        case "date", "interval day to second":
            return _date_and_days(call, x, amount, sign)
        case "date" | "timestamp", "interval year to month":
            return f"CAST({x} + to_months({signed[0]}) AS {point.base.upper()})"
        case "timestamp", _:
            return f"({x} + to_microseconds({signed[0]} * 1000))"
        case "timestamp with time zone", "interval day to second":
            utc = f"CAST(({x}).utc AS TIMESTAMP) + to_microseconds({signed[0]} * 1000)"
            value = f"{{'utc': {utc}, 'zone': ({x}).zone}}"
            return f"CASE WHEN {x} IS NOT NULL AND {amount} IS NOT NULL THEN {value} END"
        case "timestamp with time zone", _:
            return call.kernel(add_months_to_zoned, (x, point), signed)
        case _:
            function = add_millis_to_time if point.base == "time" else add_millis_to_offset_time
            return call.kernel(function, (x, point), signed)


def _mover(place: int, sign: str) -> Rule:
    return lambda call: _moved(call, place, sign)


for _point in ("date", "time(p)", "time(p) with time zone", "timestamp(p)", "timestamp(p) with time zone"):
    for _interval in (_DAY,) if _point.startswith("time(") else (_DAY, _YEAR):
        rule("+", f"{_point},{_interval}")(_mover(0, "+"))
        rule("+", f"{_interval},{_point}")(_mover(1, "+"))
        rule("-", f"{_point},{_interval}")(_mover(0, "-"))


def _millis(micros: int) -> int:
    """Microseconds as milliseconds, half up."""
    return (micros + 500) // 1000


def time_difference(left: datetime.time, right: datetime.time) -> int:
    """Half away from zero."""
    micros = temporal.microseconds(left) - temporal.microseconds(right)
    return _millis(micros) if micros >= 0 else -_millis(-micros)


def offset_time_difference(left: OffsetTime, right: OffsetTime) -> int:
    micros = utc_microseconds(left) - utc_microseconds(right)
    return _millis(micros) if micros >= 0 else -_millis(-micros)


@rule("-", "date,date")
def date_difference(call: Call) -> str:
    return f"(CAST({call.sql[0]} - {call.sql[1]} AS BIGINT) * {temporal.DAY_MS})"


@rule("-", "timestamp(p),timestamp(p)", "timestamp(p) with time zone,timestamp(p) with time zone")
def timestamp_difference(call: Call) -> str:
    left, right = call.sql
    if call.arguments[0].base != "timestamp":
        left, right = f"CAST(({left}).utc AS TIMESTAMP)", f"CAST(({right}).utc AS TIMESTAMP)"
    micros = f"(epoch_us({left}) - epoch_us({right}))"
    if call.arguments[0].precision <= 3:
        return f"({micros} // 1000)"
    half = f"({micros} + 500)"
    return f"(({half} - ({half} % 1000 + 1000) % 1000) // 1000)"


@rule("-", "time(p),time(p)", "time(p) with time zone,time(p) with time zone")
def times_difference(call: Call) -> str:
    function = time_difference if call.arguments[0].base == "time" else offset_time_difference
    return call.kernel(function, *zip(call.sql, call.arguments, strict=True))


template("+", f"{_DAY},{_DAY}", f"{_YEAR},{_YEAR}", sql="({0} + {1})")
template("-", f"{_DAY},{_DAY}", f"{_YEAR},{_YEAR}", sql="({0} - {1})")
template("negate", _DAY, _YEAR, sql="(-({0}))")


def _stored(value: int, bits: int) -> int:
    if bits == 32 and not -(2**31) <= value < 2**31:
        words = f"Value {value} exceeds MAX_INT for type interval year to month"
        raise broken(words)
    return value


def _cut(value: float) -> int:
    """Java's (long) of a double: towards zero, at most what fits."""
    return max(-(2**63), min(2**63 - 1, int(value))) if math.isfinite(value) else (2**63 - 1 if value > 0 else -(2**63))


def interval_product(amount: int, factor: float, bits: int) -> int:
    if isinstance(factor, float):
        if math.isnan(factor):
            raise invalid("Cannot multiply by double NaN")
        return _stored(_cut(amount * factor), bits)
    return _stored(amount * factor, bits)


def interval_quotient(amount: int, divisor: float, bits: int) -> int:
    if math.isnan(divisor) or divisor == 0:
        shown = "NaN" if math.isnan(divisor) else repr(divisor)
        raise invalid(f"Cannot divide by double {shown}")
    return _stored(_cut(amount / divisor), bits)


def _scaled(call: Call, place: int) -> str:
    bits = 32 if call.arguments[place].base == _YEAR else 64
    pairs = tuple(zip(call.sql, call.arguments, strict=True))
    return call.kernel(interval_product, pairs[place], pairs[1 - place], (str(bits), BIGINT))


for _interval in (_DAY, _YEAR):
    for _number in ("bigint", "double"):
        rule("*", f"{_interval},{_number}")(lambda call: _scaled(call, 0))
        rule("*", f"{_number},{_interval}")(lambda call: _scaled(call, 1))


@rule("/", f"{_DAY},double", f"{_YEAR},double")
def interval_division(call: Call) -> str:
    bits = 32 if call.arguments[0].base == _YEAR else 64
    return call.kernel(interval_quotient, *zip(call.sql, call.arguments, strict=True), (str(bits), BIGINT))
