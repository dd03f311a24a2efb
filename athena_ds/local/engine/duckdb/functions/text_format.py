"""format() as `java.util.Formatter` does it, and format_number."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

from athena_ds.local.engine.duckdb.functions import cast_json, temporal
from athena_ds.local.engine.duckdb.functions import java_numbers as java
from athena_ds.local.engine.duckdb.functions.joda_patterns import DAYS, MONTHS
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule
from athena_ds.local.engine.duckdb.physical import text as literal
from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, VARCHAR, Type, parse
from athena_ds.local.seam.zones import OffsetTime, Zoned

_SPECIFIER = re.compile(r"%(?:(\d+)\$|(<))?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([tT])?([a-zA-Z%])|%", re.ASCII)


class Spec(NamedTuple):
    """One `%...` of a format."""

    text: str
    flags: str
    width: int
    precision: int | None
    conversion: str


class _FormatError(Exception):
    """What Java calls an IllegalFormatException: its name and message."""


def java_string(value: Any, kind: Type) -> str:
    """`String.valueOf` of the Java object Trino hands to the formatter."""
    if value is None:
        return "null"
    match kind.base:
        case "boolean":
            text = "true" if value else "false"
        case "real" | "double":
            text = java.real_text(value) if kind.base == "real" else java.double_text(value)
        case "timestamp" | "time":
            text = _iso(value)
        case "timestamp with time zone":
            minutes = zones.offset_minutes(value)
            offset = zones.offset_text(minutes) if minutes else "Z"
            text = f"{_iso(zones.local(value))}{offset}{'' if value.zone[0] in '+-' else f'[{value.zone}]'}"
        case "time with time zone" | "interval day to second" | "interval year to month":
            text = _cast_text(value, kind)
        case _:
            text = str(value)
    return text


def _cast_text(value: int | OffsetTime, kind: Type) -> str:
    if isinstance(value, OffsetTime):
        return temporal.offset_time_text(value, kind.precision)
    return temporal.day_interval_text(value) if kind.base.endswith("second") else temporal.year_interval_text(value)


def _iso(value: datetime.datetime | datetime.time) -> str:
    """java.time's toString: no zero seconds, fractions in groups of three."""
    clock = f"{value:%H:%M}"
    if value.second or value.microsecond:
        clock += f":{value:%S}"
    if value.microsecond:
        clock += f".{value.microsecond // 1000:03d}" if value.microsecond % 1000 == 0 else f".{value.microsecond:06d}"
    return f"{value.year:04d}-{value:%m-%d}T{clock}" if isinstance(value, datetime.datetime) else clock


def formatted(pattern: str, arguments: Sequence[tuple[Any, Type]]) -> str:
    """The text of a format and its arguments; raises INVALID_FUNCTION_ARGUMENT where Java throws."""
    made, last, ordinary, previous = [], 0, 0, -1
    try:
        for found in _SPECIFIER.finditer(pattern):
            made.append(pattern[last : found.start()])
            last, spec = found.end(), _spec(found)
            if spec.conversion in ("%", "n"):
                made.append(_padded(spec, "%" if spec.conversion == "%" else "\n"))
                continue
            place = previous if found[2] else int(found[1]) - 1 if found[1] else ordinary
            ordinary += not (found[1] or found[2])
            made.append(_converted(spec, *_argument(arguments, place, spec)))
            previous = place
    except _FormatError as error:
        raise invalid(f"Invalid format string: {pattern} ({error})") from None
    return "".join(made) + pattern[last:]


def _argument(arguments: Sequence[tuple[Any, Type]], place: int, spec: Spec) -> tuple[Any, Type]:
    if not 0 <= place < len(arguments):
        raise _FormatError(f"MissingFormatArgument: Format specifier '{spec.text}'")
    return arguments[place]


def _spec(found: re.Match[str]) -> Spec:
    if found[0] == "%":
        raise _FormatError("UnknownFormatConversion: Conversion = '%'")
    conversion = ("t" + found[7] if found[6] == "t" else "T" + found[7]) if found[6] else found[7]
    if (not found[6] and conversion.lower() not in "bhscdoxefgan%") or conversion in ("D", "O", "F", "N"):
        raise _FormatError(f"UnknownFormatConversion: Conversion = '{conversion}'")
    if "-" in found[3] and "0" in found[3]:
        raise _FormatError(f"IllegalFormatFlags: Flags = '{found[3]}'")
    if ("-" in found[3] or "0" in found[3]) and not found[4]:
        raise _FormatError(f"MissingFormatWidth: {found[0]}")
    precision = None if found[5] is None else int(found[5])
    return Spec(found[0], found[3], int(found[4] or 0), precision, conversion)


def _padded(spec: Spec, text: str) -> str:
    return text.ljust(spec.width) if "-" in spec.flags else text.rjust(spec.width)


