"""Policy documents: JSON in, statements that can be asked whether they speak of a request out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from athena_ds.local.iam.condition import Conditions, hold, known
from athena_ds.local.iam.pattern import Context, matches


class MalformedPolicyError(ValueError):
    """A document IAM would not store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, as policies name them.

    `arn` is the user, the session of an assumed role or the root; `role` the role behind a session; both None for
    somebody anonymous.
    """

    arn: str | None
    account: str | None
    role: str | None = None
    user_id: str = ""
    service: str | None = None

    def named(self) -> frozenset[str]:
        """Spellings in a policy's Principal that mean exactly this principal."""
        return frozenset(name for name in (self.arn, self.role, self.user_id) if name)


Reach = Literal["exact", "role", "account", "none"]
"""How a Principal element covers a caller: by name or `*`, by the role behind the session, by the whole account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; tuples are empty where the document has no such element."""

    effect: Literal["Allow", "Deny"]
    sid: str = ""
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_principals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conditions: Conditions = field(default_factory=dict)
    variables: bool = True

    def covers(self, action: str, resource: str, *, context: Context) -> bool:
        """Whether action, resource and conditions all match (the principal is asked separately)."""
        return self._action(action) and self._resource(resource, context) and hold(self.conditions, context)

    def _action(self, action: str) -> bool:
        if self.not_actions:
            return not any(matches(pattern, action, fold=True) for pattern in self.not_actions)
        return any(matches(pattern, action, fold=True) for pattern in self.actions)

    def _resource(self, resource: str, context: Context) -> bool:
        known_variables = context if self.variables else None
        if self.not_resources:
            return not any(matches(pattern, resource, context=known_variables) for pattern in self.not_resources)
        # A trust policy has no Resource: the role it hangs on is meant.
        return not self.resources or any(matches(one, resource, context=known_variables) for one in self.resources)

    def reaches(self, principal: Principal) -> Reach:
        """How the Principal (or NotPrincipal) element covers somebody."""
        if self.not_principals:
            return "none" if _reach(self.not_principals, principal) != "none" else "exact"
        return _reach(self.principals, principal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy: where it hangs (for messages) and its statements."""

    name: str
    statements: tuple[Statement, ...]


def _reach(principals: Mapping[str, tuple[str, ...]], principal: Principal) -> Reach:
    names = principals.get("AWS", ())
    if "*" in names or (principal.service and principal.service in principals.get("Service", ())):
        return "exact"
    if principal.arn in names or (principal.user_id and principal.user_id in names):
        return "exact"
    if principal.role and principal.role in names:
        return "role"
    accounts = {name.split(":")[4] if name.endswith(":root") else name for name in names}
    return "account" if principal.account and principal.account in accounts else "none"


@lru_cache(maxsize=2048)
def parse(text: str, name: str = "") -> Document:
    """Read a document. Raises MalformedPolicyError with the reason."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise MalformedPolicyError("This policy contains invalid Json") from error
    if not isinstance(document, dict) or "Statement" not in document:
        raise MalformedPolicyError("Missing required field Statement")
    statements = _listed(document["Statement"])
    variables = document.get("Version", "2008-10-17") == "2012-10-17"
    return Document(name=name, statements=tuple(_statement(one, variables) for one in statements))


def _statement(raw: Any, variables: bool) -> Statement:
    if not isinstance(raw, dict) or raw.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicyError("Missing required field Effect")
    if ("Action" in raw) == ("NotAction" in raw):
        raise MalformedPolicyError("Missing required field Action")
    conditions = {
        operator: {key: _texts(value) for key, value in keys.items()}
        for operator, keys in raw.get("Condition", {}).items()
    }
    for operator in conditions:
        if not known(operator):
            raise MalformedPolicyError(f"Invalid Condition type : {operator}")
    return Statement(
        effect=raw["Effect"],
        sid=str(raw.get("Sid", "")),
        actions=_texts(raw.get("Action", ())),
        not_actions=_texts(raw.get("NotAction", ())),
        resources=_texts(raw.get("Resource", ())),
        not_resources=_texts(raw.get("NotResource", ())),
        principals=_principals(raw.get("Principal")),
        not_principals=_principals(raw.get("NotPrincipal")),
        conditions=conditions,
        variables=variables,
    )


def _principals(raw: Any) -> dict[str, tuple[str, ...]]:
    if raw is None:
        return {}
    if raw == "*":
        return {"AWS": ("*",)}
    if not isinstance(raw, dict):
        raise MalformedPolicyError("Invalid principal in policy")
    return {kind: _texts(value) for kind, value in raw.items()}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> tuple[str, ...]:
    """A string or a list of them; true and 7 are written without quotes by some, and mean "true" and "7"."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)
