"""The source data: every bucket the tables and partitions of the database lie in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from ..errors import AccessDeniedError, NotFoundError
from ..policy import Grant, Location, distinct
from . import survey
from .check import Check, Denial, DeniedError, Finding, failed, passed, skipped, warning
from .probe import Probe, nowhere
from .writing import Target

_PLACES_AT_MOST = 100
T = TypeVar("T")


def finding_them(probe: Probe) -> Check:
    """Where the files lie: the tables' locations, and those of partitions elsewhere."""
    return Check(id="sources", ask=lambda: _sources(probe), requires=("tables",))


def checks(probe: Probe) -> list[Check]:
    """The checks of every source bucket; made once it is known which there are."""
    buckets: dict[str, list[Location]] = {}
    for place in probe.known.sources:
        buckets.setdefault(place.bucket, []).append(place)
    return [check for bucket, places in buckets.items() for check in _of_bucket(probe, bucket, places)]


def _of_bucket(probe: Probe, bucket: str, places: list[Location]) -> list[Check]:
    there = f"source-bucket:{bucket}"
    arn = probe.arns.bucket(bucket)
    targets = [Target(probe=probe, place=place) for place in places]

    def one(name: str, ask: Callable[[], Finding], *grants: Grant, required: bool = True) -> Check:
        requires = ("sources",) if name == "source-bucket" else (there,)
        return Check(id=f"{name}:{bucket}", ask=ask, requires=requires, grants=grants, required=required, about=bucket)

    located, listed = Grant(action="s3:GetBucketLocation", resource=arn), Grant(action="s3:ListBucket", resource=arn)
    uploads = Grant(action="s3:ListBucketMultipartUploads", resource=arn)
    pays = Grant(action="s3:GetBucketRequestPayment", resource=arn)
    read = tuple(target.grant("GetObject") for target in targets)
    parts = tuple(target.grant("ListMultipartUploadParts") for target in targets)
    made = [
        one("source-bucket", lambda: _bucket(probe, bucket, located), located),
        one("source-list", lambda: _list(probe, places, listed), listed),
        one("source-read", lambda: _read(targets), *read),
    ]
    if probe.policy is not None and probe.policy.allows(parts[0]):
        said = passed("s3:ListParts was allowed; there is no such upload.")
        made.append(one("source-parts", lambda: everywhere(targets, Target.parts, found=said), *parts, required=False))
    if probe.policy is not None and probe.policy.allows(uploads):
        made.append(one("source-uploads", lambda: _uploads(probe, bucket, uploads), uploads, required=False))
    return [*made, one("source-requester", lambda: _requester(probe, bucket, pays), pays, required=False)]


def _sources(probe: Probe) -> Finding:
    if not probe.known.tables:
        return skipped("There are no tables, so there is no source data.")
    try:
        places, notes = survey.sources(probe.door, probe.config, found=probe.known.tables)
    except AccessDeniedError as error:
        # The check 'partitions' says what to do; the tables' own places are known all the same.
        places = distinct(table.place for table in probe.known.tables if table.place is not None)
        notes = (f"{error.action} is not allowed: partitions that lie elsewhere are not known.",)
    probe.known.sources = places
    if not places:
        return skipped("No table has files in S3 (views only, or another kind of source).")
    said = ", ".join(str(place) for place in places[:5]) + (f" and {len(places) - 5} more" if len(places) > 5 else "")
    if notes:
        return warning(f"{said}. {' '.join(notes)}", "Look at the rest by hand.")
    return passed(said)


def _payer(probe: Probe) -> dict[str, Any]:
    group = probe.known.workgroup
    return {"RequestPayer": "requester"} if group is not None and group.requester_pays else {}


def _bucket(probe: Probe, bucket: str, grant: Grant) -> Finding:
    try:
        answer = probe.ask("s3:GetBucketLocation", grant, Bucket=bucket)
    except NotFoundError:
        return failed(
            f"s3:GetBucketLocation: there is no bucket '{bucket}'.", "Correct the LOCATION of the tables that name it."
        )
    region = region_of(answer)
    if region != probe.config.region:
        said = f"s3:GetBucketLocation: '{bucket}' lies in {region}, Athena in {probe.config.region}."
        return warning(said, "Queries work and pay for the transfer; copy the data to Athena's region to avoid that.")
    return passed(f"s3:GetBucketLocation: '{bucket}' lies in {region}")


