"""One statement of an IAM policy, with what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

Condition = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Grant:
    """One IAM action on one resource: what a check needs, and what a failed one misses."""

    action: str
    resource: str = "*"

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement that allows.

    Attributes:
        sid: Its Sid; empty where it has none.
        actions: IAM actions.
        resources: ARNs, wildcards allowed.
        condition: Operator -> key -> values.
        need: Which need of the data source's document it serves.
        why: Which call makes it necessary.
    """

    sid: str = ""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition = field(default_factory=dict)
    need: str = ""
    why: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """As IAM takes it. One resource stands alone, several in a list, as the document writes them."""
        made: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        resources = list(self.resources)
        made |= {"Effect": "Allow", "Action": list(self.actions)}
        made["Resource"] = resources[0] if len(resources) == 1 else resources
        if self.condition:
            made["Condition"] = {
                operator: {key: list(values) for key, values in keys.items()}
                for operator, keys in self.condition.items()
            }
        return made

    def covers(self, grant: Grant) -> bool:
        """Whether its actions and resources hold what is needed (conditions aside)."""
        return any(_fits(one, grant.action, fold=True) for one in self.actions) and any(
            _fits(one, grant.resource) for one in self.resources
        )

    def implies(self, other: Statement, grant: Grant) -> bool:
        """Whether it covers a grant wherever another statement's condition holds."""
        asked = ((operator, key, values) for operator, keys in self.condition.items() for key, values in keys.items())
        return self.covers(grant) and all(
            key in other.condition.get(operator, {})
            and all(any(_fits(mine, value) for mine in values) for value in other.condition[operator][key])
            for operator, key, values in asked
        )

    def only(self, grants: Iterable[Grant]) -> Statement | None:
        """The part of it that gives what is needed; None when it gives nothing of it."""
        wanted = [grant for grant in grants if self.covers(grant)]
        if not wanted:
            return None
        actions = tuple(one for one in self.actions if any(_fits(one, grant.action, fold=True) for grant in wanted))
        resources = tuple(one for one in self.resources if any(_fits(one, grant.resource) for grant in wanted))
        return replace(self, actions=actions, resources=resources)


def _fits(pattern: str, value: str, *, fold: bool = False) -> bool:
    """IAM's `*` and `?`."""
    if fold:
        pattern, value = pattern.lower(), value.lower()
    return pattern == value or (("*" in pattern or "?" in pattern) and _pattern(pattern).fullmatch(value) is not None)


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL)
