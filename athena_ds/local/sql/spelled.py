"""An expression as Trino's messages spell and place it: `(x + 1)` at its operator, `sum(x)`, `CAST(x AS bigint)`.

What is seldom in such a message (a subquery, JSON) is told as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from athena_ds.local.sql.parse import Node, label, place, source
from athena_ds.local.sql.tree import Place

_Spells = Callable[[Node], str]


def spelled(node: Node) -> str:
    """The text of an expression in Trino's spelling."""
    node = _told(node)
    how = _SPELLINGS.get(label(node))
    return how(node) if how is not None else source(node)


def spot(node: Node) -> Place:
    """Where Trino's messages say an expression is: a predicate, as an infix operation, is at its operator."""
    node = _told(node)
    match label(node):
        case "Predicated":
            return place(node.predicate())
        case "Concatenation":
            return place(node.CONCAT())
        case "AtTimeZone":
            return place(node.AT())
        case "And" | "Or":
            return node.start.line, node.start.column + 1
        case _:
            return place(node)


def calls_at(node: Node, places: Iterable[Place]) -> list[Node]:
    """The calls of a statement that are at these places; `node` is any node of it."""
    while node.parentCtx is not None:
        node = node.parentCtx
    return list(_calls(node, set(places)))


def _calls(node: Node, places: set[Place]) -> Iterable[Node]:
    if label(node) in ("FunctionCall", "GroupingOperation", "Listagg") and place(node) in places:
        yield node
        return
    for child in node.getChildren():
        if hasattr(child, "start"):
            yield from _calls(child, places)


def _told(node: Node) -> Node:
    """The expression itself, without parentheses; a predicate keeps the node that holds its value."""
    while True:
        if label(node) == "Predicated" and node.predicate() is not None:
            return node
        inner = node.getChild(1 if label(node) == "ParenthesizedExpression" else 0)
        if label(node) not in _WRAPPING or not hasattr(inner, "start"):
            return node
        node = inner


_WRAPPING = ("Expression", "Predicated", "ValueExpressionDefault", "ParenthesizedExpression", "StandaloneExpression")


def _listed(nodes: Iterable[Node]) -> str:
    return ", ".join(map(spelled, nodes))


def _infix(node: Node) -> str:
    return f"({spelled(node.left)} {node.operator.text} {spelled(node.right)})"


def _unary(node: Node) -> str:
    value = spelled(node.valueExpression())
    if node.operator.text == "+":
        return f"+{value}"
    return f"-{value}" if label(_told(node.valueExpression())) == "NumericLiteral" else f"-({value})"


def _logical(node: Node) -> str:
    word = label(node)
    terms = list(_terms(node, word))
    return f"({f' {word.upper()} '.join(map(spelled, terms))})"


def _terms(node: Node, word: str) -> Iterable[Node]:
    """`a AND b AND c` is one expression of three terms."""
    for part in node.booleanExpression():
        part = _told(part)  # noqa: PLW2901
        if label(part) == word:
            yield from _terms(part, word)
        else:
            yield part


def _predicated(node: Node) -> str:
    value, predicate = spelled(node.valueExpression()), node.predicate()
    how = _PREDICATES.get(label(predicate))
    if how is None:
        return source(node)
    negated = getattr(predicate, "NOT", None)
    told = f"({value} {how(predicate)})"
    if negated is not None and negated() is not None:
        return f"({value} IS NOT NULL)" if label(predicate) == "NullPredicate" else f"(NOT {told})"
    return told


def _comparison(node: Node) -> str:
    operator = str(node.comparisonOperator().getText())
    return f"{'<>' if operator == '!=' else operator} {spelled(node.right)}"


def _like(node: Node) -> str:
    escape = f" ESCAPE {spelled(node.escape)}" if node.escape is not None else ""
    return f"LIKE {spelled(node.pattern)}{escape}"


_PREDICATES: dict[str, _Spells] = {
    "Comparison": _comparison,
    "Between": lambda node: f"BETWEEN {spelled(node.lower)} AND {spelled(node.upper)}",
    "InList": lambda node: f"IN ({_listed(node.expression())})",
    "Like": _like,
    "NullPredicate": lambda _: "IS NULL",
    "DistinctFrom": lambda node: f"IS DISTINCT FROM {spelled(node.right)}",
}


def _call(node: Node) -> str:
    name = ".".join(str(part.getText()) for part in node.qualifiedName().identifier())
    name = name.upper() if name.lower() in _SPECIAL else name
    quantifier = node.setQuantifier()
    inside = "DISTINCT " if quantifier is not None and quantifier.DISTINCT() is not None else ""
    inside += "*" if node.ASTERISK() is not None and name.lower() == "count" else _listed(node.expression())
    if node.sortItem():
        inside += f" ORDER BY {_sorted(node)}"
    told = f"{name}({inside})"
    if node.filter_() is not None:
        told += f" FILTER (WHERE {spelled(node.filter_().booleanExpression())})"
    if node.over() is not None:
        told += f" OVER {_window(node.over())}"
    return told


