"""Bits of integers. Java takes a shift's distance modulo the word; Trino answers 0 (or the sign) from the width on."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, template
from athena_ds.local.seam.types import INTEGERS

template("bitwise_and", sql="(({0}) & ({1}))")
template("bitwise_or", sql="(({0}) | ({1}))")
template("bitwise_xor", sql="xor({0}, {1})")
template("bitwise_not", sql="(~({0}))")


def signed(value: int, bits: int) -> int:
    """The low bits as a two's complement number."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


@kernel("bitwise_left_shift", typed=True)
def bitwise_left_shift(value: int, shift: int, *, call: Call) -> int:
    bits = INTEGERS[call.result.base]
    return signed(value << (shift & 63), bits) if shift < bits else 0


@kernel("bitwise_right_shift", typed=True)
def bitwise_right_shift(value: int, shift: int, *, call: Call) -> int:
    """The logical shift: zeros come in at the width of the type."""
    bits = INTEGERS[call.result.base]
    if shift == 0 or shift >= bits:
        return 0 if shift else value
    found = (value & ((1 << bits) - 1)) >> (shift & 63)
    if bits < 64 and found >= 1 << (bits - 1):
        raise broken(f"Value {found} exceeds {_MOST[bits]} for type {call.result}")
    return signed(found, bits)


_MOST = {8: "MAX_BYTE", 16: "MAX_SHORT", 32: "MAX_INT"}


@kernel("bitwise_right_shift_arithmetic", typed=True)
def bitwise_right_shift_arithmetic(value: int, shift: int, *, call: Call) -> int:
    if shift >= INTEGERS[call.result.base]:
        return -1 if value < 0 else 0
    return value >> (shift & 63)


@kernel("bit_count")
def bit_count(value: int, bits: int) -> int:
    if not 2 <= bits <= 64:
        raise invalid(f"Bits specified in bit_count must be between 2 and 64, got {bits}")
    if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        raise invalid(
            f"Number must be representable with the bits specified. {value} cannot be represented with {bits} bits"
        )
    return (value & ((1 << bits) - 1)).bit_count()


DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@kernel("to_base")
def to_base(value: int, radix: int) -> str:
    _check_radix(radix)
    rest, digits = abs(value), ""
    while rest:
        rest, digit = divmod(rest, radix)
        digits = DIGITS[digit] + digits
    text = ("-" if value < 0 else "") + (digits or "0")
    if len(text) > 64:
        raise broken("Character count exceeds length limit 64")
    return text


@kernel("from_base")
def from_base(text: str, radix: int) -> int:
    """`Long.parseLong`: a sign, then digits of any script."""
    _check_radix(radix)
    digits = text[1:] if text[:1] in ("+", "-") else text
    try:
        value = int(digits, radix) if digits[:1].isalnum() and "_" not in digits and digits.isalnum() else None
    except ValueError:
        value = None
    signed_value = None if value is None else -value if text[0] == "-" else value
    if signed_value is None or not -(2**63) <= signed_value < 2**63:
        raise invalid(f"Not a valid base-{radix} number: {text}")
    return signed_value


def _check_radix(radix: int) -> None:
    if not 2 <= radix <= 36:
        raise invalid("Radix must be between 2 and 36")
