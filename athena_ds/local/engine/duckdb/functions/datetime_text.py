"""date_format, date_parse, format_datetime, parse_datetime and the Teradata ones, to_iso8601 and from_iso8601_*.

Formatting is to the millisecond: finer fractions are rounded first. Plain patterns known when planning become DuckDB's
strftime and strptime, where both mean the same.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from athena_ds.local.engine.duckdb.functions import temporal
from athena_ds.local.engine.duckdb.functions.joda_parse import Reading, assembled, malformed, read
from athena_ds.local.engine.duckdb.functions.joda_patterns import Part, joda, mysql
from athena_ds.local.engine.duckdb.functions.joda_print import printed, strftime
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule
from athena_ds.local.engine.duckdb.physical import text as literal
from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.zones import Zoned


def _whole_millis(moment: datetime.datetime) -> datetime.datetime:
    return temporal.rounded(moment, 3)


def date_format_of(moment: datetime.datetime, pattern: str) -> str:
    return printed(mysql(pattern), Zoned(_whole_millis(moment), "UTC"))


def format_datetime_of(moment: datetime.datetime, pattern: str) -> str:
    parts = joda(pattern)
    if any(part.field.startswith(("zone", "offset")) for part in parts):
        words = "cannot use 'Z' nor 'z' in format, as this type does not contain TZ information"
        raise invalid(f"format_datetime for TIMESTAMP type, {words}")
    return printed(parts, Zoned(_whole_millis(moment), "UTC"))


def _formatted(call: Call, compiled: Callable[[str], tuple[Part, ...]], function: Callable[..., Any]) -> str:
    """Strftime for years from 1 on when the pattern is a constant it can write, else the kernel."""
    x, pattern = call.sql[0], call.constants[1] if len(call.constants) > 1 else None
    exact = call.kernel(function, *zip(call.sql, call.arguments, strict=True))
    try:
        code = strftime(compiled(pattern)) if isinstance(pattern, str) else None
    except EngineError:
        code = None
    if code is None:
        return exact
    rounded = f"date_trunc('millisecond', {x} + to_microseconds(500))" if call.arguments[0].precision > 3 else x
    return f"CASE WHEN {x} >= TIMESTAMP '0001-01-01' THEN strftime({rounded}, {literal(code)}) ELSE {exact} END"


@rule("date_format", "timestamp(p), varchar(x)")
def date_format(call: Call) -> str:
    return _formatted(call, mysql, date_format_of)


@rule("format_datetime", "timestamp(p), varchar(x)")
def format_datetime(call: Call) -> str:
    return _formatted(call, joda, format_datetime_of)


@kernel("date_format", "timestamp(p) with time zone, varchar(x)")
def date_format_zoned(value: Zoned, pattern: str) -> str:
    return printed(mysql(pattern), Zoned(_whole_millis(value.utc), value.zone))


@kernel("format_datetime", "timestamp(p) with time zone, varchar(x)")
def format_datetime_zoned(value: Zoned, pattern: str) -> str:
    return printed(joda(pattern), Zoned(_whole_millis(value.utc), value.zone))


def date_parse_of(text: str, pattern: str) -> datetime.datetime:
    return assembled(read(mysql(pattern), text).fields, text)


_FIXED = {
    "year": ("[0-9]{4}", "%Y"),
    "month": ("(?:0[1-9]|1[0-2])", "%m"),
    "day": ("(?:0[1-9]|[12][0-9]|3[01])", "%d"),
    "hour": ("(?:[01][0-9]|2[0-3])", "%H"),
    "minute": ("[0-5][0-9]", "%M"),
    "second": ("[0-5][0-9]", "%S"),
}


def _strptime(pattern: str) -> tuple[str, str] | None:
    """A regular expression and a strptime format for a pattern of fixed digits that names a whole date."""
    try:
        parts = mysql(pattern)
    except EngineError:
        return None
    fields = [part.field for part in parts if part.field != "literal"]
    whole = {"year", "month", "day"} <= set(fields) and len(set(fields)) == len(fields)
    texts = "".join(part.text for part in parts if part.field == "literal")
    if not whole or not set(fields) <= set(_FIXED) or not re.fullmatch(r"[-/.: ,TZ]*", texts):
        return None
    expression = "".join(re.escape(p.text) if p.field == "literal" else _FIXED[p.field][0] for p in parts)
    return expression, "".join(p.text if p.field == "literal" else _FIXED[p.field][1] for p in parts)


@rule("date_parse")
def date_parse(call: Call) -> str:
    x, pattern = call.sql[0], call.constants[1] if len(call.constants) > 1 else None
    exact = call.kernel(date_parse_of, *zip(call.sql, call.arguments, strict=True))
    plain = _strptime(pattern) if isinstance(pattern, str) else None
    if plain is None:
        return exact
    expression, code = (literal(text) for text in plain)
    return f"coalesce(CASE WHEN regexp_full_match({x}, {expression}) THEN try_strptime({x}, {code}) END, {exact})"


def zoned_reading(reading: Reading, text: str) -> Zoned:
    """The instant a reading means: at its offset, in its zone, else in UTC."""
    wall = assembled(reading.fields, text)
    if reading.offset is not None:
        return at_offset(wall, reading.offset)
    found = zones.zoned(wall, zone := reading.zone or "UTC")
    if zones.local(found) != wall:
        words = f"Illegal instant due to time zone offset transition ({zone})"
        raise invalid(f'Cannot parse "{text}": {words}')
    return found


def at_offset(wall: datetime.datetime, minutes: int) -> Zoned:
    """A wall time at an offset."""
    if abs(minutes) > 14 * 60:
        raise EngineError("NOT_SUPPORTED", f"Time zone not supported: {zones.offset_text(minutes)}")
    return Zoned(zones.shifted(wall, -datetime.timedelta(minutes=minutes)), zones.offset_name(minutes))


@kernel("parse_datetime")
def parse_datetime(text: str, pattern: str) -> Zoned:
    return zoned_reading(read(joda(pattern), text), text)


_TERADATA = {"yyyy": "yyyy", "yy": "yy", "mm": "MM", "dd": "dd", "hh24": "HH", "hh": "hh", "mi": "mm", "ss": "ss"}


def _teradata(pattern: str) -> tuple[Part, ...]:
    """The subset of Teradata's formats Trino has (`presto-teradata-functions`)."""
    tokens = re.findall(r"yyyy|yy|mm|dd|hh24|hh|mi|ss|[-/,.;: ]|(.)", pattern.lower(), re.DOTALL)
    if any(tokens) or not pattern:
        raise invalid(f"Failed to tokenize string [{pattern}] at offset [0]")
    words = re.findall(r"yyyy|yy|mm|dd|hh24|hh|mi|ss|.", pattern.lower(), re.DOTALL)
    return joda("".join(_TERADATA.get(word, word) for word in words))


