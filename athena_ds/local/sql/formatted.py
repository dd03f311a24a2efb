"""An expression as Trino's messages write it: brackets around every operation, functions for what is one to Trino."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from athena_ds.local.sql.parse import Node, Place, label, place, source

_PLAIN = ("ColumnReference", "StringLiteral", "BasicStringLiteral", "UnicodeStringLiteral", "IntervalLiteral")
_FORMS = ("coalesce", "if", "try", "nullif")
"""Functions of the grammar's own, which Trino writes in capitals whatever was written."""


def formatted(node: Node) -> str | None:
    """The expression's text; None where it has a part whose way of being written is not known here."""
    found = _WRITERS.get(label(node))
    if found is not None:
        return found(node)
    if label(node) in _PLAIN:
        return source(node)
    children = [child for child in node.getChildren() if hasattr(child, "start")]
    return formatted(children[0]) if node.getChildCount() == 1 and children else None


def spot(node: Node) -> Place:
    """Where Trino says an expression is: at its operator, or at the word that makes a predicate of a value."""
    if label(node) == "Predicated" and node.predicate() is not None:
        return place(node.predicate())
    if label(node) in ("AtTimeZone", "Concatenation"):
        token = (node.AT() if label(node) == "AtTimeZone" else node.CONCAT()).symbol
        return token.line, token.column + 1
    children = [child for child in node.getChildren() if hasattr(child, "start")]
    if label(node) == "ParenthesizedExpression" or (node.getChildCount() == 1 and children):
        return spot(children[0])
    return place(node)


def calls(node: Node, places: Sequence[Place]) -> str:
    """The calls at these places, as a message lists them; a window's as it was written."""
    texts = [formatted(call) or source(call) for call in _calls(node) if place(call) in places]
    return f"[{', '.join(texts)}]"


def _calls(node: Node) -> list[Node]:
    found = [node] if label(node) == "FunctionCall" else []
    return found + [call for child in getattr(node, "children", None) or () for call in _calls(child)]


def _all(nodes: Sequence[Node]) -> list[str] | None:
    texts = [formatted(node) for node in nodes]
    return None if None in texts else [text for text in texts if text is not None]


def _with(template: str, *nodes: Node) -> str | None:
    texts = _all(nodes)
    return None if texts is None else template.format(*texts)


def _joined(template: str, nodes: Sequence[Node], by: str = ", ") -> str | None:
    texts = _all(nodes)
    return None if texts is None else template.format(by.join(texts))


def _number(node: Node) -> str:
    """Athena's literals with a point are doubles, written as Java's DecimalFormat does: `2.5E0`, `1E2`."""
    text = source(node)
    if not re.search(r"[.eE]", text):
        return text
    digits, exponent = f"{float(text):.16e}".split("e")
    shortest = repr(float(digits)).removesuffix(".0")
    return f"{shortest}E{int(exponent)}"


def _arithmetic(node: Node) -> str | None:
    return _with(f"({{}} {node.operator.text} {{}})", node.left, node.right)


def _unary(node: Node) -> str | None:
    return _with("-({})" if node.operator.text == "-" else "+{}", node.valueExpression())


def _comparison(value: Node, node: Node) -> str | None:
    word = "<>" if node.comparisonOperator().getText() == "!=" else node.comparisonOperator().getText()
    return _with(f"({{}} {word} {{}})", value, node.right)


def _between(value: Node, node: Node) -> str | None:
    return _with("({} BETWEEN {} AND {})", value, node.lower, node.upper)


def _listed(value: Node, node: Node) -> str | None:
    options = _joined("{}", node.expression())
    return None if options is None else _with(f"({{}} IN ({_kept(options)}))", value)


def _like(value: Node, node: Node) -> str | None:
    if node.escape is None:
        return _with("({} LIKE {})", value, node.pattern)
    return _with("({} LIKE {} ESCAPE {})", value, node.pattern, node.escape)


def _null(value: Node, node: Node) -> str | None:
    return _with("({} IS NOT NULL)" if node.NOT() is not None else "({} IS NULL)", value)


def _distinct(value: Node, node: Node) -> str | None:
    return _with("({} IS DISTINCT FROM {})", value, node.right)


