"""Functions of a double or two that C's library and Java's `Math` share: DuckDB's own where it doesn't fail."""

from __future__ import annotations

import math
from fractions import Fraction

from athena_ds.local.engine.duckdb.functions.registry import Call, Rule, kernel, rule


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


for _name in ("exp", "cosh", "sinh", "tanh", "atan", "atan2", "degrees", "radians"):
    rule(_name)(_same(_name))
for _name in ("sin", "cos", "tan"):
    rule(_name)(_within("isfinite({0})", _name))
for _name in ("asin", "acos"):
    rule(_name)(_within("{0} BETWEEN -1 AND 1", _name))
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


@rule("e", "")
def _e(_call: Call) -> str:
    return "CAST(2.718281828459045 AS DOUBLE)"


@rule("pi", "")
def _pi(_call: Call) -> str:
    return "pi()"


@rule("nan", "")
def _nan(_call: Call) -> str:
    return "CAST('NaN' AS DOUBLE)"


@rule("infinity", "")
def _infinity(_call: Call) -> str:
    return "CAST('Infinity' AS DOUBLE)"


rule("is_nan")(_same("isnan"))
rule("is_finite")(_same("isfinite"))
rule("is_infinite")(_same("isinf"))
