"""What reading a table needs to be told: how much of it is wanted, and what may be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from athena_ds.local.seam.engine import Allowed, Catalog, EngineError, Storage
from athena_ds.local.seam.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A predicate about one partition key: `op` is =, <, <=, >, >= or `in`."""

    key: str
    type: Type
    op: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """What the query's predicates leave of a table's partitions.

    `allowed` goes to `Catalog.partitions` as it is (key = literal, IN); `keep` says of one partition's values (by key
    name, lower case) whether it may hold rows the query wants, ranges included. Both only narrow: every predicate is
    evaluated again on the rows. For EXPLAIN, `terms` are the predicates themselves, and `nothing` is said where one of
    them is never true.
    """

    allowed: Mapping[str, Allowed] = field(default_factory=dict)
    keep: Callable[[Mapping[str, str]], bool] = lambda values: True  # noqa: ARG005
    terms: tuple[Term, ...] = ()
    nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanContext:
    """What reading a table may use: the caller's catalog and storage, the query's connection and private directory.

    `scanned` is told of bytes read by anything but DuckDB's own readers (an ORC file through Arrow, say). `cancelled`
    answers whether to stop: ask it between files. `fail` writes an expression that raises an EngineError when it is
    evaluated, `call` one that asks a Python function. `failures` collects what went wrong while DuckDB pulled rows from
    Python: DuckDB keeps only its text.
    """

    catalog: Catalog
    storage: Storage
    connection: duckdb.DuckDBPyConnection
    work: Path
    fail: Callable[[str, str, Type], str]
    call: Callable[[Callable[..., Any], tuple[tuple[str, Type], ...], Type], str]
    scanned: Callable[[int], None] = lambda size: None  # noqa: ARG005
    seen: Callable[[int], None] = lambda rows: None  # noqa: ARG005
    """Told of rows read so."""
    reads: Callable[[], None] = lambda: None
    """Told of a scan that reads more than footers: `count(*)` over Parquet costs nothing in Athena."""
    cancelled: Callable[[], bool] = lambda: False
    failures: list[EngineError] = field(default_factory=list)
