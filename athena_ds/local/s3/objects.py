"""The objects Athena itself writes and reads back: result files, their metadata, manifests.

Results lie in the caller's bucket, or (managed query results) in the endpoint's own directory. A finished local file
becomes an S3 object without being copied: it is handed over as the buffer moto reads from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import SEEK_END
from pathlib import Path
from typing import IO, Any, Final

from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeKey, S3Backend, s3_backends
from moto.utilities.utils import get_partition

from athena_ds.local import state

SMALL: Final = 4 * 2**20
"""Objects up to this size are kept as bytes, larger ones as the file they were written to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """`s3://bucket/key`."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> Location:
        """Raises ValueError for anything but `s3://bucket[/key]`."""
        scheme, _, rest = uri.partition("://")
        bucket, _, key = rest.partition("/")
        if scheme not in ("s3", "s3a", "s3n") or not bucket:
            raise ValueError(f"not an S3 location: {uri!r}")
        return cls(bucket=bucket, key=key)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The S3 of one account, in process."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, ..."""
        return str(get_partition(self.region))

    @property
    def backend(self) -> S3Backend:
        return s3_backends[self.account][self.partition]

    def bucket(self, name: str) -> Any | None:
        """The bucket as moto keeps it, None where this account has none of the name."""
        return self.backend.buckets.get(name)

    def put(self, location: Location, body: bytes | IO[bytes], *, encryption: Mapping[str, str] | None = None) -> None:
        """Store bytes, or take over an open file (a small one is read: every file kept open costs the process one).

        Raises LookupError where the bucket is gone.
        """
        if self.bucket(location.bucket) is None:
            raise LookupError(location.bucket)
        body = body if isinstance(body, bytes) else _in_memory(body)
        with state.account(self.account):
            key = self.backend.put_object(
                location.bucket, location.key, body if isinstance(body, bytes) else b"", **_sealed(encryption)
            )
        if not isinstance(body, bytes):
            _hand_over(key, body)

    def delete(self, location: Location) -> None:
        """Remove an object; that there is none is fine."""
        with state.account(self.account), suppress(*NO_BUCKET):
            self.backend.delete_object(location.bucket, location.key)

    def read(self, location: Location, *, start: int = 0, end: int | None = None) -> bytes:
        """Bytes of an object; raises LookupError where it is gone."""
        bucket = self.bucket(location.bucket)
        key = bucket.keys.get(location.key) if bucket is not None else None
        if not isinstance(key, FakeKey):
            raise LookupError(str(location))  # noqa: TRY004
        with key.lock:
            key._value_buffer.seek(start)
            return bytes(key._value_buffer.read(-1 if end is None else end - start))


def _in_memory(body: IO[bytes]) -> bytes | IO[bytes]:
    """The bytes of a small file, closed; a large one as it is."""
    if body.seek(0, SEEK_END) > SMALL:
        return body
    body.seek(0)
    with body:
        return body.read()


def _sealed(encryption: Mapping[str, str] | None) -> dict[str, Any]:
    match (encryption or {}).get("EncryptionOption"):
        case "SSE_S3":
            return {"encryption": "AES256"}
        case "SSE_KMS":
            return {"encryption": "aws:kms", "kms_key_id": (encryption or {}).get("KmsKey", "")}
        case _:
            return {}


def _hand_over(key: Any, body: IO[bytes]) -> None:
    """Make an open file the object's buffer; where moto has changed within, copy it."""
    digest = hashlib.md5(usedforsecurity=False)
    body.seek(0)
    while piece := body.read(2**20):
        digest.update(piece)
    size = body.tell()
    if hasattr(key, "_value_buffer") and hasattr(key, "_etag"):
        key._value_buffer.close()
        key._value_buffer, key._etag, key.contentsize = body, digest.hexdigest(), size
    else:
        body.seek(0)
        key.value = body.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """Results Athena keeps to itself: files of the endpoint, reached by GetQueryResults only."""

    directory: Path = field(repr=False)

    def path(self, execution_id: str) -> Path:
        return self.directory / execution_id

    def forget(self, execution_id: str) -> None:
        with suppress(OSError):
            self.path(execution_id).unlink()


NO_BUCKET = (LookupError, S3ClientError)
"""What storing raises when the bucket is gone."""
