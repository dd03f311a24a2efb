"""Rounding, powers, logarithms and the rest of arithmetic's functions.

Java's `Math` and C's library agree but for the last digit; where Java defines a special case otherwise (pow with NaN,
sign and rounding of -0.0), it is written out. Errors are Trino 476's.
"""

from __future__ import annotations

import math
import random
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from athena_ds.local.engine.duckdb.functions.cast_numbers import limits
from athena_ds.local.engine.duckdb.functions.java_numbers import double_text, rescale, to_float32
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule, template
from athena_ds.local.engine.duckdb.functions.values import decimal_of, unscaled
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS

_FLOATS = ("double", "real")


_EXACT_POWER = 22
"""The last power of ten that is a double; up to it DuckDB multiplies, rounds and divides as Trino does."""
_WIDEST = 38


def _out_of_range(message: str) -> EngineError:
    return EngineError("NUMERIC_VALUE_OUT_OF_RANGE", message)


@rule("abs", *INTEGERS)
def _abs_integer(call: Call) -> str:
    low, _ = limits(call.result.base)
    value = call.sql[0]
    failed = call.fail("NUMERIC_VALUE_OUT_OF_RANGE", f"'Value {low} is out of range for abs({call.result})'")
    wide = f"abs(CAST({value} AS HUGEINT))"
    return f"CASE WHEN ({value}) = ({low}) THEN {failed} ELSE CAST({wide} AS {physical(call.result)}) END"


template("abs", *_FLOATS, "decimal(p,s)", sql="abs({0})")


@rule("sign", *INTEGERS)
def _sign_integer(call: Call) -> str:
    return f"CAST(sign({call.sql[0]}) AS {physical(call.result)})"


@rule("sign", *_FLOATS)
def _sign(call: Call) -> str:
    """-0.0 and NaN are their own sign."""
    value = call.sql[0]
    kind = physical(call.result)
    return f"CASE WHEN isnan({value}) OR ({value}) = 0 THEN {value} ELSE CAST(sign({value}) AS {kind}) END"


template("sign", "decimal(p,s)", sql="CAST(sign({0}) AS DECIMAL(1,0))")


@rule("ceil", *INTEGERS)
@rule("ceiling", *INTEGERS)
@rule("floor", *INTEGERS)
@rule("round", *INTEGERS)
def _whole(call: Call) -> str:
    return call.sql[0]


template("ceil", *_FLOATS, sql="ceil({0})")
template("ceiling", *_FLOATS, sql="ceil({0})")
template("floor", "double", sql="floor({0})")
template("floor", "real", sql="CAST(floor({0}) AS FLOAT)")


@rule("ceil", "decimal(p,s)")
@rule("ceiling", "decimal(p,s)")
@rule("floor", "decimal(p,s)")
def _whole_decimal(call: Call) -> str:
    name = "floor" if call.name == "floor" else "ceil"
    ours = floor_decimal if name == "floor" else ceil_decimal
    return _wider(call, name) or call.compute(ours)


def _wider(call: Call, name: str, *digits: str) -> str | None:
    """DuckDB's rounding with a digit to spare; None where 38 digits leave none."""
    kind = call.arguments[0]
    if kind.precision >= _WIDEST:
        return None
    value = f"CAST({call.sql[0]} AS DECIMAL({kind.precision + 1},{kind.scale}))"
    return f"CAST({name}({', '.join((value, *digits))}) AS {physical(call.result)})"


def ceil_decimal(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_CEILING)


def floor_decimal(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_FLOOR)


@rule("round", "double")
def _round(call: Call) -> str:
    """DuckDB's round is C's: halves away from zero; Java's way leaves no sign on a zero."""
    return rounded(call.sql[0])


def rounded(value: str) -> str:
    return f"CASE WHEN ({value}) = 0 THEN CAST(0 AS DOUBLE) ELSE round({value}) END"


