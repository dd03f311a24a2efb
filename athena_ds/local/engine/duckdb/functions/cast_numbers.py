"""Casts to boolean and to numbers.

A rule takes the plain case itself and leaves every other value, and every error, to the kernel beside it. The texts of
errors are Trino 476's.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from athena_ds.local.engine.duckdb.functions import java_numbers as java
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule, template
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.engine.duckdb.physical import text as literal
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, VARCHAR, Type, parse

_SAFE_DIGITS = {"tinyint": 2, "smallint": 4, "integer": 9, "bigint": 18}
_JAVA_NAMES = {"tinyint": "TINYINT", "smallint": "SMALLINT", "integer": "INT", "bigint": "BIGINT"}
_BLANKS = "".join(map(chr, range(0x21)))


def limits(base: str) -> tuple[int, int]:
    """Smallest and largest value of an integer type."""
    half = 1 << (INTEGERS[base] - 1)
    return -half, half - 1


def bad_cast(message: str) -> EngineError:
    return EngineError("INVALID_CAST_ARGUMENT", message)


def out_of_range(base: str, shown: object) -> EngineError:
    return EngineError("NUMERIC_VALUE_OUT_OF_RANGE", f"Out of range for {base}: {shown}")


def parse_integer(text: str, base: str) -> int:
    """`Long.parseLong(text.trim())` and its like: signs, any Unicode decimal digits, no underscores."""
    trimmed = text.strip(_BLANKS)
    digits = trimmed[1:] if trimmed[:1] in ("+", "-") else trimmed
    low, high = limits(base)
    if digits and all(unicodedata.decimal(c, None) is not None for c in digits):
        value = int(digits) * (-1 if trimmed[0] == "-" else 1)
        if low <= value <= high:
            return value
    raise bad_cast(f"Cannot cast '{text}' to {_JAVA_NAMES[base]}")


def integer_of_double(value: float, base: str, *, real: bool = False) -> int:
    """Halves away from zero; `bigint` has its own words, and a real saturates there."""
    low, high = limits(base)
    text = java.real_text(value) if real else java.double_text(value)
    if math.isnan(value):
        raise bad_cast(
            f"Unable to cast {text} to bigint"
            if base == "bigint" and not real
            else f"Cannot cast {'real' if real else 'double'} NaN to {base}"
        )
    nearest = (high if value > 0 else low) if math.isinf(value) else java.round_half_away(value)
    if low <= nearest <= high and not (math.isinf(value) and not (real and base == "bigint")):
        return nearest
    if base != "bigint":
        raise out_of_range(base, text)
    if real:
        return high if value > 0 else low
    raise bad_cast(f"Unable to cast {text} to bigint")


def decimal_of(value: Decimal, target: Type, refused: Callable[[], EngineError]) -> Decimal:
    """`value` at the target's scale, half up; what doesn't fit is refused."""
    scaled = java.rescale(value, target.scale)
    if abs(int(f"{scaled:f}".replace(".", ""))) >= 10**target.precision:
        raise refused()
    return scaled


def spelled(target: Type) -> str:
    return f"DECIMAL({target.precision}, {target.scale})"


def _needs_kernel(call: Call, condition: str, fast: str, function: Callable[..., Any]) -> str:
    exact = call.kernel(function, (call.sql[0], call.arguments[0]))
    return f"CASE WHEN {condition} THEN {fast} ELSE {exact} END"


template("cast", *(f"{a} -> boolean" for a in (*INTEGERS, "real", "double", "decimal")), sql="({0} <> 0)")


@rule("cast", *(f"boolean -> {b}" for b in (*INTEGERS, "real", "double", "decimal")))
def boolean_to_number(call: Call) -> str:
    if call.result.base == "decimal" and call.result.precision == call.result.scale:
        return call.fail("NOT_SUPPORTED", "'A boolean as a decimal without digits before the point'")
    return f"CAST(CAST({call.sql[0]} AS TINYINT) AS {physical(call.result)})"


@kernel("cast", "varchar -> boolean")
def varchar_to_boolean(text: str) -> bool:
    word = text.lower()
    if word in ("t", "true", "1"):
        return True
    if word in ("f", "false", "0"):
        return False
    raise bad_cast(f"Cannot cast '{text}' to BOOLEAN")


@rule("cast", *(f"{a} -> {b}" for a in INTEGERS for b in ("real", "double")), "real -> double", "double -> real")
def to_floating(call: Call) -> str:
    x = call.sql[0]
    if (call.arguments[0].base, call.result.base) == ("double", "real"):
        largest = "3.4028235677973366e38"
        huge = f"CASE WHEN {x} > 0 THEN CAST('inf' AS FLOAT) ELSE CAST('-inf' AS FLOAT) END"
        return f"CASE WHEN abs({x}) >= {largest} AND NOT isnan({x}) THEN {huge} ELSE CAST({x} AS FLOAT) END"
    return f"CAST({x} AS {physical(call.result)})"


@rule("cast", *(f"{a} -> {b}" for a in INTEGERS for b in INTEGERS if a != b))
def integer_to_integer(call: Call) -> str:
    x, base = call.sql[0], call.result.base
    fast = f"CAST({x} AS {physical(call.result)})"
    if INTEGERS[base] > INTEGERS[call.arguments[0].base]:
        return fast
    low, high = limits(base)
    fail = call.fail("NUMERIC_VALUE_OUT_OF_RANGE", f"'Out of range for {base}: ' || CAST({x} AS VARCHAR)")
    return f"CASE WHEN {x} BETWEEN {low} AND {high} THEN {fast} WHEN {x} IS NOT NULL THEN {fail} END"


@rule("cast", *(f"{a} -> {b}" for a in ("real", "double") for b in INTEGERS))
def floating_to_integer(call: Call) -> str:
    """DuckDB's round() takes halves away from zero; 2^31 is far inside what it does exactly."""
    x = call.sql[0]
    bound = {"tinyint": 127, "smallint": 32767}.get(call.result.base, 2147483647)
    fast = f"CAST(round(CAST({x} AS DOUBLE)) AS {physical(call.result)})"
    exact = call.kernel(_floating_to_integer, (x, call.arguments[0]), *_words(call))
    return f"CASE WHEN abs({x}) < {bound} THEN {fast} ELSE {exact} END"


