"""What the Athena front asks of whoever runs statements, and what it gets back.

The front (`athena_ds.local.athena`) knows states, workgroups, result files and paging; it does not know SQL. The other
side, `athena_ds.local.sql.executor.StatementExecutor`, knows what a statement is: DDL against Glue, a write, or a
query for the engine. `plan` runs inside StartQueryExecution (so it must be quick); `execute` runs on a worker thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa

from athena_ds.local.seam.engine import Column, Execution, Written


class Rights(Protocol):
    """What the caller of a query may do. With IAM off everything is allowed (`EVERYTHING`)."""

    def require(self, action: str, *resources: str, context: Mapping[str, str] | None = None) -> None:
        """Raise EngineError, in the words Athena's StateChangeReason has, unless `action` is allowed on every ARN.

        `require("glue:GetTable", "arn:aws:glue:...:catalog", "arn:...:database/db", "arn:...:table/db/t")`;
        `context` are condition keys only the call knows (`s3:prefix`).
        """
        ...


class _Everything:
    def require(self, action: str, *resources: str, context: Mapping[str, str] | None = None) -> None:
        pass


EVERYTHING: Rights = _Everything()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A statement read and checked for syntax, nothing looked up yet.

    `statement_type` and `substatement_type` are the API's (`DML`/`SELECT`, `UTILITY`/`SHOW_TABLES`,
    `DDL`/`CREATE_TABLE_AS_SELECT`, ...). `placeholders` is the number of `?` in the statement. `statement` is the
    executor's own value; the front passes it back untouched.
    """

    sql: str
    statement_type: Literal["DML", "DDL", "UTILITY"]
    substatement_type: str
    statement: object
    placeholders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a statement is looked at before it is queued: whose catalog, which database, with whose rights."""

    account_id: str
    region: str
    database: str
    rights: Rights = EVERYTHING


class MissingTargetError(Exception):
    """DESCRIBE or SHOW COLUMNS of what isn't there, which Athena refuses to start; `catalog` where that is missing."""

    def __init__(self, *, catalog: str | None = None) -> None:
        super().__init__(catalog)
        self.catalog = catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where and for whom one execution runs.

    `output` is where its files go, ending with a slash (`s3://bucket/prefix/`; CTAS data without a location of its own
    belongs under `{output}tables/{execution_id}/`). `parameters` are expressions as text for the `?`s, in order.
    `work` is a private empty directory, removed by the front afterwards.
    """

    execution_id: str
    account_id: str
    region: str
    catalog: str
    database: str
    output: str
    work: Path
    output_enforced: bool = False
    """The workgroup enforces its output location: a CTAS with an `external_location` is refused."""
    parameters: tuple[str, ...] = ()
    rights: Rights = EVERYTHING
    on_engine: Callable[[Execution], None] = field(default=lambda _: None)
    """Call at once with every engine execution started, so that it can be watched (scan limit) and cancelled."""
    cancelled: Callable[[], bool] = field(default=lambda: False)
    """For work outside an engine (a long MSCK): True once the query was stopped; raise EngineError USER_CANCELED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A query's answer: `batches` yields the rows in order (Arrow types of `engine.arrow`).

    Written as `.csv`; for EXPLAIN as `.txt` with the column label as its first line.
    """

    columns: tuple[Column, ...]
    batches: Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """SHOW, DESCRIBE and MSCK: one line a row, written as `.txt` exactly as given (fields tabbed and padded already).

    `columns` are what ColumnInfo says, of type `Type("string")` or `VARCHAR`; empty for MSCK REPAIR TABLE.
    `update_count` is 0 or None (absent), by statement, as measured.
    """

    columns: tuple[Column, ...]
    lines: Sequence[str]
    update_count: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """DDL that answers nothing: an empty `.txt`, no columns, no update count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """CTAS, INSERT, UNLOAD: what was written. `update_type` goes to `.metadata`: `CREATE TABLE`, `INSERT`, `UNLOAD`."""

    written: Written
    update_type: str


Outcome = Rows | Text | Done | Wrote


class Executor(Protocol):
    """The side that knows SQL: `athena_ds.local.sql.executor.StatementExecutor(engine)`."""

    def plan(self, sql: str) -> Plan:
        """Classify and parse. Raises EngineError SYNTAX_ERROR (refused at submit as MALFORMED_QUERY)."""
        ...

    def placed(self, plan: Plan, place: Place) -> Plan:
        """The plan once its target is known (a view is described as one). Raises MissingTargetError."""
        ...

    def execute(self, plan: Plan, context: Context) -> Outcome:
        """Run it. Raises EngineError; anything else raised is reported as GENERIC_INTERNAL_ERROR."""
        ...
