"""May this request be served? One pure function, in the order AWS decides.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from athena_ds.local.iam.pattern import Context
from athena_ds.local.iam.policy import Document, Principal, Statement

Kind = Literal["identity-based policy", "resource-based policy", "permissions boundary", "session policy", "root"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One IAM action on one resource by one principal."""

    action: str
    resource: str
    principal: Principal
    context: Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies that count for a request. `boundary` and `session` are None where there is none of the kind.

    `delegates` says the resource's own policy must allow (a role's trust policy); `elsewhere` that the resource is
    another account's, so that both sides must.
    """

    identity: tuple[Document, ...] = ()
    resource: Document | None = None
    boundary: tuple[Document, ...] | None = None
    session: tuple[Document, ...] | None = None
    root: bool = False
    delegates: bool = False
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Allowed or not, by an explicit statement or for want of one, and which kind of policy settled it."""

    allowed: bool
    reason: Literal["allowed", "explicit", "implicit"]
    kind: Kind
    policy: str = ""
    sid: str = ""

    def because(self, action: str) -> str:
        """The tail of AWS's sentence."""
        if self.reason == "explicit":
            article = "an" if self.kind[0] in "aeiou" else "a"
            return f"with an explicit deny in {article} {self.kind}"
        return f"because no {self.kind} allows the {action} action"


def decide(request: Request, policies: Policies) -> Decision:
    """Explicit deny anywhere wins; then resource, identity, boundary and session policies must agree."""
    for kind, documents in _denying(policies):
        for document in documents:
            for statement in _covering(document, request, "Deny"):
                if kind != "resource-based policy" or statement.reaches(request.principal) != "none":
                    return Decision(
                        allowed=False, reason="explicit", kind=kind, policy=document.name, sid=statement.sid
                    )
    return _allowing(request, policies)


def _denying(policies: Policies) -> tuple[tuple[Kind, tuple[Document, ...]], ...]:
    resource = (policies.resource,) if policies.resource else ()
    if policies.root:
        return (("resource-based policy", resource),)
    return (
        ("identity-based policy", policies.identity),
        ("resource-based policy", resource),
        ("permissions boundary", policies.boundary or ()),
        ("session policy", policies.session or ()),
    )


def _allowing(request: Request, policies: Policies) -> Decision:
    direct = _resource_allows(request, policies.resource)
    if direct and direct[0] == "exact" and not policies.elsewhere:
        # Named by the resource's own policy: neither boundary nor session policy has to allow it again.
        return _yes("resource-based policy", direct[1])
    if (policies.delegates or policies.elsewhere) and not direct:
        return _no("resource-based policy")
    if policies.root:
        return Decision(allowed=True, reason="allowed", kind="root")
    granted: tuple[str, Statement] | None = None
    if direct and direct[0] == "role" and not policies.elsewhere:
        granted = direct[1]
    granted = granted or _first(policies.identity, request)
    if granted is None:
        return _no("identity-based policy")
    for kind, documents in (("permissions boundary", policies.boundary), ("session policy", policies.session)):
        if documents is not None and _first(documents, request) is None:
            return _no("permissions boundary" if kind == "permissions boundary" else "session policy")
    return _yes("identity-based policy", granted)


def _resource_allows(request: Request, document: Document | None) -> tuple[str, tuple[str, Statement]] | None:
    """The widest reach with which a resource's policy allows: by name before by role before by account."""
    found: dict[str, tuple[str, Statement]] = {}
    if document is not None:
        for statement in _covering(document, request, "Allow"):
            found.setdefault(statement.reaches(request.principal), (document.name, statement))
    return next(((reach, found[reach]) for reach in ("exact", "role", "account") if reach in found), None)


def _first(documents: tuple[Document, ...], request: Request) -> tuple[str, Statement] | None:
    for document in documents:
        for statement in _covering(document, request, "Allow"):
            return document.name, statement
    return None


def _covering(document: Document, request: Request, effect: str) -> list[Statement]:
    return [
        statement
        for statement in document.statements
        if statement.effect == effect and statement.covers(request.action, request.resource, context=request.context)
    ]


def _yes(kind: Kind, granted: tuple[str, Statement]) -> Decision:
    return Decision(allowed=True, reason="allowed", kind=kind, policy=granted[0], sid=granted[1].sid)


def _no(kind: Kind) -> Decision:
    return Decision(allowed=False, reason="implicit", kind=kind)


def context_of(values: Mapping[str, str | tuple[str, ...] | None]) -> dict[str, tuple[str, ...]]:
    """Condition keys as policies are asked about them: lower case, absent where None."""
    return {
        key.lower(): (value,) if isinstance(value, str) else value for key, value in values.items() if value is not None
    }
