"""KMS as S3 asks it: which key guards an object or a bucket, and which kms: action a call needs on it.

A key that isn't named is the AWS managed `aws/s3`, whose own policy lets everybody of the account use it through S3.
"""

from __future__ import annotations

from typing import Any, Final

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from athena_ds.local.iam.demands import Demand, Place

_WRITES: Final = {"s3:PutObject"}
_READS: Final = {"s3:GetObject", "s3:GetObjectVersion"}


def bucket_named(name: str, place: Place) -> Any | None:
    """The bucket moto keeps for this account, or None."""
    return s3_backends[place.account][place.partition].buckets.get(name)


def stored(bucket: Any, key: str) -> Any | None:
    """The newest object under a key; None where there is none or it was deleted."""
    found = bucket.keys.get(key)
    return None if found is None or type(found).__name__ == "FakeDeleteMarker" else found


def demands(action: str, resource: str, place: Place, *, upload: str = "", header: str | None = None) -> list[Demand]:
    """The kms: demands behind an S3 action; `header` is the key a write names itself, `upload` what it is part of."""
    name, _, key = resource.split(":::", 1)[-1].partition("/")
    bucket = bucket_named(name, place)
    if bucket is None or not key:
        return []
    if action in _READS:
        return _on(_key_of(stored(bucket, key)), "kms:Decrypt", place)
    if action not in _WRITES:
        return []
    if upload:
        begun = bucket.multiparts.get(upload)
        return _on(getattr(begun, "kms_key_id", None) or default_key(bucket), "kms:Decrypt", place)
    return _on(header or default_key(bucket), "kms:GenerateDataKey", place)


def key_policy(arn: str, place: Place) -> str | None:
    """The policy of a key of this account (or of the key behind an alias); None where KMS has no such key."""
    keys = kms_backends[place.account][place.region]
    try:
        return str(keys.get_key_policy(keys.any_id_to_key_id(arn)))
    except (KeyError, AttributeError, TypeError):
        return None


def default_key(bucket: Any) -> str | None:
    """The customer key new objects of a bucket are encrypted with, None for SSE-S3 or `aws/s3`."""
    rule = (bucket.encryption or {}).get("Rule", {})
    rule = rule[0] if isinstance(rule, list) else rule
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    return default.get("KMSMasterKeyID") if str(default.get("SSEAlgorithm", "")).startswith("aws:kms") else None


def _key_of(found: Any | None) -> str | None:
    if found is None or not str(found.encryption or "").startswith("aws:kms"):
        return None
    return str(found.kms_key_id) if found.kms_key_id else None


def _on(key: str | None, action: str, place: Place) -> list[Demand]:
    if key is None or key.endswith("alias/aws/s3"):
        return []
    arn = key if key.startswith("arn:") else place.arn("kms", key if key.startswith("alias/") else f"key/{key}")
    return [Demand(action=action, resource=arn, context={"kms:ViaService": f"s3.{place.region}.amazonaws.com"})]
