"""Gamma and beta functions as Apache Commons Math 3.6 computes them (after NSWC's DGAM1, DGAMLN, DBETLN).

The same steps in the same order, so that the last digit is Java's. Its own logarithm and exponential are nearly always
the nearest double, as C's are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_LANCZOS_G = 607.0 / 128.0
_LANCZOS = (
    0.99999999999999709182, 57.156235665862923517, -59.597960355475491248, 14.136097974741747174,
    -0.49191381609762019978, 0.33994649984811888699e-4, 0.46523628927048575665e-4, -0.98374475304879564677e-4,
    0.15808870322491248884e-3, -0.21026444172410488319e-3, 0.21743961811521264320e-3, -0.16431810653676389022e-3,
    0.84418223983852743293e-4, -0.26190838401581408670e-4, 0.36899182659531622704e-5,
)  # fmt: skip
_A = (0.611609510448141581788e-08, 0.624730830116465516210e-08)
_B = (
    1.0, 0.203610414066806987300e00, 0.266205348428949217746e-01, 0.493944979382446875238e-03,
    -0.851419432440314906588e-05, -0.643045481779353022248e-05, 0.992641840672773722196e-06,
    -0.607761895722825260739e-07, 0.195755836614639731882e-09,
)  # fmt: skip
_P = (
    0.6116095104481415817861e-08, 0.6871674113067198736152e-08, 0.6820161668496170657918e-09,
    0.4686843322948848031080e-10, 0.1572833027710446286995e-11, -0.1249441572276366213222e-12,
    0.4343529937408594255178e-14,
)  # fmt: skip
_Q = (
    1.0, 0.3056961078365221025009e00, 0.5464213086042296536016e-01, 0.4956830093825887312020e-02,
    0.2692369466186361192876e-03,
)  # fmt: skip
_C = (
    -0.655878071520253881077019515145390e00, -0.420026350340952355290039348754298e-01,
    0.166538611382291489501700795102105e00, -0.421977345555443367482083012891874e-01,
    -0.962197152787697356211492167234820e-02, 0.721894324666309954239501034044657e-02,
    -0.116516759185906511211397108401839e-02, -0.215241674114950972815729963053648e-03,
    0.128050282388116186153198626328164e-03, -0.201348547807882386556893914210218e-04,
    -0.125049348214267065734535947383309e-05, 0.113302723198169588237412962033074e-05,
    -0.205633841697760710345015413002057e-06,
)  # fmt: skip
_C_BELOW = -0.422784335098467139393487909917598e00
_C_ABOVE = 0.577215664901532860606512090082402e00
_DELTA = (
    0.833333333333333333333333333333e-01, -0.277777777777777777777777752282e-04, 0.793650793650793650791732130419e-07,
    -0.595238095238095232389839236182e-09, 0.841750841750832853294451671990e-11, -0.191752691751854612334149171243e-12,
    0.641025640510325475730918472625e-14, -0.295506514125338232839867823991e-15, 0.179643716359402238723287696452e-16,
    -0.139228964661627791231203060395e-17, 0.133802855014020915603275339093e-18, -0.154246009867966094273710216533e-19,
    0.197701992980957427278370133333e-20, -0.234065664793997056856992426667e-21, 0.171348014966398575409015466667e-22,
)  # fmt: skip
_HALF_LOG_TWO_PI = 0.9189385332046727


def _along(coefficients: Sequence[float], t: float, value: float | None = None) -> float:
    """Horner's scheme, from the last coefficient, or from `value` beyond it."""
    left = list(coefficients)
    found = left.pop() if value is None else value
    for coefficient in reversed(left):
        found = coefficient + t * found
    return found


def _inverse_gamma_less_one(x: float) -> float:
    """`1 / gamma(1 + x) - 1` for x from -0.5 to 1.5."""
    t = x if x <= 0.5 else (x - 0.5) - 0.5
    last = _C[-1]
    if t < 0:
        inside = last + t * (_along(_A, t) / _along(_B, t))
        c = _C_BELOW + t * _along(_C[:-1], t, inside)
        return t * c / x if x > 0.5 else x * ((c + 0.5) + 0.5)
    inside = last + (_along(_P, t) / _along(_Q, t)) * t
    c = _C_ABOVE + t * _along(_C[:-1], t, inside)
    return (t / x) * ((c - 0.5) - 0.5) if x > 0.5 else x * c


def _log_gamma_of_one_and(x: float) -> float:
    return -math.log1p(_inverse_gamma_less_one(x))


def _lanczos(x: float) -> float:
    total = 0.0
    for i in range(len(_LANCZOS) - 1, 0, -1):
        total += _LANCZOS[i] / (x + i)
    return total + _LANCZOS[0]


