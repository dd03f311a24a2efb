"""ExecutionParameters: classified, not bound. What parses as an expression without columns is that expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

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
    from athena_ds.local.seam.engine import EngineError  # noqa: PLC0415
    from athena_ds.local.sql.parse import parse  # noqa: PLC0415

    try:
        return _constant(parse(f"SELECT ({text})").statement(), text)
    except (EngineError, RecursionError):
        return False


def _constant(statement: Any, text: str) -> bool:
    """Whether the statement is one select item in parentheses, the whole text, without a column, query or `?` in it."""
    nodes = list(_below(statement))
    kinds = [type(node).__name__.removesuffix("Context") for node in nodes]
    whole = kinds.count("SelectSingle") == 1 and kinds.count("QuerySpecification") == 1 and "Relation" not in kinds
    return whole and text.count(";") == 0 and not any(kind in _UNKNOWN for kind in kinds)


_UNKNOWN = ("ColumnReference", "Parameter", "SubqueryExpression", "Exists", "SelectAll", "RowConstructor")


def _below(node: Any) -> Iterator[Any]:
    yield node
    for index in range(node.getChildCount()):
        yield from _below(node.getChild(index))
