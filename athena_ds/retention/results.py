"""What lies under the results path, what it costs, and deleting what is old, of what is surely a result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from ..aws import Door
from ..errors import CallError, ParameterError, warn
from ..policy import Location

if TYPE_CHECKING:
    import pandas as pd

DOLLARS_PER_GB_MONTH: Final = 0.023
"""S3 Standard in most regions; other regions and classes cost something else."""

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RESULT: Final = re.compile(
    rf"(?:.*/)?(?P<id>{_ID})(?P<tail>\.csv|\.txt|\.csv\.metadata|\.txt\.metadata|\.metadata|-manifest\.csv)"
)
_CTAS: Final = re.compile(rf"tables/(?P<id>{_ID})/.+")
_BATCH = 50
_DELETE_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object under the results path.

    Attributes:
        kind: `result`, `metadata`, `manifest`, `table data` (of a CTAS), or `other`.
        query_execution_id: The execution that wrote it; empty for others.
    """

    key: str
    size: int
    modified: datetime
    kind: str
    query_execution_id: str


def stored(door: Door, place: Location, *, owner: str | None) -> Iterator[Stored]:
    """Every object under the path, in order of key."""
    for each in door.listed(
        "s3:ListObjectsV2", "Contents", Bucket=place.bucket, Prefix=place.inside, ExpectedBucketOwner=owner
    ):
        kind, name = recognised(each["Key"].removeprefix(place.inside))
        yield Stored(
            key=each["Key"],
            size=int(each["Size"]),
            modified=each["LastModified"].astimezone(UTC),
            kind=kind,
            query_execution_id=name,
        )


def recognised(inner: str) -> tuple[str, str]:
    """What a key below the results path is, and whose: by the names Athena gives results."""
    data = _CTAS.fullmatch(inner)
    if data:
        return "table data", data["id"]
    found = _RESULT.fullmatch(inner)
    if not found:
        return "other", ""
    tail = found["tail"]
    kind = "metadata" if tail.endswith(".metadata") else "manifest" if tail.startswith("-manifest") else "result"
    return kind, found["id"]


def results_frame(door: Door, place: Location, *, owner: str | None = None) -> pd.DataFrame:
    """One row an object: `key`, `kind`, `query_execution_id`, `statement`, `size_bytes`, `modified`, `age`.

    `df.attrs["athena"]` has the totals: objects, bytes, and an estimate of what they cost a month.
    """
    found = list(stored(door, place, owner=owner))
    frame = _frame(found, _statements(door, found))
    size = sum(each.size for each in found)
    cost = round(size / 10**9 * DOLLARS_PER_GB_MONTH, 4)
    totals = {"location": str(place), "objects": len(found), "bytes": size, "estimated_cost_usd_per_month": cost}
    frame.attrs["athena"] = totals
    return frame


def purge(  # noqa: PLR0913
    door: Door,
    place: Location,
    *,
    database: str,
    older_than: timedelta | int,
    confirm: bool = False,
    owner: str | None = None,
) -> pd.DataFrame:
    """Delete result objects that are older than that; without confirmation only say which they would be.

    Only objects with the names Athena gives to results are deleted, never one under the location of a table.

    Args:
        door: Who asks.
        place: The results path.
        database: The data source's database; the tables of all visible databases are spared.
        older_than: A timedelta, or a number of days.
        confirm: True deletes.
        owner: The account that must own the bucket.

    Returns:
        One row an object, as `results_frame`, and `deleted`, whether it is gone.
    """
    age = timedelta(days=older_than) if isinstance(older_than, int) else older_than
    if not isinstance(age, timedelta):
        raise ParameterError(f"older_than is a number of days or a timedelta, not {older_than!r}.")
    if age < timedelta(0):
        raise ParameterError(f"older_than must not be negative, as {age} is.")
    spared = _tables(door, database)
    before = datetime.now(UTC) - age
    old = [
        each
        for each in stored(door, place, owner=owner)
        if each.modified < before
        and each.kind in ("result", "metadata", "manifest")
        and not _lies_in(each, place, spared)
    ]
    frame = _frame(old, {})
    gone = set(_deleted(door, place, old, owner)) if confirm is True else set()
    frame["deleted"] = [each.key in gone for each in old]
    told = {"objects": len(old), "deleted": len(gone), "dry_run": confirm is not True}
    frame.attrs["athena"] = {"location": str(place), **told}
    return frame


def _lies_in(each: Stored, place: Location, spared: Iterable[Location]) -> bool:
    here = Location(bucket=place.bucket, prefix=each.key)
    return any(table.covers(here) for table in spared)


def _tables(door: Door, database: str) -> list[Location]:
    """Where tables lie: of every database that may be seen, or at least of this one."""
    names = [database]
    try:
        names = [each["Name"] for each in door.listed("glue:GetDatabases", "DatabaseList")]
    except CallError:
        said = f"Only tables of '{database}' are spared: other databases may not be listed (glue:GetDatabases)."
        warn(said)
    places = []
    for name in dict.fromkeys([database, *names]):
        try:
            for table in door.listed("glue:GetTables", "TableList", DatabaseName=name):
                place = Location.of((table.get("StorageDescriptor") or {}).get("Location") or "")
                places += [place] if place is not None else []
        except CallError as error:
            if name == database:
                raise
            said = f"The tables of '{name}' may not be seen, so none of them is spared ({error.code})."
            warn(said)
    return places


def _deleted(door: Door, place: Location, old: list[Stored], owner: str | None) -> Iterator[str]:
    for start in range(0, len(old), _DELETE_AT_ONCE):
        keys = [each.key for each in old[start : start + _DELETE_AT_ONCE]]
        wanted = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        answer = door.call("s3:DeleteObjects", Bucket=place.bucket, Delete=wanted, ExpectedBucketOwner=owner)
        kept = {each["Key"] for each in answer.get("Errors", [])}
        if kept:
            first = answer["Errors"][0]
            said = f"{len(kept)} objects were not deleted, the first of them: {first['Key']} ({first.get('Message')})."
            warn(said)
        yield from (key for key in keys if key not in kept)


def _statements(door: Door, found: list[Stored]) -> dict[str, str]:
    """The SQL of the executions, as far as Athena still knows it (45 days) and it may be asked."""
    names = list(dict.fromkeys(each.query_execution_id for each in found if each.query_execution_id))
    known: dict[str, str] = {}
    for start in range(0, len(names), _BATCH):
        try:
            answer = door.call("athena:BatchGetQueryExecution", QueryExecutionIds=names[start : start + _BATCH])
        except CallError:
            return known
        known |= {each["QueryExecutionId"]: each.get("Query", "") for each in answer.get("QueryExecutions", [])}
    return known


def _frame(found: list[Stored], statements: dict[str, str]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    now = datetime.now(UTC)
    return pd.DataFrame(
        {
            "key": pd.array([each.key for each in found], dtype="string"),
            "kind": pd.array([each.kind for each in found], dtype="string"),
            "query_execution_id": pd.array([each.query_execution_id or None for each in found], dtype="string"),
            "statement": pd.array([statements.get(each.query_execution_id) for each in found], dtype="string"),
            "size_bytes": pd.array([each.size for each in found], dtype="int64"),
            "modified": pd.to_datetime(pd.Series([each.modified for each in found], dtype="object"), utc=True),
            "age": pd.to_timedelta(pd.Series([now - each.modified for each in found], dtype="object")),
        }
    )
