"""A refusal in each protocol's own shape: XML of S3, JSON of Athena and Glue, XML of the query services (STS, IAM)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Final, Literal
from xml.sax.saxutils import escape

from athena_ds.local.http.answer import Answer
from athena_ds.local.http.operation import Operation

Protocol = Literal["s3", "query", "json"]

Problem = Literal["denied", "unknown-key", "bad-token", "expired", "mismatch", "skewed", "incomplete", "unsigned"]

_TOKEN = "The security token included in the request is {}"  # noqa: S105
_MISMATCH = "The request signature we calculated does not match the signature you provided. "
_AWS_MISMATCH = _MISMATCH + (
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
)

_CODES: Final[Mapping[tuple[Problem, Protocol], tuple[int, str, str]]] = {
    ("denied", "s3"): (403, "AccessDenied", "Access Denied"),
    ("denied", "query"): (403, "AccessDenied", "Access Denied"),
    ("denied", "json"): (400, "AccessDeniedException", "Access Denied"),
    ("unknown-key", "s3"): (
        403,
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    ("unknown-key", "query"): (403, "InvalidClientTokenId", _TOKEN.format("invalid.")),
    ("unknown-key", "json"): (400, "UnrecognizedClientException", _TOKEN.format("invalid.")),
    ("bad-token", "s3"): (400, "InvalidToken", "The provided token is malformed or otherwise invalid."),
    ("bad-token", "query"): (403, "InvalidClientTokenId", _TOKEN.format("invalid.")),
    ("bad-token", "json"): (400, "UnrecognizedClientException", _TOKEN.format("invalid.")),
    ("expired", "s3"): (400, "ExpiredToken", "The provided token has expired."),
    ("expired", "query"): (403, "ExpiredToken", _TOKEN.format("expired")),
    ("expired", "json"): (400, "ExpiredTokenException", _TOKEN.format("expired")),
    ("mismatch", "s3"): (403, "SignatureDoesNotMatch", _MISMATCH + "Check your key and signing method."),
    ("mismatch", "query"): (403, "SignatureDoesNotMatch", _AWS_MISMATCH),
    ("mismatch", "json"): (400, "InvalidSignatureException", _AWS_MISMATCH),
    ("skewed", "s3"): (
        403,
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    ),
    ("skewed", "query"): (403, "SignatureDoesNotMatch", "Signature expired"),
    ("skewed", "json"): (400, "InvalidSignatureException", "Signature expired"),
    ("incomplete", "s3"): (400, "AuthorizationHeaderMalformed", "The authorization header is malformed"),
    ("incomplete", "query"): (400, "IncompleteSignature", "The request signature does not conform to AWS standards."),
    ("incomplete", "json"): (
        400,
        "IncompleteSignatureException",
        "The request signature does not conform to AWS standards.",
    ),
    ("unsigned", "s3"): (403, "AccessDenied", "Access Denied"),
    ("unsigned", "query"): (403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
    ("unsigned", "json"): (400, "MissingAuthenticationTokenException", "Missing Authentication Token"),
}


def protocol_of(operation: Operation) -> Protocol:
    """Which wire format the operation's service speaks."""
    if operation.service == "s3":
        return "s3"
    return "query" if operation.service in ("sts", "iam") else "json"


def refusal(problem: Problem, operation: Operation, message: str = "") -> Answer:
    """The answer for a problem, with AWS's code for the service and either AWS's words or the given ones."""
    status, code, words = _CODES[problem, protocol_of(operation)]
    return error(operation, code=code, message=message or words, status=status)


def error(operation: Operation, *, code: str, message: str, status: int) -> Answer:
    """Any error of a service, in its protocol."""
    request_id = str(uuid.uuid4())
    shape = {"s3": _s3, "query": _query, "json": _json}[protocol_of(operation)]
    body, kind = shape(operation, code, message, request_id)
    name = "x-amz-request-id" if operation.service == "s3" else "x-amzn-RequestId"
    headers: tuple[tuple[str, str], ...] = ((name, request_id),)
    if kind.endswith("json-1.1"):
        headers += (("x-amzn-ErrorType", code),)
    return Answer(status=status, body=body.encode(), content_type=kind, headers=headers)


def _s3(operation: Operation, code: str, message: str, request_id: str) -> tuple[str, str]:
    place = f"/{operation.bucket}/{operation.key}".rstrip("/") or "/"
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{escape(message)}</Message>'
        f"<Resource>{escape(place)}</Resource><RequestId>{request_id}</RequestId></Error>"
    )
    return body, "application/xml"


def _query(operation: Operation, code: str, message: str, request_id: str) -> tuple[str, str]:
    version = "2011-06-15" if operation.service == "sts" else "2010-05-08"
    body = (
        f'<ErrorResponse xmlns="https://{operation.service}.amazonaws.com/doc/{version}/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{escape(message)}</Message></Error><RequestId>{request_id}</RequestId>"
        "</ErrorResponse>"
    )
    return body, "text/xml"


def _json(operation: Operation, code: str, message: str, request_id: str) -> tuple[str, str]:  # noqa: ARG001
    # AWS itself spells the member "Message" for access denials and "message" for the rest.
    member = "Message" if code == "AccessDeniedException" else "message"
    return json.dumps({"__type": code, member: message}), "application/x-amz-json-1.1"
