"""When two Trino values are the same, and which comes first: equality, identity and order by type.

`=` answers NULL where a NULL decides and says NaN differs from itself; identity (`IS NOT DISTINCT FROM`, what DISTINCT,
GROUP BY, map keys and set functions use) takes NaN and NULL for equal to themselves and 0.0 for -0.0.
"""

from __future__ import annotations

import datetime
import ipaddress
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from athena_ds.local.engine.duckdb.functions.java_numbers import double_text, real_text
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type
from athena_ds.local.seam.zones import OffsetTime

Key = Any
"""Something hashable."""

SIMPLE = frozenset(
    (
        *("boolean", "tinyint", "smallint", "integer", "bigint", "decimal", "varchar", "char", "varbinary", "json"),
        *("date", "time", "timestamp", "interval day to second", "interval year to month"),
        *("uuid", "ipaddress", "unknown"),
    )
)
"""Types whose stored values are equal exactly when Trino says so (no NaN, no zone, no NULL inside)."""


def simple(kind: Type) -> bool:
    return kind.base in SIMPLE


def identity(value: Any, kind: Type) -> Key:  # noqa: PLR0911
    """A hashable that is equal for values not distinct from each other."""
    if value is None:
        return None
    match kind.base:
        case "double" | "real":
            return "NaN" if math.isnan(value) else value + 0.0
        case "timestamp with time zone":
            return value.utc
        case "time with time zone":
            return instant(value)
        case "array":
            return tuple(identity(v, kind.elements[0]) for v in value)
        case "map":
            key, item = kind.elements
            return frozenset((identity(k, key), identity(v, item)) for k, v in value)
        case "row":
            return tuple(identity(v, t) for v, t in zip(value, kind.elements, strict=True))
        case _:
            return value


def instant(value: OffsetTime) -> int:
    """Microseconds of the day in UTC: what `time with time zone` is compared by."""
    local = value.local
    micros = ((local.hour * 60 + local.minute) * 60 + local.second) * 1_000_000 + local.microsecond
    return (micros - value.offset * 60_000_000) % 86_400_000_000


def indeterminate(value: Any, kind: Type) -> bool:
    """Whether `=` on this value can be NULL: it is NULL or holds one."""
    if value is None:
        return True
    match kind.base:
        case "array":
            return any(indeterminate(v, kind.elements[0]) for v in value)
        case "map":
            return any(indeterminate(v, kind.elements[1]) for _, v in value)
        case "row":
            return any(indeterminate(v, t) for v, t in zip(value, kind.elements, strict=True))
        case _:
            return False


def equal(left: Any, right: Any, kind: Type) -> bool | None:  # noqa: PLR0911
    """`left = right`: True, False, or None for NULL."""
    if left is None or right is None:
        return None
    match kind.base:
        case "double" | "real":
            return bool(left == right)
        case "array":
            if len(left) != len(right):
                return False
            return _all(equal(a, b, kind.elements[0]) for a, b in zip(left, right, strict=True))
        case "row":
            return _all(equal(a, b, t) for a, b, t in zip(left, right, kind.elements, strict=True))
        case "map":
            return _equal_maps(left, right, kind)
        case _:
            return bool(identity(left, kind) == identity(right, kind))


def _equal_maps(left: Any, right: Any, kind: Type) -> bool | None:
    """A key that does not equal itself, as NaN, is not found."""
    key, item = kind.elements
    others = {identity(k, key): v for k, v in right}
    if len(left) != len(right) or any(identity(k, key) not in others or not equal(k, k, key) for k, _ in left):
        return False
    return _all(equal(v, others[identity(k, key)], item) for k, v in left)


def _all(results: Any) -> bool | None:
    unknown = False
    for result in results:
        if result is False:
            return False
        unknown = unknown or result is None
    return None if unknown else True


NULL_INSIDE = {
    "row": "ROW comparison not supported for fields with null elements",
    "array": "ARRAY comparison not supported for arrays with null elements",
}


