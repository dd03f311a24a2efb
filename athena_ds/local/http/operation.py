"""What an HTTP request is: service, region, API operation and its parameters, read from a WSGI environ."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from werkzeug.wrappers import Request

Environ = dict[str, Any]

_SCOPE = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")
_TARGETS: Final[Mapping[str, str]] = {"AmazonAthena": "athena", "AWSGlue": "glue", "TrentService": "kms"}
_BODY_LIMIT = 16 * 2**20

_OBJECT: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "GET": (
        ("acl", "GetObjectAcl"),
        ("attributes", "GetObjectAttributes"),
        ("legal-hold", "GetObjectLegalHold"),
        ("retention", "GetObjectRetention"),
        ("tagging", "GetObjectTagging"),
        ("torrent", "GetObjectTorrent"),
        ("uploadId", "ListParts"),
        ("", "GetObject"),
    ),
    "HEAD": (("", "HeadObject"),),
    "PUT": (
        ("acl", "PutObjectAcl"),
        ("legal-hold", "PutObjectLegalHold"),
        ("retention", "PutObjectRetention"),
        ("tagging", "PutObjectTagging"),
        ("uploadId", "UploadPart"),
        ("", "PutObject"),
    ),
    "DELETE": (("tagging", "DeleteObjectTagging"), ("uploadId", "AbortMultipartUpload"), ("", "DeleteObject")),
    "POST": (
        ("uploads", "CreateMultipartUpload"),
        ("uploadId", "CompleteMultipartUpload"),
        ("restore", "RestoreObject"),
        ("select", "SelectObjectContent"),
    ),
}

_CONFIGURATIONS: Final[Mapping[str, str]] = {
    "accelerate": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "BucketAnalyticsConfiguration",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "intelligent-tiering": "BucketIntelligentTieringConfiguration",
    "inventory": "BucketInventoryConfiguration",
    "lifecycle": "BucketLifecycleConfiguration",
    "logging": "BucketLogging",
    "metrics": "BucketMetricsConfiguration",
    "notification": "BucketNotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "BucketReplication",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}

_BUCKET: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "GET": (
        ("location", "GetBucketLocation"),
        ("uploads", "ListMultipartUploads"),
        ("versions", "ListObjectVersions"),
        ("session", "CreateSession"),
        ("list-type", "ListObjectsV2"),
        ("", "ListObjects"),
    ),
    "HEAD": (("", "HeadBucket"),),
    "PUT": (("", "CreateBucket"),),
    "DELETE": (("", "DeleteBucket"),),
    "POST": (("delete", "DeleteObjects"), ("", "PostObject")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One API call. `parameters` are the JSON members, the form fields, or (S3) the query string."""

    service: str
    name: str
    region: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    bucket: str = ""
    key: str = ""

    def __str__(self) -> str:
        """`s3:GetObject`, the name faults and counters use."""
        return f"{self.service}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The credential scope of a signature, from the header or a presigned query string (no date: Version 2)."""

    access_key_id: str
    date: str
    region: str
    service: str


def scope_of(environ: Environ) -> Scope | None:
    """Whose key signed, for which day, region and service; None where nobody did."""
    query = query_of(environ)
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", "")) or _SCOPE.search(
        "Credential=" + query.get("X-Amz-Credential", "")
    )
    if found is None:
        signer = query.get("AWSAccessKeyId")
        return Scope(access_key_id=signer, date="", region="", service="s3") if signer else None
    return Scope(access_key_id=found[1], date=found[2], region=found[3], service=found[4].lower())


def query_of(environ: Environ) -> dict[str, str]:
    """The query string, last value wins, `?location` counting as an empty value."""
    return dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))


_READ: Final = "athena_ds.operation"


def requested(environ: Environ, *, region: str = "us-east-1") -> Operation:
    """The operation of a request, read once and kept with it."""
    if _READ not in environ:
        environ[_READ] = operation_of(environ, region=region)
    found: Operation = environ[_READ]
    return found


def asking(environ: Environ, operation: Operation) -> Environ:
    """The same request, for another operation."""
    return {**environ, _READ: operation}