def _words(call: Call) -> tuple[tuple[str, Type], ...]:
    """The names of both types, for a kernel that needs them in its words."""
    return tuple((literal(str(kind)), VARCHAR) for kind in (call.arguments[0], call.result))


def _floating_to_integer(value: float, source: str, target: str) -> int:
    return integer_of_double(value, target, real=source == "real")


def _decimal_to_integer(value: Decimal, _source: str, target: str) -> int:
    rounded = int(java.rescale(value, 0))
    low, high = limits(target)
    if not low <= rounded <= high:
        raise bad_cast(f"Cannot cast '{rounded}' to {target.upper()}")
    return rounded


@rule("cast", *(f"decimal -> {b}" for b in INTEGERS))
def decimal_to_integer(call: Call) -> str:
    exact = call.kernel(_decimal_to_integer, (call.sql[0], call.arguments[0]), *_words(call))
    return f"coalesce(TRY_CAST({call.sql[0]} AS {physical(call.result)}), {exact})"


def _decimal_to_floating(value: Decimal, source: str, target: str) -> float:
    kind = parse(source)
    if kind.precision > 18:
        return float(value) if target == "double" else java.to_float32(float(value))
    unscaled, power = int(f"{value:f}".replace(".", "")), 10**kind.scale
    if target == "double":
        return float(unscaled) / float(power)
    return java.to_float32(java.to_float32(float(unscaled)) / java.to_float32(float(power)))


@rule("cast", *(f"decimal -> {b}" for b in ("real", "double")))
def decimal_to_floating(call: Call) -> str:
    """Up to 15 digits both divide one exact double by another; beyond, Trino's way is its own (DecimalCasts)."""
    if call.arguments[0].precision <= 15 and call.result.base == "double":
        return f"CAST({call.sql[0]} AS DOUBLE)"
    return call.kernel(_decimal_to_floating, (call.sql[0], call.arguments[0]), *_words(call))


