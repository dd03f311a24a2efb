"""Expressions of every kind of value: templates filled with columns, constants, and other expressions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.local.trino.random_queries.templates import CONSTANTS, EVERY, LIFTED, MADE, WITH_ORDER

Draw = Random

PLAIN = ("integer", "double", "decimal", "varchar", "char", "date", "timestamp", "varbinary", "boolean")
_RARE = ("zoned", "time", "interval", "words")
KINDS = (*PLAIN, *PLAIN, "array", "map", "row", *_RARE, "json")
ORDERED = (*PLAIN, *PLAIN, "array", *_RARE)
"""Kinds whose values have an order in every row: a row with a NULL in it has none."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a query may name: its text and its kind."""

    text: str
    kind: str


_HOLE = re.compile(r"\{(\w+)\}")


def expression(draw: Draw, scope: Sequence[Column], kind: str, depth: int) -> str:
    """An expression of a kind over the columns in scope, `depth` templates deep at most."""
    columns = [column.text for column in scope if column.kind == kind]
    leaf = depth == 0 or draw.randint(0, 3) == 0
    if leaf and (columns or kind not in LIFTED or draw.random() < 0.5):
        return draw.choice(columns * 4 + CONSTANTS[kind] if columns else CONSTANTS[kind])
    template = draw.choice(LIFTED[kind] if leaf else MADE[kind] * 3 + EVERY * 2 + WITH_ORDER * 2 * (kind in ORDERED))
    same = draw.choice(KINDS) if "{T0}" in template else kind

    def filled(hole: re.Match[str]) -> str:
        wanted = {"T": kind, "T0": same, "any": draw.choice(KINDS)}.get(hole[1]) or hole[1]
        return expression(draw, scope, wanted, max(depth - 1, 0))

    made = _HOLE.sub(filled, template)
    return f"({made})" if template.startswith(("{", "NOT", "-")) else made
