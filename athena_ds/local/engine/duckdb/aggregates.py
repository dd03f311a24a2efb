"""Aggregates and windows to DuckDB SQL: DISTINCT, FILTER, ORDER BY and OVER put where DuckDB takes them."""

from __future__ import annotations

from dataclasses import replace

from athena_ds.local.engine.duckdb.calls import registry_call
from athena_ds.local.engine.duckdb.comparison import holds, is_plain, sort_key, sortable, unbroken
from athena_ds.local.engine.duckdb.frames import framed
from athena_ds.local.engine.duckdb.functions.registry import Around, Call, Kernel, meaning
from athena_ds.local.engine.duckdb.physical import physical, text
from athena_ds.local.engine.duckdb.planner import Planner, bound
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BOOLEAN, VARCHAR, array
from athena_ds.local.sql.coercion import is_orderable
from athena_ds.local.sql.tree import Aggregate, Constant, Expression, Frame, SortKey, Symbol, Window
from athena_ds.local.sql.walk import walk


def sort_list(planner: Planner, keys: tuple[SortKey, ...]) -> str:
    """ORDER BY's list, Trino's order and its NULLs."""
    return ", ".join(_sorted(planner, key) for key in keys)


_FLOATS = ("real", "double")


def _sorted(planner: Planner, key: SortKey, *, alone: bool = False) -> str:
    """One key. With NULLS FIRST Trino takes NaN for the least of all numbers, else for the greatest.

    `alone`: nothing may be put before the key.
    """
    kind = key.expression.type
    sql = sortable(planner.expression(key.expression), kind, planner.kernels)
    sql = f"({sql})" if isinstance(key.expression, Constant) else sql
    told = f"{sql} {'DESC' if key.descending else 'ASC'} NULLS {'FIRST' if key.nulls_first else 'LAST'}"
    if not key.nulls_first or not holds(kind, _FLOATS):
        return told
    if alone or kind.base not in _FLOATS:
        raise EngineError("NOT_SUPPORTED", f"Order of {kind} with NULLS FIRST is not supported by the local engine")
    return f"isnan({sql}) {'ASC' if key.descending else 'DESC'} NULLS FIRST, {told}"


def lowered_aggregate(planner: Planner, aggregate: Aggregate, over: str = "") -> str:
    """An aggregate over its group, or over a window when `over` is given."""
    around = _around(planner, aggregate, over)
    if aggregate.name == "listagg":
        call = _call(planner, aggregate, around)
        return _within_limit(call, call.aggregate("string_agg", *call.sql), overflow=aggregate.detail)
    how = meaning(aggregate.name, aggregate.signature)
    if how is None:
        raise EngineError(
            "NOT_SUPPORTED", f"Function not supported by the local engine: {aggregate.name}({aggregate.signature})"
        )
    if aggregate.distinct:
        _check_distinct(aggregate)
    call = _call(planner, aggregate, around)
    if not isinstance(how, Kernel):
        return how(call)
    if any(part is not None for part in call.lambdas):
        raise EngineError("NOT_SUPPORTED", f"Function not supported by the local engine with a lambda: {call.name}")
    kinds = [array(kind) for kind in call.arguments]
    lists = (f"CAST(coalesce({sql}, []) AS {physical(kind)})" for sql, kind in zip(call.lists(), kinds, strict=True))
    function = bound(how.function, call) if how.typed else how.function
    return planner.kernels.call(function, tuple(zip(lists, kinds, strict=True)), call.result, strict=False)


_LISTAGG_BYTES = 1_048_576


def _within_limit(call: Call, joined: str, *, overflow: tuple[str, bool] | None) -> str:
    """Trino's listagg holds a mebibyte; what is longer fails, or is cut after the last value that fits."""
    if overflow is None:
        words = f"Concatenated string has the length in bytes larger than the maximum output length {_LISTAGG_BYTES}"
        too_long = call.fail("EXCEEDED_FUNCTION_MEMORY_LIMIT", f"'{words}'")
    else:
        filler, counted = overflow
        values = call.aggregate("list", call.sql[0]), array(VARCHAR)
        rest = (call.sql[1], VARCHAR), (text(filler), VARCHAR), (str(counted).lower(), BOOLEAN)
        too_long = call.kernel(_cut, values, *rest)
    return f"CASE WHEN strlen({joined}) > {_LISTAGG_BYTES} THEN {too_long} ELSE {joined} END"


def _cut(values: list[str | None], separator: str, filler: str, counted: bool) -> str:
    known = [value for value in values if value is not None]
    size, fitting = 0, 0
    for value in known:
        size += len(value.encode()) + (len(separator.encode()) if fitting else 0)
        if size > _LISTAGG_BYTES:
            break
        fitting += 1
    left_out = f"({len(known) - fitting})" if counted else ""
    return separator.join([*known[:fitting], f"{filler}{left_out}"])


