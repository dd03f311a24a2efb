"""The inverse trigonometric functions as Java's `StrictMath` has them (fdlibm): the same steps, the same last digit."""

from __future__ import annotations

import math
import struct

from athena_ds.local.engine.duckdb.functions.registry import kernel

_ATAN_HIGH = (4.63647609000806093515e-01, 7.85398163397448278999e-01, 9.82793723247329054082e-01, math.pi / 2)
_ATAN_LOW = (
    2.26987774529616870924e-17,
    3.06161699786838301793e-17,
    1.39033110312309984516e-17,
    6.12323399573676603587e-17,
)
_ATAN_EVEN = (
    3.33333333333329318027e-01, 1.42857142725034663711e-01, 9.09088713343650656196e-02, 6.66107313738753120669e-02,
    4.97687799461593236017e-02, 1.62858201153657823623e-02,
)  # fmt: skip
_ATAN_ODD = (
    -1.99999999998764832476e-01, -1.11111104054623557880e-01, -7.69187620504482999495e-02,
    -5.83357013379057348645e-02, -3.65315727442169155270e-02,
)  # fmt: skip
_ASIN_P = (
    1.66666666666666657415e-01, -3.25565818622400915405e-01, 2.01212532134862925881e-01, -4.00555345006794114027e-02,
    7.91534994289814532176e-04, 3.47933107596021167570e-05,
)  # fmt: skip
_ASIN_Q = (
    1.0, -2.40339491173441421878e00, 2.02094576023350569471e00, -6.88283971605453293030e-01,
    7.70381505559019352791e-02,
)  # fmt: skip
_HALF_PI, _HALF_PI_LOW, _QUARTER_PI = math.pi / 2, 6.12323399573676603587e-17, math.pi / 4
_PI_LOW = 1.2246467991473531772e-16
_NEAR_ONE = 0x3FEF3333


def _along(coefficients: tuple[float, ...], t: float) -> float:
    found = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        found = coefficient + t * found
    return found


def _high_word(value: float) -> int:
    return int(struct.unpack(">q", struct.pack(">d", value))[0] >> 32)


def _upper_half(value: float) -> float:
    """The double without its lower 32 bits."""
    bits = struct.unpack(">q", struct.pack(">d", value))[0]
    return float(struct.unpack(">d", struct.pack(">q", bits & ~0xFFFFFFFF))[0])


def atan(value: float) -> float:
    size = abs(value)
    if math.isnan(value) or size < 2**-29:
        return value
    if size >= 2**66:
        return math.copysign(_HALF_PI + _HALF_PI_LOW, value)
    if size < 0.4375:
        return value - value * _atan_rest(value)
    if size < 0.6875:
        at, x = 0, (2.0 * size - 1.0) / (2.0 + size)
    elif size < 1.1875:
        at, x = 1, (size - 1.0) / (size + 1.0)
    elif size < 2.4375:
        at, x = 2, (size - 1.5) / (1.0 + 1.5 * size)
    else:
        at, x = 3, -1.0 / size
    return math.copysign(_ATAN_HIGH[at] - ((x * _atan_rest(x) - _ATAN_LOW[at]) - x), value)


def _atan_rest(x: float) -> float:
    z = x * x
    w = z * z
    return z * _along(_ATAN_EVEN, w) + w * _along(_ATAN_ODD, w)


def atan2(y: float, x: float) -> float:
    """Where a quotient decides, its arc; at zeros and infinities C's library has the same constants."""
    if math.isnan(x) or math.isnan(y) or not x or not y or math.isinf(x) or math.isinf(y):
        return math.atan2(y, x)
    if x == 1.0:
        return atan(y)
    apart = (_high_word(abs(y)) - _high_word(abs(x))) >> 20
    if apart > 60:
        arc = _HALF_PI + 0.5 * _PI_LOW
    elif x < 0 and apart < -60:
        arc = 0.0
    else:
        arc = atan(abs(y / x))
    if x > 0:
        return arc if y > 0 else -arc
    return math.pi - (arc - _PI_LOW) if y > 0 else (arc - _PI_LOW) - math.pi


def _ratio(t: float) -> tuple[float, float]:
    return t * _along(_ASIN_P, t), _along(_ASIN_Q, t)


def asin(value: float) -> float:
    size = abs(value)
    if not size <= 1:
        return math.nan
    if size == 1:
        return value * _HALF_PI + value * _HALF_PI_LOW
    if size < 2**-27:
        return value
    if size < 0.5:
        p, q = _ratio(value * value)
        return value + value * (p / q)
    t = (1.0 - size) * 0.5
    p, q = _ratio(t)
    s = math.sqrt(t)
    if _high_word(size) >= _NEAR_ONE:
        return math.copysign(_HALF_PI - (2.0 * (s + s * (p / q)) - _HALF_PI_LOW), value)
    w = _upper_half(s)
    c = (t - w * w) / (s + w)
    rest = 2.0 * s * (p / q) - (_HALF_PI_LOW - 2.0 * c)
    return math.copysign(_QUARTER_PI - (rest - (_QUARTER_PI - 2.0 * w)), value)


def acos(value: float) -> float:
    if not abs(value) <= 1:
        return math.nan
    if value == 1:
        return 0.0
    if value == -1:
        return math.pi + 2.0 * _HALF_PI_LOW
    if abs(value) < 0.5:
        p, q = _ratio(value * value)
        return _HALF_PI - (value - (_HALF_PI_LOW - value * (p / q)))
    z = (1.0 - abs(value)) * 0.5
    p, q = _ratio(z)
    s = math.sqrt(z)
    if value < 0:
        return math.pi - 2.0 * (s + ((p / q) * s - _HALF_PI_LOW))
    df = _upper_half(s)
    c = (z - df * df) / (s + df)
    return 2.0 * (df + ((p / q) * s + c))


for _name, _function in (("atan", atan), ("atan2", atan2), ("asin", asin), ("acos", acos)):
    kernel(_name)(_function)
