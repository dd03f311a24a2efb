"""One object in S3, by ranges, whole, or as a file: always the version that was first seen, never a byte short."""

from __future__ import annotations

import io
from threading import local

from ..errors import CallError, NotFoundError, ResultError
from .parts import PART, Parts, Piece, Streams
from .source import Door, split_uri

_CHANGED = {"PreconditionFailed", "412"}
_EMPTY = {"InvalidRange", "416"}


class S3Object:
    """An object read by ranges through the door."""

    def __init__(self, location: str, door: Door, *, bucket_owner: str | None = None) -> None:
        self.location = location
        self._bucket, self._key = split_uri(location)
        self._owner, self._door = bucket_owner, door

    def read(self, first: int, last: int, *, etag: str = "") -> Piece:
        """Bytes `first` to `last` of the object, or of the version with this entity tag."""
        try:
            answer = self._door.call(
                "s3:GetObject",
                Bucket=self._bucket,
                Key=self._key,
                Range=f"bytes={first}-{last}",
                IfMatch=etag or None,
                ExpectedBucketOwner=self._owner,
            )
        except CallError as error:
            if error.code in _EMPTY and first == 0:
                return Piece(data=b"", size=0)
            raise self._explained(error) from error
        data, place = answer["Body"], str(answer.get("ContentRange", ""))
        size = int(place.rpartition("/")[2]) if place else len(data)
        if place and not place.startswith(f"bytes {first}-{first + len(data) - 1}/"):
            raise ResultError(
                reason=f"bytes {first} to {last} were asked for, and {place} came", location=self.location
            )
        return Piece(data=data, size=size, etag=answer.get("ETag", ""))

    def _explained(self, error: CallError) -> Exception:
        if isinstance(error, NotFoundError):
            remedy = "A lifecycle rule or a person removed it: run the query again."
            return ResultError(reason="its object is gone", location=self.location, remedy=remedy)
        if error.code in _CHANGED:
            return ResultError(reason="its object changed while it was read", location=self.location)
        return error

    def whole(self, first: Piece | None = None) -> bytes:
        """All of it, given what was already fetched of its beginning."""
        start = self.read(0, PART - 1) if first is None else first
        if len(start.data) == start.size:
            return start.data
        with Parts(self.read, start, streams=Streams(first=4, most=8)) as parts:
            return b"".join((start.data, *parts))


class RangedFile(io.RawIOBase):
    """An object as a seekable file that asks for what is read, and for no more.

    Each thread has its own place in it: Arrow seeks and reads from several, and only each pair belongs together.
    """

    def __init__(self, source: S3Object, *, size: int, etag: str) -> None:
        super().__init__()
        self._source, self._size, self._etag = source, size, etag
        self._place = local()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where this thread's next read begins."""
        at: int = getattr(self._place, "at", 0)
        return at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, from the beginning, from here, or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self._size}[whence]
        self._place.at = max(0, base + offset)
        return self.tell()

    def size(self) -> int:
        """Bytes in all."""
        return self._size

    def read(self, size: int = -1) -> bytes:
        """The next bytes; fewer only at the end."""
        start = self.tell()
        end = self._size if size is None or size < 0 else min(start + size, self._size)
        if end <= start:
            return b""
        found = self._source.read(start, end - 1, etag=self._etag).data
        if len(found) != end - start:
            raise ResultError(reason=f"{end - start} bytes were asked for, and {len(found)} came")
        self._place.at = end
        return found
