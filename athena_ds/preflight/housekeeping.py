"""Housekeeping of the results path: what removes old results, old versions and uploads left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ..errors import NotFoundError
from ..policy import Grant
from ..retention.lifecycle import Rule, rules_of
from .check import Check, Finding, passed, skipped, warning
from .probe import Probe

_STALE = timedelta(days=1)


def checks(probe: Probe) -> list[Check]:
    """Advice only: nothing here keeps a query from running."""
    arn = probe.arns.bucket(probe.results.bucket)

    def one(name: str, ask: Callable[[Probe, Grant], Finding], *, action: str, after: str = "results-bucket") -> Check:
        grant = Grant(action=f"s3:{action}", resource=arn)
        return Check(
            id=name,
            ask=lambda: skipped("Athena keeps the results itself, for a day.") if probe.managed else ask(probe, grant),
            requires=(after,),
            grants=(grant,),
            required=False,
        )

    return [
        one("lifecycle", _expiry, action="GetLifecycleConfiguration"),
        one("lifecycle-uploads", _abort, action="GetLifecycleConfiguration", after="lifecycle"),
        one("versioning", _versioning, action="GetBucketVersioning"),
        one("stale-uploads", _stale, action="ListBucketMultipartUploads", after="results-uploads"),
    ]


def _covering(probe: Probe, grant: Grant) -> list[Rule]:
    """The rules that are on and cover the whole results path."""
    try:
        answer = probe.ask("s3:GetBucketLifecycleConfiguration", grant, **probe.here)
    except NotFoundError:
        return []
    return [rule for rule in rules_of(answer) if rule.enabled and rule.covers(probe.results.prefix)]


def _expiry(probe: Probe, grant: Grant) -> Finding:
    rules = [rule for rule in _covering(probe, grant) if rule.expires]
    if rules:
        return passed(f"s3:GetBucketLifecycleConfiguration: {rules[0].told}")
    return warning(
        f"No lifecycle rule removes results under {probe.results}; neither Athena nor this SDK deletes them.",
        "Look at ds.retention() and apply what it proposes: ds.retention().apply(confirm=True).",
    )


def _abort(probe: Probe, grant: Grant) -> Finding:
    rules = [rule for rule in _covering(probe, grant) if rule.aborts]
    if rules:
        return passed(f"s3:GetBucketLifecycleConfiguration: {rules[0].told}")
    return warning(
        f"No lifecycle rule aborts incomplete uploads under {probe.results}; failed queries leave some.",
        "Look at ds.retention() and apply what it proposes: ds.retention().apply(confirm=True).",
    )


def _versioning(probe: Probe, grant: Grant) -> Finding:
    status = probe.ask("s3:GetBucketVersioning", grant, **probe.here).get("Status")
    if status is None:
        return passed("s3:GetBucketVersioning: the bucket keeps no versions")
    lifecycle = Grant(action="s3:GetLifecycleConfiguration", resource=grant.resource)
    if any(rule.expires_old_versions for rule in _covering(probe, lifecycle)):
        return passed(f"s3:GetBucketVersioning: {status}, and a rule removes old versions")
    return warning(
        f"The bucket keeps versions ({status}): what expires becomes an old version and is paid for on.",
        "Add NoncurrentVersionExpiration: ds.retention() proposes it.",
    )


def _stale(probe: Probe, grant: Grant) -> Finding:
    answer = probe.ask("s3:ListMultipartUploads", grant, **probe.here, Prefix=probe.results.inside, MaxUploads=1000)
    uploads = answer.get("Uploads", [])
    old = [each for each in uploads if datetime.now(UTC) - each["Initiated"].astimezone(UTC) > _STALE]
    if not old:
        return passed(f"s3:ListMultipartUploads: none of {len(uploads)} is older than a day")
    first = min(old, key=lambda each: each["Initiated"])
    return warning(
        f"{len(old)} uploads older than a day are left under {probe.results}, the oldest of "
        f"{first['Initiated']:%Y-%m-%d}; they are paid for.",
        "Set a rule that aborts incomplete uploads: ds.retention().apply(confirm=True).",
    )
