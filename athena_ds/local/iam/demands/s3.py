"""S3: the IAM actions of every operation, which are often not its name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote
from xml.etree import ElementTree

from athena_ds.local.http.operation import Environ, Operation, body_of
from athena_ds.local.iam.demands import Demand, Place, Values

_ACTIONS: Final[Mapping[str, str]] = {
    "ListBuckets": "ListAllMyBuckets",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "HeadObject": "GetObject",
    "SelectObjectContent": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "PostObject": "PutObject",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "GetBucketReplication": "GetReplicationConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
}

_VERSIONED: Final = {"GetObject", "DeleteObject", "GetObjectAcl", "GetObjectTagging", "GetObjectAttributes"}
_WITHOUT_KEY: Final = {"ListBuckets"}

_HEADERS: Final[Mapping[str, str]] = {
    "s3:x-amz-acl": "HTTP_X_AMZ_ACL",
    "s3:x-amz-server-side-encryption": "HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID",
    "s3:x-amz-storage-class": "HTTP_X_AMZ_STORAGE_CLASS",
    "s3:x-amz-content-sha256": "HTTP_X_AMZ_CONTENT_SHA256",
    "s3:x-amz-copy-source": "HTTP_X_AMZ_COPY_SOURCE",
}


def demands(operation: Operation, place: Place, environ: Environ) -> list[Demand]:
    """Every action the request needs, the operation's own first."""
    if operation.name == "DeleteObjects":
        return [deletion(operation, place, key, version=version) for key, version in deleted_keys(body_of(environ))]
    context = _context(operation, environ)
    action = action_of(operation)
    wanted = [Demand(action=f"s3:{action}", resource=_resource(operation, place), context=context)]
    if operation.name in ("CopyObject", "UploadPartCopy"):
        wanted.append(_source(environ, place, context))
    if operation.name in ("PutObject", "CopyObject", "CreateMultipartUpload"):
        wanted += [
            Demand(action=f"s3:{also}", resource=wanted[0].resource, context=context)
            for header, also in (("HTTP_X_AMZ_TAGGING", "PutObjectTagging"), ("HTTP_X_AMZ_ACL", "PutObjectAcl"))
            if environ.get(header)
        ]
    return wanted


def action_of(operation: Operation) -> str:
    """The IAM action of an operation: `HeadObject` is `GetObject`, `HeadBucket` is `ListBucket`."""
    action = _ACTIONS.get(operation.name, operation.name)
    return f"{action}Version" if "versionId" in operation.parameters and action in _VERSIONED else action


def deletion(operation: Operation, place: Place, key: str, *, version: str | None) -> Demand:
    """What deleting one key of a DeleteObjects asks."""
    action = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
    return Demand(
        action=action, resource=place.arn("s3", f"{operation.bucket}/{key}"), context={"s3:VersionId": version}
    )


def deleted_keys(body: bytes) -> list[tuple[str, str | None]]:
    """Keys and versions of a DeleteObjects body."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314
    except ElementTree.ParseError:
        return []
    return [
        (_text(entry, "Key") or "", _text(entry, "VersionId"))
        for entry in root.iter()
        if entry.tag.rpartition("}")[2] == "Object"
    ]


def _text(entry: Any, name: str) -> str | None:
    return next((child.text or "" for child in entry if child.tag.rpartition("}")[2] == name), None)


def _resource(operation: Operation, place: Place) -> str:
    if operation.name in _WITHOUT_KEY:
        return "*"
    return place.arn("s3", f"{operation.bucket}/{operation.key}" if operation.key else operation.bucket)


def _source(environ: Environ, place: Place, context: Values) -> Demand:
    raw = environ["HTTP_X_AMZ_COPY_SOURCE"].removeprefix("/")
    path, _, version = raw.partition("?versionId=")
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    return Demand(action=action, resource=place.arn("s3", unquote(path)), context=context)


def _context(operation: Operation, environ: Environ) -> dict[str, str | tuple[str, ...] | None]:
    query = operation.parameters
    presigned = "X-Amz-Signature" in query
    keys: dict[str, str | tuple[str, ...] | None] = {name: environ.get(header) for name, header in _HEADERS.items()}
    keys |= {
        "s3:prefix": query.get("prefix"),
        "s3:delimiter": query.get("delimiter"),
        "s3:max-keys": query.get("max-keys"),
        "s3:VersionId": query.get("versionId"),
        "s3:authType": "REST-QUERY-STRING" if presigned else "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
    }
    tags = re.findall(r"([^=&]+)=([^&]*)", environ.get("HTTP_X_AMZ_TAGGING", ""))
    keys |= {f"s3:RequestObjectTag/{unquote(name)}": unquote(value) for name, value in tags}
    return keys