_CLASSES = {"boolean": "java.lang.Boolean", "real": "java.lang.Float", "double": "java.lang.Double"}
_CLASSES |= dict.fromkeys(INTEGERS, "java.lang.Long") | {"decimal": "java.math.BigDecimal"}
_CLASSES |= {"date": "java.time.LocalDate", "timestamp": "java.time.LocalDateTime", "time": "java.time.LocalTime"}
_CLASSES |= {"timestamp with time zone": "java.time.ZonedDateTime"}


def _converted(spec: Spec, value: Any, kind: Type) -> str:
    letter = spec.conversion.lower()
    wrong = _FormatError(
        f"IllegalFormatConversion: {spec.conversion[0]} != {_CLASSES.get(kind.base, 'java.lang.String')}"
    )
    if letter in ("h", "a"):
        raise EngineError("NOT_SUPPORTED", f"The local engine's format() has no %{spec.conversion}")
    if letter == "b":
        text = (
            java_string(value, kind) if kind.base == "boolean" and value is not None else str(value is not None).lower()
        )
    elif letter == "s" or value is None:
        if "#" in spec.flags:
            raise _FormatError("FormatFlagsConversionMismatch: Conversion = s, Flags = #")
        text = java_string(value, kind)
    elif letter in ("d", "o", "x") and kind.base in INTEGERS:
        return _integer(spec, value, letter)
    elif letter in ("e", "f", "g") and kind.base in ("real", "double", "decimal"):
        return _upper(spec, _floating(spec, _exact(value), letter))
    elif (
        letter[0] == "t" and len(letter) == 2 and kind.base in ("date", "timestamp", "time", "timestamp with time zone")
    ):
        return _upper(spec, _padded(spec, _dated(spec, value)))
    else:
        raise wrong
    return _upper(spec, _padded(spec, text if spec.precision is None else text[: spec.precision]))


def _upper(spec: Spec, text: str) -> str:
    return text.upper() if spec.conversion[0].isupper() else text


def _integer(spec: Spec, value: int, letter: str) -> str:
    if spec.precision is not None:
        raise _FormatError(f"IllegalFormatPrecision: {spec.precision}")
    if letter == "d":
        if "#" in spec.flags:
            raise _FormatError("FormatFlagsConversionMismatch: Conversion = d, Flags = #")
        return _signed(spec, value < 0, f"{abs(value):,}" if "," in spec.flags else str(abs(value)))
    if set(spec.flags) & set(",+ ("):
        raise _FormatError(f"FormatFlagsConversionMismatch: Conversion = {letter}, Flags = {spec.flags[0]}")
    digits = f"{value % 2**64:{letter}}"
    prefix = {"x": "0x", "o": "0"}[letter] if "#" in spec.flags else ""
    digits = prefix + (digits.zfill(spec.width - len(prefix)) if "0" in spec.flags else digits)
    return _upper(spec, _padded(spec, digits))


def _signed(spec: Spec, negative: bool, digits: str) -> str:
    before = (
        ("(" if "(" in spec.flags else "-")
        if negative
        else "+"
        if "+" in spec.flags
        else " "
        if " " in spec.flags
        else ""
    )
    after = ")" if before == "(" else ""
    if "0" in spec.flags:
        digits = digits.zfill(spec.width - len(before) - len(after))
    return _padded(spec, before + digits + after)


def _exact(value: Any) -> Decimal | float:
    """A floating number as the shortest digits of the double, which is what Java rounds, a real's too."""
    if isinstance(value, float) and math.isfinite(value):
        number = java.decimal_of_double(value)
        return number.copy_sign(Decimal(-1)) if value == 0 and math.copysign(1, value) < 0 else number
    return Decimal(value) if not isinstance(value, float) else value


def _floating(spec: Spec, value: Decimal | float, letter: str) -> str:
    if isinstance(value, float):
        text = "NaN" if math.isnan(value) else "Infinity"
        return _signed(spec._replace(flags=spec.flags.replace("0", "")), value < 0, text)
    negative, size = value.is_signed(), abs(value)
    precision = 6 if spec.precision is None else spec.precision
    if letter == "g":
        precision = precision or 1
        rounded = Context(prec=precision, rounding=ROUND_HALF_UP).plus(size)
        letter = "f" if size == 0 or Decimal("0.0001") <= rounded < Decimal(10) ** precision else "e"
        precision -= (rounded.adjusted() + 1) if letter == "f" and size else 1
        precision = max(precision, 0)
    if letter == "f":
        digits = f"{java.rescale(size, precision):{',' if ',' in spec.flags else ''}f}"
    elif "," in spec.flags:
        raise _FormatError("FormatFlagsConversionMismatch: Conversion = e, Flags = ,")
    else:
        digits = _scientific(size, precision)
    return _signed(spec, negative, digits + ("." if "#" in spec.flags and not precision else ""))


