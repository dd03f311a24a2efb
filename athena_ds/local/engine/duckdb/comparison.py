"""Trino's equality and order in DuckDB: NaN equals nothing, an instant has no zone, a NULL inside makes NULL."""

from __future__ import annotations

import functools
import ipaddress
import math
import re
from typing import Any

from athena_ds.local.engine.duckdb.kernels import Kernels
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BOOLEAN, VARBINARY, Type

_ZONED = ("timestamp with time zone", "time with time zone")


def sort_key(sql: str, kind: Type, kernels: Kernels) -> str:
    """What to order, group and compare by, so that DuckDB's own order is Trino's."""
    match kind.base:
        case "timestamp with time zone":
            return f"struct_extract({sql}, 'utc')"
        case "time with time zone":
            return _time_key(sql)
        case "ipaddress":
            return kernels.call(_address, ((sql, kind),), VARBINARY)
        case "array" | "map" | "row" if holds(kind, (*_ZONED, "ipaddress")):
            raise EngineError("NOT_SUPPORTED", f"Order of {kind} is not supported by the local engine")
        case _:
            return sql


def unbroken(sql: str, kind: Type, kernels: Kernels, *, about: str | None = None) -> str:
    """The value, or a refusal where a NULL is inside: Trino fails when it has to order or bound such values."""
    if kind.base not in ("array", "row"):
        return sql
    failed = kernels.fail("NOT_SUPPORTED", f"'{NULL_INSIDE[kind.base]}'", kind, about=about)
    return f"CASE WHEN {sql} IS NOT NULL AND ({_null_inside(sql, kind)}) THEN {failed} ELSE {sql} END"


def sortable(sql: str, kind: Type, kernels: Kernels) -> str:
    """The key of an ORDER BY: Trino compares no arrays and rows with a NULL inside."""
    key = sort_key(sql, kind, kernels)
    if kind.base not in ("array", "row"):
        return key
    failed = kernels.fail("NOT_SUPPORTED", f"'{NULL_INSIDE[kind.base]}'", kind)
    return f"CASE WHEN {sql} IS NOT NULL AND ({_null_inside(sql, kind)}) THEN {failed} ELSE {key} END"


NULL_INSIDE = {
    "array": "ARRAY comparison not supported for arrays with null elements",
    "row": "ROW comparison not supported for fields with null elements",
}


def _null_inside(sql: str, kind: Type) -> str:
    """Whether a value that is not NULL has one at any depth."""
    if kind.base == "array":
        own = f"list_count({sql}) <> len({sql})"
        if kind.elements[0].base not in ("array", "row"):
            return own
        inner = f"list_transform({sql}, lambda part: {_null_inside('part', kind.elements[0])})"
        return f"{own} OR coalesce(list_bool_or({inner}), false)"
    fields = [f"struct_extract({sql}, 'f{i}')" for i in range(len(kind.elements))]
    empty = [f"{field} IS NULL" for field in fields]
    deeper = [
        f"({_null_inside(field, element)})"
        for field, element in zip(fields, kind.elements, strict=True)
        if element.base in ("array", "row")
    ]
    return " OR ".join([*empty, *deeper])


def _time_key(sql: str) -> str:
    local = f"CAST(struct_extract({sql}, 'local') AS TIME)"
    hours, minutes = f"date_part('hour', {local}) * 3600000000", f"date_part('minute', {local}) * 60000000"
    micros = f"({hours} + {minutes} + date_part('microseconds', {local}))"
    return f"(({micros} - CAST(struct_extract({sql}, 'offset') AS BIGINT) * 60000000 + 86400000000) % 86400000000)"


def _address(value: str) -> bytes:
    found = ipaddress.ip_address(value)
    return b"\x00" * 10 + b"\xff\xff" + found.packed if found.version == 4 else found.packed


def holds(kind: Type, bases: tuple[str, ...]) -> bool:
    """Whether a type is one of these, or has one inside."""
    return kind.base in bases or any(holds(element, bases) for element in kind.elements)


def is_plain(kind: Type) -> bool:
    """Whether DuckDB's own comparison of the physical values is Trino's."""
    return not kind.elements and kind.base not in ("real", "double", "ipaddress", *_ZONED)


def compare(operator: str, kind: Type, sides: tuple[str, str], kernels: Kernels) -> str:
    """`left operator right`, both of `kind`; IS DISTINCT FROM too."""
    left, right = sides
    if kind.base in ("real", "double"):
        return _floats(operator, left, right)
    if kind.elements:
        return _structured(operator, kind, sides, kernels)
    if kind.base == "ipaddress" and operator in ("=", "<>", "IS DISTINCT FROM"):
        return f"({left} {operator} {right})"
    a, b = (sort_key(side, kind, kernels) for side in sides)
    return f"({a} {operator} {b})"


def _floats(operator: str, left: str, right: str) -> str:
    """DuckDB holds NaN equal to itself and above all else; Trino's comparisons with it are false."""
    if operator == "IS DISTINCT FROM":
        return f"({left} IS DISTINCT FROM {right})"
    unsafe = [side for side in (left, right) if not _is_number(side)]
    if not unsafe:
        return f"({left} {operator} {right})"
    nan = " OR ".join(f"isnan({side})" for side in unsafe)
    answer = "true" if operator == "<>" else "false"
    known = f"{left} IS NOT NULL AND {right} IS NOT NULL"
    return f"CASE WHEN {known} AND ({nan}) THEN {answer} ELSE {left} {operator} {right} END"