def log_gamma(x: float) -> float:
    """The logarithm of gamma(x), x above 0."""
    if x < 0.5:
        return _log_gamma_of_one_and(x) - math.log(x)
    if x <= 2.5:
        return _log_gamma_of_one_and((x - 0.5) - 0.5)
    if x <= 8.0:
        n = math.floor(x - 1.5)
        product = 1.0
        for i in range(1, n + 1):
            product *= x - i
        return _log_gamma_of_one_and(x - (n + 1)) + math.log(product)
    shifted = x + _LANCZOS_G + 0.5
    half_log = 0.5 * math.log(2.0 * math.pi)
    return ((x + 0.5) * math.log(shifted)) - shifted + half_log + math.log(_lanczos(x) / x)


def _gamma(x: float) -> float:
    """gamma(x), x from 0 to 20."""
    if x < 1.0:
        return 1.0 / (x * (1.0 + _inverse_gamma_less_one(x)))
    product, t = 1.0, x
    while t > 2.5:
        t -= 1.0
        product *= t
    return product / (1.0 + _inverse_gamma_less_one(t - 1.0))


def _log_gamma_sum(a: float, b: float) -> float:
    """The logarithm of gamma(a + b), both from 1 to 2."""
    x = (a - 1.0) + (b - 1.0)
    if x <= 0.5:
        return _log_gamma_of_one_and(1.0 + x)
    if x <= 1.5:
        return _log_gamma_of_one_and(x) + math.log1p(x)
    return _log_gamma_of_one_and(x - 1.0) + math.log(x * (1.0 + x))


def _log_gamma_less_sum(a: float, b: float) -> float:
    """The logarithm of gamma(b) / gamma(a + b), b from 10 on."""
    d = b + (a - 0.5) if a <= b else a + (b - 0.5)
    w = _delta_less_sum(min(a, b), max(a, b))
    u, v = d * math.log1p(a / b), a * (math.log(b) - 1.0)
    return (w - u) - v if u <= v else (w - v) - u


def _delta_less_sum(a: float, b: float) -> float:
    h = a / b
    p, q = h / (1.0 + h), 1.0 / (1.0 + h)
    sums = [1.0]
    for _ in _DELTA[1:]:
        sums.append(1.0 + (q + q * q * sums[-1]))
    t = (10.0 / b) * (10.0 / b)
    w = _DELTA[-1] * sums[-1]
    for delta, each in zip(reversed(_DELTA[:-1]), reversed(sums[:-1]), strict=True):
        w = t * w + delta * each
    return w * p / b


def _sum_of_deltas(a: float, b: float) -> float:
    t = (10.0 / a) * (10.0 / a)
    return _along(_DELTA, t) / a + _delta_less_sum(a, b)


def log_beta(p: float, q: float) -> float:  # noqa: PLR0911 - a way for each pair of ranges
    """The logarithm of beta(p, q), both above 0."""
    a, b = min(p, q), max(p, q)
    if a >= 10.0:
        return _of_large(a, b)
    if a > 2.0:
        return _of_middling(a, b)
    if a < 1.0:
        if b >= 10.0:
            return log_gamma(a) + _log_gamma_less_sum(a, b)
        return math.log(_gamma(a) * _gamma(b) / _gamma(a + b))
    if b <= 2.0:
        return log_gamma(a) + log_gamma(b) - _log_gamma_sum(a, b)
    if b >= 10.0:
        return log_gamma(a) + _log_gamma_less_sum(a, b)
    product, reduced = _reduced(a, b)
    return math.log(product) + (log_gamma(a) + (log_gamma(reduced) - _log_gamma_sum(a, reduced)))


def _of_large(a: float, b: float) -> float:
    w, h = _sum_of_deltas(a, b), a / b
    u, v = -(a - 0.5) * math.log(h / (1.0 + h)), b * math.log1p(h)
    base = (-0.5 * math.log(b) + _HALF_LOG_TWO_PI) + w
    return (base - u) - v if u <= v else (base - v) - u


def _of_middling(a: float, b: float) -> float:
    """The smaller from 2 to 10."""
    reduced, product = a, 1.0
    if b > 1000.0:
        n = math.floor(a - 1.0)
        for _ in range(n):
            reduced -= 1.0
            product *= reduced / (1.0 + reduced / b)
        return (math.log(product) - n * math.log(b)) + (log_gamma(reduced) + _log_gamma_less_sum(reduced, b))
    while reduced > 2.0:
        reduced -= 1.0
        h = reduced / b
        product *= h / (1.0 + h)
    if b >= 10.0:
        return math.log(product) + log_gamma(reduced) + _log_gamma_less_sum(reduced, b)
    second, other = _reduced(reduced, b)
    rest = log_gamma(reduced) + (log_gamma(other) - _log_gamma_sum(reduced, other))
    return math.log(product) + math.log(second) + rest


def _reduced(a: float, b: float) -> tuple[float, float]:
    product = 1.0
    while b > 2.0:
        b -= 1.0
        product *= b / (a + b)
    return product, b
