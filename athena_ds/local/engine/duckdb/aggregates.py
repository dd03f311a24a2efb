"""Aggregates and windows to DuckDB SQL: DISTINCT, FILTER, ORDER BY and OVER put where DuckDB takes them."""

from __future__ import annotations

from dataclasses import replace

from athena_ds.local.engine.duckdb.comparison import sort_key, sortable, unbroken
from athena_ds.local.engine.duckdb.functions.registry import Around, Call, Kernel, meaning
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.engine.duckdb.planner import Planner, bound
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import array
from athena_ds.local.sql.tree import Aggregate, Constant, Frame, SortKey, Window


def sort_list(planner: Planner, keys: tuple[SortKey, ...]) -> str:
    """ORDER BY's list, Trino's order and its NULLs."""
    parts = []
    for key in keys:
        sql = sortable(planner.expression(key.expression), key.expression.type, planner.kernels)
        sql = f"({sql})" if isinstance(key.expression, Constant) else sql
        parts.append(f"{sql} {'DESC' if key.descending else 'ASC'} NULLS {'FIRST' if key.nulls_first else 'LAST'}")
    return ", ".join(parts)


def lowered_aggregate(planner: Planner, aggregate: Aggregate, over: str = "") -> str:
    """An aggregate over its group, or over a window when `over` is given."""
    around = _around(planner, aggregate, over)
    if aggregate.name == "listagg":
        call = _call(planner, aggregate, around)
        return _within_limit(call, call.aggregate("string_agg", *call.sql))
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


def _within_limit(call: Call, joined: str) -> str:
    """Trino's listagg holds a mebibyte."""
    words = f"Concatenated string has the length in bytes larger than the maximum output length {_LISTAGG_BYTES}"
    too_long = call.fail("EXCEEDED_FUNCTION_MEMORY_LIMIT", f"'{words}'")
    return f"CASE WHEN strlen({joined}) > {_LISTAGG_BYTES} THEN {too_long} ELSE {joined} END"


def _call(planner: Planner, aggregate: Aggregate, around: Around) -> Call:
    from athena_ds.local.engine.duckdb.expressions import registry_call  # noqa: PLC0415

    return replace(registry_call(planner, aggregate), around=around)


_SENSITIVE = frozenset(("array_agg", "listagg", "map_agg", "multimap_agg"))
"""The aggregates Trino sorts for; of any other it forgets the ORDER BY (PruneOrderByInAggregation)."""

_FIRST_COME = frozenset(("arbitrary", "any_value", "reduce_agg"))
"""Those whose answer depends on the order all the same."""

_FIRST_ROWS = frozenset(("approx_percentile", "numeric_histogram", "max_by", "min_by"))
"""Those that take a setting, or one of equal keys, from the first or last of their rows."""


def _check_distinct(aggregate: Aggregate) -> None:
    """DuckDB's DISTINCT takes values for different that Trino takes for equal, where zones are in them.

    What an aggregate that shows its input's order makes of DISTINCT depends on Trino's hashing and threads.
    """
    name = aggregate.name
    if name in _FIRST_COME or (name in _SENSITIVE and not aggregate.order):
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
    ordered = aggregate.order and aggregate.name in _SENSITIVE
    return Around(
        distinct=aggregate.distinct,
        order=f" ORDER BY {sort_list(planner, aggregate.order)}" if ordered else "",
        nulls=" IGNORE NULLS" if ignore_nulls else "",
        filter=f" FILTER (WHERE {planner.expression(condition)})" if condition is not None else "",
        over=over,
    )


def lowered_window(planner: Planner, window: Window) -> str:
    """`function OVER (PARTITION BY ... ORDER BY ... frame)`."""
    parts = []
    if window.partition:
        whole = ((unbroken(planner.expression(p), p.type, planner.kernels), p.type) for p in window.partition)
        keys = (sort_key(sql, kind, planner.kernels) for sql, kind in whole)
        parts.append(f"PARTITION BY {', '.join(f'({k})' for k in keys)}")
    if window.order:
        parts.append(f"ORDER BY {sort_list(planner, window.order)}")
    if window.frame is not None:
        parts.append(_frame(planner, window.frame, window))
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


def _frame(planner: Planner, frame: Frame, window: Window) -> str:
    bounds = [_bound(planner, bound, frame, window) for bound in (frame.start, frame.end)]
    return f"{frame.unit} BETWEEN {bounds[0]} AND {bounds[1]}"


def _bound(planner: Planner, bound: tuple[str, object], frame: Frame, window: Window) -> str:
    word, value = bound
    if value is None:
        return word
    numbers = ("tinyint", "smallint", "integer", "bigint", "decimal")
    if not isinstance(value, Constant) or value.value is None:
        raise EngineError("NOT_SUPPORTED", "Window frames of computed size are not supported by the local engine")
    if frame.unit == "RANGE" and not (window.order[0].expression.type.base in numbers and value.type.base in numbers):
        raise EngineError(
            "NOT_SUPPORTED", "RANGE frames over other than exact numbers are not supported by the local engine"
        )
    if value.value < 0:
        raise EngineError("INVALID_WINDOW_FRAME", "Window frame offset value must not be negative or null")
    return f"{planner.expression(value)} {word}"
