"""The objects one caller may read and write, in the S3 of one account; and local copies of them for engines.

moto keeps an object in a buffer; an engine wants a file. Each version of an object is written out once, into a
directory bounded in size, and linked into the query's own directory: what is evicted stays readable there.
"""

from __future__ import annotations

import bisect
import hashlib
import os
import shutil
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from moto.s3.models import FakeKey
from moto.utilities.utils import get_partition

from athena_ds.local.s3.objects import NO_BUCKET, Location, Store
from athena_ds.local.seam.engine import EngineError, StoredObject
from athena_ds.local.seam.run import EVERYTHING, Rights

_PIECE = 4 * 2**20
_LIMIT = 4 * 2**30

Objects = list[StoredObject]
Names = list[str]


class ObjectCache:
    """Local files of objects, the least recently used going first when they pass `limit` bytes together."""

    def __init__(self, directory: Path, *, limit: int = _LIMIT) -> None:
        self.directory, self.limit = directory, limit
        self._files: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def link(self, key: FakeKey, target: Path) -> None:
        """Make `target` a file with the object's bytes."""
        name = hashlib.sha1(
            f"{key.bucket_name}/{key.name}/{version_of(key)}".encode(), usedforsecurity=False
        ).hexdigest()
        with self._lock:
            source = self.directory / name
            if name not in self._files:
                self.directory.mkdir(parents=True, exist_ok=True)
                _write(key, source)
                self._files[name] = source.stat().st_size
            self._files.move_to_end(name)
            _link(source, target)
            self._evict()

    def _evict(self) -> None:
        while sum(self._files.values()) > self.limit:
            name, _ = self._files.popitem(last=False)
            (self.directory / name).unlink(missing_ok=True)


def version_of(key: FakeKey) -> str:
    """Tells this version of an object from every other without reading it (moto's ETag costs a pass over the bytes)."""
    return f"{key.last_modified.isoformat()}-{key.version_id}-{key.size}"


def _write(key: FakeKey, path: Path) -> None:
    with path.open("wb") as file:
        position = 0
        while True:
            with key.lock:
                key._value_buffer.seek(position)
                piece = key._value_buffer.read(_PIECE)
            if not piece:
                return
            position += len(piece)
            file.write(piece)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:
        shutil.copyfile(source, target)


class ObjectStore:
    """`Storage` of the seam for one query: what it lists is what was there when it first looked."""

    def __init__(self, store: Store, *, cache: ObjectCache, work: Path, rights: Rights = EVERYTHING) -> None:
        self.store, self.cache, self.work, self.rights = store, cache, work, rights
        self._names: dict[str, Names] = {}
        self._listed: set[tuple[str, str]] = set()

    def list(self, location: str) -> Objects:
        """Objects under a location, hidden ones left out."""
        return [stored for stored in self.everything(location) if not _hidden(stored, location)]

    def everything(self, location: str) -> Objects:
        """Objects under a location, hidden ones too, folder markers not."""
        place = _place(location)
        prefix = place.key if not place.key or place.key.endswith("/") else f"{place.key}/"
        bucket = self._bucket(place.bucket, location)
        self._may_list(place.bucket, prefix)
        names = self._sorted(place.bucket, bucket)
        found = []
        for index in range(bisect.bisect_left(names, prefix), len(names)):
            if not names[index].startswith(prefix):
                break
            key = bucket.keys.get(names[index])
            if isinstance(key, FakeKey) and not key.name.endswith("/"):
                found.append(StoredObject(bucket=place.bucket, key=key.name, size=key.size, etag=version_of(key)))
        return found

    def local(self, stored: StoredObject) -> Path:
        """A file of this query's own with the object's bytes."""
        self.rights.require("s3:GetObject", self._arn(f"{stored.bucket}/{stored.key}"))
        key = self._bucket(stored.bucket, stored.uri).keys.get(stored.key)
        if not isinstance(key, FakeKey):
            message = f"Error opening Hive split {stored.uri}: The specified key does not exist."
            raise EngineError("HIVE_CANNOT_OPEN_SPLIT", message, kind="EXTERNAL")
        digest = hashlib.sha1(f"{stored.uri}{version_of(key)}".encode(), usedforsecurity=False).hexdigest()
        target = self.work / "objects" / f"{digest}{''.join(PurePosixPath(stored.key).suffixes[-2:])}"
        if not target.exists():
            self.cache.link(key, target)
        return target

    @property
    def restricted(self) -> bool:
        return self.rights is not EVERYTHING

    def readable(self, location: str) -> None:
        """What an engine that reads by itself will do, in the caller's name."""
        for stored in self.list(location):
            self.rights.require("s3:GetObject", self._arn(f"{stored.bucket}/{stored.key}"))

    def put(self, location: str, source: Path) -> StoredObject:
        """Store a finished file; the object takes the file over."""
        place = _place(location)
        self.writable(location)
        size = source.stat().st_size
        try:
            self.store.put(place, source.open("rb"))
        except NO_BUCKET:
            raise _no_bucket(location) from None
        self._names.pop(place.bucket, None)
        return StoredObject(bucket=place.bucket, key=place.key, size=size)

    def writable(self, location: str) -> None:
        """Raise unless the bucket exists and the caller may put this object (or any under this prefix)."""
        place = _place(location)
        self._bucket(place.bucket, location)
        suffix = "*" if place.key.endswith("/") or not place.key else ""
        self.rights.require("s3:PutObject", self._arn(f"{place.bucket}/{place.key}{suffix}"))

    def move(self, uri: str, folder: str) -> str:
        """Put an object this query has just written into another folder; its new URI."""
        place, target = _place(uri), f"{folder}{uri.rpartition('/')[2]}"
        self.writable(target)
        self.store.put(_place(target), self.store.read(place))
        self._names.pop(_place(target).bucket, None)
        self.remove(uri)
        return target

    def remove(self, uri: str) -> None:
        """Take back an object this query has just written."""
        place = _place(uri)
        bucket = self.store.bucket(place.bucket)
        if bucket is not None:
            with suppress(KeyError):
                bucket.keys.pop(place.key)
            self._names.pop(place.bucket, None)

    def _bucket(self, name: str, location: str) -> Any:
        bucket = self.store.bucket(name)
        if bucket is None:
            raise _no_bucket(location)
        return bucket

    def _sorted(self, name: str, bucket: Any) -> Names:
        if name not in self._names:
            self._names[name] = sorted(bucket.keys)
        return self._names[name]

    def _may_list(self, bucket: str, prefix: str) -> None:
        if (bucket, prefix) not in self._listed:
            self.rights.require("s3:ListBucket", self._arn(bucket), context={"s3:prefix": prefix})
            self._listed.add((bucket, prefix))

    def _arn(self, resource: str) -> str:
        return f"arn:{get_partition(self.store.region)}:s3:::{resource}"


def _place(location: str) -> Location:
    try:
        return Location.parse(location)
    except ValueError:
        raise EngineError("HIVE_FILESYSTEM_ERROR", f"Not an S3 location: {location}", kind="EXTERNAL") from None


def _no_bucket(location: str) -> EngineError:
    message = f"Failed to list directory: {location}: The specified bucket does not exist"
    return EngineError("HIVE_FILESYSTEM_ERROR", message, kind="EXTERNAL")


def _hidden(stored: StoredObject, location: str) -> bool:
    """`_x` and `.x` are hidden, in any folder below the location."""
    below = stored.key[len(_place(location).key) :]
    return any(part.startswith(("_", ".")) for part in below.split("/"))
