"""Byte strings taken apart and put together: substr, lpad, rpad, length, concat."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule, template

template("length", "varbinary", sql="octet_length({0})")


@rule("concat", "varbinary")
def concat(call: Call) -> str:
    if len(call.sql) < 2:
        return call.fail("INVALID_FUNCTION_ARGUMENT", "'There must be two or more concatenation arguments'")
    return f"({' || '.join(call.sql)})"


@kernel("substr", "varbinary, bigint", "varbinary, bigint, bigint")
def substr(data: bytes, start: int, size: int | None = None) -> bytes:
    """From the right for a negative start; empty for start 0 or one beyond either end."""
    if start == 0 or abs(start) > len(data):
        return b""
    first = start - 1 if start > 0 else len(data) + start
    if size is not None and size < 2**31 <= first + size:
        raise broken(f"Range [{first}, {first} + {size}) out of bounds")
    return data[first:] if size is None else data[first : first + max(size, 0)]


def _padding(data: bytes, size: int, pad: bytes) -> bytes:
    if not 0 <= size <= 2**31 - 1:
        raise invalid("Target length must be in the range [0..2147483647]")
    if not pad:
        raise invalid("Padding bytes must not be empty")
    missing = max(size - len(data), 0)
    return (pad * (missing // len(pad) + 1))[:missing]


@kernel("lpad", "varbinary, bigint, varbinary")
def lpad(data: bytes, size: int, pad: bytes) -> bytes:
    return _padding(data, size, pad) + data[: max(size, 0)]


@kernel("rpad", "varbinary, bigint, varbinary")
def rpad(data: bytes, size: int, pad: bytes) -> bytes:
    return data[: max(size, 0)] + _padding(data, size, pad)
