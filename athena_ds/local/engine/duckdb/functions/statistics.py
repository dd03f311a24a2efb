"""Distributions and intervals of probability.

Trino asks Apache Commons Math, whose steps these are.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from athena_ds.local.engine.duckdb.functions.gamma_beta import log_beta, log_gamma
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel
from athena_ds.local.seam.engine import EngineError

_TINY = 1e-50
_CLOSE = 1e-14
_MOST_FREEDOM = 1e6
_LARGEST = 1e150
"""Beyond it Commons Math's continued fraction ends as NaN."""


@kernel("normal_cdf")
def normal_cdf(mean: float, deviation: float, value: float) -> float:
    if deviation <= 0 or math.isnan(deviation):
        raise invalid("standardDeviation must be > 0")
    distance = (value - mean) / (deviation * math.sqrt(2))
    return 0.5 * (1 + math.erf(distance))


@kernel("inverse_normal_cdf")
def inverse_normal_cdf(mean: float, deviation: float, probability: float) -> float:
    if not 0 < probability < 1:
        raise invalid("p must be 0 > p > 1")
    if not deviation > 0:
        raise invalid("sd must be > 0")
    return mean + deviation * NormalDist().inv_cdf(probability)


@kernel("beta_cdf")
def beta_cdf(a: float, b: float, value: float) -> float:
    if not 0 <= value <= 1:
        raise invalid("value must be 0 >= v >= 1")
    _positive(a, b)
    return incomplete_beta(value, a, b)


def _positive(a: float, b: float) -> None:
    if not (a > 0 and b > 0):
        raise invalid("a, b must be > 0")


@kernel("inverse_beta_cdf")
def inverse_beta_cdf(a: float, b: float, probability: float) -> float:
    """Between the ends Trino's solver stops at an accuracy of its own, nine digits or so."""
    if not 0 <= probability <= 1:
        raise invalid("p must be 0 >= p >= 1")
    _positive(a, b)
    if probability in (0, 1):
        return probability
    raise EngineError("NOT_SUPPORTED", "inverse_beta_cdf of a probability inside of 0 to 1")


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if max(a, b) > _LARGEST:
        message = f"illegal state: Continued fraction diverged to NaN for value {x}"
        raise broken(message)
    if x > (a + 1) / (2 + b + a) and 1 - x <= (b + 1) / (2 + b + a):
        return 1 - incomplete_beta(1 - x, b, a)
    front = math.exp((a * math.log(x)) + (b * math.log1p(-x)) - math.log(a) - log_beta(a, b))
    return front * 1.0 / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's continued fraction."""
    found, c, d = 1.0, 1.0, 0.0
    for n in range(1, 1_000_000):
        if n % 2 == 0:
            m = n / 2.0
            term = (m * (b - m) * x) / ((a + (2 * m) - 1) * (a + (2 * m)))
        else:
            m = (n - 1.0) / 2.0
            term = -((a + m) * (a + b + m) * x) / ((a + (2 * m)) * (a + (2 * m) + 1.0))
        d = 1 / _away(1.0 + term * d)
        c = _away(1.0 + term / c)
        found *= c * d
        if abs(c * d - 1.0) < _CLOSE:
            break
    return found


def _away(value: float) -> float:
    return _TINY if abs(value) <= _TINY else value


@kernel("t_pdf")
def t_pdf(value: float, freedom: float) -> float:
    _at_least_one(freedom)
    if not math.isfinite(freedom):
        return math.nan
    _not_too_many(freedom)
    half = (freedom + 1) / 2
    front = log_gamma(half) - 0.5 * (math.log(math.pi) + math.log(freedom)) - log_gamma(freedom / 2)
    return math.exp(front - half * math.log(1 + value * value / freedom))


@kernel("t_cdf")
def t_cdf(value: float, freedom: float) -> float:
    _at_least_one(freedom)
    if value == 0:
        return 0.5
    if math.isnan(value) or not math.isfinite(freedom):
        return math.nan
    _not_too_many(freedom)
    tail = incomplete_beta(freedom / (freedom + (value * value)), 0.5 * freedom, 0.5)
    return 0.5 * tail if value < 0 else 1.0 - 0.5 * tail


def _not_too_many(freedom: float) -> None:
    """Beyond, Trino's answers drift away from the distribution, and end as 1.0 or as an internal error."""
    if freedom > _MOST_FREEDOM:
        raise EngineError("NOT_SUPPORTED", f"More than {_MOST_FREEDOM:.0f} degrees of freedom")


def _at_least_one(freedom: float) -> None:
    if freedom < 1:
        raise invalid("degrees of freedom must be greater than or equal to 1")


@kernel("wilson_interval_lower")
def wilson_interval_lower(successes: int, trials: int, z: float) -> float:
    return _wilson(successes, trials, -_checked(successes, trials, z))


@kernel("wilson_interval_upper")
def wilson_interval_upper(successes: int, trials: int, z: float) -> float:
    return _wilson(successes, trials, _checked(successes, trials, z))


def _checked(successes: int, trials: int, z: float) -> float:
    if successes < 0:
        raise invalid("number of successes must not be negative")
    if trials <= 0:
        raise invalid("number of trials must be positive")
    if successes > trials:
        raise invalid("number of successes must not be larger than number of trials")
    if not z >= 0:
        raise invalid("z-score must not be negative")
    return z


def _wilson(successes: int, trials: int, z: float) -> float:
    part = successes / trials
    root = math.sqrt(part * (1 - part) / trials + z * z / (4 * trials * trials))
    return (part + z * z / (2 * trials) + z * root) / (1 + z * z / trials)