def region_of(answer: dict[str, Any]) -> str:
    """A bucket's region: S3 says nothing for us-east-1, and EU for eu-west-1."""
    said = answer.get("LocationConstraint")
    return {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(said, str(said))


def _list(probe: Probe, places: list[Location], grant: Grant) -> Finding:
    """Every place, by its prefix: that is what a condition on s3:prefix is about."""
    ask = partial(first_key, probe, grant=grant)
    return everywhere(places, ask, found=passed(f"s3:ListObjectsV2: {shown(places)}"))


def first_key(probe: Probe, place: Location, *, grant: Grant) -> str | None:
    """The first object of a place that holds anything."""
    answer = probe.ask("s3:ListObjectsV2", grant, Bucket=place.bucket, Prefix=place.inside, MaxKeys=10, **_payer(probe))
    keys = [each["Key"] for each in answer.get("Contents", []) if each.get("Size", 0) > 0]
    return keys[0] if keys else None


def everywhere(asked: Sequence[T], ask: Callable[[T], object], *, found: Finding) -> Finding:
    """Ask about each; what is denied is raised together, and the first finding that is no pass stands for all."""
    denied: list[Denial] = []
    said = ""
    for each in asked[:_PLACES_AT_MOST]:
        try:
            answer = ask(each)
        except DeniedError as refused:
            denied += refused.denials
            said = said or refused.said
        else:
            if isinstance(answer, Finding) and answer.status != "passed":
                return answer
    if denied:
        raise DeniedError(denied, said)
    return found


def _read(targets: Sequence[Target]) -> Finding:
    """One byte of every place."""
    places = [target.place for target in targets]
    return everywhere(targets, one_byte, found=passed(f"s3:GetObject: {shown(places)}"))


def one_byte(target: Target) -> None:
    """One byte of one object of a place; where none is known, a key that does not exist tells as well."""
    probe, place, grant = target.probe, target.place, target.grant("GetObject")
    listing = Grant(action="s3:ListBucket", resource=probe.arns.bucket(place.bucket))
    try:
        key = first_key(probe, place, grant=listing)
    except DeniedError:
        key = None
    wanted = {"Bucket": place.bucket, "Key": key or nowhere(place), **_payer(probe)}
    try:
        probe.ask("s3:GetObject", grant, Range="bytes=0-0", **wanted)
    except NotFoundError:
        # S3 tells a missing key only to who may read it.
        return
    except DeniedError as refused:
        # S3 looks at s3:GetObject first, and without s3:ListBucket it does not say that a key is missing.
        if key is None and (refused.denials[0].grant.action == "s3:ListBucket" or not refused.told):
            return
        raise


def _uploads(probe: Probe, bucket: str, grant: Grant) -> Finding:
    probe.ask("s3:ListMultipartUploads", grant, Bucket=bucket, MaxUploads=1)
    return passed(f"s3:ListMultipartUploads: '{bucket}'")


def _requester(probe: Probe, bucket: str, grant: Grant) -> Finding:
    payer = probe.ask("s3:GetBucketRequestPayment", grant, Bucket=bucket).get("Payer", "BucketOwner")
    if payer != "Requester":
        return passed(f"s3:GetBucketRequestPayment: {payer}")
    group = probe.known.workgroup
    if group is None:
        said = f"Readers pay for '{bucket}'; whether workgroup '{probe.config.workgroup}' agrees to is not known."
        return warning(said, "Have whoever sees its settings look whether requester pays is turned on there.")
    if group.requester_pays:
        return warning(f"Readers pay for '{bucket}', and the workgroup agrees to.", "Nothing to do.")
    remedy = f"Have requester pays turned on in workgroup '{probe.config.workgroup}'."
    return failed(f"Readers pay for '{bucket}', and the workgroup does not agree to: queries will be refused.", remedy)


def shown(places: Sequence[Location]) -> str:
    """The first few places."""
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return ", ".join(str(place) for place in places[:3]) + more
