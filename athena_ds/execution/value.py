"""A query execution as Athena reports it: a frozen value, made at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TERMINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What an execution took; None where Athena said nothing.

    Attributes:
        data_scanned_in_bytes: Bytes read from storage, as they lie there (compressed).
        engine_execution_ms: Milliseconds in the engine.
        queue_ms: Milliseconds waiting for a place.
        planning_ms: Milliseconds planning.
        service_processing_ms: Milliseconds finishing and publishing the result.
        total_ms: Milliseconds from submission to end.
        reused_previous_result: Whether an earlier result was given again.
        data_manifest_location: Where the list of written files lies (CTAS, INSERT, UNLOAD).
    """

    data_scanned_in_bytes: int = 0
    engine_execution_ms: int | None = None
    queue_ms: int | None = None
    planning_ms: int | None = None
    service_processing_ms: int | None = None
    total_ms: int | None = None
    reused_previous_result: bool = False
    data_manifest_location: str | None = None

    @classmethod
    def from_answer(cls, said: Mapping[str, Any]) -> Statistics:
        """From `QueryExecution.Statistics`."""
        return cls(
            data_scanned_in_bytes=int(said.get("DataScannedInBytes") or 0),
            engine_execution_ms=said.get("EngineExecutionTimeInMillis"),
            queue_ms=said.get("QueryQueueTimeInMillis"),
            planning_ms=said.get("QueryPlanningTimeInMillis"),
            service_processing_ms=said.get("ServiceProcessingTimeInMillis"),
            total_ms=said.get("TotalExecutionTimeInMillis"),
            reused_previous_result=bool(said.get("ResultReuseInformation", {}).get("ReusedPreviousResult")),
            data_manifest_location=said.get("DataManifestLocation"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AthenaFault:
    """Athena's own classing of a failure: category 1 system, 2 user, 3 other; the error reference lists the types."""

    category: int | None = None
    error_type: int | None = None
    retryable: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryExecution:
    """One query execution, as it stood when it was asked about.

    Attributes:
        query_execution_id: Its id.
        state: QUEUED, RUNNING, SUCCEEDED, FAILED or CANCELLED.
        query: The SQL as Athena keeps it.
        statement_type: DML, DDL or UTILITY.
        substatement_type: As in SELECT, SHOW_TABLES or CREATE_TABLE_AS_SELECT.
        output_location: Where its result really lies; None with managed query results.
        managed_results: Whether Athena keeps the result itself.
        encryption_option: How its result is encrypted: SSE_S3, SSE_KMS, CSE_KMS; empty where the bucket decides.
        workgroup: Where it ran.
        database: The database of its unqualified names.
        data_catalog: The data catalog of them.
        state_change_reason: Athena's words about the state.
        fault: Athena's classing of a failure.
        statistics: Bytes and times.
        submitted: When it was submitted.
        completed: When it ended.
        parameters: The execution parameters it was sent with.
    """

    query_execution_id: str
    state: str
    query: str = ""
    statement_type: str = ""
    substatement_type: str = ""
    output_location: str | None = None
    managed_results: bool = False
    encryption_option: str = ""
    workgroup: str = ""
    database: str = ""
    data_catalog: str = ""
    state_change_reason: str = ""
    fault: AthenaFault | None = None
    statistics: Statistics = field(default_factory=Statistics)
    submitted: datetime | None = None
    completed: datetime | None = None
    parameters: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in TERMINAL

    @classmethod
    def from_answer(cls, said: Mapping[str, Any]) -> QueryExecution:
        """From the API's `QueryExecution`."""
        status, place = said.get("Status", {}), said.get("QueryExecutionContext", {})
        landed = said.get("ResultConfiguration", {})
        managed = bool(said.get("ManagedQueryResultsConfiguration", {}).get("Enabled"))
        return cls(
            query_execution_id=said["QueryExecutionId"],
            state=status.get("State", "QUEUED"),
            query=said.get("Query", ""),
            statement_type=said.get("StatementType", ""),
            substatement_type=said.get("SubstatementType", ""),
            output_location=landed.get("OutputLocation") or None,
            managed_results=managed,
            encryption_option=landed.get("EncryptionConfiguration", {}).get("EncryptionOption", ""),
            workgroup=said.get("WorkGroup", ""),
            database=place.get("Database", ""),
            data_catalog=place.get("Catalog", ""),
            state_change_reason=status.get("StateChangeReason", ""),
            fault=_fault(status.get("AthenaError")),
            statistics=Statistics.from_answer(said.get("Statistics", {})),
            submitted=status.get("SubmissionDateTime"),
            completed=status.get("CompletionDateTime"),
            parameters=tuple(said.get("ExecutionParameters", ())),
        )


def _fault(said: Mapping[str, Any] | None) -> AthenaFault | None:
    if said is None:
        return None
    return AthenaFault(
        category=said.get("ErrorCategory"),
        error_type=said.get("ErrorType"),
        retryable=bool(said.get("Retryable")),
        message=said.get("ErrorMessage", ""),
    )
