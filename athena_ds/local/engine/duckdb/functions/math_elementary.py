"""Functions of a double or two that C's library and Java's `Math` share: DuckDB's own where it doesn't fail."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

from athena_ds.local.engine.duckdb.functions.registry import Call, Rule, kernel, rule, template


def _same(name: str) -> Rule:
    """DuckDB's function of the same meaning."""

    def write(call: Call) -> str:
        return f"{name}({', '.join(call.sql)})"

    return write


def _within(condition: str, name: str) -> Rule:
    """NaN outside of the domain, where DuckDB may raise."""

    def write(call: Call) -> str:
        value = call.sql[0]
        test = condition.format(f"({value})")
        return f"CASE WHEN {test} THEN {name}({value}) WHEN ({value}) IS NULL THEN NULL ELSE CAST('NaN' AS DOUBLE) END"

    return write


for _name in ("exp", "degrees", "radians"):
    rule(_name)(_same(_name))
for _name in ("sin", "cos", "tan"):
    rule(_name)(_within("isfinite({0})", _name))
rule("sqrt")(_within("{0} >= 0", "sqrt"))


def _logarithm(name: str) -> Rule:
    def write(call: Call) -> str:
        value = f"({call.sql[0]})"
        return (
            f"CASE WHEN {value} IS NULL THEN NULL WHEN isnan({value}) OR {value} < 0 THEN CAST('NaN' AS DOUBLE) "
            f"WHEN {value} = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE {name}({value}) END"
        )

    return write


rule("ln")(_logarithm("ln"))
rule("log10")(_logarithm("log10"))


_LN2 = (6.93147180369123816490e-01, 1.90821492927058770002e-10)
_HALF_LN2 = 0.34657359027997264
_EXP = (1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05)
_EXP_REST = (-1.65339022054652515390e-06, 4.13813679705723846039e-08)
_LARGEST_EXP = 709.782712893384


def strict_exp(value: float) -> float:
    """`StrictMath.exp` of a value from 0 to 709.78: fdlibm's, whose exp(1) is 2.7182818284590455."""
    power = 0 if value <= _HALF_LN2 else 1 if value < 3 * _HALF_LN2 else int(1.44269504088896338700 * value + 0.5)
    high, low = value - power * _LN2[0], power * _LN2[1]
    rest = high - low
    square = rest * rest
    tail = square * (_EXP_REST[0] + square * _EXP_REST[1])
    odd = rest - square * (_EXP[0] + square * (_EXP[1] + square * (_EXP[2] + tail)))
    if power == 0:
        return 1 - (rest * odd / (odd - 2) - rest)
    return math.ldexp(1 - ((low - rest * odd / (2 - odd)) - high), power)


def _half_exp(size: float) -> float:
    """Half of e to a value beyond 22, infinite only where the half is."""
    if size <= _LARGEST_EXP:
        return 0.5 * strict_exp(size)
    if size > 710.4758600739439:
        return math.inf
    root = strict_exp(0.5 * size)
    return 0.5 * root * root


@kernel("cosh")
def cosh(value: float) -> float:
    """As `StrictMath`, whose last digit is another than that of C's library."""
    size = abs(value)
    if math.isnan(value):
        return value
    if size >= 22:
        return _half_exp(size)
    if size > _HALF_LN2:
        grown = strict_exp(size)
        return 0.5 * grown + 0.5 / grown
    return math.cosh(value)


@kernel("sinh")
def sinh(value: float) -> float:
    size = abs(value)
    if size >= 22:
        return math.copysign(_half_exp(size), value)
    if not size >= 2**-28:
        return value
    grown, half = math.expm1(size), math.copysign(0.5, value)
    if size < 1:
        return half * (2 * grown - grown * grown / (grown + 1))
    return half * (grown + grown / (grown + 1))


@kernel("tanh")
def tanh(value: float) -> float:
    """The double nearest to it; Java's own is rarely another one."""
    if not 2**-55 <= abs(value) < 22:
        return math.tanh(value)
    with localcontext(prec=50):
        grown = Decimal(2 * value).exp()
        return float((grown - 1) / (grown + 1))


def java_log(value: float) -> float:
    """`Math.log`."""
    if math.isnan(value) or value < 0:
        return math.nan
    return math.log(value) if value else -math.inf


def _divided(left: float, right: float) -> float:
    if right:
        return left / right
    return math.nan if math.isnan(left) or not left else math.copysign(math.inf, left) * math.copysign(1, right)


@kernel("log2")
def log2(value: float) -> float:
    """`Math.log(x) / Math.log(2)`."""
    return java_log(value) / math.log(2)


@kernel("log")
def log(base: float, value: float) -> float:
    return _divided(java_log(value), java_log(base))


@kernel("cbrt")
def cbrt(value: float) -> float:
    """The double nearest to the root; C's library may be one away (27 has 3)."""
    if not value or not math.isfinite(value):
        return value
    near = math.cbrt(value)
    around = (math.nextafter(near, -math.inf), near, math.nextafter(near, math.inf))
    return min(around, key=lambda root: abs(Fraction(root) ** 3 - Fraction(value)))


template("e", "", sql="CAST(2.718281828459045 AS DOUBLE)")
template("pi", "", sql="pi()")
template("nan", "", sql="CAST('NaN' AS DOUBLE)")
template("infinity", "", sql="CAST('Infinity' AS DOUBLE)")


rule("is_nan")(_same("isnan"))
rule("is_finite")(_same("isfinite"))
rule("is_infinite")(_same("isinf"))
