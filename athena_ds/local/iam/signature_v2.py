"""Presigned S3 URLs of Signature Version 2, which boto3 still makes for some endpoints.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from urllib.parse import urlsplit

from botocore.auth import HmacV1Auth
from botocore.credentials import Credentials

from athena_ds.local.http.operation import Environ, query_of
from athena_ds.local.iam.signature import BadSignatureError


def verify(environ: Environ, secret: str, *, at: datetime) -> None:
    """Raise BadSignatureError unless the URL was made with this secret and is still valid."""
    query = query_of(environ)
    expires = query.get("Expires", "")
    if not expires.isdigit():
        raise BadSignatureError("incomplete", "Invalid date (should be seconds since epoch)")
    if at > datetime.fromtimestamp(int(expires), UTC):
        raise BadSignatureError("expired-url", "Request has expired")
    auth = HmacV1Auth(Credentials(query["AWSAccessKeyId"], secret))
    standard = [
        environ["REQUEST_METHOD"],
        environ.get("HTTP_CONTENT_MD5", ""),
        environ.get("CONTENT_TYPE", ""),
        expires,
    ]
    custom = auth.canonical_custom_headers(
        {name: value for name, value in query.items() if name.lower().startswith("x-amz-")}
    )
    split = urlsplit(str(environ.get("RAW_URI") or environ.get("REQUEST_URI")))
    made = auth.sign_string("\n".join([*standard, *([custom] if custom else []), auth.canonical_resource(split)]))
    if not hmac.compare_digest(made, query.get("Signature", "")):
        raise BadSignatureError("mismatch")