def operation_of(environ: Environ, *, region: str = "us-east-1") -> Operation:
    """The operation of a request. A body that had to be read is put back."""
    scope = scope_of(environ)
    region = (scope and scope.region) or region
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        prefix, _, name = target.rpartition(".")
        service = _TARGETS.get(prefix, scope.service if scope else prefix.lower())
        return Operation(service=service, name=name, region=region, parameters=_json(environ))
    form = _form(environ)
    if "Action" in form:
        service = scope.service if scope else ("sts" if form.get("Version") == "2011-06-15" else "iam")
        return Operation(service=service, name=form["Action"], region=region, parameters=form)
    if scope and scope.service not in ("s3", "s3express"):
        name = environ.get("PATH_INFO", "/").strip("/").split("/")[-1]
        return Operation(service=scope.service, name=name, region=region, parameters=_json(environ))
    return _s3(environ, region)


def body_of(environ: Environ) -> bytes:
    """The whole (small) body; it can be read again by whoever comes next."""
    if "athena_ds.body" not in environ:
        body = Request(environ, populate_request=False).get_data(cache=False) if _has_body(environ) else b""
        environ["athena_ds.body"] = body
        put_body(environ, body)
    return bytes(environ["athena_ds.body"])


def put_body(environ: Environ, body: bytes) -> None:
    """Give the next reader this body."""
    environ["athena_ds.body"] = body
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.pop("wsgi.input_terminated", None)


def _has_body(environ: Environ) -> bool:
    return bool(environ.get("CONTENT_LENGTH")) or bool(environ.get("wsgi.input_terminated"))


def _json(environ: Environ) -> Mapping[str, Any]:
    try:
        members = json.loads(body_of(environ) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def _form(environ: Environ) -> dict[str, str]:
    query = environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] == "GET" and "Action=" in query:
        return query_of(environ)
    kind = environ.get("CONTENT_TYPE", "")
    if environ["REQUEST_METHOD"] != "POST" or not kind.startswith("application/x-www-form-urlencoded"):
        return {}
    if environ.get("PATH_INFO", "/") != "/" or int(environ.get("CONTENT_LENGTH") or 0) > _BODY_LIMIT:
        return {}
    return dict(parse_qsl(body_of(environ).decode("utf-8", "replace"), keep_blank_values=True))


def _s3(environ: Environ, region: str) -> Operation:
    bucket, key = _place(environ)
    query = query_of(environ)
    method = environ["REQUEST_METHOD"]
    name = _s3_name(method, bucket, key, query)
    if environ.get("HTTP_X_AMZ_COPY_SOURCE") and name in ("PutObject", "UploadPart"):
        name = "CopyObject" if name == "PutObject" else "UploadPartCopy"
    return Operation(service="s3", name=name, region=region, parameters=query, bucket=bucket, key=key)


def _place(environ: Environ) -> tuple[str, str]:
    """Bucket and key: `/bucket/key`, or the bucket before the host (`bucket.localhost`, `bucket.s3.region...`)."""
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "").split("?", 1)[0]
    if not raw.startswith("/"):
        raw = "/" + raw.split("://", 1)[-1].partition("/")[2] if "://" in raw else environ.get("PATH_INFO", "/")
    path = unquote(raw)[1:]
    host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
    found = re.fullmatch(r"(.+)\.(?:localhost|s3[.-].*amazonaws\.com(?:\.cn)?)", host)
    if found:
        return found[1], path
    bucket, _, key = path.partition("/")
    return bucket, key


def _s3_name(method: str, bucket: str, key: str, query: Mapping[str, str]) -> str:
    if not bucket:
        return "ListBuckets"
    if key:
        return next((name for flag, name in _OBJECT.get(method, ()) if not flag or flag in query), "Unknown")
    verb = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}.get(method)
    configuration = next((kind for flag, kind in _CONFIGURATIONS.items() if flag in query), None)
    if verb and configuration:
        listed = configuration.endswith(("AnalyticsConfiguration", "InventoryConfiguration", "MetricsConfiguration"))
        if verb == "Get" and listed and "id" not in query:
            return f"List{configuration}s"
        lifecycle = verb == "Delete" and configuration == "BucketLifecycleConfiguration"
        return "DeleteBucketLifecycle" if lifecycle else verb + configuration
    return next((name for flag, name in _BUCKET.get(method, ()) if not flag or flag in query), "Unknown")
