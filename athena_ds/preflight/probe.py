"""The one who asks for the checks: AWS through the door, and what was learnt on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from ..aws import Answer, Door
from ..aws.caller import Identity
from ..connection.config import DataSourceConfig
from ..connection.partitions import Arns
from ..errors import AccessDeniedError
from ..location import WorkGroup, landing
from ..policy import Grant, Location, Policy
from .check import Denial, DeniedError
from .survey import Found

NOWHERE = "athena-ds-preflight"
"""The last part of keys that preflight asks for and that never come to exist."""


@dataclass(slots=True, kw_only=True)
class Known:
    """What earlier checks learnt for later ones."""

    identity: Identity | None = None
    workgroup: WorkGroup | None = None
    execution: str = ""
    tables: tuple[Found, ...] = ()
    sources: tuple[Location, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One preflight's way to AWS.

    Attributes:
        door: Who asks.
        config: What is asked about.
        policy: The policy in use, where it is known.
        known: What was learnt.
    """

    door: Door
    config: DataSourceConfig
    policy: Policy | None = None
    known: Known = field(default_factory=Known)

    @property
    def arns(self) -> Arns:
        """The ARNs of this account; `*` stands for an account that is not known yet."""
        return self.config.arns(self.known.identity.account if self.known.identity else "*")

    @property
    def results(self) -> Location:
        """Where results really go: the workgroup's place where it enforces one."""
        asked = Location(bucket=self.config.results_bucket, prefix=self.config.results_path)
        return landing(self.config, self.known.workgroup) or asked

    @property
    def managed(self) -> bool:
        """Whether Athena keeps results itself."""
        return bool(self.known.workgroup and self.known.workgroup.managed_results)

    @property
    def owner(self) -> str | None:
        """The account that must own the results bucket."""
        identity = self.known.identity
        return self.config.expected_bucket_owner or (identity.account if identity else None)

    @property
    def here(self) -> dict[str, Any]:
        """The results bucket, as every call names it."""
        return {"Bucket": self.results.bucket, "ExpectedBucketOwner": self.owner}

    def means(self, action: str) -> bool:
        """Whether the policy in use means to allow an action."""
        return self.policy is not None and self.policy.means(action)

    def ask(self, operation: str, *grants: Grant, **params: Any) -> Answer:
        """One call; a denial says which grant is missing.

        Raises:
            DeniedError: With the grant AWS names, or the one that belongs to this call.
        """
        try:
            return self.door.call(operation, **params)
        except AccessDeniedError as error:
            told = error.resource.startswith("arn:") or error.resource == "*"
            raise DeniedError([Denial(grant=_named(error, grants), by=error.by)], error.happened, told=told) from error


def unknown_upload() -> str:
    """An upload id that S3 never gave."""
    return uuid4().hex


def nowhere(place: Location) -> str:
    """A key under a place that never comes to exist."""
    return f"{place.inside}{NOWHERE}"


def _named(error: AccessDeniedError, grants: tuple[Grant, ...]) -> Grant:
    """What AWS says is missing, in our words for it where we have some."""
    if not error.resource.startswith("arn:") and error.resource != "*":
        return grants[0] if grants else Grant(action=error.action)
    told = Grant(action=error.action, resource=error.resource)
    same = [grant for grant in grants if grant.action == told.action]
    exact = next((grant for grant in same if grant.resource == told.resource), None)
    wide = next((grant for grant in same if grant.resource.endswith("*") and _within(told, grant)), None)
    return exact or wide or told


def _within(told: Grant, grant: Grant) -> bool:
    return told.resource.startswith(grant.resource.rstrip("*"))
