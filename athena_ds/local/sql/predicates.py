"""How conditions are read: AND, OR, NOT, comparisons, BETWEEN, IN, LIKE, IS NULL, quantified comparisons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from athena_ds.local.seam import types
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BOOLEAN, VARCHAR, Type
from athena_ds.local.sql.coercion import common_type, is_comparable, is_orderable
from athena_ds.local.sql.combining import as_types
from athena_ds.local.sql.correlation import require_separable
from athena_ds.local.sql.functions import resolve
from athena_ds.local.sql.operators import comparison
from athena_ds.local.sql.parse import Node, label, place
from athena_ds.local.sql.reader import Reader, coerced, error, form, located, reads, shared_type
from athena_ds.local.sql.tree import (
    Aggregate,
    Aggregation,
    Constant,
    Expression,
    Field,
    Form,
    Place,
    Relation,
    Subquery,
    Symbol,
)
from athena_ds.local.sql.unwrapping import between, in_one, unwrapped


@reads("And", "Or")
def _logical(reader: Reader, node: Node) -> Expression:
    word = label(node).lower()
    terms = [_condition(reader, part) for part in node.booleanExpression()]
    return form(word, BOOLEAN, *terms, at=place(node))


@reads("LogicalNot")
def _not(reader: Reader, node: Node) -> Expression:
    return form(
        "not", BOOLEAN, _condition(reader, node.booleanExpression(), "Value of logical NOT expression"), at=place(node)
    )


def _condition(reader: Reader, node: Node, what: str = "Logical expression term") -> Expression:
    return reader.boolean(node, what)


@reads("Predicated")
def _predicated(reader: Reader, node: Node) -> Expression:
    """A value, mostly with a predicate on its right."""
    predicate = node.predicate()
    value = reader.read(node.valueExpression())
    if predicate is None:
        return value
    found = _PREDICATES[label(predicate)](reader, value, predicate)
    negated = getattr(predicate, "NOT", None)
    if negated is not None and negated() is not None:
        return form("not", BOOLEAN, found, at=found.place)
    return found


def compared(operator: str, left: Expression, right: Expression, at: Place) -> Form:
    """A comparison on operands of one type. Operators are = <> < <= > >= and IS DISTINCT FROM."""
    try:
        shared = comparison(operator, left.type, right.type)
    except EngineError as failure:
        raise located(failure, at) from None
    return form(operator, BOOLEAN, coerced(left, shared), coerced(right, shared), at=at)


def _operator(node: Node) -> str:
    text = str(node.comparisonOperator().getText())
    return "<>" if text == "!=" else text


def _comparison(reader: Reader, value: Expression, node: Node) -> Expression:
    right = reader.read(node.right)
    return unwrapped(compared(_operator(node), value, right, place(node.comparisonOperator())))


def _quantified(reader: Reader, value: Expression, node: Node) -> Expression:
    """`= ANY` is IN, `<> ALL` NOT IN; `<> ANY` is NOT (= ALL). The rest Trino decides by the least and the greatest."""
    operator = _operator(node)
    every = node.comparisonQuantifier().getText().upper() == "ALL"
    if (operator, every) in (("=", False), ("<>", True)):
        found = _in_query(reader, value, node)
        return form("not", BOOLEAN, found, at=value.place) if every else found
    query = reader.query(node.query(), reader.scope.inner())
    kind = _column(value, query)
    try:
        shared = comparison(operator, value.type, kind)
    except EngineError:
        if common_type(value.type, kind) is None:
            raise _unlike(value, kind, node) from None
        demand = "comparable" if operator in ("=", "<>") else "orderable"
        words = f"Type [{types.row((None, kind))}] must be {demand} in order to be used in quantified comparison"
        raise error("TYPE_MISMATCH", words, node) from None
    if len(query.fields) != 1 or value.type.base == "row":
        raise error("NOT_SUPPORTED", "ANY and ALL over several columns are not supported by the local engine", node)
    bounds = _bounds(reader, query, shared, node)
    if operator == "<>":
        return form("not", BOOLEAN, _decided(bounds, coerced(value, shared), "=", every=True), at=value.place)
    return _decided(bounds, coerced(value, shared), operator, every=every)


def _bounds(reader: Reader, query: Relation, kind: Type, node: Node) -> Expression:
    """A scalar subquery's row: how many rows, how many without NULL, the least, the greatest."""
    if not is_orderable(kind):
        raise error("NOT_SUPPORTED", f"ANY and ALL over {kind} are not supported by the local engine", node)
    source = as_types(reader.session, query, (kind,))
    only = Symbol(type=kind, number=source.fields[0].number)
    aggregates = []
    for name, arguments in (("count", ()), ("count", (only,)), ("min", (only,)), ("max", (only,))):
        found = resolve(name, [argument.type for argument in arguments])
        aggregates.append(Aggregate(type=found.result, name=name, signature=found.signature.text, arguments=arguments))
    fields = tuple(Field(number=reader.session.number(), type=a.type) for a in aggregates)
    grouped = Aggregation(fields=fields, source=source, keys=(), sets=((),), aggregates=tuple(aggregates))
    require_separable(grouped, "scalar", node.query())
    row = types.row(*((None, f.type) for f in fields))
    return Subquery(type=row, place=place(node), kind="scalar", query=grouped)