def _sorted(node: Node) -> str:
    return ", ".join(f"{spelled(item.expression())} {_direction(item)}" for item in node.sortItem())


def _direction(item: Node) -> str:
    word = item.ordering.text.upper() if item.ordering is not None else "ASC"
    return word if item.nullOrdering is None else f"{word} NULLS {item.nullOrdering.text.upper()}"


def _window(over: Node) -> str:
    if over.windowName is not None:
        return str(over.windowName.getText())
    window = over.windowSpecification()
    parts = [str(window.existingWindowName.getText())] if window.existingWindowName is not None else []
    if window.partition:
        parts.append(f"PARTITION BY {_listed(window.partition)}")
    if window.sortItem():
        parts.append(f"ORDER BY {_sorted(window)}")
    if window.windowFrame() is not None:
        parts.append(source(window.windowFrame()))
    return f"({' '.join(parts)})"


_SPECIAL = ("coalesce", "if", "nullif", "try")


def _number(node: Node) -> str:
    text = str(node.getText())
    if text.replace("_", "").isdigit():
        return text
    mantissa, _, exponent = f"{float(text.replace('_', '')):.18e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent)}"


def _lambda(node: Node) -> str:
    names = ", ".join(str(part.getText()) for part in node.identifier())
    return f"({names}) -> {spelled(node.expression())}"


def _typed(node: Node) -> str:
    word = "DOUBLE" if node.DOUBLE() is not None else str(node.identifier().getText())
    return f"{word} {source(node.string())}"


def _interval(node: Node) -> str:
    inner = node.interval()
    sign = "-" if inner.sign is not None and inner.sign.text == "-" else ""
    fields = " TO ".join(str(part.getText()).upper() for part in inner.intervalField())
    return f"INTERVAL {sign}{source(inner.string())} {fields}"


def _substring(node: Node) -> str:
    return f"substr({_listed(node.valueExpression())})"


def _position(node: Node) -> str:
    part, whole = node.valueExpression()
    return f"strpos({spelled(whole)}, {spelled(part)})"


def _trim(node: Node) -> str:
    side = node.trimsSpecification()
    word = "BOTH" if side is None else str(side.getText()).upper()
    what = f"{spelled(node.trimChar)} " if node.trimChar is not None else ""
    return f"trim({word} {what}FROM {spelled(node.trimSource)})"


def _case(node: Node) -> str:
    parts = ["CASE"]
    if label(node) == "SimpleCase":
        parts.append(spelled(node.operand))
    parts += (f"WHEN {spelled(each.condition)} THEN {spelled(each.result)}" for each in node.whenClause())
    if node.elseExpression is not None:
        parts.append(f"ELSE {spelled(node.elseExpression)}")
    return f"({' '.join(parts)} END)"


def _cast(node: Node) -> str:
    word = "TRY_CAST" if node.TRY_CAST() is not None else "CAST"
    kind = re.sub(r"\s*,\s*", ", ", source(node.type_()))
    return f"{word}({spelled(node.expression())} AS {kind})"


_SPELLINGS: dict[str, _Spells] = {
    "ArithmeticBinary": _infix,
    "ArithmeticUnary": _unary,
    "And": _logical,
    "Or": _logical,
    "LogicalNot": lambda node: f"(NOT {spelled(node.booleanExpression())})",
    "Predicated": _predicated,
    "FunctionCall": _call,
    "Concatenation": lambda node: f"concat({spelled(node.left)}, {spelled(node.right)})",
    "Dereference": lambda node: f"{spelled(node.base)}.{node.fieldName.getText()}",
    "Subscript": lambda node: f"{spelled(node.value)}[{spelled(node.index)}]",
    "GroupingOperation": lambda node: f"GROUPING ({', '.join(str(n.getText()) for n in node.qualifiedName())})",
    "ArrayConstructor": lambda node: f"ARRAY[{','.join(map(spelled, node.expression()))}]",
    "RowConstructor": lambda node: f"ROW ({_listed(node.expression())})",
    "Cast": _cast,
    "SearchedCase": _case,
    "SimpleCase": _case,
    "Extract": lambda node: f"EXTRACT({node.identifier().getText().upper()} FROM {spelled(node.valueExpression())})",
    "BooleanLiteral": lambda node: str(node.getText()).lower(),
    "NullLiteral": lambda _: "null",
    "NumericLiteral": _number,
    "BinaryLiteral": lambda node: str(node.getText()).upper(),
    "TypeConstructor": _typed,
    "IntervalLiteral": _interval,
    "Lambda": _lambda,
    "AtTimeZone": lambda node: f"{spelled(node.valueExpression())} AT {source(node.timeZoneSpecifier())}",
    "Substring": _substring,
    "Position": _position,
    "Trim": _trim,
}
