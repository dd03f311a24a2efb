"""Variance and its like: DuckDB's where they agree, Trino's formulas (`AggregationUtils`) for the rest."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from athena_ds.local.engine.duckdb.functions.java_numbers import to_float32
from athena_ds.local.engine.duckdb.functions.math_elementary import java_log
from athena_ds.local.engine.duckdb.functions.registry import Call, Rule, kernel, rule
from athena_ds.local.seam.engine import EngineError

Numbers = list[float | None]

_DIVIDED = "A variance of numbers beyond 1e154 depends on how a Trino divides the rows among its threads"


def _spread(name: str) -> Rule:
    """DuckDB takes values in as Trino does, but answers 0 for a single NaN.

    A Trino merges what its threads have, and where the square of a mean is no double that makes NaN of what one thread
    alone would answer. Of a window's rows, and of a few VALUES, one thread has all.
    """

    def write(call: Call) -> str:
        found = call.aggregate(name, *call.sql)
        if call.arguments[0].base != "double":
            return found
        low, high, count = (call.aggregate(of, call.sql[0]) for of in ("min", "max", "count"))
        cases = f"WHEN {found} IS NULL THEN NULL WHEN NOT isfinite({low}) OR NOT isfinite({high}) THEN {_NAN}"
        if not call.around.listed:
            great = f"greatest(abs({low}), abs({high}))"
            merged = f"isinf({found}) OR isinf({great} * {great} * {count})"
            cases += f" WHEN {merged} THEN " + call.fail("NOT_SUPPORTED", f"'{_DIVIDED}'")
        return f"CASE {cases} ELSE {found} END"

    return write


_NAN = "CAST('NaN' AS DOUBLE)"
for _name, _theirs in (
    *((n, n) for n in ("stddev_samp", "stddev_pop", "var_samp", "var_pop")),
    ("stddev", "stddev_samp"),
    ("variance", "var_samp"),
):
    rule(_name)(_spread(_theirs))


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


def _of_pairs(name: str, sums: str) -> Callable[[_Finish], _Finish]:
    """Register what an aggregate makes of the state after all pairs, and which of its sums that rests on."""

    def register(finish: _Finish) -> _Finish:
        def alone(first: Numbers, second: Numbers, *, call: Call) -> float | None:
            return finish(_pairs(first, second), call)

        def merged(first: Numbers, second: Numbers, *, call: Call) -> float | None:
            state = _pairs(first, second)
            means = {"x": state.mean_x, "y": state.mean_y}
            for one in sums.split():
                if math.isinf(means[one[0]] * means[one[1]] * state.count) or math.isinf(getattr(state, one)):
                    raise EngineError("NOT_SUPPORTED", _DIVIDED)
            return finish(state, call)

        rule(name)(lambda call: call.gather(alone if call.around.listed else merged, typed=True))
        return finish

    return register


_Finish = Callable[[_Pairs, Call], float | None]


def _result(value: float | None, call: Call) -> float | None:
    return to_float32(value) if value is not None and call.result.base == "real" else value


def _finite(value: float, call: Call) -> float | None:
    return _result(value, call) if math.isfinite(value) else None


@_of_pairs("covar_pop", "xy")
def covar_pop(state: _Pairs, call: Call) -> float | None:
    return _result(state.xy / state.count, call) if state.count else None


@_of_pairs("covar_samp", "xy")
def covar_samp(state: _Pairs, call: Call) -> float | None:
    return _result(state.xy / (state.count - 1), call) if state.count > 1 else None


@_of_pairs("corr", "xx yy xy")
def corr(state: _Pairs, call: Call) -> float | None:
    if not state.xx or not state.yy:
        return None
    return _finite(state.xy / math.sqrt(state.xx) / math.sqrt(state.yy), call)


@_of_pairs("regr_slope", "xx xy")
def regr_slope(state: _Pairs, call: Call) -> float | None:
    return _finite(state.xy / state.xx, call) if state.xx else None


@_of_pairs("regr_intercept", "xx xy")
def regr_intercept(state: _Pairs, call: Call) -> float | None:
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