_PREDICATES: Mapping[str, Callable[[Node, Node], str | None]] = {
    "Comparison": _comparison,
    "Between": _between,
    "InList": _listed,
    "Like": _like,
    "NullPredicate": _null,
    "DistinctFrom": _distinct,
}


def _predicated(node: Node) -> str | None:
    predicate = node.predicate()
    if predicate is None:
        return formatted(node.valueExpression())
    how = _PREDICATES.get(label(predicate))
    text = how(node.valueExpression(), predicate) if how is not None else None
    denied = label(predicate) != "NullPredicate" and hasattr(predicate, "NOT") and predicate.NOT() is not None
    return text if text is None or not denied else f"(NOT {text})"


def _logical(word: str) -> Callable[[Node], str | None]:
    def write(node: Node) -> str | None:
        return _joined("({})", _flat(node, label(node)), f" {word} ")

    return write


def _flat(node: Node, kind: str) -> list[Node]:
    """`a AND b AND c` as one."""
    found: list[Node] = []
    for part in node.booleanExpression():
        found += _flat(part, kind) if label(part) == kind else [part]
    return found


def _cast(node: Node) -> str | None:
    word = "CAST" if node.CAST() is not None else "TRY_CAST"
    kind = re.sub(r"\s*,\s*", ", ", source(node.type_()))
    return _with(f"{word}({{}} AS {_kept(kind)})", node.expression())


def _case(node: Node) -> str | None:
    """Both kinds: the value compared, where there is one, then the branches."""
    parts = [formatted(node.operand)] if getattr(node, "operand", None) is not None else []
    parts += [_with("WHEN {} THEN {}", when.condition, when.result) for when in node.whenClause()]
    parts += [_with("ELSE {}", node.elseExpression)] if node.elseExpression is not None else []
    texts = [part for part in parts if part is not None]
    return None if len(texts) < len(parts) else f"(CASE {' '.join(texts)} END)"


def _call(node: Node) -> str | None:
    if node.over() is not None or node.sortItem() or node.nullTreatment() is not None:
        return None
    name = source(node.qualifiedName())
    name = name.upper() if name.lower() in _FORMS else name
    if node.ASTERISK() is not None:
        return f"{name}(*)"
    distinct = "DISTINCT " if node.setQuantifier() is not None and node.setQuantifier().DISTINCT() is not None else ""
    called = _joined(f"{_kept(name)}({distinct}{{}})", node.expression())
    if called is None or node.filter_() is None:
        return called
    return _with(f"{_kept(called)} FILTER (WHERE {{}})", node.filter_().booleanExpression())


def _kept(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


_WRITERS: Mapping[str, Callable[[Node], str | None]] = {
    "NumericLiteral": _number,
    "NullLiteral": lambda _: "null",
    "BooleanLiteral": lambda node: source(node).lower(),
    "TypeConstructor": source,
    "ArithmeticBinary": _arithmetic,
    "ArithmeticUnary": _unary,
    "Concatenation": lambda node: _with("concat({}, {})", node.left, node.right),
    "AtTimeZone": lambda node: _with("{} AT TIME ZONE {}", node.valueExpression(), node.timeZoneSpecifier()),
    "TimeZoneString": lambda node: source(node.string()),
    "Predicated": _predicated,
    "LogicalNot": lambda node: _with("(NOT {})", node.booleanExpression()),
    "And": _logical("AND"),
    "Or": _logical("OR"),
    "ParenthesizedExpression": lambda node: formatted(node.expression()),
    "Dereference": lambda node: _with(f"{{}}.{_kept(source(node.fieldName))}", node.base),
    "Subscript": lambda node: _with("{}[{}]", node.value, node.index),
    "ArrayConstructor": lambda node: _joined("ARRAY[{}]", node.expression(), ","),
    "RowConstructor": lambda node: _joined("ROW ({})", node.expression()),
    "Extract": lambda node: _with(f"EXTRACT({source(node.identifier()).upper()} FROM {{}})", node.valueExpression()),
    "Cast": _cast,
    "SimpleCase": _case,
    "SearchedCase": _case,
    "FunctionCall": _call,
}
