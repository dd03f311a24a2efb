"""Variance and its like: DuckDB's where they agree, Trino's formulas (`AggregationUtils`) for the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator

from athena_ds.local.engine.duckdb.functions.aggregates import aggregate_named
from athena_ds.local.engine.duckdb.functions.java_numbers import to_float32
from athena_ds.local.engine.duckdb.functions.math_elementary import java_log
from athena_ds.local.engine.duckdb.functions.registry import Call, Rule, kernel, rule

Numbers = list[float | None]

for _name, _theirs in (
    *((n, "stddev_samp") for n in ("stddev", "stddev_samp")),
    *((n, "var_samp") for n in ("variance", "var_samp")),
):
    rule(_name)(aggregate_named(_theirs))


def _population(name: str) -> Rule:
    """DuckDB answers 0 for a single NaN."""

    def write(call: Call) -> str:
        found = call.aggregate(name, *call.sql)
        if call.arguments[0].base != "double":
            return found
        odd = call.aggregate("bool_or", f"NOT isfinite({call.sql[0]})")
        return f"CASE WHEN {odd} THEN CAST('NaN' AS DOUBLE) ELSE {found} END"

    return write


rule("stddev_pop")(_population("stddev_pop"))
rule("var_pop")(_population("var_pop"))


def _pairs(first: Numbers, second: Numbers) -> list[tuple[float, float]]:
    return [(y, x) for y, x in zip(first, second, strict=True) if y is not None and x is not None]


def _sums(pairs: list[tuple[float, float]]) -> tuple[float, float, float, float, float]:
    """Sums of squares and products around the means: yy, xx, xy, and the means of y and x."""
    mean_y = sum(y for y, _ in pairs) / len(pairs)
    mean_x = sum(x for _, x in pairs) / len(pairs)
    away = [(y - mean_y, x - mean_x) for y, x in pairs]
    return sum(y * y for y, _ in away), sum(x * x for _, x in away), sum(y * x for y, x in away), mean_y, mean_x


def _result(value: float | None, call: Call) -> float | None:
    return to_float32(value) if value is not None and call.result.base == "real" else value


@kernel("covar_pop", typed=True)
def covar_pop(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    pairs = _pairs(first, second)
    return _result(_sums(pairs)[2] / len(pairs), call) if pairs else None


@kernel("covar_samp", typed=True)
def covar_samp(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    pairs = _pairs(first, second)
    return _result(_sums(pairs)[2] / (len(pairs) - 1), call) if len(pairs) > 1 else None


@kernel("corr", typed=True)
def corr(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    pairs = _pairs(first, second)
    if not pairs:
        return None
    yy, xx, xy, _, _ = _sums(pairs)
    spread = math.sqrt(yy) * math.sqrt(xx)
    return _result(_finite(xy / spread), call) if spread else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@kernel("regr_slope", typed=True)
def regr_slope(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    pairs = _pairs(first, second)
    if not pairs:
        return None
    _, xx, xy, _, _ = _sums(pairs)
    return _result(_finite(xy / xx), call) if xx else None


@kernel("regr_intercept", typed=True)
def regr_intercept(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    pairs = _pairs(first, second)
    if not pairs:
        return None
    _, xx, xy, mean_y, mean_x = _sums(pairs)
    return _result(_finite(mean_y - xy / xx * mean_x), call) if xx else None


def _moments(values: list[float]) -> Iterator[float]:
    """Sums of the second, third and fourth power around the mean."""
    mean = sum(values) / len(values)
    away = [value - mean for value in values]
    yield sum(d * d for d in away)
    yield sum(d * d * d for d in away)
    yield sum(d * d * d * d for d in away)


@kernel("skewness")
def skewness(items: Numbers) -> float | None:
    """The population's, from three values on."""
    values = [v for v in items if v is not None]
    if len(values) < 3:
        return None
    second, third, _ = _moments(values)
    return math.sqrt(len(values)) * third / (second * math.sqrt(second)) if second else math.nan


@kernel("kurtosis")
def kurtosis(items: Numbers) -> float | None:
    """The sample's excess, from four values on."""
    values = [v for v in items if v is not None]
    n = float(len(values))
    if n < 4:
        return None
    second, _, fourth = _moments(values)
    if not second:
        return math.nan
    variance = second / (n - 1)
    scaled = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth / (variance * variance)
    return scaled - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


@kernel("geometric_mean", typed=True)
def geometric_mean(items: Numbers, *, call: Call) -> float | None:
    values = [v for v in items if v is not None]
    if not values:
        return None
    logarithm = sum(java_log(v) for v in values) / len(values)
    return _result(math.inf if logarithm > 709.8 else math.exp(logarithm), call)
