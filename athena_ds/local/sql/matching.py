"""How a call finds its overload: its arguments and lambdas, and for an aggregate what is written around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from athena_ds.local.seam.types import Type
from athena_ds.local.sql.coercion import is_comparable, is_orderable
from athena_ds.local.sql.functions import Argument, Resolved, resolve
from athena_ds.local.sql.grouping import require_scalar
from athena_ds.local.sql.parse import Node, identifier, label, place
from athena_ds.local.sql.reader import Reader, coerced, error
from athena_ds.local.sql.spelled import spot
from athena_ds.local.sql.tree import Aggregate, Cast, Expression, Lambda, SortKey, Symbol


def matched(reader: Reader, name: str, nodes: Sequence[Node]) -> tuple[Resolved, tuple[Expression, ...]]:
    """The overload a call means and its arguments, coerced to it."""
    lambdas = {i: node for i, n in enumerate(nodes) if (node := lambda_of(n)) is not None}
    values = {i: reader.read(node) for i, node in enumerate(nodes) if i not in lambdas}
    given: list[Argument] = [
        _body_type(reader, lambdas[i]) if i in lambdas else values[i].type for i in range(len(nodes))
    ]
    found = resolve(name, given)
    taken = tuple(
        read_lambda(reader, lambdas[i], kind) if i in lambdas else coerced(values[i], kind)
        for i, kind in enumerate(found.arguments)
    )
    return found, taken


def lambda_of(node: Node) -> Node | None:
    """The lambda an argument is, parentheses and wrapping rules taken off."""
    while node.getChildCount() == 1 and label(node) != "Lambda":
        node = node.getChild(0)
        if not hasattr(node, "start"):
            return None
    return node if label(node) == "Lambda" else None


def _body_type(reader: Reader, node: Node) -> Callable[[tuple[Type, ...]], Type]:
    def typed(parameters: tuple[Type, ...]) -> Type:
        written = len(node.identifier())
        if len(parameters) != written:
            words = f"Expected a lambda that takes {len(parameters)} argument(s) but got {written}"
            raise error("INVALID_PARAMETER_USAGE", words, node)
        return _body(reader, node, parameters)[1].type

    return typed


def _body(reader: Reader, node: Node, kinds: tuple[Type, ...]) -> tuple[tuple[int, ...], Expression]:
    words = [identifier(word).lower() for word in node.identifier()]
    numbers = tuple(reader.session.number() for _ in words)
    variables = {
        word: Symbol(type=kind, number=number, text=word)
        for word, kind, number in zip(words, kinds, numbers, strict=True)
    }
    with reader.scoped(reader.scope.with_variables(variables)):
        body = reader.read(node.expression())
    require_scalar(body, "Lambda expression", node.expression())
    return numbers, body


def read_lambda(reader: Reader, node: Node, kind: Type) -> Expression:
    numbers, body = _body(reader, node, kind.elements[:-1])
    return Lambda(type=kind, place=place(node), parameters=numbers, body=coerced(body, kind.elements[-1]))


def aggregate(reader: Reader, node: Node, name: str) -> Aggregate:
    """An aggregate call, with what DISTINCT, FILTER and ORDER BY make of it."""
    nodes = list(node.expression())
    found, taken = matched(reader, name, nodes)
    condition = node.filter_()
    distinct = node.setQuantifier() is not None and node.setQuantifier().DISTINCT() is not None
    order = ordered(reader, node)
    if distinct:
        check_distinct(node, taken, order)
    return Aggregate(
        type=found.result,
        place=place(node),
        name=found.signature.name.lower(),
        signature=found.signature.text,
        arguments=taken,
        distinct=distinct,
        condition=reader.boolean(condition.booleanExpression(), "Filter expression") if condition is not None else None,
        order=order,
    )


def ordered(reader: Reader, node: Node) -> tuple[SortKey, ...]:
    """The ORDER BY of an aggregate."""
    order = tuple(sort_key(reader.read(item.expression()), item) for item in node.sortItem())
    for key in order:
        if not is_orderable(key.expression.type):
            words = f"ORDER BY can only be applied to orderable types (actual: {key.expression.type})"
            raise error("TYPE_MISMATCH", words, node)
    return order


def check_distinct(node: Node, arguments: Sequence[Expression], order: Sequence[SortKey]) -> None:
    """DISTINCT wants values that compare, and orders them by what they are made of, nothing else."""
    for argument in arguments:
        if not is_comparable(argument.type):
            words = f"DISTINCT can only be applied to comparable types (actual: {argument.type})"
            raise error("TYPE_MISMATCH", words, node)
    said = [part.argument if isinstance(part, Cast) and not part.explicit else part for part in arguments]
    for key, item in zip(order, node.sortItem(), strict=True):
        if key.expression not in said:
            words = "For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments"
            raise error("EXPRESSION_NOT_IN_DISTINCT", words, spot(item.expression()))


def sort_key(expression: Expression, item: Node) -> SortKey:
    """Trino puts NULLs last whichever the direction, unless told."""
    first = item.nullOrdering is not None and item.nullOrdering.text.upper() == "FIRST"
    descending = item.ordering is not None and item.ordering.text.upper() == "DESC"
    return SortKey(expression=expression, descending=descending, nulls_first=first)
