"""Unix times, durations, data sizes, and the zone a time is shown in."""

from __future__ import annotations

import datetime
import math
import re
from decimal import Context, Decimal

from athena_ds.local.engine.duckdb.functions import java_numbers as java
from athena_ds.local.engine.duckdb.functions import temporal
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule
from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.zones import OffsetTime, Zoned

_LAST_MILLIS = 2**51 - 1
"""Trino packs an instant with its zone in 64 bits: 52 of them for the milliseconds."""


def java_round(value: float) -> int:
    """`Math.round`: the floor of value + 1/2, cut to what a long holds, 0 for NaN."""
    if math.isnan(value):
        return 0
    if math.isinf(value):
        return 2**63 - 1 if value > 0 else -(2**63)
    floor = math.floor(value)
    return max(-(2**63), min(2**63 - 1, floor + (value - floor >= 0.5)))


def _instant(seconds: float) -> datetime.datetime:
    millis = java_round(seconds * 1000)
    if not -_LAST_MILLIS - 1 <= millis <= _LAST_MILLIS:
        raise invalid(f"Millis overflow: {millis}")
    return zones.shifted(temporal.EPOCH, datetime.timedelta(milliseconds=millis))


def from_unixtime_utc(seconds: float) -> Zoned:
    return Zoned(_instant(seconds), "UTC")


@rule("from_unixtime", "double")
def from_unixtime(call: Call) -> str:
    """DuckDB's make_timestamp takes microseconds; floor(x + 1/2) is exact far beyond the year 9999."""
    x = call.sql[0]
    utc = f"make_timestamp(CAST(floor({x} * 1000 + 0.5) AS BIGINT) * 1000)"
    plain = (
        f"{x} BETWEEN -62135596800 AND 253402300799 AND abs({x} * 1000 - trunc({x} * 1000)) NOT BETWEEN 0.49 AND 0.51"
    )
    exact = call.kernel(from_unixtime_utc, (x, call.arguments[0]))
    return f"CASE WHEN {plain} THEN {{'utc': {utc}, 'zone': 'UTC'}} ELSE {exact} END"


@kernel("from_unixtime", "double, bigint, bigint")
def from_unixtime_offset(seconds: float, hours: int, minutes: int) -> Zoned:
    offset = hours * 60 + minutes
    return Zoned(_instant(seconds), _offset_zone(offset))


def _offset_zone(minutes: int) -> str:
    if abs(minutes) > 14 * 60:
        raise invalid(f"Invalid offset minutes {minutes}")
    return zones.offset_name(minutes)


@kernel("from_unixtime", "double, varchar(x)")
def from_unixtime_zone(seconds: float, zone: str) -> Zoned:
    name = zones.zone_name(zone)
    if name is None:
        if not zone:
            raise invalid("Zone id is an empty string")
        raise EngineError("NOT_SUPPORTED", f"Time zone not supported: {zone}")
    return Zoned(_instant(seconds), name)


@rule("to_unixtime")
def to_unixtime(call: Call) -> str:
    """Up to milliseconds one division; finer, seconds and fraction added."""
    micros = f"epoch_us(CAST(({call.sql[0]}).utc AS TIMESTAMP))"
    if call.arguments[0].precision <= 3:
        return f"(CAST({micros} // 1000 AS DOUBLE) / 1000.0)"
    rest = f"(({micros} % 1000 + 1000) % 1000)"
    return f"(CAST(({micros} - {rest}) // 1000 AS DOUBLE) / 1000.0 + CAST({rest} AS DOUBLE) / 1000000.0)"


_UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


@kernel("human_readable_seconds")
def human_readable_seconds(seconds: float) -> str:
    if not math.isfinite(seconds):
        raise invalid(f"Invalid argument found: {java.double_text(seconds)}")
    left = java_round(abs(seconds))
    words = []
    for name, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(words) or "0 seconds"


_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*", re.ASCII)
_MILLIS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6, "d": 8.64e7}
_JAVA_UNITS = dict(
    zip(_MILLIS, ["NANOSECONDS", "MICROSECONDS", "MILLISECONDS", "SECONDS", "MINUTES", "HOURS", "DAYS"], strict=True)
)


@kernel("parse_duration")
def parse_duration(text: str) -> int:
    """`io.airlift.units.Duration.valueOf`, rounded to milliseconds."""
    found = _DURATION.fullmatch(text)
    if not text:
        raise invalid("duration is empty")
    if found is None:
        raise invalid(f"duration is not a valid data duration string: {text}")
    amount, unit = float(found[1]), found[2]
    if unit not in _MILLIS:
        raise invalid(f"Unknown time unit: {unit}")
    millis = math.floor(amount * _MILLIS[unit] + 0.5)
    if millis >= 2**63:
        words = "is too large to be represented in requested unit MILLISECONDS as a long"
        raise invalid(f"value {java.double_text(amount)} {_JAVA_UNITS[unit]} {words}")
    return millis


@rule("to_milliseconds")
def to_milliseconds(call: Call) -> str:
    return call.sql[0]


@kernel("at_timezone", "timestamp(p) with time zone, varchar(x)")
def at_timezone(value: Zoned, zone: str) -> Zoned:
    return Zoned(value.utc, zones.required_zone(zone))


@kernel("at_timezone", "timestamp(p) with time zone, interval day to second")
def at_timezone_interval(value: Zoned, millis: int) -> Zoned:
    return Zoned(value.utc, _interval_zone(millis))


def _interval_zone(millis: int) -> str:
    if millis % 60_000:
        raise invalid("Invalid time zone offset interval: interval contains seconds")
    return _offset_zone(millis // 60_000)


def _at(value: OffsetTime, minutes: int) -> OffsetTime:
    micros = temporal.microseconds(value.local) + (minutes - value.offset) * 60_000_000
    return OffsetTime(temporal.time_of(micros), minutes)


@kernel("at_timezone", "time(p) with time zone, varchar(x)")
def time_at_timezone(value: OffsetTime, zone: str) -> OffsetTime:
    """The zone's offset is today's."""
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    return _at(value, zones.offset_minutes(Zoned(now, zones.required_zone(zone))))


@kernel("at_timezone", "time(p) with time zone, interval day to second")
def time_at_timezone_interval(value: OffsetTime, millis: int) -> OffsetTime:
    zone = _interval_zone(millis)
    return _at(value, zones.offset_minutes(Zoned(temporal.EPOCH, zone)))


@kernel("with_timezone")
def with_timezone(moment: datetime.datetime, zone: str) -> Zoned:
    return zones.joda_zoned(moment, zones.required_zone(zone))


_SIZES = {unit: 1024**power for power, unit in enumerate(("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"))}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(.*)", re.ASCII | re.DOTALL)


@kernel("parse_presto_data_size")
@kernel("parse_data_size")
def parse_data_size(text: str) -> Decimal:
    found = _SIZE.fullmatch(text)
    if found is None or found[2] not in _SIZES:
        raise invalid(f"Invalid data size: '{text}'")
    return Decimal(int(Context(prec=100).multiply(Decimal(found[1]), Decimal(_SIZES[found[2]]))))
