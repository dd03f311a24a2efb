"""What Trino refuses while it offers predicates to a table's scan: arrays and rows with a NULL inside."""

from __future__ import annotations

from collections.abc import Iterator

from athena_ds.local.engine.duckdb.functions.values import NULL_INSIDE
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql import tree
from athena_ds.local.sql.correlation import everything
from athena_ds.local.sql.tree import Cast, Constant, Expression, Form, Relation, Symbol

_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "in", "between")
_LOGICAL = ("and", "or", "not")


def check_pushed(relation: Relation) -> None:
    """Raises EngineError where a table's column is compared with such a value, whatever rows there are."""
    parts = list(everything(relation))
    columns = _columns(parts)
    conditions = [part.condition for part in parts if isinstance(part, (tree.Filter, tree.Join))]
    for condition in conditions:
        for term in _terms(condition):
            if isinstance(term.arguments[0], Symbol) and term.arguments[0].number in columns:
                _check(term.arguments[1:])
            elif isinstance(term.arguments[-1], Symbol) and term.arguments[-1].number in columns:
                _check(term.arguments[:-1])


def _columns(parts: list[object]) -> set[int]:
    """The symbols that are columns of tables, under any name."""
    found = {field.number for part in parts if isinstance(part, tree.Scan) for field in part.fields}
    # What is below comes after what is above it.
    for part in reversed(parts):
        if isinstance(part, tree.Project):
            pairs = zip(part.fields, part.expressions, strict=True)
            found |= {field.number for field, e in pairs if isinstance(e, Symbol) and e.number in found}
    return found


def _terms(condition: Expression | None) -> Iterator[Form]:
    """The comparisons a condition is made of."""
    if isinstance(condition, Form) and condition.op in _LOGICAL:
        for argument in condition.arguments:
            yield from _terms(argument)
    elif isinstance(condition, Form) and condition.op in _COMPARISONS:
        yield condition


def _check(values: tuple[Expression, ...]) -> None:
    for value in values:
        if _null_inside(value):
            raise EngineError("NOT_SUPPORTED", NULL_INSIDE[value.type.base])


def _null_inside(value: Expression) -> bool:
    """Whether a literal array or row has a NULL in it."""
    while isinstance(value, Cast):
        value = value.argument
    if not isinstance(value, Form) or value.op not in ("array", "row"):
        return False
    return any(_is_null(part) or _null_inside(part) for part in value.arguments)


def _is_null(value: Expression) -> bool:
    while isinstance(value, Cast):
        value = value.argument
    return isinstance(value, Constant) and value.value is None