def _call(planner: Planner, aggregate: Aggregate, around: Around) -> Call:
    return replace(registry_call(planner, aggregate), around=around)


def _partition_key(planner: Planner, expression: Expression) -> str:
    """Trino sorts rows into partitions, and may fail to where values have no order; DuckDB takes no volatile key."""
    if not is_orderable(expression.type):
        message = f"PARTITION BY a value of {expression.type} is not supported by the local engine"
        raise EngineError("NOT_SUPPORTED", message)
    sql = planner.expression(expression)
    varies = any(isinstance(part, Symbol) for part in walk(expression))
    whole = unbroken(sql, expression.type, planner.kernels, about=sql if varies else None)
    return f"({sort_key(whole, expression.type, planner.kernels)})"


_SENSITIVE = frozenset(("array_agg", "listagg", "map_agg", "multimap_agg"))
"""The aggregates Trino sorts for; of any other it forgets the ORDER BY (PruneOrderByInAggregation)."""

_FIRST_COME = frozenset(("arbitrary", "any_value", "reduce_agg"))
"""Those whose answer depends on the order all the same."""

_FIRST_ROWS = frozenset(("approx_percentile", "numeric_histogram", "max", "min", "max_by", "min_by"))
"""Those that take a setting, or one of equal keys, from the first or last of their rows."""


def _check_distinct(aggregate: Aggregate) -> None:
    """DuckDB's DISTINCT takes values for different that Trino takes for equal, where zones are in them.

    What an aggregate that shows its input's order makes of DISTINCT depends on Trino's hashing and threads: any order
    of array_agg's values is right, but which of equal keys map_agg keeps changes its answer.
    """
    name = aggregate.name
    if name in _FIRST_COME or (name in _SENSITIVE and name != "array_agg" and not aggregate.order):
        remedy = f": write {name}(DISTINCT x ORDER BY x)" if name in _SENSITIVE else ""
        raise EngineError("NOT_SUPPORTED", f"{name}(DISTINCT x) has no defined order{remedy}")
    if name in _FIRST_ROWS and not all(isinstance(argument, Constant) for argument in aggregate.arguments[1:]):
        raise EngineError(
            "NOT_SUPPORTED", f"{name}(DISTINCT ...) of several columns is not supported by the local engine"
        )
    for argument in aggregate.arguments:
        if "zone" in str(argument.type):
            raise EngineError("NOT_SUPPORTED", f"DISTINCT over {argument.type} is not supported by the local engine")


def _around(planner: Planner, aggregate: Aggregate, over: str, *, ignore_nulls: bool = False) -> Around:
    condition = aggregate.condition
    order = tuple(key for key in _order(aggregate) if not isinstance(key.expression, Constant))
    return Around(
        distinct=aggregate.distinct,
        order=f" ORDER BY {sort_list(planner, order)}" if order else "",
        nulls=" IGNORE NULLS" if ignore_nulls else "",
        filter=f" FILTER (WHERE {planner.expression(condition)})" if condition is not None else "",
        over=over,
        listed=bool(over) or (planner.listed and condition is None),
    )


def _order(aggregate: Aggregate) -> tuple[SortKey, ...]:
    """In which order the values are taken; where any will do, in their own, so that the answer is always the same."""
    if aggregate.name not in _SENSITIVE:
        return ()
    any_will_do = aggregate.distinct and aggregate.name == "array_agg" and is_plain(aggregate.arguments[0].type)
    return (SortKey(expression=aggregate.arguments[0]),) if any_will_do and not aggregate.order else aggregate.order


def _has_distance(frame: Frame) -> bool:
    return any(value is not None for _, value in (frame.start, frame.end))


def lowered_window(planner: Planner, window: Window) -> str:
    """`function OVER (PARTITION BY ... ORDER BY ... frame)`."""
    parts = []
    if window.partition:
        parts.append(f"PARTITION BY {', '.join(_partition_key(planner, p) for p in window.partition)}")
    if window.order:
        distances = window.frame is not None and window.frame.unit == "RANGE" and _has_distance(window.frame)
        parts.append(f"ORDER BY {', '.join(_sorted(planner, key, alone=distances) for key in window.order)}")
    if window.frame is not None:
        parts.append(framed(planner, window.frame, window.order))
    over = f" OVER ({' '.join(parts)})"
    if window.kind == "aggregate":
        return lowered_aggregate(planner, window.function, over)
    function = window.function
    how = meaning(function.name, function.signature)
    if how is None or isinstance(how, Kernel):
        raise EngineError(
            "NOT_SUPPORTED", f"Function not supported by the local engine: {function.name}({function.signature})"
        )
    return how(_call(planner, function, _around(planner, function, over, ignore_nulls=window.ignore_nulls)))