@rule("round", "double,integer")
def _round_digits(call: Call) -> str:
    digits = call.constants[1] if len(call.constants) > 1 else None
    if digits == 0:
        return rounded(call.sql[0])
    if isinstance(digits, int) and 0 < digits <= _EXACT_POWER:
        return f"CASE WHEN ({call.sql[0]}) = 0 THEN CAST(0 AS DOUBLE) ELSE round({call.sql[0]}, {digits}) END"
    return call.compute(round_double)


def round_double(value: float, digits: int) -> float:
    """`Math.round(x * 10^d) / 10^d` away from zero, while that is exact enough to be had; else the value."""
    factor = java_pow(10.0, float(digits))
    if math.isnan(value) or math.isinf(value):
        return value
    scaled = value * factor
    if math.isinf(scaled):
        return value
    whole = _round_away(abs(scaled))
    return math.nan if factor == 0 else whole / factor * (-1 if value < 0 else 1)


def _round_away(value: float) -> float:
    """`RoundingMode.HALF_UP` of a positive double."""
    floor = math.floor(value) if value < 2**53 else value
    return float(floor + 1 if value - floor >= 0.5 else floor)


@kernel("round", "real")
def round_real(value: float) -> float:
    if math.isnan(value) or math.isinf(value):
        return value
    return math.copysign(_round_away(abs(value)), value)


@kernel("round", "real,integer")
def round_real_digits(value: float, digits: int) -> float:
    return to_float32(round_double(value, digits))