@kernel("to_char")
def to_char(value: Zoned, pattern: str) -> str:
    return printed(_teradata(pattern), Zoned(_whole_millis(value.utc), value.zone))


@kernel("to_date")
def to_date(text: str, pattern: str) -> datetime.date:
    return assembled(read(_teradata(pattern), text).fields, text).date()


@kernel("to_timestamp")
def to_timestamp(text: str, pattern: str) -> datetime.datetime:
    return assembled(read(_teradata(pattern), text).fields, text)


@kernel("to_iso8601", "date")
def date_to_iso8601(day: datetime.date) -> str:
    return day.isoformat()


@kernel("to_iso8601", "timestamp(p)", typed=True)
def timestamp_to_iso8601(moment: datetime.datetime, *, call: Call) -> str:
    return temporal.timestamp_text(moment, call.arguments[0].precision, separator="T")


@kernel("to_iso8601", "timestamp(p) with time zone", typed=True)
def zoned_to_iso8601(value: Zoned, *, call: Call) -> str:
    offset = zones.offset(*value)
    if offset % datetime.timedelta(minutes=1):
        shown = f"{'-' if offset.days < 0 else '+'}0{abs(offset)}"
        words = f"Timezone with non-zero seconds offset cannot be rendered as ISO8601: {shown}"
        raise EngineError("INVALID_ARGUMENTS", words)
    minutes = zones.offset_minutes(value)
    wall = temporal.timestamp_text(zones.local(value), call.arguments[0].precision, separator="T")
    return wall + (zones.offset_text(minutes) if minutes else "Z")


_YEAR = Part("year", 4, 9, signed=True)
_DASH, _WEEK = Part("literal", text="-"), Part("literal", text="-W")
_DATES = (
    (_YEAR, _DASH, Part("month", 2), _DASH, Part("day", 2)),
    (_YEAR, _DASH, Part("month", 2)),
    (_YEAR, _DASH, Part("day_of_year", 3, 3)),
    (_YEAR,),
    (Part("weekyear", 4, 9, signed=True), _WEEK, Part("week", 2), _DASH, Part("day_of_week", 1, 1)),
    (Part("weekyear", 4, 9, signed=True), _WEEK, Part("week", 2)),
)
_ISO_TIME = re.compile(
    r"(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?(?:[.,](\d{1,9})\d*)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d(?:[.,]\d{1,3})?)?)?)?",
    re.ASCII | re.IGNORECASE,
)


def _iso_date(text: str, whole: str) -> Reading:
    for parts in _DATES:
        try:
            return read(parts, text)
        except EngineError as error:
            if error.name != "INVALID_FUNCTION_ARGUMENT":
                raise
    matched = re.match(r"[+-]?\d{1,9}(?:-(?:W\d{1,2}(?:-\d)?|\d{1,2}(?:-\d{1,2})?|\d{3}))?", text, re.ASCII)
    raise malformed(whole, matched.end() if matched else 0)


@kernel("from_iso8601_date")
def from_iso8601_date(text: str) -> datetime.date:
    return assembled(_iso_date(text, text).fields, text).date()


@kernel("from_iso8601_timestamp")
def from_iso8601_timestamp(text: str) -> Zoned:
    day, mark, rest = re.fullmatch(r"([^Tt]*)([Tt]?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    found = _ISO_TIME.fullmatch(rest)
    if found is None or (not day and not found[1]):
        raise malformed(text, len(day) + len(mark) if day else 0)
    start = assembled(_iso_date(day, text).fields, text) if day else datetime.datetime(1970, 1, 1)
    hour, minute, second, fraction, offset = found.groups()
    wall = zones.shifted(start, _clock((hour, minute, second), fraction, text))
    if offset is None or offset in "Zz":
        return Zoned(wall, "UTC")
    digits = offset[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:4] or 0)
    return at_offset(wall, -minutes if offset[0] == "-" else minutes)


def _clock(parts: tuple[str | None, str | None, str | None], fraction: str | None, text: str) -> datetime.timedelta:
    names = (("hourOfDay", 23, 3_600_000), ("minuteOfHour", 59, 60_000), ("secondOfMinute", 59, 1000))
    millis, unit = 0, 0
    for value, (name, high, step) in zip(parts, names, strict=True):
        if value is None:
            continue
        if int(value) > high:
            raise invalid(f'Cannot parse "{text}": Value {value} for {name} must be in the range [0,{high}]')
        millis, unit = millis + int(value) * step, step
    return datetime.timedelta(milliseconds=millis + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0))
