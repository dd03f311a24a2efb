"""Variance and its like: DuckDB's where they agree, Trino's formulas (`AggregationUtils`) for the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

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


@dataclass(slots=True)
class _Pairs:
    """Two columns taken in a pair at a time, as Trino's states take them: the last digits depend on it."""

    count: int = 0
    mean_x: float = 0.0
    mean_y: float = 0.0
    xy: float = 0.0
    xx: float = 0.0
    yy: float = 0.0

    def add(self, y: float, x: float) -> None:
        self.count += 1
        away_x, away_y = x - self.mean_x, y - self.mean_y
        self.mean_x += away_x / self.count
        self.mean_y += away_y / self.count
        self.xy += away_x * (y - self.mean_y)
        self.xx += away_x * (x - self.mean_x)
        self.yy += away_y * (y - self.mean_y)


def _pairs(first: Numbers, second: Numbers) -> _Pairs:
    state = _Pairs()
    for y, x in zip(first, second, strict=True):
        if y is not None and x is not None:
            state.add(y, x)
    return state


def _result(value: float | None, call: Call) -> float | None:
    return to_float32(value) if value is not None and call.result.base == "real" else value


def _finite(value: float, call: Call) -> float | None:
    return _result(value, call) if math.isfinite(value) else None


@kernel("covar_pop", typed=True)
def covar_pop(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    state = _pairs(first, second)
    return _result(state.xy / state.count, call) if state.count else None


@kernel("covar_samp", typed=True)
def covar_samp(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    state = _pairs(first, second)
    return _result(state.xy / (state.count - 1), call) if state.count > 1 else None


@kernel("corr", typed=True)
def corr(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    state = _pairs(first, second)
    if not state.xx or not state.yy:
        return None
    return _finite(state.xy / math.sqrt(state.xx) / math.sqrt(state.yy), call)


@kernel("regr_slope", typed=True)
def regr_slope(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    state = _pairs(first, second)
    return _finite(state.xy / state.xx, call) if state.xx else None


@kernel("regr_intercept", typed=True)
def regr_intercept(first: Numbers, second: Numbers, *, call: Call) -> float | None:
    state = _pairs(first, second)
    return _finite(state.mean_y - state.xy / state.xx * state.mean_x, call) if state.xx else None


def _moments(values: list[float]) -> tuple[float, float, float]:
    """Sums of the second, third and fourth power around the mean, a value at a time (Pébay's update)."""
    mean = second = third = fourth = 0.0
    for n, value in enumerate(values, 1):
        delta = value - mean
        step = delta / n
        grown = delta * step * (n - 1)
        mean += step
        square = step * step
        fourth = fourth + grown * square * (n * float(n) - 3 * n + 3) + 6 * square * second - 4 * step * third
        third = third + grown * step * (n - 2) - 3 * step * second
        second += grown
    return second, third, fourth


@kernel("skewness")
def skewness(items: Numbers) -> float | None:
    """The population's, from three values on."""
    values = [v for v in items if v is not None]
    if len(values) < 3:
        return None
    second, third, _ = _moments(values)
    return math.sqrt(len(values)) * third / _power(second) if second else math.nan


def _power(second: float) -> float:
    return math.inf if second > 1e205 else math.pow(second, 1.5)


@kernel("kurtosis")
def kurtosis(items: Numbers) -> float | None:
    """The sample's excess, from four values on."""
    values = [v for v in items if v is not None]
    n = float(len(values))
    if n < 4:
        return None
    second, _, fourth = _moments(values)
    if not second * second:
        return math.nan
    scaled = (n - 1) * n * (n + 1) / ((n - 2) * (n - 3)) * fourth / (second * second)
    return scaled - 3 * ((n - 1) * (n - 1)) / ((n - 2) * (n - 3))


@kernel("geometric_mean", typed=True)
def geometric_mean(items: Numbers, *, call: Call) -> float | None:
    values = [v for v in items if v is not None]
    if not values:
        return None
    logarithm = sum(java_log(v) for v in values) / len(values)
    return _result(math.inf if logarithm > 709.8 else math.exp(logarithm), call)