@kernel("round", *(f"{base},integer" for base in INTEGERS), typed=True)
def round_integer(value: int, digits: int, *, call: Call) -> int:
    """Digits left of the point, halves away from zero."""
    if digits >= 0:
        return value
    if digits <= -19:
        raise _out_of_range(f"numerical overflow: {value}")
    factor = int(10**-digits)
    rounded = ((abs(value) + factor // 2) // factor * factor) * (-1 if value < 0 else 1)
    low, high = limits(call.result.base)
    if low <= rounded <= high:
        return rounded
    raise _rounded_out(value, rounded, call.result.base)


def _rounded_out(value: int, rounded: int, base: str) -> EngineError:
    match base:
        case "bigint":
            return _out_of_range(f"numerical overflow: {value}")
        case "integer":
            return broken("integer overflow")
        case _:
            return _out_of_range(f"Out of range for {base}: {rounded}")


@rule("round", "decimal(p,s)")
def _round_decimal(call: Call) -> str:
    return _wider(call, "round") or call.compute(round_decimal, typed=True)


def round_decimal(value: Decimal, *, call: Call) -> Decimal:
    return rescale(value, call.result.scale)


@rule("round", "decimal(p,s),integer")
def _round_decimal_digits(call: Call) -> str:
    digits = call.constants[1] if len(call.constants) > 1 else None
    if isinstance(digits, int) and 0 <= digits < call.result.scale and (native := _wider(call, "round", str(digits))):
        return native
    return call.compute(round_decimal_digits, typed=True)


def round_decimal_digits(value: Decimal, digits: int, *, call: Call) -> Decimal:
    """The scale is kept, so what is rounded away becomes zeros."""
    scale = call.result.scale
    if digits >= scale:
        return value
    rounded = rescale(rescale(value, digits) if digits > -60 else Decimal(0), scale)
    if abs(unscaled(rounded)) >= 10**call.result.precision:
        raise _out_of_range(f"decimal overflow: {unscaled(value)}")
    return rounded


template("truncate", "double", sql="trunc({0})")
template("truncate", "real", sql="CAST(trunc({0}) AS FLOAT)")


@kernel("truncate", "decimal(p,s)")
def truncate_decimal(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_DOWN)


@kernel("truncate", "decimal(p,s),integer")
def truncate_decimal_digits(value: Decimal, digits: int) -> Decimal:
    scale = -int(value.as_tuple().exponent)
    if digits >= scale:
        return value
    unit = 10 ** (scale - digits)
    digits_of = unscaled(value)
    return decimal_of(abs(digits_of) // unit * unit * (-1 if digits_of < 0 else 1), scale)


@kernel("mod", "double,double")
@kernel("mod", "real,real")
def mod_floats(left: float, right: float) -> float:
    if right == 0 or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)


@rule("mod", *(f"{base},{base}" for base in INTEGERS))
def _mod_integer(call: Call) -> str:
    """The function, unlike `%`, lets Java's own error through."""
    left, right = call.sql
    failed = call.fail("GENERIC_INTERNAL_ERROR", "'/ by zero'")
    kind = physical(call.result)
    rest = f"CAST(CAST({left} AS HUGEINT) % ({right}) AS {kind})"
    return f"CASE WHEN ({left}) IS NULL THEN NULL WHEN ({right}) = 0 THEN {failed} ELSE {rest} END"


@kernel("mod", "decimal(a_precision,a_scale),decimal(b_precision,b_scale)", typed=True)
def mod_decimals(left: Decimal, right: Decimal, *, call: Call) -> Decimal:
    if right == 0:
        raise EngineError("DIVISION_BY_ZERO", "Division by zero")
    scale = call.result.scale
    first, second = unscaled(rescale(left, scale)), unscaled(rescale(right, scale))
    rest = abs(first) % abs(second)
    return decimal_of(-rest if first < 0 else rest, scale)


def java_pow(base: float, exponent: float) -> float:
    """`Math.pow`: NaN for an undefined power, and for 1 to the power of NaN or infinity."""
    if exponent == 0:
        return 1.0
    if math.isnan(base) or math.isnan(exponent) or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        if base == 0:
            odd = exponent % 2 == 1
            return math.copysign(math.inf, base) if odd else math.inf
        return math.nan


@kernel("pow")
@kernel("power")
def power(base: float, exponent: float) -> float:
    return java_pow(base, exponent)


@kernel("width_bucket", "double,double,double,bigint")
def width_bucket(value: float, first: float, second: float, buckets: int) -> int:
    if buckets <= 0:
        raise invalid("bucketCount must be greater than 0")
    if math.isnan(value):
        raise invalid("operand must not be NaN")
    for name, bound in (("first", first), ("second", second)):
        if not math.isfinite(bound):
            raise invalid(f"{name} bound must be finite")
    if first == second:
        raise invalid("bounds cannot equal each other")
    low, high = min(first, second), max(first, second)
    if value < low:
        found = 0
    elif value >= high:
        found = buckets + 1
    else:
        found = min(2**63 - 1, int(buckets * (value - low) / (high - low) + 1))
    if found >= 2**63:
        raise _out_of_range(f"Bucket for value {double_text(value)} is out of range")
    return found if first < second else buckets - found + 1


@kernel("width_bucket", "double,array(double)")
def width_bucket_of_bins(value: float, bins: list[float | None]) -> int:
    """A binary search, as Trino does it: bins are only checked where it looks."""
    if not bins:
        raise invalid("Bins cannot be an empty array")
    if math.isnan(value):
        raise invalid("Operand cannot be NaN")
    low, high = 0, len(bins)
    while low < high:
        if (bins[low] or 0.0) > (bins[high - 1] or 0.0):
            raise invalid("Bin values are not sorted in ascending order")
        middle = (low + high) // 2
        bound = bins[middle] or 0.0
        if not math.isfinite(bound):
            raise invalid(f"Bin value must be finite, got {double_text(bound)}")
        low, high = (low, middle) if value < bound else (middle + 1, high)
    return low


@rule("random", "")
@rule("rand", "")
def _random(call: Call) -> str:
    del call
    return "random()"


_DRAWS = (*INTEGERS, *(f"{base},{base}" for base in INTEGERS))


@kernel("random", *_DRAWS)
@kernel("rand", *_DRAWS)
def random_integer(*bounds: int) -> int:
    if len(bounds) == 1 and bounds[0] <= 0:
        raise invalid("bound must be positive")
    if len(bounds) == 2 and bounds[0] >= bounds[1]:
        raise invalid("start value must be less than stop value")
    return random.randrange(*bounds)  # noqa: S311