def _scientific(size: Decimal, precision: int) -> str:
    rounded = Context(prec=precision + 1, rounding=ROUND_HALF_UP).plus(size)
    exponent = rounded.adjusted() if size else 0
    digits = "".join(map(str, rounded.as_tuple().digits)).ljust(precision + 1, "0") if size else "0" * (precision + 1)
    point = "." if precision else ""
    return f"{digits[0]}{point}{digits[1 : precision + 1]}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


_COMPOSED = {"R": "HM", "T": "HMS", "D": "mdy", "F": "Ymd"}
_JOINS = {"R": ":", "T": ":", "D": "/", "F": "-"}


def _dated(spec: Spec, value: Any) -> str:
    letter = spec.conversion[1]
    if letter in _COMPOSED:
        parts = (_dated(spec._replace(conversion="t" + part), value) for part in _COMPOSED[letter])
        return _JOINS[letter].join(parts)
    moment = zones.local(value) if isinstance(value, Zoned) else value
    table: dict[str, str] = {}
    if isinstance(moment, datetime.date):
        table |= _date_letters(moment)
    if isinstance(moment, (datetime.datetime, datetime.time)):
        table |= _clock_letters(moment)
    if letter not in table:
        raise EngineError("NOT_SUPPORTED", f"The local engine's format() has no %t{letter} for this value")
    return table[letter]


def _date_letters(day: datetime.date) -> dict[str, str]:
    month, weekday = MONTHS[day.month - 1], DAYS[day.weekday()]
    return {
        "Y": f"{day.year:04d}",
        "y": f"{day.year % 100:02d}",
        "C": f"{day.year // 100:02d}",
        "m": f"{day.month:02d}",
        "d": f"{day.day:02d}",
        "e": str(day.day),
        "j": f"{day.timetuple().tm_yday:03d}",
        "B": month,
        "b": month[:3],
        "h": month[:3],
        "A": weekday,
        "a": weekday[:3],
    }


def _clock_letters(clock: datetime.datetime | datetime.time) -> dict[str, str]:
    return {
        "H": f"{clock.hour:02d}",
        "k": str(clock.hour),
        "I": f"{clock.hour % 12 or 12:02d}",
        "l": str(clock.hour % 12 or 12),
        "M": f"{clock.minute:02d}",
        "S": f"{clock.second:02d}",
        "L": f"{clock.microsecond // 1000:03d}",
        "N": f"{clock.microsecond * 1000:09d}",
        "p": "am" if clock.hour < 12 else "pm",
    }


def format_values(pattern: str | None, kinds: str, *values: Any) -> str | None:
    """format(): `kinds` are the types of the values, a line each."""
    if pattern is None:
        return None
    return formatted(pattern, [_taken(v, parse(k)) for v, k in zip(values, kinds.split("\n"), strict=True)])


def _taken(value: Any, kind: Type) -> tuple[Any, Type]:
    return (cast_json.written(cast_json.parse_json(value)), VARCHAR) if kind.base == "json" and value else (value, kind)


_UNFORMATTED = ("varbinary", "geometry", "sphericalgeography", "bingtile", "kdbtree")


@rule("format")
def format_text(call: Call) -> str:
    kinds = "\n".join(str(kind) for kind in call.arguments[1:])
    odd = next((kind for kind in call.arguments if kind.elements or kind.base in _UNFORMATTED), None)
    if odd is not None:
        raise EngineError("NOT_SUPPORTED", f"Type not supported for formatting: {odd}")
    values = tuple(zip(call.sql[1:], call.arguments[1:], strict=True))
    return call.kernel(format_values, (call.sql[0], VARCHAR), (literal(kinds), VARCHAR), *values, strict=False)


_UNITS = ("", "K", "M", "B", "T", "Q")


def _short(value: int) -> str:
    """Three digits and a unit; every negative number gets two decimals, as it is less than 10."""
    number, unit = float(value), 0
    while abs(number) >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    digits = 2 if number < 10 else 1 if number < 100 else 0
    rounded = Decimal(number).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    text = f"{rounded:f}".rstrip("0").rstrip(".") if digits else f"{rounded:f}"
    return ("0" if text in ("-0", "") else text) + _UNITS[unit]


@kernel("format_number", "bigint")
def format_number(value: int) -> str:
    return _short(value)


@kernel("format_number", "double")
def format_number_of_double(value: float) -> str:
    """The fraction is cut off first: Trino has only a version for whole numbers behind this one."""
    if math.isnan(value):
        return "0"
    whole = int(value) if math.isfinite(value) else (2**63 - 1 if value > 0 else -(2**63))
    return _short(max(-(2**63), min(2**63 - 1, whole)))
