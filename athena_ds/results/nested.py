"""Arrays, maps and rows as lists and dicts: the query is rewritten so that Athena sends them as JSON.

Athena's own text of them has no quotes (`[a, b]` is one text or two) and no element types. `docs/decisions/0062` says
why the query is wrapped, and what that costs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ..errors import ParameterError
from .types import Column

NESTED = frozenset({"array", "map", "row"})
REAL = "lists and dicts"
"""What is to be known of a column that holds its nested values as Python has them."""

_READS = re.compile(r"(?:SELECT|WITH|VALUES|TABLE|\()", re.IGNORECASE)
_APART = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|[()]|\w+|\S", re.DOTALL)


def probe(sql: str) -> str | None:
    """A query that tells the columns and reads nothing; None for a statement that can't stand in brackets."""
    bare = [token for token in _APART.findall(sql) if not token.startswith(("--", "/*"))]
    if not bare or not _READS.match(bare[0]):
        return None
    return f"SELECT * FROM (\n{_inner(sql)}\n) LIMIT 0"


def wrapped(sql: str, columns: Sequence[Column]) -> str:
    """The query with its nested columns cast to JSON; as it is when it has none.

    Raises:
        ParameterError: For an outermost ORDER BY, which has no effect inside another query.
    """
    if not any(column.type in NESTED for column in columns):
        return sql
    if _ordered(sql):
        remedy = "Sort the DataFrame, or write CAST(column AS JSON) in the query yourself and leave nested out."
        raise ParameterError(
            'nested="json" puts the query into another one, where its ORDER BY is lost.', remedy=remedy
        )
    names = [f"c{place}" for place in range(len(columns))]
    chosen = (_chosen(name, column) for name, column in zip(names, columns, strict=True))
    return f"SELECT {', '.join(chosen)} FROM (\n{_inner(sql)}\n) AS t ({', '.join(names)})"


def places(columns: Sequence[Column]) -> dict[int, str]:
    """Where the nested columns stand, and their Athena types."""
    return {place: column.type for place, column in enumerate(columns) if column.type in NESTED}


def decoded(text: str | None) -> Any:
    """A JSON text as lists, dicts and scalars, exact: what a float would round is a Decimal."""
    if text is None:
        return None
    return json.loads(text, parse_float=_number, object_pairs_hook=_fields)


def _inner(sql: str) -> str:
    # A line end, because the query may end in a comment.
    return sql.strip().rstrip(";").rstrip()


def _chosen(name: str, column: Column) -> str:
    label = '"' + column.name.replace('"', '""') + '"'
    return f"CAST({name} AS JSON) AS {label}" if column.type in NESTED else f"{name} AS {label}"


def _ordered(sql: str) -> bool:
    words = [word.upper() for word in _APART.findall(sql) if not word.startswith(("--", "/*"))]
    # A query may stand in brackets as a whole.
    outermost = next((place for place, word in enumerate(words) if word != "("), 0)
    depth = 0
    for before, word in pairwise(["", *words]):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth <= outermost and (before, word) == ("ORDER", "BY"):
            return True
    return False


def _number(text: str) -> float | Decimal:
    near = float(text)
    return near if Decimal(repr(near)) == Decimal(text) else Decimal(text)


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A row whose fields have no names has "" for each: they are told apart by their place."""
    names = [name for name, _ in pairs]
    if len(set(names)) == len(names) and "" not in names:
        return dict(pairs)
    return {f"field{place}" if names.count(name) > 1 or not name else name: v for place, (name, v) in enumerate(pairs)}
