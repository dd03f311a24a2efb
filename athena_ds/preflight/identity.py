"""Who asks: the credentials, the gate before them, the region they belong to."""

from __future__ import annotations

from ..aws.caller import Identity
from ..connection.credentials import AssumeRole, Credentials, InstanceProfile
from ..connection.governance import Gate
from ..errors import AthenaDSError
from .check import Check, Finding, failed, passed
from .probe import Probe


def checks(probe: Probe, credentials: Credentials) -> list[Check]:
    """Identity, gate, region."""
    return [
        Check(id="identity", ask=lambda: _identity(probe)),
        Check(id="gate", ask=lambda: _gate(credentials)),
        Check(id="region", ask=lambda: _region(probe), requires=("identity",)),
    ]


def _identity(probe: Probe) -> Finding:
    probe.known.identity = Identity.ask(probe.door)
    return passed(f"sts:GetCallerIdentity: {probe.known.identity.arn}")


def _gate(credentials: Credentials) -> Finding:
    source = credentials.source if isinstance(credentials, AssumeRole) else credentials
    kind = type(credentials).__name__
    if not isinstance(source, InstanceProfile):
        return passed(f"{kind}: no permission of the deployment is needed.")
    try:
        Gate.current().check()
    except AthenaDSError as error:
        return failed(error.happened, error.remedy)
    return passed(f"{kind}: the deployment allows it, and this person has the permission.")


def _region(probe: Probe) -> Finding:
    assert probe.known.identity is not None, "asked after 'identity'"  # noqa: S101
    theirs, ours = probe.known.identity.partition, probe.config.partition.name
    said = f"{probe.config.region} is in partition {ours}, the credentials are of {theirs}."
    if theirs == ours:
        return passed(said)
    return failed(said, f"Use a region of {theirs}, or credentials of an account in {ours}.")