_NUMBER = re.compile(r"CAST\('[-+.0-9e]+' AS (DOUBLE|FLOAT)\)")


def _is_number(sql: str) -> bool:
    """Whether the expression is a literal that isn't NaN."""
    return _NUMBER.fullmatch(sql) is not None


def _structured(operator: str, kind: Type, sides: tuple[str, str], kernels: Kernels) -> str:
    left, right = sides
    if operator == "IS DISTINCT FROM" and not holds(kind, _ZONED):
        return f"({left} IS DISTINCT FROM {right})"
    if operator in ("=", "<>") and kind.base == "row":
        parts = [
            compare("=", element, (f"struct_extract({left}, 'f{i}')", f"struct_extract({right}, 'f{i}')"), kernels)
            for i, element in enumerate(kind.elements)
        ]
        same = f"({' AND '.join(parts)})"
        return same if operator == "=" else f"(NOT {same})"
    function = _function(operator, kind)
    return kernels.call(function, ((left, kind), (right, kind)), BOOLEAN, strict=operator != "IS DISTINCT FROM")


@functools.cache
def _function(operator: str, kind: Type) -> Any:
    def run(left: Any, right: Any) -> bool | None:
        if operator == "IS DISTINCT FROM":
            return distinct(kind, left, right)
        if operator in ("=", "<>"):
            same = equal(kind, left, right)
            return same if operator == "=" or same is None else not same
        order = ordered(kind, left, right)
        return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]

    return run


def equal(kind: Type, left: Any, right: Any) -> bool | None:
    """Trino's `=` on kernels' values: None where a NULL inside leaves it open."""
    if left is None or right is None:
        return None
    match kind.base:
        case "array":
            if len(left) != len(right):
                return False
            return _all(equal(kind.elements[0], a, b) for a, b in zip(left, right, strict=True))
        case "row":
            return _all(equal(k, a, b) for k, a, b in zip(kind.elements, left, right, strict=True))
        case "map":
            return _maps(kind, left, right)
        case _:
            return bool(order_of(kind, left) == order_of(kind, right))


def _maps(kind: Type, left: Any, right: Any) -> bool | None:
    if len(left) != len(right):
        return False
    others = list(right)
    found = []
    for key, value in left:
        hit = next((b for a, b in others if equal(kind.elements[0], a, key)), _MISSING)
        if hit is _MISSING:
            return False
        found.append(equal(kind.elements[1], value, hit))
    return _all(found)


_MISSING = object()


def _all(results: Any) -> bool | None:
    seen = list(results)
    return False if False in seen else None if None in seen else True


def distinct(kind: Type, left: Any, right: Any) -> bool:
    """Trino's IS DISTINCT FROM: NULLs, and NaNs, are the same as themselves."""
    if left is None or right is None:
        return left is not right
    if kind.base in ("real", "double"):
        return not (left == right or (left != left and right != right))  # noqa: PLR0124
    match kind.base:
        case "array":
            return len(left) != len(right) or any(
                distinct(kind.elements[0], a, b) for a, b in zip(left, right, strict=True)
            )
        case "row":
            return any(distinct(k, a, b) for k, a, b in zip(kind.elements, left, right, strict=True))
        case "map":
            others = list(right)
            return len(left) != len(others) or any(
                all(distinct(kind.elements[0], k, a) or distinct(kind.elements[1], v, b) for a, b in others)
                for k, v in left
            )
        case _:
            return bool(order_of(kind, left) != order_of(kind, right))


def ordered(kind: Type, left: Any, right: Any) -> int:
    """Below zero, zero or above, as Trino orders; a NULL inside fails."""
    if kind.base in ("array", "row"):
        kinds = kind.elements * len(left) if kind.base == "array" else kind.elements
        for k, a, b in zip(kinds, left, right, strict=False):
            if a is None or b is None:
                raise EngineError("NOT_SUPPORTED", NULL_INSIDE[kind.base])
            found = ordered(k, a, b)
            if found:
                return found
        return len(left) - len(right) if kind.base == "array" else 0
    a, b = order_of(kind, left), order_of(kind, right)
    return int(a > b) - int(a < b)


@functools.cache
def extreme(name: str, kind: Type) -> Any:
    """GREATEST or LEAST over kernels' values."""
    sign = 1 if name == "greatest" else -1

    def run(*values: Any) -> Any:
        best = values[0]
        for value in values[1:]:
            if best != best or (value == value and _above(kind, value, best) * sign > 0):  # noqa: PLR0124 - NaN
                best = value
        return best

    return run


def _above(kind: Type, left: Any, right: Any) -> int:
    if kind.base in ("real", "double") and left == right == 0:
        return int(math.copysign(1, left) - math.copysign(1, right))
    return ordered(kind, left, right)


def order_of(kind: Type, value: Any) -> Any:
    """What to compare of a kernel's value."""
    match kind.base:
        case "timestamp with time zone":
            return value.utc
        case "time with time zone":
            local = value.local
            return (
                (local.hour * 60 + local.minute - value.offset) * 60_000_000
                + local.second * 1_000_000
                + local.microsecond
            ) % 86_400_000_000
        case "ipaddress":
            return _address(value)
        case "varchar" | "char":
            return value.encode()
        case _:
            return value
