"""The results: the bucket, and writing proven by an upload that is begun and aborted, so that no object ever is."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import AthenaDSError, NotFoundError
from ..policy import Grant
from .check import Check, DeniedError, Finding, failed, passed, skipped, warning
from .probe import Probe, nowhere
from .sources import region_of
from .writing import Target


def checks(probe: Probe) -> list[Check]:
    """Bucket, list, read, abort, write, parts, then its settings."""
    arn = probe.arns.bucket(probe.results.bucket)
    target = Target(probe=probe, place=probe.results, owner=probe.owner, encryption=_encrypted(probe))

    def one(
        name: str,
        ask: Callable[[Probe, Grant], Finding],
        *,
        action: str,
        after: str = "results-bucket",
        required: bool = True,
    ) -> Check:
        inside = action.endswith(("Object", "AbortMultipartUpload", "UploadParts"))
        grant = target.grant(action) if inside else Grant(action=f"s3:{action}", resource=arn)
        return Check(
            id=name,
            ask=lambda: skipped("Athena keeps the results itself.") if probe.managed else ask(probe, grant),
            requires=(after,),
            grants=(grant,),
            required=required,
        )

    return [
        one("results-bucket", _bucket, action="GetBucketLocation", after="identity"),
        one("results-list", _list, action="ListBucket"),
        one("results-read", _read, action="GetObject"),
        one("results-abort", lambda *_: target.abort(), action="AbortMultipartUpload"),
        one("results-parts", lambda *_: target.parts(), action="ListMultipartUploadParts"),
        one("results-write", lambda *_: target.write(), action="PutObject", after="results-abort"),
        one("results-uploads", _uploads, action="ListBucketMultipartUploads"),
        one("results-encryption", _encryption, action="GetEncryptionConfiguration", required=False),
        one("results-public", _public, action="GetBucketPublicAccessBlock", required=False),
        *_buckets(probe),
        one("results-policy", _policy, action="GetBucketPolicyStatus", required=False),
    ]


def _buckets(probe: Probe) -> list[Check]:
    """For forms that offer the account's buckets to choose from."""
    grant = Grant(action="s3:ListAllMyBuckets")

    def ask() -> Finding:
        found = probe.ask("s3:ListBuckets", grant).get("Buckets", [])
        return passed(f"s3:ListBuckets: {len(found)}")

    if not probe.means(grant.action):
        return []
    return [Check(id="buckets", ask=ask, requires=("identity",), grants=(grant,), required=False)]


def _bucket(probe: Probe, grant: Grant) -> Finding:
    name = probe.results.bucket
    try:
        answer = probe.ask("s3:GetBucketLocation", grant, **probe.here)
    except NotFoundError:
        remedy = "Have the bucket made (it must exist; only the path appears by itself), or correct its name."
        return failed(f"s3:GetBucketLocation: there is no bucket '{name}'.", remedy)
    except DeniedError:
        if not _owned_elsewhere(probe, name):
            raise
        said = f"The bucket '{name}' is not owned by account {probe.owner}."
        remedy = (
            "Use a bucket of your own account, or name its owner: expected_bucket_owner='...'. "
            "A name that is not yours may have been taken by somebody else."
        )
        return failed(said, remedy)
    region = region_of(answer)
    if region != probe.config.region:
        said = f"s3:GetBucketLocation: '{name}' lies in {region}, Athena in {probe.config.region}."
        return failed(said, "Use a results bucket in Athena's region; Athena writes to no other.")
    return passed(f"s3:GetBucketLocation: '{name}' lies in {region}, of account {probe.owner}")


def _owned_elsewhere(probe: Probe, bucket: str) -> bool:
    """Whether the same call is allowed once the owner does not matter."""
    try:
        probe.door.call("s3:GetBucketLocation", Bucket=bucket)
    except AthenaDSError:
        return False
    return True