def compare(left: Any, right: Any, kind: Type, *, nan: int = 1) -> int:
    """Negative, zero or positive; raises NOT_SUPPORTED where a NULL inside has to be compared.

    NaN comes after everything, or with `nan=-1` before; it stands inside arrays and rows as it does alone.
    """
    match kind.base:
        case "double" | "real":
            odd = math.isnan(left) - math.isnan(right)
            return odd * nan or int(left > right) - int(left < right)
        case "array" | "row":
            return _compare_parts(left, right, kind, nan)
        case "ipaddress":
            first, second = octets(left), octets(right)
        case _:
            first, second = identity(left, kind), identity(right, kind)
    return int(first > second) - int(first < second)


def octets(address: str) -> bytes:
    """What an address is compared by: sixteen bytes, IPv4 mapped."""
    found = ipaddress.ip_address(address)
    return b"\0" * 10 + b"\xff\xff" + found.packed if found.version == 4 else found.packed


def _compare_parts(left: Any, right: Any, kind: Type, nan: int) -> int:
    kinds = kind.elements if kind.base == "row" else kind.elements * max(len(left), len(right))
    for a, b, part in zip(left, right, kinds, strict=False):
        if a is None or b is None:
            raise EngineError("NOT_SUPPORTED", NULL_INSIDE[kind.base])
        if found := compare(a, b, part, nan=nan):
            return found
    return len(left) - len(right)


def beats(value: Any, best: Any, kind: Type, sign: int) -> bool:
    """Whether a value is greater (`sign` 1) or less (-1) than the best so far: NaN loses against everything."""
    return compare(value, best, kind, nan=-sign) * sign > 0


def extreme(values: Sequence[Any], kind: Type, sign: int) -> Any:
    """The greatest (`sign` 1) or the least (-1) of values that are not NULL, the first of equals."""
    best, *others = values
    for value in others:
        if beats(value, best, kind, sign):
            best = value
    return best


def order(kind: Type) -> Callable[[Any], Any]:
    """A sort key (for values that are not NULL)."""
    if kind.base in ("double", "real"):
        return lambda v: (1, 0.0) if math.isnan(v) else (0, v)
    if kind.base == "ipaddress":
        return octets
    if simple(kind):
        return lambda v: v
    return cmp_to_key(lambda a, b: compare(a, b, kind))


def unscaled(value: Decimal) -> int:
    """The integer behind a decimal's digits (`scaleb` would round it to the context's 28)."""
    return int(f"{value:f}".replace(".", ""))


def decimal_of(number: int, scale: int) -> Decimal:
    """The decimal with these digits, exactly."""
    return Decimal(f"{number}E-{scale}")


def shown(value: Any, kind: Type) -> str:  # noqa: C901, PLR0911
    """A value inside an error message, as Java prints Trino's object for it."""
    if value is None:
        return "null"
    match kind.base:
        case "double":
            return double_text(value)
        case "real":
            return real_text(value)
        case "boolean":
            return "true" if value else "false"
        case "array":
            return f"[{', '.join(shown(v, kind.elements[0]) for v in value)}]"
        case "row":
            return f"[{', '.join(shown(v, t) for v, t in zip(value, kind.elements, strict=True))}]"
        case "map":
            pairs = (f"{shown(k, kind.elements[0])}={shown(v, kind.elements[1])}" for k, v in value)
            return f"{{{', '.join(pairs)}}}"
        case "varbinary":
            return " ".join(f"{b:02x}" for b in value)
        case "timestamp":
            return _timestamp(value, kind.precision)
        case "timestamp with time zone":
            return f"{_timestamp(value.utc, kind.precision)} UTC" if value.zone == "UTC" else str(value.utc)
        case _:
            return str(value)


def _timestamp(value: datetime.datetime, precision: int) -> str:
    fraction = f".{value.microsecond:06d}"[: precision + 1] if precision else ""
    return f"{value:%Y-%m-%d %H:%M:%S}{fraction}"