def _decided(bounds: Expression, value: Expression, operator: str, *, every: bool) -> Expression:
    rows, known, least, greatest = (
        form("field", kind, bounds, at=value.place, detail=at) for at, kind in enumerate(bounds.type.elements)
    )
    empty = Constant(type=BOOLEAN, value=every)
    if operator == "=":
        same = compared("=", least, greatest, value.place)
        met: Expression = form("and", BOOLEAN, same, compared("=", value, greatest, value.place), at=value.place)
    else:
        met = compared(operator, value, least if operator.startswith("<") == every else greatest, value.place)
    holes = compared("<>", rows, known, value.place)
    open_ = form("case", BOOLEAN, holes, Constant(type=BOOLEAN, value=None), empty, at=value.place)
    whole = form("and" if every else "or", BOOLEAN, met, open_, at=value.place)
    none = compared("=", rows, Constant(type=rows.type, value=0), value.place)
    return form("case", BOOLEAN, none, empty, whole, at=value.place)


def _column(value: Expression, query: Relation) -> Type:
    """What a value is compared with: a row's counterpart is a row of the query's columns, be it only one."""
    kinds = [f.type for f in query.fields]
    if len(kinds) == 1 and value.type.base != "row":
        return kinds[0]
    return types.row(*((f.name, f.type) for f in query.fields))


def _only(value: Expression) -> Expression:
    if isinstance(value, Form) and value.op == "row":
        return value.arguments[0]
    return form("field", value.type.elements[0], value, at=value.place, detail=0)


def _unlike(value: Expression, kind: Type, node: Node) -> EngineError:
    left, right = (k if k.base in ("row", "unknown") else types.row((None, k)) for k in (value.type, kind))
    message = f"Value expression and result of subquery must be of the same type: {left} vs {right}"
    return error("TYPE_MISMATCH", message, node)


def _between(reader: Reader, value: Expression, node: Node) -> Expression:
    low, high = reader.read(node.lower), reader.read(node.upper)
    shared = common_type(low.type, high.type)
    shared = common_type(value.type, shared) if shared is not None else None
    if shared is None:
        raise error("TYPE_MISMATCH", f"Cannot check if {value.type} is BETWEEN {low.type} and {high.type}", node)
    comparison("<", shared, shared)
    return between(form("between", BOOLEAN, *(coerced(e, shared) for e in (value, low, high)), at=value.place))


def _in_list(reader: Reader, value: Expression, node: Node) -> Expression:
    options = reader.read_all(node.expression())
    shared = shared_type((value, *options), "IN value and list items")
    if not is_comparable(shared):
        raise error("TYPE_MISMATCH", f"Type {shared} is not comparable", node)
    return in_one(form("in", BOOLEAN, *(coerced(e, shared) for e in (value, *options)), at=value.place))


def _in_query(reader: Reader, value: Expression, node: Node) -> Expression:
    query = require_separable(reader.query(node.query(), reader.scope.inner()), "in", node)
    kind = _column(value, query)
    if len(kind.elements) == len(query.fields) == len(value.type.elements) == 1 and kind.base == "row":
        # A row of one column is that column, so that a NULL in it is unknown.
        kind, value = kind.elements[0], _only(value)
    shared = common_type(value.type, kind)
    if shared is None or not is_comparable(shared):
        raise _unlike(value, kind, node)
    return Subquery(
        type=BOOLEAN, place=value.place, kind="in", query=query, value=coerced(value, shared), element=shared
    )


def demanded(condition: Expression) -> Expression:
    """A filter's condition; an IN that is a term of its own is said to be joined."""
    if isinstance(condition, Form) and condition.op == "and":
        return replace(condition, arguments=tuple(map(demanded, condition.arguments)))
    if isinstance(condition, Subquery) and condition.kind == "in":
        return replace(condition, joined=True)
    return condition


def _like(reader: Reader, value: Expression, node: Node) -> Expression:
    if value.type.base not in ("varchar", "char", "unknown"):
        message = f"Left side of LIKE expression must evaluate to a varchar (actual: {value.type})"
        raise error("TYPE_MISMATCH", message, value.place)
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
    return unwrapped(compared("IS DISTINCT FROM", value, reader.read(node.right), place(node)))


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
