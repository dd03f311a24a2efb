"""Which symbols a query really reads, so that scans answer no column too many."""

from __future__ import annotations

from typing import Any

from athena_ds.local.engine.duckdb.forms import can_fail
from athena_ds.local.sql import tree
from athena_ds.local.sql.coercion import can_coerce
from athena_ds.local.sql.correlation import everything
from athena_ds.local.sql.tree import Expression, Relation, Subquery, Symbol
from athena_ds.local.sql.walk import walk

_CONDITIONAL = ("case", "coalesce", "and", "or", "nullif", "in", "is null")


def taken_literally(relation: Relation) -> bool:
    """Whether DuckDB must not evaluate constants while planning: for TRY, a branch or a window key that may fail."""
    return any(_literal(part) for part in everything(relation))


def _literal(part: Any) -> bool:
    if isinstance(part, tree.Cast):
        return part.safe
    if isinstance(part, tree.Aggregate):
        return any(_failing_constant(argument) for argument in part.arguments)
    if isinstance(part, tree.Window):
        keys = [key.expression for key in part.order]
        return _can_fail(*part.partition, *keys) or any(key.type.base in ("array", "row") for key in keys)
    if not isinstance(part, tree.Form):
        return False
    if part.op == "try" or _partial(part):
        return True
    return part.op in _CONDITIONAL and any(_failing_constant(argument) for argument in part.arguments)


def _partial(form: tree.Form) -> bool:
    """Where DuckDB answers from one part of a value, or from none, and Trino computes them all."""
    match form.op, form.arguments:
        case "field", (tree.Cast(argument=argument, type=kind),):
            return argument.type.base == "row" and not can_coerce(argument.type, kind)
        case "is null", (tree.Form(op="array" | "row") as made,):
            return _can_fail(made)
    return False


def _can_fail(*keys: Expression) -> bool:
    """DuckDB takes no volatile window keys, and a failure is volatile unless the query is taken literally."""
    return any(can_fail(part) for key in keys for part in walk(key))


def _failing_constant(expression: Expression) -> bool:
    return any(
        can_fail(part) and not any(isinstance(p, (Symbol, Subquery)) for p in walk(part))
        for part in walk(expression)
        if not isinstance(part, (tree.Lambda, tree.Aggregate))
    )


def used_symbols(relation: Relation) -> set[int]:
    """Numbers of all symbols that reach the result or decide about it."""
    used = {f.number for f in relation.fields}
    while True:
        before = len(used)
        _visit(relation, used)
        if len(used) == before:
            return used


def _expression(expression: Expression, used: set[int]) -> None:
    for part in walk(expression):
        if isinstance(part, Symbol):
            used.add(part.number)
        elif isinstance(part, Subquery):
            used.update(f.number for f in part.query.fields)
            _visit(part.query, used)


def _visit(relation: Any, used: set[int]) -> None:  # noqa: C901, PLR0912
    match relation:
        case tree.Project():
            for field, expression in zip(relation.fields, relation.expressions, strict=True):
                if relation.distinct or field.number in used:
                    used.add(field.number)
                    _expression(expression, used)
            _visit(relation.source, used)
        case tree.Filter():
            _expression(relation.condition, used)
            _visit(relation.source, used)
        case tree.Join():
            if relation.condition is not None:
                _expression(relation.condition, used)
            _visit(relation.right, used)
            _visit(relation.left, used)
        case tree.Aggregation():
            used.update(relation.keys)
            for aggregate in relation.aggregates:
                _expression(aggregate, used)
            _visit(relation.source, used)
        case tree.Sort():
            for key in relation.keys:
                _expression(key.expression, used)
            _visit(relation.source, used)
        case tree.Unnest():
            for expression in relation.expressions:
                _expression(expression, used)
        case tree.Values():
            for row in relation.rows:
                for expression in row:
                    _expression(expression, used)
        case tree.SetOperation():
            for side in relation.inputs:
                used.update(f.number for f in side.fields)
                _visit(side, used)
        case tree.Recursive():
            for side in (relation.base, relation.step):
                used.update(f.number for f in side.fields)
                _visit(side, used)
        case tree.Sample():
            _visit(relation.source, used)
        case _:
            pass
