"""Numbers as Java writes and reads them, for the texts of Trino's casts, `format` and JSON.

Two writers differ on purpose. `Double.toString` is the shortest text since JDK 19. `DecimalFormat`, which CAST AS
VARCHAR uses (`io.trino.type.DoubleOperators`), still takes its digits from the older `FloatingDecimal`, which is
sometimes longer (2e23 is 1.9999999999999998E23).
"""

from __future__ import annotations

import math
import re
import struct
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext

_FLOATING = re.compile(
    r"[\x00-\x20]*([+-]?)(?:(NaN|Infinity)|(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[fFdD]?"
    r"|(0[xX](?:[0-9a-fA-F]+\.?|[0-9a-fA-F]*\.[0-9a-fA-F]+)[pP][+-]?\d+)[fFdD]?)[\x00-\x20]*",
    re.ASCII,
)


def to_float32(value: float) -> float:
    """The nearest 32 bit float, infinite when out of range."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def parse_double(text: str) -> float | None:
    """`Double.parseDouble`: blanks trimmed, `1.5d`, hexadecimal, `NaN`, `Infinity`; None where Java would throw."""
    found = _FLOATING.fullmatch(text)
    if not found:
        return None
    sign, word, plain, hexadecimal = found.groups()
    try:
        value = {"NaN": math.nan, "Infinity": math.inf}[word] if word else _magnitude(plain, hexadecimal)
    except OverflowError:
        value = math.inf
    return -value if sign == "-" else value


def _magnitude(plain: str | None, hexadecimal: str | None) -> float:
    return float(plain) if plain else float.fromhex(hexadecimal or "")


def double_text(value: float) -> str:
    """`Double.toString`: the shortest decimal that reads back, `1.0E7` from 10^7 on and below 10^-3."""
    return _named(value) or _plain_or_scientific(*_shortest(repr(value), f"{value:.1e}", value, float))


def real_text(value: float) -> str:
    """`Float.toString` of a value that is a 32 bit float already."""
    if named := _named(value):
        return named
    digits = next(t for n in range(9) if to_float32(float(t := f"{value:.{n}e}")) == value)
    return _plain_or_scientific(*_shortest(digits, f"{value:.1e}", value, lambda t: to_float32(float(t))))


def double_scientific(value: float) -> str:
    """CAST(double AS VARCHAR): `1.5E0`, `-0E0`, `NaN`."""
    if named := _named(value):
        return {"0.0": "0E0", "-0.0": "-0E0"}.get(named, named)
    if 1e-3 <= abs(value) < 1e15 and len(text := repr(abs(value))) <= 15:
        whole, _, fraction = text.partition(".")
        digits = (whole + fraction).lstrip("0")
        exponent = len(whole) - 1 if whole != "0" else len(digits) - len(fraction) - 1
        return _scientific(value < 0, digits.rstrip("0"), exponent)
    return _scientific(value < 0, *_floating_decimal(abs(value)))


def real_scientific(value: float) -> str:
    """CAST(real AS VARCHAR): at most seven digits, half to even (up for integers, which Java takes for inexact)."""
    if named := _named(value):
        return {"0.0": "0E0", "-0.0": "-0E0"}.get(named, named)
    wide = float(text := real_text(abs(value)))
    whole = wide < 2**63 and wide.is_integer()
    with localcontext(Context(prec=7, rounding=ROUND_HALF_UP if whole else ROUND_HALF_EVEN)):
        rounded = +Decimal(text if whole else wide)
    digits = "".join(map(str, rounded.as_tuple().digits)).rstrip("0")
    return _scientific(value < 0, digits, rounded.adjusted())


def decimal_of_double(value: float) -> Decimal:
    """`new BigDecimal(text)` of the shortest text: what casts of floating numbers to decimal start from."""
    return Decimal(double_text(value))


def rescale(value: Decimal, scale: int) -> Decimal:
    """`value` with `scale` digits after the point, half up, however many digits that takes."""
    with localcontext(Context(prec=400)):
        return value.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)


def round_half_away(value: float) -> int:
    """The nearest integer, halves away from zero (Trino's casts of doubles to integers)."""
    floor = math.floor(abs(value))
    nearest = floor + 1 if abs(value) - floor >= 0.5 else floor
    return -nearest if value < 0 else nearest


def _named(value: float) -> str | None:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return ("-0.0" if math.copysign(1, value) < 0 else "0.0") if value == 0 else None


def _shortest(text: str, two: str, value: float, read: object) -> tuple[bool, str, int]:
    """Sign, digits and exponent; Java wants two digits, so of one-digit texts it takes the nearest of two digits."""
    mantissa = Decimal(text)
    digits = "".join(map(str, mantissa.as_tuple().digits)).strip("0") or "0"
    if len(digits) == 1 and callable(read) and read(two) == value:
        mantissa = Decimal(two)
        digits = "".join(map(str, mantissa.as_tuple().digits)).rstrip("0") or "0"
    return mantissa < 0, digits, mantissa.adjusted()


def _plain_or_scientific(negative: bool, digits: str, exponent: int) -> str:
    if not -3 <= exponent < 7:
        return _scientific(negative, digits, exponent)
    if exponent < 0:
        whole, fraction = "0", "0" * (-exponent - 1) + digits
    else:
        padded = digits.ljust(exponent + 1, "0")
        whole, fraction = padded[: exponent + 1], padded[exponent + 1 :] or "0"
    return f"{'-' if negative else ''}{whole}.{fraction}"


def _scientific(negative: bool, digits: str, exponent: int) -> str:
    return f"{'-' if negative else ''}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _floating_decimal(value: float) -> tuple[str, int]:
    """Digits and decimal exponent of a positive double as `jdk.internal.math.FloatingDecimal.dtoa` develops them."""
    mantissa, power = math.frexp(value)
    fraction = int(mantissa * (1 << 53))
    binary, significant = power - 1, 53
    if binary < -1022:
        significant = 53 - (-1022 - binary)
    tail = (fraction & -fraction).bit_length() - 1
    bits = 53 - tail
    tiny = max(0, bits - binary - 1)
    if tiny == 0 and -21 <= binary <= 62 and bits < 64:
        return _whole(int(value), binary - significant - 1 if binary > significant else 0)
    return _develop(fraction >> tail, binary, bits, (tiny, significant))


def _whole(value: int, surplus: int) -> tuple[str, int]:
    drop = int(surplus * 0.30102999566) if surplus > 1 else 0
    if drop:
        value, residue = divmod(value, 10**drop)
        value += residue >= 10**drop // 2
    text = str(value)
    return text.rstrip("0") or "0", len(text) - 1 + drop


def _develop(fraction: int, binary: int, bits: int, precision: tuple[int, int]) -> tuple[str, int]:
    tiny, significant = precision
    scaled = fraction / (1 << (bits - 1))
    exponent = math.floor((scaled - 1.5) * 0.289529654 + 0.176091259 + binary * 0.301029995663981)
    b5, s5 = max(0, -exponent), max(0, exponent)
    b2, s2 = b5 + tiny + binary, s5 + tiny
    m2 = b2 - significant
    b2 -= bits - 1
    common = min(b2, s2)
    b2, s2, m2 = b2 - common, s2 - common, m2 - common - (bits == 1)
    if m2 < 0:
        b2, s2, m2 = b2 - m2, s2 - m2, 0
    ties_high = bits + b2 + _bits_of_5(b5) >= 64 or s2 + 1 + _bits_of_5(s5 + 1) >= 64
    return _digits(((fraction * 5**b5) << b2, (5**s5) << s2, (5**b5) << m2), exponent, ties_high)


def _bits_of_5(power: int) -> int:
    return (5**power).bit_length() if 0 < power < 27 else power * 3


def _digits(parts: tuple[int, int, int], exponent: int, ties_high: bool) -> tuple[str, int]:
    b, s, m = parts
    tens = s * 10 + (not ties_high)
    quotient, rest = divmod(b, s)
    b, m = rest * 10, m * 10
    low, high = b < m, b + m >= tens
    digits: list[int] = []
    if quotient == 0 and not high:
        exponent -= 1
    else:
        digits.append(quotient)
    if exponent < -3 or exponent >= 8:
        low = high = False
    while not (low or high):
        quotient, rest = divmod(b, s)
        b, m = rest * 10, m * 10
        low, high = b < m, b + m >= tens
        digits.append(quotient)
    if high and (not low or 2 * b > s * 10 or (2 * b == s * 10 and digits[-1] % 2)):
        text = str(int("".join(map(str, digits))) + 1)
        exponent += len(text) - len(digits)
    else:
        text = "".join(map(str, digits))
    return text.rstrip("0") or "0", exponent


def round_half_up(value: float) -> int:
    """`Math.round`: halves towards positive infinity."""
    return math.floor(value + 0.5)