def _list(probe: Probe, grant: Grant) -> Finding:
    answer = probe.ask("s3:ListObjectsV2", grant, **probe.here, Prefix=probe.results.inside, MaxKeys=1)
    there = (
        "has results" if answer.get("KeyCount") else "is empty, or does not exist yet: it appears with the first result"
    )
    return passed(f"s3:ListObjectsV2: {probe.results} {there}")


def _read(probe: Probe, grant: Grant) -> Finding:
    """One byte of a result, or a key that is not there: S3 says so to who may read."""
    listing = Grant(action="s3:ListBucket", resource=probe.arns.bucket(probe.results.bucket))
    key: str | None = None
    try:
        found = probe.ask("s3:ListObjectsV2", listing, **probe.here, Prefix=probe.results.inside, MaxKeys=10).get(
            "Contents", []
        )
        key = next((each["Key"] for each in found if each.get("Size", 0) > 0), None)
    except DeniedError:
        key = None
    try:
        probe.ask("s3:GetObject", grant, **probe.here, Key=key or nowhere(probe.results), Range="bytes=0-0")
    except NotFoundError:
        return passed(f"s3:GetObject was allowed under {probe.results}; there is no result yet.")
    except DeniedError as refused:
        if key is None and refused.denials[0].grant.action == "s3:ListBucket":
            # S3 looks at s3:GetObject first; then it would not say that the key is missing.
            return passed(f"s3:GetObject was allowed under {probe.results}; there is no result yet.")
        if key is None and not refused.told:
            return skipped("There is no result yet to read, and S3 did not say what it denied.", "Run a query first.")
        raise
    return passed(f"s3:GetObject: the first byte of {key}")


def _encrypted(probe: Probe) -> dict[str, str]:
    """As Athena will write: with the encryption this data source asks for."""
    chosen = probe.config.encryption
    if chosen is None or chosen.option == "CSE_KMS":
        return {}
    if chosen.option == "SSE_S3":
        return {"ServerSideEncryption": "AES256"}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": chosen.kms_key or ""}


def _uploads(probe: Probe, grant: Grant) -> Finding:
    answer = probe.ask("s3:ListMultipartUploads", grant, **probe.here, Prefix=probe.results.inside, MaxUploads=10)
    return passed(f"s3:ListMultipartUploads: {len(answer.get('Uploads', []))} under {probe.results}")


def _encryption(probe: Probe, grant: Grant) -> Finding:
    try:
        said = probe.ask("s3:GetBucketEncryption", grant, **probe.here)
    except NotFoundError:
        return passed("s3:GetBucketEncryption: no rule of its own; S3 encrypts every new object (SSE-S3).")
    rules = said["ServerSideEncryptionConfiguration"].get("Rules", [])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    key = default.get("KMSMasterKeyID")
    return passed(f"s3:GetBucketEncryption: {default.get('SSEAlgorithm', 'SSE-S3')}{f', key {key}' if key else ''}")


def _public(probe: Probe, grant: Grant) -> Finding:
    try:
        answer = probe.ask("s3:GetPublicAccessBlock", grant, **probe.here)
        blocked = answer.get("PublicAccessBlockConfiguration", {})
    except NotFoundError:
        blocked = {}
    if blocked and all(blocked.values()):
        return passed("s3:GetPublicAccessBlock: all four settings are on")
    remedy = "Turn on all four settings of Block Public Access; the account's own settings may block it already."
    return warning("s3:GetPublicAccessBlock: not all four settings are on", remedy)


def _policy(probe: Probe, grant: Grant) -> Finding:
    try:
        public = probe.ask("s3:GetBucketPolicyStatus", grant, **probe.here).get("PolicyStatus", {}).get("IsPublic")
    except NotFoundError:
        return passed("s3:GetBucketPolicyStatus: the bucket has no policy")
    if public:
        return failed(
            "s3:GetBucketPolicyStatus: the policy is public.", "Narrow its Principal to those who read results."
        )
    return passed("s3:GetBucketPolicyStatus: the policy is not public")
