"""Functions that take lambdas.

DuckDB evaluates the bodies: `list_transform` gives the results, and what a function makes of them (three-valued
answers, keys of maps) is written around. A body of two parameters runs within two nested one-element lists, since
DuckDB's own second parameter is the position.
"""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from athena_ds.local.engine.duckdb.functions.maps import map_of_pairs
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, Lambda, rule
from athena_ds.local.engine.duckdb.functions.values import identity
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.seam.types import Type, array, row


def applied(function: Lambda, *values: str) -> str:
    """The body with its parameters bound to these expressions."""
    body = function.body
    for name, value in reversed(list(zip(function.parameters, values, strict=True))):
        body = f"list_transform([{value}], lambda {name}: {body})[1]"
    return body


def _lambda(call: Call, at: int) -> Lambda:
    found = call.lambdas[at]
    assert found is not None
    return found


@rule("transform")
def _transform(call: Call) -> str:
    return f"list_transform({call.sql[0]}, {_lambda(call, 1).sql})"


@rule("filter")
def _filter(call: Call) -> str:
    """DuckDB's list_filter takes NULL for false, as Trino does."""
    return f"list_filter({call.sql[0]}, {_lambda(call, 1).sql})"


@rule("any_match")
def _any_match(call: Call) -> str:
    return _judged(call, "list_bool_or", "false")


@rule("all_match")
def _all_match(call: Call) -> str:
    return _judged(call, "list_bool_and", "true")


@rule("none_match")
def _none_match(call: Call) -> str:
    return f"NOT ({_judged(call, 'list_bool_or', 'false')})"


def _judged(call: Call, fold: str, empty: str) -> str:
    """NULL when a NULL could decide: DuckDB's folds pass over it."""
    results = f"list_transform({call.sql[0]}, {_lambda(call, 1).sql})"
    decided = "__j" if fold == "list_bool_or" else "NOT __j"
    return (
        f"CASE WHEN ({call.sql[0]}) IS NULL THEN NULL "
        f"WHEN len(list_filter({results}, lambda __j: {decided})) > 0 THEN NOT {empty} "
        f"WHEN len(list_filter({results}, lambda __j: __j IS NULL)) > 0 THEN NULL ELSE {empty} END"
    )


@rule("reduce")
def _reduce(call: Call) -> str:
    folded = fold(call.sql[0], call.sql[1], _lambda(call, 2))
    return f"CASE WHEN ({call.sql[0]}) IS NULL THEN NULL ELSE {applied(_lambda(call, 3), folded)} END"


def fold(items: str, initial: str, step: Lambda) -> str:
    """The state after every element. DuckDB folds values of one type only, so state and element travel together."""
    state, element = (physical(kind) for kind in step.types)
    elements = (
        f"list_transform({items}, lambda __e: struct_pack(s := CAST(NULL AS {state}), x := CAST(__e AS {element})))"
    )
    start = f"struct_pack(s := CAST({initial} AS {state}), x := CAST(NULL AS {element}))"
    stepped = applied(step, "__a.s", "__e.x")
    after = f"struct_pack(s := CAST({stepped} AS {state}), x := CAST(NULL AS {element}))"
    return f"(list_reduce({elements}, lambda __a, __e: {after}, {start})).s"


@rule("zip_with")
def _zip_with(call: Call) -> str:
    step = _lambda(call, 2)
    pairs = f"list_zip({call.sql[0]}, {call.sql[1]})"
    body = applied(step, "__z[1]", "__z[2]")
    null = f"({call.sql[0]}) IS NULL OR ({call.sql[1]}) IS NULL"
    return f"CASE WHEN {null} THEN NULL ELSE list_transform({pairs}, lambda __z: {body}) END"


