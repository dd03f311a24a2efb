"""S3 in front of moto: reads that cost what they return, bucket owners and regions that are checked.

moto copies the whole object for every ranged GET (6 requests a second on 200 MiB); here the range alone is read from
the object's buffer. What isn't simple goes to moto.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from moto.s3.models import FakeBucket, FakeKey, s3_backends
from moto.s3.utils import ARCHIVE_STORAGE_CLASSES

from athena_ds.local.http.answer import WSGI, Answer, StartResponse
from athena_ds.local.http.operation import Environ, Operation, body_of, requested, scope_of
from athena_ds.local.iam.denial import error
from athena_ds.local.s3.buckets import Buckets, modern

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")
_PIECE = 2**20
_AT_ONCE = 8 * 2**20


class S3:
    """The WSGI layer over moto's S3 of one account."""

    def __init__(self, app: WSGI, *, account: str, partition: str = "aws") -> None:
        self.app, self.account, self.partition = app, account, partition
        self.buckets = Buckets()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        operation = requested(environ)
        bucket = self.bucket(operation.bucket)
        if bucket is None:
            return self._relayed(environ, start_response, operation)
        refused = _owner(environ, bucket, operation.key) or _elsewhere(environ, bucket, operation.key)
        if refused is not None:
            return refused.send(start_response, head=environ["REQUEST_METHOD"] == "HEAD")
        own = self.buckets.answers().get(operation.name)
        if own is not None:
            return own(bucket, operation.parameters, body_of(environ)).send(start_response)
        if operation.name == "GetObject":
            with suppress(AttributeError, _NotSimpleError):
                return _read(environ, start_response, bucket.keys.get(operation.key))
        return self._relayed(environ, start_response, operation)

    def bucket(self, name: str) -> FakeBucket | None:
        """The bucket of this account, None where it has none of the name."""
        return s3_backends[self.account][self.partition].buckets.get(name)

    def made_by_hand(self) -> None:
        """Buckets that were not made through here get what a new bucket has."""
        for bucket in s3_backends[self.account][self.partition].buckets.values():
            modern(bucket)

    def regions_told(self, app: WSGI) -> WSGI:
        """Wraps everything that may refuse: S3 names a bucket's region in the answer to HeadBucket, whatever it is."""

        def told(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            bucket = self.bucket(_first(environ)) if environ["REQUEST_METHOD"] == "HEAD" else None
            if bucket is None:
                return app(environ, start_response)

            def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                if not any(name.lower() == "x-amz-bucket-region" for name, _ in headers):
                    headers = [*headers, ("x-amz-bucket-region", bucket.region_name)]
                return start_response(status, headers, *more)

            return app(environ, start)

        return told

    def _relayed(self, environ: Environ, start_response: StartResponse, operation: Operation) -> Iterable[bytes]:
        """Moto's answer; what it leaves undone about new buckets, uploads and deleted buckets is done after it."""
        known = self.bucket(operation.bucket)
        answer = self.app(environ, start_response)
        bucket = self.bucket(operation.bucket)
        if bucket is not None and known is None:
            modern(bucket)
        if bucket is not None and operation.name == "CreateMultipartUpload":
            self.buckets.note(bucket)
        if operation.name == "DeleteBucket" and bucket is None:
            self.buckets.forget(operation.bucket)
        return answer


def _owner(environ: Environ, bucket: FakeBucket, key: str) -> Answer | None:
    """`x-amz-expected-bucket-owner` names another account: 403, whatever the caller may do."""
    expected = environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER")
    source = environ.get("HTTP_X_AMZ_SOURCE_EXPECTED_BUCKET_OWNER")
    if expected in (None, bucket.account_id) and source in (None, bucket.account_id):
        return None
    where = Operation(service="s3", name="", bucket=bucket.name, key=key)
    return error(where, code="AccessDenied", message="Access Denied", status=403)


def _first(environ: Environ) -> str:
    return str(environ.get("PATH_INFO", "")).lstrip("/").partition("/")[0]


class _NotSimpleError(Exception):
    """One for moto to answer."""


def _elsewhere(environ: Environ, bucket: FakeBucket, key: str) -> Answer | None:
    """Signed for another region than the bucket's: 301 with the right one, as a regional endpoint answers."""
    scope = scope_of(environ)
    asked = environ.get("QUERY_STRING", "").split("=")[0]
    if scope is None or scope.region in ("", bucket.region_name) or asked == "location":
        return None
    message = (
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint."
    )
    where = Operation(service="s3", name="", bucket=bucket.name, key=key)
    answer = error(where, code="PermanentRedirect", message=message, status=301)
    return replace(answer, headers=(*answer.headers, ("x-amz-bucket-region", bucket.region_name)))


def _read(environ: Environ, start_response: StartResponse, key: Any) -> Iterable[bytes]:
    """A plain GET: the whole object or one range of it."""
    if not isinstance(key, FakeKey) or key.storage_class in ARCHIVE_STORAGE_CLASSES:
        raise _NotSimpleError
    names = {name for name, _ in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)}
    if names - {"x-id"} or any(condition in environ for condition in _CONDITIONS):
        raise _NotSimpleError
    if environ.get("HTTP_IF_MATCH", key.etag) not in (key.etag, key.etag.strip('"'), "*"):
        raise _NotSimpleError
    span = _span(environ.get("HTTP_RANGE"), key.size)
    headers = {**key.response_dict, **_metadata(key), "Accept-Ranges": "bytes", "x-amz-request-id": "local"}
    status = "200 OK"
    start, length = 0, key.size
    if span is not None:
        start, length = span
        status = "206 Partial Content"
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{key.size}"
    elif environ.get("HTTP_X_AMZ_CHECKSUM_MODE") == "ENABLED":
        headers.update(_checksum(key))
    headers["content-length"] = str(length)
    pieces = _pieces(key, start, length)
    start_response(status, list(headers.items()))
    return pieces


