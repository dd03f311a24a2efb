"""The seam between Athena's front and an engine: what an engine is given, and what it gives back.

Above it, once: API, states, workgroups, IAM, Hive DDL, views in Glue, result files. Below it: DuckDB (embedded) or a
real Trino. Nothing above knows which engine runs; nothing below knows Athena's API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa

from athena_ds.local.seam.types import Type

CATALOG = "awsdatacatalog"
"""What Athena calls the account's own Glue catalog."""


class EngineError(Exception):
    """A query that can't run or didn't finish, in Trino's words: `name` is `COLUMN_NOT_FOUND`, `DIVISION_BY_ZERO`, ...

    `kind` is USER | INTERNAL | RESOURCES | EXTERNAL; `line` and `column` count from 1, None where there is no place.
    """

    def __init__(
        self, name: str, message: str, *, kind: str = "USER", line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.name, self.message, self.kind, self.line, self.column = name, message, kind, line, column

    def __str__(self) -> str:
        """`COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved`, as Athena's StateChangeReason spells it."""
        place = f"line {self.line}:{self.column}: " if self.line is not None else ""
        return f"{self.name}: {place}{self.message}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result or a table: its name (as labelled) and its Trino type."""

    name: str
    type: Type
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A partition of a table: its values, in the order of the partition keys, and where its objects lie."""

    values: tuple[str, ...]
    location: str
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A Glue table as an engine needs it. A view has `view_sql` (and the catalog and database it was written in)."""

    database: str
    name: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...] = ()
    location: str = ""
    serde: str = ""
    input_format: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    serde_parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    view_sql: str | None = None
    view_database: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """An object of the store: `s3://bucket/key`, size in bytes."""

    bucket: str
    key: str
    size: int
    etag: str = ""

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


Allowed = Sequence[str] | None
"""For one partition key: the values a predicate leaves possible, or None for all."""


class Catalog(Protocol):
    """The tables one caller may see. Every method raises EngineError, a refusal too, in Athena's words."""

    def databases(self) -> list[str]: ...

    def tables(self, database: str) -> list[str]: ...

    def table(self, database: str, name: str) -> Table:
        """Raises SCHEMA_NOT_FOUND or TABLE_NOT_FOUND with `message` but no place: the caller of this adds it."""
        ...

    def partitions(self, table: Table, allowed: Mapping[str, Allowed]) -> list[Partition]:
        """Partitions from Glue, or computed for a projected table; `allowed` prunes by key name (lower case)."""
        ...


class Storage(Protocol):
    """The objects one caller may read and write. Raises EngineError (access denied, bucket missing)."""

    def list(self, location: str) -> list[StoredObject]:
        """Objects under `s3://bucket/prefix`, in key order, hidden ones (`_x`, `.x` in any folder below) left out."""
        ...

    def local(self, stored: StoredObject) -> Path:
        """A local file with the object's bytes, read-only, valid until the query ends; its suffix is the key's."""
        ...

    @property
    def restricted(self) -> bool:
        """Whether anything could be refused at all: what is only asked for the sake of rights may be left out."""
        ...

    def readable(self, location: str) -> None:
        """Raise unless the caller may list a location and read every object there."""
        ...

    def put(self, location: str, source: Path) -> StoredObject:
        """Store a finished local file at `s3://bucket/key` (multipart when large)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Where a CTAS, INSERT or UNLOAD puts its rows. `location` ends with a slash and is known to be writable."""

    location: str
    format: Literal["PARQUET", "ORC", "TEXTFILE", "CSV", "JSON", "AVRO"]
    partitioned_by: tuple[str, ...] = ()
    compression: str | None = None
    field_delimiter: str | None = None
    columns: tuple[Column, ...] | None = None
    """For INSERT: the target's columns, the query's values coerced to them; None takes the query's own."""
    given: tuple[str, ...] | None = None
    """For INSERT with a column list: which of `columns` the query gives, in its order; the others are NULL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One statement for an engine: a query (SELECT, WITH, VALUES, TABLE) or EXPLAIN, DDL already taken out.

    `parameters` are expressions as text, bound to `?` in order.
    """

    sql: str
    database: str
    catalog: str = CATALOG
    parameters: tuple[str, ...] = ()
    write: Write | None = None
    execution_id: str = ""
    described: bool = False
    """Only the columns are wanted: nothing need be run."""
    work: Path | None = None
    """A private directory of this execution, removed by the front when it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a query has cost so far; valid while it runs."""

    bytes_scanned: int = 0
    bytes_written: int = 0
    rows_in: int = 0
    queued_ms: int = 0
    planning_ms: int = 0
    execution_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file a write made, and the partition values it belongs to (empty when not partitioned).

    `rows` is None where the engine tells only the rows of all files together.
    """

    uri: str
    size: int
    rows: int | None
    partition: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a CTAS, INSERT or UNLOAD left: rows and files (the manifest)."""

    rows: int
    files: tuple[WrittenFile, ...]


class Execution(Protocol):
    """A query under way. Every method may be called from any thread."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Names and Trino types of the result; known once planned (blocks until then; raises EngineError)."""
        ...

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order. Arrow types: see `athena_ds.local.seam.arrow`. Raises EngineError (USER_CANCELED)."""
        ...

    def written(self) -> Written | None:
        """After `batches()` is exhausted: what a write left; None for a plain query."""
        ...

    def stats(self) -> Stats: ...

    def cancel(self) -> None: ...


class Engine(Protocol):
    """DuckDB or Trino behind one door."""

    def submit(self, query: Query, catalog: Catalog, storage: Storage) -> Execution:
        """Start (planning errors come from `columns` or `batches`). The engine asks only these two for data."""
        ...

    def check(self, sql: str) -> None:
        """Parse only: raises EngineError SYNTAX_ERROR with line and column, as Trino words it."""
        ...

    def close(self) -> None: ...
