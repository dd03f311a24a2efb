"""What a query may scan and how long it may take: whether it crossed them, and how that is told."""

from __future__ import annotations

from ..errors import QueryTimeoutError, ScanLimitError, ScanLimitWarning, warn
from .value import QueryExecution


def scan_crossed(execution: QueryExecution, *, limit: int | None, sql: str) -> ScanLimitError | None:
    """The error to stop a running query for; None while it keeps within the limit."""
    scanned = execution.statistics.data_scanned_in_bytes
    if limit is None or scanned <= limit or execution.finished:
        return None
    error = ScanLimitError(
        reason=f"it had scanned {scanned:,} bytes, and {limit:,} are allowed",
        query_execution_id=execution.query_execution_id,
        query=sql,
        remedy="Filter on a partition or read fewer columns, or raise max_scan; what was scanned is charged.",
    )
    error.scanned, error.limit = scanned, limit
    return error


def scan_foreseen(at_least: int, *, limit: int, sql: str) -> ScanLimitError | None:
    """The error not to begin a query for, which surely scans so much; None where it may begin."""
    if at_least <= limit:
        return None
    error = ScanLimitError(
        reason=f"it reads files of {at_least:,} bytes from end to end, and {limit:,} are allowed",
        query=sql,
        remedy="Filter on a partition, or raise max_scan; nothing was run, nothing is charged.",
    )
    error.limit = limit
    return error


def timed_out(query_execution_id: str, *, timeout: float, sql: str) -> QueryTimeoutError:
    """The error to stop a query for that takes too long."""
    return QueryTimeoutError(
        reason=f"it had not ended after {timeout:g} s",
        query_execution_id=query_execution_id,
        query=sql,
        remedy="Give it more time (timeout=...), or read less; what was scanned is charged.",
    )


def warn_of_scan(execution: QueryExecution, *, limit: int | None) -> None:
    """Say that a query which ended before it could be stopped had crossed the limit."""
    scanned = execution.statistics.data_scanned_in_bytes
    if limit is not None and scanned > limit:
        said = f"Query {execution.query_execution_id} ended with {scanned:,} bytes scanned; {limit:,} were allowed."
        warn(said, ScanLimitWarning)
