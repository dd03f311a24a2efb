"""What shapes of queries are put together from, and what of an answer is decided: the order, or the rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.local.trino.random_queries.expressions import KINDS, ORDERED, Column, Draw, expression


@dataclass(frozen=True, slots=True)
class Query:
    """A statement; `ordered` where its ORDER BY decides the place of every row.

    `cut`: its LIMIT, and the columns of its ORDER BY, where rows may be equal in these and differ in others.
    """

    sql: str
    ordered: bool = False
    cut: tuple[int, tuple[int, ...]] | None = None


def items(draw: Draw, scope: Sequence[Column], *, most: int, kinds: Sequence[str] = KINDS) -> list[str]:
    """Expressions of some kinds."""
    wanted = draw.choices(kinds, k=draw.randint(1, most))
    return [expression(draw, scope, kind, draw.randint(0, 2)) for kind in wanted]


def listed(shown: Sequence[str]) -> str:
    """As the items of a SELECT."""
    return ", ".join(f"{item} AS c{at}" for at, item in enumerate(shown))


def where(draw: Draw, scope: Sequence[Column], *, depth: int = 2) -> str:
    """A WHERE, or none."""
    return f" WHERE {expression(draw, scope, 'boolean', depth)}" if (draw.random() < 0.5) else ""


WAYS = ("", " DESC", " NULLS FIRST", " DESC NULLS LAST", " ASC NULLS LAST", " DESC NULLS FIRST")


def order(draw: Draw, keys: Sequence[str]) -> str:
    """By keys that leave no two rows equal, or equal rows only; and a limit now and then."""
    told = ", ".join(f"{key}{draw.choice(WAYS)}" for key in keys)
    cuts = [
        "",
        " LIMIT 3",
        " OFFSET 2",
        " OFFSET 1 LIMIT 4",
        " FETCH FIRST 2 ROWS ONLY",
        " OFFSET 1 FETCH NEXT ROW WITH TIES",
    ]
    return f" ORDER BY {told}" + draw.choice(cuts)


def of(draw: Draw, scope: Sequence[Column], kind: str) -> str:
    """A column of a kind."""
    return str(draw.choice([one.text for one in scope if one.kind == kind]))


def shared(draw: Draw, *scopes: Sequence[Column], among: Sequence[str] = KINDS) -> str:
    """A kind every scope has a column of."""
    both = set.intersection(*({one.kind for one in scope} for scope in scopes)) & set(among)
    return str(draw.choice(sorted(both)))


def filled(draw: Draw, scope: Sequence[Column], template: str, *, depth: int) -> str:
    """A template's holes filled; `{same}` is one expression wherever it stands."""
    if "{same}" in template:
        template = template.replace("{same}", expression(draw, scope, draw.choice(ORDERED), depth))
    for hole in ("any", "ordered", *dict.fromkeys(KINDS)):
        while f"{{{hole}}}" in template:
            kind = draw.choice(KINDS if hole == "any" else ORDERED) if hole in ("any", "ordered") else hole
            template = template.replace(f"{{{hole}}}", expression(draw, scope, kind, depth), 1)
    return template
