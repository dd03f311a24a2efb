"""What a query can scan at most: the size of everything that lies under the tables it names."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..aws import Door
from ..catalog import Table, listing
from ..catalog.mentioned import tables_in
from ..connection.config import DataSourceConfig
from ..errors import NotFoundError
from .cost import Price

_THREADS = 8
# A view of views of views; Athena's own views nest no deeper in practice.
_DEPTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """One table: its bytes in S3, and in how many objects."""

    table: str
    size_bytes: int
    objects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The most a query can scan. Partitions left out and columns not read make it less.

    Attributes:
        at_most_bytes: All tables together.
        at_most_usd: Their price.
        tables: Each table that the query names, views resolved.
    """

    at_most_bytes: int
    at_most_usd: float
    tables: tuple[TableSize, ...]


def estimate(sql: str, *, door: Door, config: DataSourceConfig, price: Price) -> Estimate:
    """Measure what lies under the tables that the statement names.

    Raises:
        NotFoundError: When it names a table that does not exist or may not be seen.
    """
    found = {(table.database, table.name): table for table in _tables(sql, door=door, config=config)}
    with ThreadPoolExecutor(_THREADS, "athena_ds-estimate") as pool:
        sizes = tuple(pool.map(lambda table: _size(door, table), found.values()))
    total = sum(size.size_bytes for size in sizes)
    return Estimate(at_most_bytes=total, at_most_usd=price.of_bytes(total), tables=sizes)


def _tables(sql: str, *, door: Door, config: DataSourceConfig, depth: int = 0) -> Iterator[Table]:
    for database, name in tables_in(sql, config.database):
        table = _table(door, config, database=database, name=name)
        if table.type == "view" and depth < _DEPTH:
            yield from _tables(table.view_sql, door=door, config=config, depth=depth + 1)
        else:
            yield table


def _table(door: Door, config: DataSourceConfig, *, database: str, name: str) -> Table:
    try:
        return listing.table(door, config, database=database, name=name)
    except NotFoundError as error:
        error.remedy = error.remedy or "ds.describe() lists the tables you may see; one you may not see looks the same."
        raise


def _size(door: Door, table: Table) -> TableSize:
    places = {table.location}
    if table.partition_keys and not table.projected:
        # Partitions may lie anywhere, and what lies under the table's own location may belong to none.
        partitions = listing.partitions(door, database=table.database, name=table.name)
        places = {partition.location for partition in partitions}
    sizes = [size for place in sorted(places) if place for size in _objects(door, place)]
    return TableSize(table=f"{table.database}.{table.name}", size_bytes=sum(sizes), objects=len(sizes))


def _objects(door: Door, location: str) -> Iterator[int]:
    bucket, _, prefix = location.partition("://")[2].partition("/")
    token: str | None = None
    while True:
        inside = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        answer = door.call("s3:ListObjectsV2", Bucket=bucket, Prefix=inside, ContinuationToken=token)
        yield from (int(each["Size"]) for each in answer.get("Contents", []))
        token = answer.get("NextContinuationToken")
        if not token:
            return
