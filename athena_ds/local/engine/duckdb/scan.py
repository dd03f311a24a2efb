"""What reading a table means to DuckDB: the door between the query's lowering and the tables' formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from athena_ds.local.engine.seam import Allowed, Catalog, EngineError, Storage, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """What the query's predicates leave of a table's partitions.

    `allowed` goes to `Catalog.partitions` as it is (key = literal, IN); `keep` says of one partition's values (by key
    name, lower case) whether it may hold rows the query wants, ranges included. Both only narrow: every predicate is
    evaluated again on the rows.
    """

    allowed: Mapping[str, Allowed] = field(default_factory=dict)
    keep: Callable[[Mapping[str, str]], bool] = lambda values: True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanContext:
    """What reading a table may use: the caller's catalog and storage, the query's connection and private directory.

    `scanned` is told of bytes read by anything but DuckDB's own readers (an ORC file through Arrow, say). `cancelled`
    answers whether to stop: ask it between files.
    """

    catalog: Catalog
    storage: Storage
    connection: duckdb.DuckDBPyConnection
    work: Path
    scanned: Callable[[int], None] = lambda size: None
    cancelled: Callable[[], bool] = lambda: False


def relation(table: Table, columns: Sequence[str], pruning: Pruning, context: ScanContext) -> str:
    """The DuckDB FROM item (`read_parquet(...)`, `(SELECT ...)`) that reads `columns` of a table.

    It answers columns of exactly those names, as `physical(column.type)` of `engine.duckdb.physical`: data columns and
    partition keys, lower case, and `$path` (varchar, `s3://...`) only when asked for. `columns` may be empty (`count(*)`):
    then any one column will do, the row count must be right. Called while planning, on the query's own thread.
    """
    raise EngineError("NOT_SUPPORTED", f"Table not readable yet: {table.database}.{table.name}")
