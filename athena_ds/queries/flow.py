"""Queries of one data source, from a statement and its parameters to its rows: bind, submit, follow, read.

`query` is the way from end to end: `_running` makes the query ready to go; `through`, in `running.py`, takes it
from its start to its rows.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Unpack
from uuid import uuid4

from ..connection.config import DataSourceConfig
from ..errors import ParameterError
from ..execution import QueryExecution, Submission, Submit, raise_for_state, wait
from ..execution.literals import quoted
from ..execution.parameters import Parameters, bind, is_query
from . import progress
from .allowance import allowed, effort, explained, scan_limit
from .estimate import Estimate, estimate
from .options import QueryOptions, check_rows, checked
from .running import RunningQuery, Source, read, through, waited_for

if TYPE_CHECKING:
    import pandas as pd


def query(
    source: Source, sql: str, *, parameters: Parameters | None = None, **options: Unpack[QueryOptions]
) -> pd.DataFrame:
    """Send a query, wait, read."""
    running = _running(source, sql, parameters, options)
    running.shown_as(progress.shown(running, wanted=options.get("progress")))
    return through(running)


def submit(
    source: Source, sql: str, *, parameters: Parameters | None = None, **options: Unpack[QueryOptions]
) -> RunningQuery:
    """Send a query on its way."""
    running = _running(source, sql, parameters, options)
    try:
        running.begin()
    except BaseException as error:
        # Nobody has the handle yet, and nobody else could stop it.
        running.stop_for(error)
        raise
    return running


def batches(
    source: Source,
    sql: str,
    *,
    parameters: Parameters | None = None,
    rows: int | None = None,
    **options: Unpack[QueryOptions],
) -> Generator[pd.DataFrame, None, None]:
    """Check a query; send it when the first part of its rows is asked for, and give them part by part."""
    check_rows(rows)
    running = _running(source, sql, parameters, options)
    return _in_batches(running, rows, wanted=options.get("progress"))


def _in_batches(running: RunningQuery, rows: int | None, *, wanted: bool | None) -> Generator[pd.DataFrame, None, None]:
    running.shown_as(progress.shown(running, wanted=wanted))
    execution = waited_for(running)
    yield from running.batches_of(execution, rows=rows)


def run(
    source: Source, sql: str, *, parameters: Parameters | None = None, **options: Unpack[QueryOptions]
) -> QueryExecution:
    """Send a query and wait for its end; its rows stay where they are."""
    running = _running(source, sql, parameters, options)
    running.shown_as(progress.shown(running, wanted=options.get("progress")))
    return waited_for(running)


def result(source: Source, query_execution_id: str, **options: Unpack[QueryOptions]) -> pd.DataFrame:
    """The rows of an execution that was submitted before, by anyone; waits if it still runs."""
    checked(options)
    if beside := [name for name in options if name not in ("dtype_backend", "watch", "progress")]:
        remedy = "dtype_backend says how its rows are held."
        raise ParameterError(f"An execution that was submitted takes no {', '.join(beside)} any more.", remedy=remedy)
    execution = wait(source.door, query_execution_id, watch=options.get("watch"))
    raise_for_state(execution)
    return read(source, execution, options=options)


def estimated(
    source: Source, sql: str, *, parameters: Parameters | None = None, **options: Unpack[QueryOptions]
) -> Estimate:
    """What a statement can scan; only its plan is asked for."""
    checked(options)
    asked = to_send(source, sql, parameters=parameters, **options)
    return estimate(
        asked,
        door=source.door,
        price=source.price,
        explain=lambda part: explained(source, asked, sql=part, options=options),
        effort=effort(source, asked),
    )


def _running(source: Source, sql: str, parameters: Parameters | None, options: QueryOptions) -> RunningQuery:
    """The query, checked and kept within its limit, on its mark."""
    checked(options)
    _check_text(sql)
    describe = partial(_described, source, sql, parameters, options) if options.get("unload") else None
    sql, nested = (sql, {}) if describe else _nested(source, sql, parameters, options)
    asked = to_send(source, sql, parameters=parameters, **options)
    foreseen = allowed(source, asked, options=options)
    submission = Submission(source.door, asked, scan_limit=scan_limit(source, options))
    return RunningQuery(source, submission, options=options, nested=nested, describe=describe, foreseen=foreseen)


def to_send(
    source: Source, sql: str, *, parameters: Parameters | None = None, **options: Unpack[QueryOptions]
) -> Submit:
    """The query as it will be sent, of options that were checked."""
    _check_text(sql)
    config = source.config
    if options.get("unload"):
        sql = unload_statement(sql, new_location(config))
        check_unload(source, workgroup=options.get("workgroup", config.workgroup))
    bound = bind(sql, parameters)
    asked = Submit(
        sql=bound.sql,
        parameters=bound.parameters,
        database=options.get("database", config.database),
        data_catalog=options.get("data_catalog", config.data_catalog),
        workgroup=options.get("workgroup", config.workgroup),
        reuse_minutes=options.get("reuse_minutes"),
    )
    return replace(asked, destination=source.contract.in_workgroup(asked.workgroup).destination())


def _check_text(sql: object) -> None:
    if not isinstance(sql, str):
        raise ParameterError(f"A statement is text, not {type(sql).__name__}.")


def _nested(
    source: Source, sql: str, parameters: Parameters | None, options: QueryOptions
) -> tuple[str, Mapping[int, str]]:
    """The query with its nested columns as JSON, if that is wanted, and where they stand."""
    if options.get("nested", "text") == "text":
        return sql, {}
    from ..results import nested, pages  # noqa: PLC0415 - needs pyarrow

    if (probe := nested.probe(sql)) is None:
        return sql, {}
    # It reads no rows.
    asking: QueryOptions = {**options, "nested": "text", "max_scan": None}
    columns = pages.columns_of(submit(source, probe, parameters=parameters, **asking).wait(), source.door)
    return nested.wrapped(sql, columns), nested.places(columns)


def _described(source: Source, sql: str, parameters: Parameters | None, options: QueryOptions) -> RunningQuery:
    """A query on its way that tells a query's columns and reads nothing."""
    from ..results import nested  # noqa: PLC0415 - needs pyarrow

    plain: QueryOptions = {**options, "unload": False, "max_scan": None}
    return submit(source, nested.probe(sql) or sql, parameters=parameters, **plain)


def check_unload(source: Source, *, workgroup: str) -> None:
    """Nobody pays for files that cannot be read again.

    Raises:
        ParameterError: Where Athena would encrypt them on its own side: S3 then holds what only Athena reads.
    """
    if source.contract.in_workgroup(workgroup).encryption_option == "CSE_KMS":
        said = "The files of an UNLOAD could not be read back: with CSE_KMS Athena encrypts them before S3 has them."
        raise ParameterError(said, remedy="Query without unload, or have results encrypted with SSE_KMS.")


def unload_statement(sql: str, location: str) -> str:
    """UNLOAD of a query to a prefix, as Parquet. The line end keeps a comment from swallowing the bracket.

    Raises:
        ParameterError: For a statement that is no query.
    """
    if not is_query(sql):
        raise ParameterError("Only a query can be unloaded: SELECT, WITH, VALUES or TABLE.")
    inner = sql.strip().rstrip(";").rstrip()
    return f"UNLOAD (\n{inner}\n) TO {quoted(location)} WITH (format = 'PARQUET')"


def new_location(config: DataSourceConfig) -> str:
    """A prefix of its own under the results path, for one UNLOAD."""
    return f"{config.output_location}unload/{uuid4()}/"
