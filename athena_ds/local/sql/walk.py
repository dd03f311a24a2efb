"""Walking and rewriting typed expressions without knowing their kinds. Subqueries are leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

from athena_ds.local.sql.tree import Expression, Frame, SortKey

_E = TypeVar("_E", bound=Any)


def children(expression: Any) -> Iterator[Expression]:
    """The expressions right below one."""
    for part in fields(expression):
        yield from _expressions(getattr(expression, part.name))


def _expressions(value: Any) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, (SortKey, Frame)):
        yield from children(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)


def walk(expression: Expression, into: Callable[[Expression], bool] = lambda _: True) -> Iterator[Expression]:
    """An expression and all below it, parents first; not below those `into` says no to."""
    yield expression
    if into(expression):
        for child in children(expression):
            yield from walk(child, into)


def rewrite(value: _E, change: Callable[[Expression], Expression | None]) -> _E:
    """The same tree with every part `change` answers for replaced, parents first."""
    if isinstance(value, Expression):
        changed = change(value)
        if changed is not None:
            return changed  # type: ignore[return-value]
    if isinstance(value, (Expression, SortKey, Frame)):
        updates = {}
        for part in fields(value):
            old = getattr(value, part.name)
            new = rewrite(old, change)
            if new is not old:
                updates[part.name] = new
        return replace(value, **updates) if updates else value
    if isinstance(value, tuple) and value:
        made: Any = tuple(rewrite(item, change) for item in value)
        return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
    return value
