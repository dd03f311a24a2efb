"""Trino's equality and order in DuckDB: NaN equals nothing, an instant has no zone, a NULL inside makes NULL."""

from __future__ import annotations

import functools
import re
from typing import Any

from athena_ds.local.engine.duckdb.functions import values
from athena_ds.local.engine.duckdb.functions.values import NULL_INSIDE, equal, identity, octets
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
            return kernels.call(octets, ((sql, kind),), VARBINARY)
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
            return bool(identity(left, kind) != identity(right, kind))
        if operator in ("=", "<>"):
            same = equal(left, right, kind)
            return same if operator == "=" or same is None else not same
        order = values.compare(left, right, kind)
        return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]

    return run


@functools.cache
def extreme(name: str, kind: Type) -> Any:
    """GREATEST or LEAST over kernels' values."""
    sign = 1 if name == "greatest" else -1

    def run(*given: Any) -> Any:
        return values.extreme(given, kind, sign)

    return run
