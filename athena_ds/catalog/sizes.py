"""How much lies under the partitions of a table that a query can want: objects in S3, else what the catalog says."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from ..aws import Door
from ..errors import AccessDeniedError, InvalidRequestError
from . import listing, projected
from .domain import Domain
from .value import Partition, Table

_THREADS = 8
# What glue:GetPartitions takes as an expression.
_LONGEST = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """When counting may end early, and who pays for it.

    Attributes:
        enough: Bytes past which nobody wants to know more.
        pages: Lists of a thousand objects, of all places together.
        requester_pays: Whether the workgroup agreed to pay for reading buckets whose owners don't.
    """

    enough: int | None = None
    pages: int | None = None
    requester_pays: bool = False

    @property
    def payer(self) -> str | None:
        """What S3 wants to be told before it lists a bucket whose reader pays; other buckets don't mind."""
        return "requester" if self.requester_pays else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was found.

    Attributes:
        size_bytes: Bytes.
        objects: How many objects hold them; None where the catalog said the bytes.
        partitions: How many partitions are read; None where they are not registered one by one.
        complete: Whether all of it was counted.
        by: `objects` in S3, or the `catalog`'s statistics, which may be old.
    """

    size_bytes: int
    objects: int | None
    partitions: int | None = None
    complete: bool = True
    by: Literal["objects", "catalog"] = "objects"


def measure(door: Door, table: Table, *, domains: Mapping[str, Domain], effort: Effort) -> Measured:
    """Count what a query that can want these values reads of a table at most.

    Raises:
        AccessDeniedError: When neither the objects may be listed nor the catalog knows their size.
    """
    wanted = _wanted(door, table, domains) if table.partition_keys and not table.projected else None
    try:
        if wanted is not None:
            places = sorted(each.location for each in wanted)
        elif table.projected and table.partition_keys:
            places = projected.places(table, domains, folders=lambda place: _folders(door, place, effort))
        else:
            places = [table.location]
        counted = _Count(door, effort).all([place for place in places if place])
    except AccessDeniedError:
        # With Lake Formation a query may read what its caller may not list.
        if (known := _known(table, wanted)) is None:
            raise
        return known
    partitions = None if wanted is None else len(wanted)
    past_enough = effort.enough is not None and counted.size > effort.enough
    if not counted.complete and not past_enough and (known := _known(table, wanted)) is not None:
        return known
    return Measured(size_bytes=counted.size, objects=counted.objects, partitions=partitions, complete=counted.complete)


def _wanted(door: Door, table: Table, domains: Mapping[str, Domain]) -> list[Partition]:
    said = [domains[key.name].expression(key.name) for key in table.partition_keys if key.name in domains]
    expression = " AND ".join(each for each in said if each)
    given = {"database": table.database, "name": table.name}
    try:
        found = listing.partitions(door, **given, expression=expression if 0 < len(expression) <= _LONGEST else None)
    except InvalidRequestError:
        # Glue knows fewer types than Athena; what it does not leave out is left out here.
        found = listing.partitions(door, **given)
    keys = [domains.get(key.name) for key in table.partition_keys]
    return [
        each
        for each in found
        if all(domain is None or domain.may_hold(value) for domain, value in zip(keys, each.values, strict=False))
    ]


def _known(table: Table, wanted: list[Partition] | None) -> Measured | None:
    """What the catalog says, where it says something about each."""
    sizes = [table.size_bytes] if wanted is None else [each.size_bytes for each in wanted]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return None
    partitions = None if wanted is None else len(wanted)
    return Measured(size_bytes=sum(known), objects=None, partitions=partitions, by="catalog")


class _Count:
    """Bytes and objects under several places, listed side by side."""

    def __init__(self, door: Door, effort: Effort) -> None:
        self._door, self._effort = door, effort
        self._lock = threading.Lock()
        self._over = False
        self._pages = 0
        self.size = self.objects = 0
        self.complete = True

    def all(self, places: list[str]) -> _Count:
        pool = ThreadPoolExecutor(_THREADS, "athena_ds-sizes")
        try:
            for _ in pool.map(self._one, places):
                pass
        finally:
            # An interrupt, too, waits for no more than the lists under way.
            self._over = True
            pool.shutdown(cancel_futures=True)
        return self

    def _one(self, place: str) -> None:
        if self._over:
            self.complete = False
            return
        for sizes, last in _pages(self._door, place, self._effort):
            with self._lock:
                self._pages += 1
                self.size += sum(sizes)
                self.objects += len(sizes)
                enough = self._effort.enough is not None and self.size > self._effort.enough
                self._over = self._over or enough or self._pages == self._effort.pages
            if self._over:
                self.complete = self.complete and last
                return


def _pages(door: Door, location: str, effort: Effort) -> Iterator[tuple[list[int], bool]]:
    """The sizes of the objects that Athena reads there, a page at a time, and whether it is the last."""
    bucket, prefix = _split(location)
    for page in door.pages("s3:ListObjectsV2", Bucket=bucket, Prefix=prefix, RequestPayer=effort.payer):
        shown = [each for each in page.get("Contents", []) if not _hidden(each["Key"][len(prefix) :])]
        yield [int(each["Size"]) for each in shown], not page.get("NextContinuationToken")


def _folders(door: Door, location: str, effort: Effort) -> list[str]:
    bucket, prefix = _split(location)
    asked = {"Bucket": bucket, "Prefix": prefix, "Delimiter": "/", "RequestPayer": effort.payer}
    listed = door.listed("s3:ListObjectsV2", "CommonPrefixes", **asked)
    return [f"s3://{bucket}/{each['Prefix']}" for each in listed]


def _split(location: str) -> tuple[str, str]:
    bucket, _, prefix = location.partition("://")[2].partition("/")
    return bucket, f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""


def _hidden(name: str) -> bool:
    """Athena reads no file, and nothing in a folder, whose name begins so."""
    return any(part.startswith(("_", ".")) for part in name.split("/"))
