"""ExecutionParameters: classified, not bound. What parses as an expression without columns is that expression."""

from __future__ import annotations

import re

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
    # Imported here: only values that are no plain literal need it, and an endpoint should start fast.
    from sqlglot import exp  # noqa: PLC0415
    from sqlglot import parse_one as parse  # noqa: PLC0415
    from sqlglot.errors import SqlglotError  # noqa: PLC0415

    try:
        tree = parse(f"SELECT {text}", dialect="athena")
    except (SqlglotError, RecursionError):
        return False
    clauses = [name for name, value in tree.args.items() if value]
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or clauses != ["expressions"]:
        return False
    found = tree.expressions[0]
    if isinstance(found, exp.Alias | exp.Star):
        return False
    unknown = (exp.Column, exp.Identifier, exp.Placeholder, exp.Parameter, exp.Command, exp.Query)
    return not any(isinstance(node, unknown) for node in found.walk())
