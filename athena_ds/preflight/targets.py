"""Where UNLOAD, CREATE TABLE AS SELECT and INSERT INTO write, where the policy in use means to allow them."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import NotFoundError
from ..policy import Grant, Location, distinct
from .check import Check, Finding, failed, passed
from .probe import Probe
from .sources import everywhere, first_key, one_byte, region_of, shown
from .writing import Target


def checks(probe: Probe) -> list[Check]:
    """Of every bucket that the policy in use lets Athena write to, beside the results."""
    buckets: dict[str, list[Location]] = {}
    for place in _places(probe):
        buckets.setdefault(place.bucket, []).append(place)
    return [check for bucket, places in buckets.items() for check in _of_bucket(probe, bucket, places)]


def _places(probe: Probe) -> tuple[Location, ...]:
    """Where the policy allows s3:PutObject; the results' own checks prove what covers the results."""
    if probe.policy is None:
        return ()
    written = [each for each in probe.policy.statements if "s3:PutObject" in each.actions]
    named = [place for each in written for arn in each.resources if (place := Location.of_objects(arn)) is not None]
    return distinct(place for place in named if not place.covers(probe.results))


def _of_bucket(probe: Probe, bucket: str, places: list[Location]) -> list[Check]:
    arn, there = probe.arns.bucket(bucket), f"target-bucket:{bucket}"
    targets = [Target(probe=probe, place=place) for place in places]

    def one(name: str, ask: Callable[[Target], object], *, action: str, after: str = there) -> Check:
        inside = name not in ("target-bucket", "target-list")
        grants = tuple(target.grant(action) for target in targets)
        return Check(
            id=f"{name}:{bucket}",
            ask=lambda: everywhere(targets, ask, found=passed(f"s3:{action} was allowed: {shown(places)}")),
            requires=(after,),
            grants=grants if inside else (Grant(action=f"s3:{action}", resource=arn),),
            about=bucket,
        )

    located, listed = (Grant(action=f"s3:{name}", resource=arn) for name in ("GetBucketLocation", "ListBucket"))
    return [
        one("target-bucket", lambda one: _bucket(one, located), action="GetBucketLocation", after="identity"),
        one("target-list", lambda one: first_key(probe, one.place, grant=listed), action="ListBucket"),
        one("target-read", one_byte, action="GetObject"),
        one("target-abort", Target.abort, action="AbortMultipartUpload"),
        one("target-parts", Target.parts, action="ListMultipartUploadParts"),
        one("target-write", Target.write, action="PutObject", after=f"target-abort:{bucket}"),
    ]


def _bucket(target: Target, grant: Grant) -> Finding:
    try:
        answer = target.probe.ask("s3:GetBucketLocation", grant, **target.here)
    except NotFoundError:
        remedy = "Have the bucket made, or correct the place that UNLOAD or CREATE TABLE AS SELECT shall write to."
        return failed(f"s3:GetBucketLocation: there is no bucket '{target.place.bucket}'.", remedy)
    return passed(f"s3:GetBucketLocation: '{target.place.bucket}' lies in {region_of(answer)}")
