"""Statements that overlap, cut so that each gives what no other does: what is taken away is then really gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from .statement import Grant, Statement


def disjoint(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The same rights, each given once: by the widest statement, and of equal ones by the first."""
    whole = list(statements)
    kept: list[Statement] = []
    for number, statement in enumerate(whole):
        kept += _beyond(statement, _given(statement, before=tuple(kept), after=whole[number + 1 :]))
    return tuple(kept)


def _given(statement: Statement, *, before: Sequence[Statement], after: Sequence[Statement]) -> Callable[[Grant], bool]:
    """Whether another statement gives a grant under the same condition or a weaker one."""

    def given(grant: Grant) -> bool:
        if any(other.implies(statement, grant) for other in before):
            return True
        return any(other.implies(statement, grant) and not _same(other, statement, grant) for other in after)

    return given


def _same(other: Statement, statement: Statement, grant: Grant) -> bool:
    return grant.resource in other.resources and other.condition == statement.condition


def _beyond(statement: Statement, given: Callable[[Grant], bool]) -> Iterator[Statement]:
    """What is left of it: one statement for all resources that lack the same actions."""
    left: dict[tuple[str, ...], list[str]] = {}
    for resource in statement.resources:
        actions = tuple(one for one in statement.actions if not given(Grant(action=one, resource=resource)))
        if actions:
            left.setdefault(actions, []).append(resource)
    for number, (actions, resources) in enumerate(left.items(), 1):
        sid = f"{statement.sid}{number if number > 1 else ''}"
        yield replace(statement, sid=sid, actions=actions, resources=tuple(resources))
