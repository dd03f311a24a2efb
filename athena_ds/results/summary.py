"""What `df.attrs["athena"]` says, in JSON's types only, so that a frame can still be written, compared and copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..execution import QueryExecution


def summary(execution: QueryExecution, columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Where the rows came from, what they took, and each column's Athena type with what to know about it."""
    took = execution.statistics
    return {
        "query_execution_id": execution.query_execution_id,
        "statement_type": execution.substatement_type or execution.statement_type,
        "workgroup": execution.workgroup,
        "database": execution.database,
        "output_location": execution.output_location,
        "data_scanned_in_bytes": took.data_scanned_in_bytes,
        "queue_ms": took.queue_ms,
        "planning_ms": took.planning_ms,
        "execution_ms": took.engine_execution_ms,
        "total_ms": took.total_ms,
        "reused": took.reused_previous_result,
        "columns": list(columns),
    }
