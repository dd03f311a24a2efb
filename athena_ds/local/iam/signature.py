"""Signature Version 4, checked: in the header, in a presigned query string, and chunk by chunk.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from urllib.parse import quote, unquote_plus

from athena_ds.local.http.operation import Environ, Scope, body_of, query_of

_EMPTY: Final = hashlib.sha256(b"").hexdigest()
_STREAMING: Final = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
_TIME: Final = "%Y%m%dT%H%M%SZ"

Fault = Literal["mismatch", "skewed", "expired-url", "incomplete", "body-mismatch"]


class BadSignatureError(Exception):
    """A request that was not signed by who it says, or not now."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(detail or fault)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The parts of a signature as the request gives them."""

    names: tuple[str, ...]
    signature: str
    moment: str
    presigned: bool


def verify(environ: Environ, scope: Scope, secret: str, *, at: datetime) -> None:
    """Raise BadSignatureError unless the request was signed with this secret, near this moment."""
    signed = _parts(environ)
    _check_time(environ, signed, scope, at)
    payload = _payload_hash(environ, signed, scope)
    text = _to_sign(signed.moment, scope, _canonical(environ, signed, scope, payload))
    key = _signing_key(secret, scope)
    if not hmac.compare_digest(_hmac(key, text).hex(), signed.signature):
        raise BadSignatureError("mismatch", text)
    _check_body(environ, payload, key, scope=scope, signed=signed)


def _parts(environ: Environ) -> Signed:
    query = query_of(environ)
    if "X-Amz-Signature" in query:
        presigned = True
        names, signature, moment = (query.get(f"X-Amz-{part}", "") for part in ("SignedHeaders", "Signature", "Date"))
    else:
        header = environ.get("HTTP_AUTHORIZATION", "")
        fields = dict(re.findall(r"(SignedHeaders|Signature)=([^,\s]+)", header))
        names, signature = fields.get("SignedHeaders", ""), fields.get("Signature", "")
        moment, presigned = str(environ.get("HTTP_X_AMZ_DATE", "")), False
    if not names or not signature or not moment:
        raise BadSignatureError(
            "incomplete", "Authorization header requires existence of SignedHeaders, Signature, X-Amz-Date"
        )
    return Signed(names=tuple(names.split(";")), signature=signature, moment=moment, presigned=presigned)


def _check_time(environ: Environ, signed: Signed, scope: Scope, at: datetime) -> None:
    try:
        moment = datetime.strptime(signed.moment, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadSignatureError("incomplete", "Date must be in ISO8601 'basic format'") from error
    if signed.presigned:
        seconds = int(query_of(environ).get("X-Amz-Expires") or 0)
        if at > moment + timedelta(seconds=seconds):
            raise BadSignatureError("expired-url", "Request has expired")
        return
    minutes = 15 if scope.service == "s3" else 5
    if abs(at - moment) > timedelta(minutes=minutes):
        edge = at - timedelta(minutes=minutes)
        words = f"{signed.moment} is now earlier than {edge:{_TIME}} ({at:{_TIME}} - {minutes} min.)"
        raise BadSignatureError("skewed", f"Signature expired: {words}")


def _payload_hash(environ: Environ, signed: Signed, scope: Scope) -> str:
    declared = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    if declared:
        return str(declared)
    if signed.presigned and scope.service == "s3":
        return "UNSIGNED-PAYLOAD"
    return hashlib.sha256(body_of(environ)).hexdigest()


def _check_body(environ: Environ, payload: str, key: bytes, *, scope: Scope, signed: Signed) -> None:
    """What the header says of the body must be true of the body."""
    if payload.startswith(_STREAMING):
        _check_chunks(body_of(environ), key, scope=scope, signed=signed)
    elif re.fullmatch(r"[0-9a-f]{64}", payload) and hashlib.sha256(body_of(environ)).hexdigest() != payload:
        raise BadSignatureError(
            "body-mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."
        )


def _check_chunks(body: bytes, key: bytes, *, scope: Scope, signed: Signed) -> None:
    """`hex-size;chunk-signature=...` CRLF data CRLF, each signed over the one before it."""
    previous, place = signed.signature, 0
    while True:
        end = body.find(b"\r\n", place)
        size, _, extension = body[place:end].partition(b";")
        signature = extension.removeprefix(b"chunk-signature=").decode("ascii", "replace")
        data = memoryview(body)[end + 2 : end + 2 + int(size or b"0", 16)]
        text = "\n".join(
            (
                "AWS4-HMAC-SHA256-PAYLOAD",
                signed.moment,
                _scope(scope),
                previous,
                _EMPTY,
                hashlib.sha256(data).hexdigest(),
            )
        )
        if end < 0 or not hmac.compare_digest(_hmac(key, text).hex(), signature):
            raise BadSignatureError("mismatch", text)
        previous, place = signature, end + 2 + len(data) + 2
        if not len(data):
            return


def _canonical(environ: Environ, signed: Signed, scope: Scope, payload: str) -> str:
    headers = "".join(f"{name}:{_header(environ, name)}\n" for name in signed.names)
    return "\n".join(
        (
            environ["REQUEST_METHOD"],
            _path(environ, scope),
            _query(environ),
            headers,
            ";".join(signed.names),
            payload,
        )
    )


def _path(environ: Environ, scope: Scope) -> str:
    """The path as it was sent; every service but S3 encodes it once more."""
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/"))
    if "://" in raw.split("?", 1)[0]:
        raw = "/" + raw.split("://", 1)[1].partition("/")[2]
    path = raw.split("?", 1)[0] or "/"
    return path if scope.service == "s3" else quote(path, safe="/-_.~")


def _query(environ: Environ) -> str:
    """Pairs re-encoded and sorted, the signature itself left out."""
    pairs = []
    for pair in filter(None, environ.get("QUERY_STRING", "").split("&")):
        name, _, value = pair.partition("=")
        if name != "X-Amz-Signature":
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(text: str) -> str:
    return quote(unquote_plus(text.replace("+", "%20")), safe="-_.~")


def _header(environ: Environ, name: str) -> str:
    variable = name.upper().replace("-", "_")
    value = environ.get(variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}", "")
    return re.sub(r"\s+", " ", str(value).strip())


def _scope(scope: Scope) -> str:
    return f"{scope.date}/{scope.region}/{scope.service}/aws4_request"


def _to_sign(moment: str, scope: Scope, canonical: str) -> str:
    return "\n".join(("AWS4-HMAC-SHA256", moment, _scope(scope), hashlib.sha256(canonical.encode()).hexdigest()))


def _signing_key(secret: str, scope: Scope) -> bytes:
    key = ("AWS4" + secret).encode()
    for part in (scope.date, scope.region, scope.service, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