@rule("array_sort", "array(t),function(t,t,integer)")
def _array_sort(call: Call) -> str:
    """Every pair is compared by DuckDB, then sorted stably by what came out."""
    comparator = _lambda(call, 1)
    answer = applied(comparator, "__p", "__q")
    row_of = f"list_transform({call.sql[0]}, lambda __q: {answer})"
    compared = f"list_transform({call.sql[0]}, lambda __p: {row_of})"
    return call.kernel(sort_compared, (call.sql[0], call.arguments[0]), (compared, array(array(comparator.result))))


def sort_compared(items: list[Any], compared: list[list[int | None]]) -> list[Any]:
    def asked(a: int, b: int) -> int:
        answer = compared[a][b]
        if answer not in (-1, 0, 1):
            raise invalid("Lambda comparator must return either -1, 0, or 1")
        return answer

    return [items[at] for at in sorted(range(len(items)), key=cmp_to_key(asked))]


def _entries(call: Call, function: Lambda) -> str:
    body = applied(function, "__entry.key", "__entry.value")
    return f"list_transform(map_entries({call.sql[0]}), lambda __entry: {body})"


@rule("map_filter")
def _map_filter(call: Call) -> str:
    body = applied(_lambda(call, 1), "__entry.key", "__entry.value")
    kept = f"map_from_entries(list_filter(map_entries({call.sql[0]}), lambda __entry: {body}))"
    return f"CASE WHEN ({call.sql[0]}) IS NULL THEN NULL ELSE CAST({kept} AS {physical(call.result)}) END"


@rule("transform_values")
def _transform_values(call: Call) -> str:
    values = _entries(call, _lambda(call, 1))
    null = f"({call.sql[0]}) IS NULL"
    return (
        f"CASE WHEN {null} THEN NULL ELSE CAST(map(map_keys({call.sql[0]}), {values}) AS {physical(call.result)}) END"
    )


@rule("transform_keys")
def _transform_keys(call: Call) -> str:
    key, value = call.result.elements
    keys = _entries(call, _lambda(call, 1))
    return call.kernel(map_of_pairs, (keys, array(key)), (f"map_values({call.sql[0]})", array(value)), typed=True)


@rule("map_zip_with")
def _map_zip_with(call: Call) -> str:
    """Keys of the first map in its order, then those only the second has."""
    function = _lambda(call, 2)
    key, first, second = function.types
    aligned = _aligned(call, row((None, key), (None, first), (None, second)))
    values = f"list_transform({aligned}, lambda __entry: {applied(function, '__entry.f0', '__entry.f1', '__entry.f2')})"
    keys = f"list_transform({aligned}, lambda __entry: __entry.f0)"
    null = f"({call.sql[0]}) IS NULL OR ({call.sql[1]}) IS NULL"
    return f"CASE WHEN {null} THEN NULL ELSE CAST(map({keys}, {values}) AS {physical(call.result)}) END"


def _aligned(call: Call, entry: Type) -> str:
    assert call.workshop is not None
    sides = zip(call.sql[:2], call.arguments[:2], strict=True)
    return call.workshop.kernel(align_maps, *sides, result=array(entry), call=call)


def align_maps(left: list[tuple[Any, Any]], right: list[tuple[Any, Any]], *, call: Call) -> list[tuple[Any, Any, Any]]:
    kind = call.arguments[0].elements[0]
    others = {identity(k, kind): (k, v) for k, v in right}
    both = [(k, v, others.pop(identity(k, kind), (k, None))[1]) for k, v in left]
    return both + [(k, None, v) for k, v in others.values()]


@rule("reduce_agg")
def _reduce_agg(call: Call) -> str:
    """One fold over the group in order; the combining function is for parts of a group, of which there is one here."""
    rows = call.aggregate("list", f"struct_pack(x := {call.sql[0]}, s := {call.sql[1]})")
    known = f"list_filter({rows}, lambda __pair: __pair.x IS NOT NULL)"
    items = f"list_transform({known}, lambda __pair: __pair.x)"
    folded = fold(items, f"({known})[1].s", _lambda(call, 2))
    return f"CASE WHEN coalesce(len({known}), 0) = 0 THEN NULL ELSE {folded} END"
