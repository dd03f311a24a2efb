"""What a policy is for: the places one data source touches today."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict, cast
from urllib.parse import urlsplit

from ..connection.partitions import Arns
from ..errors import ParameterError
from ..errors.meant import check_names


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """A place in S3: a bucket and a prefix without slashes at its ends; an empty prefix is the whole bucket."""

    bucket: str
    prefix: str = ""

    @classmethod
    def of(cls, uri: str) -> Location | None:
        """From `s3://bucket/prefix/`; None for what is not S3."""
        parts = urlsplit(uri.strip())
        if parts.scheme not in ("s3", "s3a", "s3n") or not parts.netloc:
            return None
        # A question mark or a hash may stand in a key; they split nothing here.
        path = uri.strip().split("://", 1)[1].partition("/")[2]
        return cls(bucket=parts.netloc, prefix=path.strip("/"))

    @classmethod
    def of_objects(cls, arn: str) -> Location | None:
        """From the ARN of objects, `arn:aws:s3:::bucket/prefix/*`; None for every other resource."""
        found = re.fullmatch(r"arn:[\w-]+:s3:::([^/*?]+)/(.*?)/?\*", arn)
        return cls(bucket=found[1], prefix=found[2]) if found else None

    @property
    def inside(self) -> str:
        """What the keys of its objects begin with: the prefix and a slash, nothing for the whole bucket."""
        return f"{self.prefix}/" if self.prefix else ""

    def covers(self, other: Location) -> bool:
        """Whether the other place lies inside this one."""
        if self.bucket != other.bucket:
            return False
        return not self.prefix or other.prefix == self.prefix or other.prefix.startswith(f"{self.prefix}/")

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.inside}"


def distinct(places: Iterable[Location]) -> tuple[Location, ...]:
    """The places without those that lie inside another one, in order."""
    kept: list[Location] = []
    for place in sorted(set(places)):
        if not any(other.covers(place) for other in kept):
            kept.append(place)
    return tuple(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one data source touches.

    Attributes:
        arns: Partition, region and account.
        workgroup: Its workgroup.
        database: Its database.
        data_catalog: Its data catalog.
        results: Where results go; None when Athena keeps them itself.
        sources: Where tables and partitions lie.
        partitioned: Whether a table has partitions registered in Glue (not projected).
        results_key: The KMS key of result files.
        source_keys: The KMS keys of source data.
        target_keys: The KMS keys of the buckets that UNLOAD and CTAS write to.
        lake_formation: Whether Lake Formation governs a table.
        notes: What could not be found out, as sentences.
    """

    arns: Arns
    workgroup: str
    database: str
    data_catalog: str = "AwsDataCatalog"
    results: Location | None = None
    sources: tuple[Location, ...] = ()
    partitioned: bool = False
    results_key: str | None = None
    source_keys: tuple[str, ...] = ()
    target_keys: tuple[str, ...] = ()
    lake_formation: bool = False
    notes: tuple[str, ...] = ()

    @property
    def in_glue(self) -> bool:
        """Whether the data catalog is the account's own Glue catalog."""
        return self.data_catalog.lower() == "awsdatacatalog"

    @property
    def source_buckets(self) -> tuple[str, ...]:
        """The buckets of the sources, each once, in order."""
        return tuple(dict.fromkeys(place.bucket for place in self.sources))

    def prefixes(self, bucket: str) -> tuple[str, ...]:
        """The prefixes of one source bucket."""
        return tuple(place.prefix for place in self.sources if place.bucket == bucket)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What else a policy shall allow.

    Attributes:
        unload: Places UNLOAD writes to, beside the results path (`s3://bucket/path/`).
        ctas: Places CREATE TABLE AS SELECT and INSERT INTO write to; their tables are made in the database.
        named_queries: Saved queries, made and deleted too.
        prepared_statements: PREPARE, EXECUTE and DEALLOCATE.
        drivers: Athena's JDBC and ODBC drivers.
        checks: Preflight's optional checks (the workgroup's and the bucket's settings).
        retention: Reading the results bucket's lifecycle and deleting results; changing the lifecycle too where the
            results path is the whole bucket.
        browse: Listing databases, workgroups, catalogs and buckets to choose from.
        history: Looking at many executions at once: history(), and the statements in results().
    """

    unload: tuple[str, ...] = ()
    ctas: tuple[str, ...] = ()
    named_queries: bool = False
    prepared_statements: bool = False
    drivers: bool = False
    checks: bool = False
    retention: bool = False
    browse: bool = False
    history: bool = False


class PolicyOptions(TypedDict, total=False):
    """`Options` as keywords."""

    unload: tuple[str, ...]
    ctas: tuple[str, ...]
    named_queries: bool
    prepared_statements: bool
    drivers: bool
    checks: bool
    retention: bool
    browse: bool
    history: bool


def options_of(given: PolicyOptions) -> Options:
    """The options of these keywords; a place may stand alone or in a sequence.

    Raises:
        ParameterError: For a name that is no option, or a place outside S3.
    """
    check_names(given, list(PolicyOptions.__annotations__), of="A policy")
    places = {name: _places(name, given.get(name, ())) for name in ("unload", "ctas")}
    return Options(**{**given, **places})  # type: ignore[arg-type]


def _places(name: str, given: object) -> tuple[str, ...]:
    places = (given,) if isinstance(given, str) else tuple(cast("Iterable[object]", given))
    for each in places:
        if not isinstance(each, str) or Location.of(each) is None:
            raise ParameterError(
                f"{name} names a place in S3, not {each!r}.", remedy='For example: "s3://acme-lake/exports/"'
            )
    return cast("tuple[str, ...]", places)
