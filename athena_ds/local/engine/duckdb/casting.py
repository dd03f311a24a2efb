"""Casts: structures element by element, and for each pair of plain types what the casts' module registered."""

from __future__ import annotations

import itertools
from typing import Any

from athena_ds.local.engine.duckdb.functions.registry import Call, Unknown, meaning
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.engine.duckdb.planner import Applied, Planner, apply
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, Type
from athena_ds.local.sql.coercion import OPAQUE

_VARIABLES = itertools.count()


def cast(planner: Planner, sql: str, source: Type, target: Type, constant: Any = Unknown) -> str:
    """`sql`, a value of `source`, as `target`."""
    if source.base == "unknown":
        return f"CAST({sql} AS {physical(target)})" if target.base == "unknown" else f"CAST(NULL AS {physical(target)})"
    if is_same(source, target):
        return sql
    simple = _simple(sql, source, target)
    if simple is not None:
        return simple
    if source.elements and source.base == target.base:
        return _structured(planner, sql, source, target)
    how = meaning("cast", f"{source.base} -> {target.base}")
    if how is None:
        raise EngineError("NOT_SUPPORTED", f"Cast not supported by the local engine: {source} to {target}")
    call = Call(
        name="cast",
        signature=f"{source.base} -> {target.base}",
        arguments=(source,),
        result=target,
        sql=(sql,),
        constants=(constant,),
        lambdas=(None,),
        workshop=planner,
    )
    return apply(planner, how, Applied(call=call))


def is_same(source: Type, target: Type) -> bool:  # noqa: PLR0911
    """Whether every value of `source` is physically the same value of `target`."""
    if source == target:
        return True
    if source.base == "unknown":
        return False
    if source.base == "varchar" and target.base in ("varchar", *OPAQUE):
        return (
            target.base in OPAQUE
            or not target.arguments
            or (bool(source.arguments) and source.precision <= target.precision)
        )
    if source.base != target.base:
        return False
    if source.base in ("timestamp", "time", "timestamp with time zone", "time with time zone"):
        physical(target)
        return source.precision <= target.precision
    if source.elements and len(source.elements) == len(target.elements):
        return all(is_same(a, b) for a, b in zip(source.elements, target.elements, strict=True))
    return False


def _simple(sql: str, source: Type, target: Type) -> str | None:
    """Widenings DuckDB does exactly."""
    if source.base in INTEGERS:
        if target.base in INTEGERS and INTEGERS[source.base] < INTEGERS[target.base]:
            return f"CAST({sql} AS {physical(target)})"
        if target.base in ("double", "real"):
            return f"CAST({sql} AS {physical(target)})"
    if source.base == "real" and target.base == "double":
        return f"CAST({sql} AS DOUBLE)"
    if source.base == target.base == "decimal":
        wider = target.scale >= source.scale and target.precision - target.scale >= source.precision - source.scale
        return f"CAST({sql} AS {physical(target)})" if wider else None
    return None


def _structured(planner: Planner, sql: str, source: Type, target: Type) -> str:
    variable = f"v{next(_VARIABLES)}"
    inner = source.elements, target.elements
    if source.base == "array":
        changed = cast(planner, variable, inner[0][0], inner[1][0])
        return f"CAST(list_transform({sql}, lambda {variable}: {changed}) AS {physical(target)})"
    if source.base == "row":
        parts = ", ".join(
            f"f{i} := {cast(planner, f'struct_extract({sql}, {chr(39)}f{i}{chr(39)})', a, b)}"
            for i, (a, b) in enumerate(zip(*inner, strict=True))
        )
        return f"CASE WHEN {sql} IS NULL THEN CAST(NULL AS {physical(target)}) ELSE struct_pack({parts}) END"
    key = cast(planner, f"{variable}.key", inner[0][0], inner[1][0])
    value = cast(planner, f"{variable}.value", inner[0][1], inner[1][1])
    entries = f"list_transform(map_entries({sql}), lambda {variable}: struct_pack(key := {key}, value := {value}))"
    kind = physical(target)
    made = f"CAST(map_from_entries({entries}) AS {kind})"
    return f"CASE WHEN {sql} IS NULL THEN CAST(NULL AS {kind}) ELSE {made} END"
