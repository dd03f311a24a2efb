"""How conditions are read: AND, OR, NOT, comparisons, BETWEEN, IN, LIKE, IS NULL, quantified comparisons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from athena_ds.local.engine.seam import EngineError
from athena_ds.local.sql import types
from athena_ds.local.sql.coercion import common_type, is_comparable
from athena_ds.local.sql.operators import comparison
from athena_ds.local.sql.parse import Node, label, place
from athena_ds.local.sql.reader import Reader, coerced, error, form, reads
from athena_ds.local.sql.tree import Cast, Constant, Expression, Field, Place, Subquery
from athena_ds.local.sql.types import BOOLEAN, UNKNOWN, VARCHAR


@reads("And", "Or")
def _logical(reader: Reader, node: Node) -> Expression:
    word = label(node).lower()
    terms = [_condition(reader, part) for part in node.booleanExpression()]
    return form(word, BOOLEAN, *terms, at=place(node))


@reads("LogicalNot")
def _not(reader: Reader, node: Node) -> Expression:
    return form("not", BOOLEAN, _condition(reader, node.booleanExpression()), at=place(node))


def _condition(reader: Reader, node: Node) -> Expression:
    found = reader.read(node)
    if found.type not in (BOOLEAN, UNKNOWN):
        raise error("TYPE_MISMATCH", f"Logical expression term must evaluate to a boolean (actual: {found.type})", node)
    return coerced(found, BOOLEAN)


def read_predicate(reader: Reader, node: Node) -> Expression:
    """`value predicate`, the predicate being the right half of the grammar's `predicated`."""
    predicate = node.predicate()
    value = reader.read(node.valueExpression())
    found = _PREDICATES[label(predicate)](reader, value, predicate)
    negated = getattr(predicate, "NOT", None)
    if negated is not None and negated() is not None:
        return form("not", BOOLEAN, found, at=found.place)
    return found


def compared(operator: str, left: Expression, right: Expression, at: Place) -> Expression:
    """A comparison on operands of one type. Operators are = <> < <= > >= and IS DISTINCT FROM."""
    try:
        shared = comparison(operator, left.type, right.type)
    except EngineError as failure:
        raise EngineError(failure.name, failure.message, line=at[0], column=at[1]) from None
    return form(operator, BOOLEAN, coerced(left, shared), coerced(right, shared), at=at)


def _operator(node: Node) -> str:
    text = str(node.comparisonOperator().getText())
    return "<>" if text == "!=" else text


def _comparison(reader: Reader, value: Expression, node: Node) -> Expression:
    right = reader.read(node.right)
    return compared(_operator(node), value, right, place(node.comparisonOperator()))


def _quantified(reader: Reader, value: Expression, node: Node) -> Expression:
    query = reader.query(node.query(), reader.scope.inner())
    operator = _operator(node)
    kind: Literal["all", "any"] = "all" if node.comparisonQuantifier().getText().upper() == "ALL" else "any"
    shared = comparison(operator, value.type, _single(query.fields, node).type)
    return Subquery(
        type=BOOLEAN,
        place=value.place,
        kind=kind,
        query=query,
        value=coerced(value, shared),
        operator=operator,
        element=shared,
    )


def _single(fields: tuple[Field, ...], node: Node) -> Field:
    if len(fields) != 1:
        raise error(
            "TYPE_MISMATCH", f"Multiple columns returned by subquery are not yet supported. Found {len(fields)}", node
        )
    return fields[0]


def _between(reader: Reader, value: Expression, node: Node) -> Expression:
    low, high = reader.read(node.lower), reader.read(node.upper)
    shared = common_type(low.type, high.type)
    shared = common_type(value.type, shared) if shared is not None else None
    if shared is None:
        raise error("TYPE_MISMATCH", f"Cannot check if {value.type} is BETWEEN {low.type} and {high.type}", node)
    comparison("<", shared, shared)
    return form("between", BOOLEAN, *(coerced(e, shared) for e in (value, low, high)), at=value.place)


def _in_list(reader: Reader, value: Expression, node: Node) -> Expression:
    options = reader.read_all(node.expression())
    shared = value.type
    for option in options:
        wider = common_type(shared, option.type)
        if wider is None:
            message = f"IN value and list items must be the same type: {shared}, {option.type}"
            raise EngineError("TYPE_MISMATCH", message, line=option.place[0], column=option.place[1])
        shared = wider
    if not is_comparable(shared):
        raise error("TYPE_MISMATCH", f"Type {shared} is not comparable", node)
    return form("in", BOOLEAN, *(coerced(e, shared) for e in (value, *options)), at=value.place)


def _in_query(reader: Reader, value: Expression, node: Node) -> Expression:
    query = reader.query(node.query(), reader.scope.inner())
    kinds = [f.type for f in query.fields]
    kind = kinds[0] if len(kinds) == 1 else types.row(*((None, k) for k in kinds))
    shared = common_type(value.type, kind)
    if shared is None or not is_comparable(shared):
        raise error(
            "TYPE_MISMATCH",
            f"Value expression and result of subquery must be of the same type: {value.type} vs {kind}",
            node,
        )
    return Subquery(
        type=BOOLEAN, place=value.place, kind="in", query=query, value=coerced(value, shared), element=shared
    )


def _like(reader: Reader, value: Expression, node: Node) -> Expression:
    if value.type.base not in ("varchar", "char", "unknown"):
        raise error(
            "TYPE_MISMATCH", f"Left side of LIKE expression must evaluate to a varchar (actual: {value.type})", node
        )
    pattern = reader.read(node.pattern)
    if pattern.type.base not in ("varchar", "unknown"):
        raise error(
            "TYPE_MISMATCH",
            f"Pattern for LIKE expression must evaluate to a varchar (actual: {pattern.type})",
            node.pattern,
        )
    arguments = [value if value.type.base == "char" else coerced(value, VARCHAR), coerced(pattern, VARCHAR)]
    if node.escape is not None:
        escape = reader.read(node.escape)
        if escape.type.base not in ("varchar", "unknown"):
            raise error(
                "TYPE_MISMATCH",
                f"Escape for LIKE expression must evaluate to a varchar (actual: {escape.type})",
                node.escape,
            )
        arguments.append(coerced(escape, VARCHAR))
    return form("like", BOOLEAN, *arguments, at=value.place)


def _is_null(_: Reader, value: Expression, node: Node) -> Expression:  # noqa: ARG001
    return form("is null", BOOLEAN, value, at=value.place)


def _is_distinct(reader: Reader, value: Expression, node: Node) -> Expression:
    return compared("IS DISTINCT FROM", value, reader.read(node.right), value.place)


_PREDICATES: dict[str, Callable[[Reader, Expression, Node], Expression]] = {
    "Comparison": _comparison,
    "QuantifiedComparison": _quantified,
    "Between": _between,
    "InList": _in_list,
    "InSubquery": _in_query,
    "Like": _like,
    "NullPredicate": _is_null,
    "DistinctFrom": _is_distinct,
}

__all__ = ["Cast", "Constant", "compared", "read_predicate"]