def _span(asked: str | None, size: int) -> tuple[int, int] | None:
    """Start and length of a simple range; None without one; anything else is moto's to answer."""
    if asked is None or not asked.strip().startswith("bytes="):
        return None
    found = _RANGE.fullmatch(asked.strip())
    if found is None or (not found[1] and not found[2]):
        raise _NotSimpleError
    if not found[1]:
        length = min(int(found[2]), size)
        start = size - length
    else:
        start = int(found[1])
        length = min(int(found[2]) if found[2] else size - 1, size - 1) - start + 1
    if length <= 0:
        raise _NotSimpleError
    return start, length


def _metadata(key: FakeKey) -> dict[str, str]:
    return {name: str(value) for name, value in key.metadata.items()}


def _checksum(key: FakeKey) -> dict[str, str]:
    if not key.checksum_algorithm or not key.checksum_value:
        return {}
    value = f"{key.checksum_value}-{key.checksum_parts}" if key.checksum_type == "COMPOSITE" else key.checksum_value
    named = {f"x-amz-checksum-{key.checksum_algorithm.lower()}": value}
    return {**named, "x-amz-checksum-type": key.checksum_type} if key.checksum_type else named


def _pieces(key: FakeKey, start: int, length: int) -> Iterable[bytes]:
    """The bytes, at once while they are few; the key is held so that an overwrite does not cut a reader off."""
    if length <= _AT_ONCE:
        return [_at(key, start, length)]
    return _stream(key, start, length)


def _stream(key: FakeKey, start: int, length: int) -> Iterator[bytes]:
    end = start + length
    while start < end:
        piece = _at(key, start, min(_PIECE, end - start))
        if not piece:
            return
        start += len(piece)
        yield piece


def _at(key: FakeKey, start: int, length: int) -> bytes:
    with key.lock:
        key._value_buffer.seek(start)
        return bytes(key._value_buffer.read(length))
