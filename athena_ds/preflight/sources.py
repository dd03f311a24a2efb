"""The source data: every bucket the tables and partitions of the database lie in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import AccessDeniedError, NotFoundError
from ..policy import Grant, Location, distinct
from . import survey
from .check import Check, Denial, DeniedError, Finding, failed, passed, skipped, warning
from .probe import NOWHERE, Probe

_PLACES_AT_MOST = 100


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
    objects = [probe.arns.objects(place.bucket, place.prefix) for place in places]

    def one(name: str, ask: Callable[[], Finding], *grants: Grant, required: bool = True) -> Check:
        requires = ("sources",) if name == "source-bucket" else (there,)
        return Check(id=f"{name}:{bucket}", ask=ask, requires=requires, grants=grants, required=required, about=bucket)

    located, listed = Grant(action="s3:GetBucketLocation", resource=arn), Grant(action="s3:ListBucket", resource=arn)
    uploads = Grant(action="s3:ListBucketMultipartUploads", resource=arn)
    pays = Grant(action="s3:GetBucketRequestPayment", resource=arn)
    read = tuple(Grant(action="s3:GetObject", resource=each) for each in objects)
    parts = tuple(Grant(action="s3:ListMultipartUploadParts", resource=each) for each in objects)
    made = [
        one("source-bucket", lambda: _bucket(probe, bucket, located), located),
        one("source-list", lambda: _list(probe, places, listed), listed),
        one("source-read", lambda: _read(probe, places, read), *read),
    ]
    if probe.policy is not None and probe.policy.allows(parts[0]):
        made.append(one("source-parts", lambda: _parts(probe, places, parts), *parts, required=False))
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
    for place in places[:_PLACES_AT_MOST]:
        _first_key(probe, place, grant)
    return passed(f"s3:ListObjectsV2: {_shown(places)}")


def _first_key(probe: Probe, place: Location, grant: Grant) -> str | None:
    prefix = f"{place.prefix}/" if place.prefix else ""
    answer = probe.ask("s3:ListObjectsV2", grant, Bucket=place.bucket, Prefix=prefix, MaxKeys=10, **_payer(probe))
    keys = [each["Key"] for each in answer.get("Contents", []) if each.get("Size", 0) > 0]
    return keys[0] if keys else None


def _read(probe: Probe, places: list[Location], grants: tuple[Grant, ...]) -> Finding:
    """One byte of one object a place; where none is known, a key that does not exist tells as well."""
    denied: list[Denial] = []
    said = ""
    for place, grant in list(zip(places, grants, strict=True))[:_PLACES_AT_MOST]:
        try:
            _one_byte(probe, place, grant)
        except DeniedError as refused:
            denied += refused.denials
            said = said or refused.said
    if denied:
        raise DeniedError(denied, said)
    return passed(f"s3:GetObject: {_shown(places)}")


def _one_byte(probe: Probe, place: Location, grant: Grant) -> None:
    listing = Grant(action="s3:ListBucket", resource=probe.arns.bucket(place.bucket))
    try:
        key = _first_key(probe, place, listing)
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


def _parts(probe: Probe, places: list[Location], grants: tuple[Grant, ...]) -> Finding:
    """Of an upload that does not exist: S3 says so to who may list parts."""
    for place, grant in list(zip(places, grants, strict=True))[:_PLACES_AT_MOST]:
        try:
            probe.ask("s3:ListParts", grant, Bucket=place.bucket, Key=nowhere(place), UploadId=probe.unknown_upload())
        except NotFoundError:
            continue
    return passed("s3:ListParts was allowed; there is no such upload.")


def _uploads(probe: Probe, bucket: str, grant: Grant) -> Finding:
    probe.ask("s3:ListMultipartUploads", grant, Bucket=bucket, MaxUploads=1)
    return passed(f"s3:ListMultipartUploads: '{bucket}'")


def _requester(probe: Probe, bucket: str, grant: Grant) -> Finding:
    payer = probe.ask("s3:GetBucketRequestPayment", grant, Bucket=bucket).get("Payer", "BucketOwner")
    if payer != "Requester":
        return passed(f"s3:GetBucketRequestPayment: {payer}")
    group = probe.known.workgroup
    if group is not None and group.requester_pays:
        return warning(f"Readers pay for '{bucket}', and the workgroup agrees to.", "Nothing to do.")
    remedy = f"Have requester pays turned on in workgroup '{probe.config.workgroup}'."
    return failed(f"Readers pay for '{bucket}', and the workgroup does not agree to: queries will be refused.", remedy)


def nowhere(place: Location) -> str:
    """A key under a place that never comes to exist."""
    return f"{place.prefix}/{NOWHERE}" if place.prefix else NOWHERE


def _shown(places: list[Location]) -> str:
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return ", ".join(str(place) for place in places[:3]) + more
