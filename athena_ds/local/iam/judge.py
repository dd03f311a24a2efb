"""The judgement in one place: a caller, an action on a resource, and every policy that has a say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from athena_ds.local.iam import encryption, tags
from athena_ds.local.iam.callers import Caller, Key, Keys, now, policies_of, role_named
from athena_ds.local.iam.decision import Decision, Request, context_of, decide
from athena_ds.local.iam.demands import Demand, Place, Values
from athena_ds.local.iam.policy import Document, MalformedPolicyError, parse


class DeniedError(Exception):
    """An action a caller may not take; the message is AWS's sentence."""

    def __init__(self, caller: Caller, demand: Demand, decision: Decision) -> None:
        self.action, self.resource, self.decision = demand.action, demand.resource, decision
        self.anonymous = caller.kind == "anonymous"
        resource = f'"{demand.resource}"' if demand.action.startswith("s3:") else demand.resource
        self.message = (
            f"User: {caller.arn or 'anonymous'} is not authorized to perform: {demand.action} on resource: {resource} "
            f"{decision.because(demand.action)}"
        )
        super().__init__(self.message)


def place_of(caller: Caller) -> Place:
    """Where a caller's requests are made."""
    return Place(partition=caller.partition, region=caller.region, account=caller.account)


class Judge:
    """Decides from what moto stores. With `enforce` off everything is allowed."""

    def __init__(
        self, *, account: str, region: str, root: Key, enforce: bool = False, clock: Callable[[], datetime] = now
    ) -> None:
        self.account, self.region, self.enforce, self.clock = account, region, enforce, clock
        self.keys = Keys(account=account, region=region, root=root, clock=clock)
        self.tags_of: Callable[[str], Mapping[str, str]] = lambda _arn: {}

    def decision(self, caller: Caller, demand: Demand) -> Decision:
        """Whether one action on one resource is allowed, and which kind of policy settled it."""
        if not self.enforce:
            return Decision(allowed=True, reason="allowed", kind="root")
        backend = self.keys.backend(caller.region)
        policies = policies_of(caller, backend)
        if demand.action.startswith(("sts:AssumeRole", "sts:TagSession")):
            trust = _trust(role_named(demand.resource, backend))
            policies = replace(policies, resource=trust, delegates=True)
        elif demand.action.startswith("s3:"):
            policies = replace(policies, resource=_bucket_policy(demand.resource, place_of(caller)))
        elif demand.action.startswith("kms:"):
            key = encryption.key_policy(demand.resource, place_of(caller))
            policies = replace(policies, resource=_document(key, "key policy"), delegates=key is not None)
        tagged = tags.of_principal(caller, backend)
        context = context_of({**self._context(caller, demand), **tagged, **demand.context})
        request = Request(action=demand.action, resource=demand.resource, principal=caller.principal, context=context)
        return decide(request, policies)

    def require(self, caller: Caller, demand: Demand) -> None:
        """Raise DeniedError unless allowed."""
        decision = self.decision(caller, demand)
        if not decision.allowed:
            raise DeniedError(caller, demand, decision)

    def authorize(self, caller: Caller) -> Authorizer:
        """The caller's own rights, for what a query does in its name."""
        return Authorizer(judge=self, caller=caller)

    def _context(self, caller: Caller, demand: Demand) -> dict[str, str | tuple[str, ...] | None]:
        moment = self.clock()
        keys: dict[str, str | tuple[str, ...] | None] = {
            **caller.context(),
            "aws:CurrentTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "aws:EpochTime": str(int(moment.timestamp())),
            "aws:RequestedRegion": caller.region,
            "aws:ResourceAccount": self.account,
            "s3:ResourceAccount": self.account if demand.action.startswith("s3:") else None,
            # The loopback endpoint speaks HTTP where AWS speaks HTTPS; policies that demand TLS mean AWS.
            "aws:SecureTransport": "true",
            "s3:TlsVersion": "1.3" if demand.action.startswith("s3:") else None,
            "aws:ViaAWSService": "false",
        }
        held = self.tags_of(demand.resource)
        return keys | {f"aws:ResourceTag/{name}": value for name, value in held.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorizer:
    """May this caller's query do that? Calling it raises DeniedError where not; `allows` only answers."""

    judge: Judge
    caller: Caller

    def __call__(self, action: str, *resources: str, context: Values | None = None) -> None:
        """Every resource must be allowed (`glue:GetTable` is asked of catalog, database and table)."""
        for resource in resources or ("*",):
            for demand in self._demands(action, resource, context):
                self.judge.require(self.caller, demand)

    def allows(self, action: str, resource: str = "*", *, context: Values | None = None) -> bool:
        """Whether one action on one resource is allowed."""
        wanted = self._demands(action, resource, context)
        return all(self.judge.decision(self.caller, demand).allowed for demand in wanted)

    def _demands(self, action: str, resource: str, context: Values | None) -> list[Demand]:
        """The action, and for S3 the key of what is encrypted; all of it called via Athena."""
        via: Values = {
            "aws:CalledVia": ("athena.amazonaws.com",),
            "aws:CalledViaFirst": "athena.amazonaws.com",
            "aws:CalledViaLast": "athena.amazonaws.com",
            "aws:ViaAWSService": "true",
        }
        wanted = [Demand(action=action, resource=resource, context={**via, **(context or {})})]
        if self.judge.enforce and action.startswith("s3:"):
            wanted += encryption.demands(action, resource, place_of(self.caller))
        return wanted


def _trust(role: Any | None) -> Document | None:
    return None if role is None else _document(str(role.assume_role_policy_document), "trust policy")


def _bucket_policy(resource: str, place: Place) -> Document | None:
    bucket = encryption.bucket_named(resource.split(":::", 1)[-1].partition("/")[0], place)
    return None if bucket is None or not bucket.policy else _document(bucket.policy.decode(), "bucket policy")


def _document(text: str | None, name: str) -> Document | None:
    """A resource's policy; one that can't be read allows nothing."""
    try:
        return None if text is None else parse(text, name)
    except MalformedPolicyError:
        return None
