"""ExecutionParameters: classified, not bound. What parses as an expression without columns is that expression."""

from __future__ import annotations

import re

from sqlglot import exp
from sqlglot import parse_one as parse
from sqlglot.errors import SqlglotError

_PLAIN = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?|'(?:[^']|'')*'|null|true|false", re.IGNORECASE)


def classified(value: str) -> str:
    """The expression a parameter stands for: itself, or a string literal of its text."""
    stripped = value.strip()
    if _PLAIN.fullmatch(stripped) or _is_expression(stripped):
        return stripped
    return literal(value)


def literal(value: str) -> str:
    """A varchar literal of any text."""
    return "'" + value.replace("'", "''") + "'"


def _is_expression(text: str) -> bool:
    try:
        tree = parse(f"SELECT {text}", dialect="athena")
    except (SqlglotError, RecursionError):
        return False
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or set(_set(tree)) != {"expressions"}:
        return False
    found = tree.expressions[0]
    if isinstance(found, exp.Alias | exp.Star):
        return False
    unknown = (exp.Column, exp.Identifier, exp.Placeholder, exp.Parameter, exp.Command, exp.Query)
    return not any(isinstance(node, unknown) for node in found.walk())


def _set(tree: exp.Expression) -> list[str]:
    return [name for name, value in tree.args.items() if value]