def _number_to_decimal(value: Decimal | float, source: str, target: str) -> Decimal:
    base, kind = source.partition("(")[0], parse(target)
    if isinstance(value, float):
        shown = java.real_text(value) if base == "real" else java.double_text(value)
    else:
        shown = str(value) if base != "decimal" else f"{value:f}"
    name = spelled(parse(source)) if base == "decimal" else base.upper()
    error = bad_cast(f"Cannot cast {name} '{shown}' to {spelled(kind)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise error
    return decimal_of(Decimal(shown), kind, lambda: error)


@rule("cast", *(f"{a} -> decimal" for a in (*INTEGERS, "real", "double", "decimal")))
def number_to_decimal(call: Call) -> str:
    """A floating number counts as its shortest text (`new BigDecimal(Double.toString(x))`)."""
    x, base = call.sql[0], call.arguments[0].base
    exact = call.kernel(_number_to_decimal, (x, call.arguments[0]), *_words(call))
    if base == "real":
        return exact
    start = f"CAST({x} AS VARCHAR)" if base == "double" else x
    return f"coalesce(TRY_CAST({start} AS {physical(call.result)}), {exact})"


_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def varchar_to_decimal_value(text: str, target: Type) -> Decimal:
    words = f"Cannot cast VARCHAR '{text}' to {spelled(target)}. "
    if not _DECIMAL.fullmatch(text):
        raise bad_cast(words + "Value is not a number.")
    try:
        return decimal_of(Decimal(text), target, lambda: bad_cast(words + "Value too large."))
    except InvalidOperation as error:
        raise bad_cast(words + "Value too large.") from error


def _varchar_to_decimal(text: str, target: str) -> Decimal:
    return varchar_to_decimal_value(text, parse(target))


@rule("cast", "varchar -> decimal")
def varchar_to_decimal(call: Call) -> str:
    x, kind = call.sql[0], call.result
    exact = call.kernel(_varchar_to_decimal, (x, call.arguments[0]), (literal(str(kind)), VARCHAR))
    if kind.precision == kind.scale:
        return exact
    fraction = f"([.][0-9]{{1,{kind.scale}}})?" if kind.scale else ""
    plain = f"regexp_full_match({x}, '-?[0-9]{{1,{kind.precision - kind.scale}}}{fraction}')"
    return f"CASE WHEN {plain} THEN CAST({x} AS {physical(kind)}) ELSE {exact} END"


def parse_tinyint(text: str) -> int:
    return parse_integer(text, "tinyint")


def parse_smallint(text: str) -> int:
    return parse_integer(text, "smallint")


def parse_int(text: str) -> int:
    return parse_integer(text, "integer")


def parse_bigint(text: str) -> int:
    return parse_integer(text, "bigint")


_PARSERS = {"tinyint": parse_tinyint, "smallint": parse_smallint, "integer": parse_int, "bigint": parse_bigint}


@rule("cast", *(f"varchar -> {b}" for b in INTEGERS))
def varchar_to_integer(call: Call) -> str:
    x, base = call.sql[0], call.result.base
    plain = f"regexp_full_match({x}, '-?[0-9]{{1,{_SAFE_DIGITS[base]}}}')"
    return _needs_kernel(call, plain, f"CAST({x} AS {physical(call.result)})", _PARSERS[base])


def parse_double(text: str) -> float:
    value = java.parse_double(text)
    if value is None:
        raise bad_cast(f"Cannot cast '{text}' to DOUBLE")
    return value


def parse_real(text: str) -> float:
    value = java.parse_double(text)
    if value is None:
        raise bad_cast(f"Cannot cast '{text}' to REAL")
    return java.to_float32(value)


@rule("cast", "varchar -> double", "varchar -> real")
def varchar_to_floating(call: Call) -> str:
    x = call.sql[0]
    plain = f"regexp_full_match({x}, '-?[0-9]{{1,30}}([.][0-9]{{1,30}})?')"
    parse = parse_double if call.result.base == "double" else parse_real
    return _needs_kernel(call, plain, f"CAST({x} AS {physical(call.result)})", parse)
