"""A query execution as the API shows it."""

from __future__ import annotations

from typing import Any, Final

from athena_ds.local.athena.executions import QueryExecution, Settings
from athena_ds.local.seam.engine import EngineError

ENGINE_VERSION: Final = "Athena engine version 3"

_TYPES: Final = {
    "TABLE_NOT_FOUND": 1301,
    "SCHEMA_NOT_FOUND": 1301,
    "COLUMN_NOT_FOUND": 1006,
    "CATALOG_NOT_FOUND": 1006,
    "SYNTAX_ERROR": 1006,
    "TYPE_MISMATCH": 1002,
    "FUNCTION_NOT_FOUND": 1303,
    "DIVISION_BY_ZERO": 1001,
    "NUMERIC_VALUE_OUT_OF_RANGE": 1001,
    "HIVE_BAD_DATA": 1001,
    "INVALID_CAST_ARGUMENT": 1100,
    "INVALID_FUNCTION_ARGUMENT": 1100,
    "INVALID_TABLE_PROPERTY": 1100,
    "NOT_SUPPORTED": 1200,
    "TABLE_ALREADY_EXISTS": 1110,
    "PERMISSION_DENIED": 1500,
    "ACCESS_DENIED_S3": 1501,
}
"""AthenaError.ErrorType by Trino's error name: measured where the facts have it, else from AWS's error reference."""

_CATEGORIES: Final = {"USER": 2, "INTERNAL": 1, "RESOURCES": 1, "EXTERNAL": 3}
_OTHERS: Final = {"USER": 1000, "INTERNAL": 100, "RESOURCES": 0, "EXTERNAL": 233}


def athena_error(error: EngineError) -> dict[str, Any]:
    """`Status.AthenaError` of a failed execution."""
    return {
        "ErrorCategory": _CATEGORIES.get(error.kind, 2),
        "ErrorType": _TYPES.get(error.name, _OTHERS.get(error.kind, 1000)),
        "Retryable": error.kind in ("RESOURCES", "EXTERNAL"),
        "ErrorMessage": str(error),
    }


def shown(execution: QueryExecution) -> dict[str, Any]:
    """The `QueryExecution` structure."""
    settings = execution.settings
    answer: dict[str, Any] = {
        "QueryExecutionId": execution.id,
        "Query": execution.sql,
        "StatementType": execution.plan.statement_type,
        "SubstatementType": execution.plan.substatement_type,
        "ResultConfiguration": _configuration(execution),
        "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": _reuse(settings)},
        "QueryExecutionContext": dict(settings.context),
        "Status": _status(execution),
        "Statistics": statistics(execution),
        "WorkGroup": settings.workgroup,
        "EngineVersion": {
            "SelectedEngineVersion": settings.engine_version,
            "EffectiveEngineVersion": ENGINE_VERSION,
        },
    }
    if settings.output is None:
        answer["ManagedQueryResultsConfiguration"] = {"Enabled": True}
        del answer["ResultConfiguration"]
    if settings.parameters:
        answer["ExecutionParameters"] = list(settings.parameters)
    return answer


def _configuration(execution: QueryExecution) -> dict[str, Any]:
    settings = execution.settings
    found: dict[str, Any] = {"OutputLocation": str(execution.file)} if execution.file else {}
    if settings.encryption:
        found["EncryptionConfiguration"] = dict(settings.encryption)
    if settings.expected_owner:
        found["ExpectedBucketOwner"] = settings.expected_owner
    if settings.acl:
        found["AclConfiguration"] = dict(settings.acl)
    return found


def _reuse(settings: Settings) -> dict[str, Any]:
    if settings.reuse_minutes is None:
        return {"Enabled": False}
    return {"Enabled": True, "MaxAgeInMinutes": settings.reuse_minutes}


def _status(execution: QueryExecution) -> dict[str, Any]:
    status: dict[str, Any] = {"State": execution.state, "SubmissionDateTime": round(execution.submitted, 3)}
    if execution.reason:
        status["StateChangeReason"] = execution.reason
    if execution.completed:
        status["CompletionDateTime"] = round(execution.completed, 3)
    if execution.state == "FAILED" and execution.error is not None:
        status["AthenaError"] = athena_error(execution.error)
    return status


def statistics(execution: QueryExecution) -> dict[str, Any]:
    """The `Statistics` structure: measured, and valid while the query runs."""
    stats, ended = execution.seen(), execution.completed
    engine_end = execution.engine_ended or ended
    found: dict[str, Any] = {
        "DataScannedInBytes": 0 if execution.reused else stats.bytes_scanned,
        "ResultReuseInformation": {"ReusedPreviousResult": execution.reused},
    }
    if execution.started is not None:
        found["QueryQueueTimeInMillis"] = _ms(execution.submitted, execution.started) + stats.queued_ms
    if execution.engine_started is not None and engine_end is not None:
        found["EngineExecutionTimeInMillis"] = max(0, _ms(execution.engine_started, engine_end) - stats.queued_ms)
        found["QueryPlanningTimeInMillis"] = stats.planning_ms
        found["ServicePreProcessingTimeInMillis"] = _ms(execution.started, execution.engine_started)
    if ended is not None:
        found["TotalExecutionTimeInMillis"] = _ms(execution.submitted, ended)
        found["ServiceProcessingTimeInMillis"] = _ms(engine_end, ended)
        found.setdefault("EngineExecutionTimeInMillis", 0)
    if execution.result is not None and execution.result.manifest is not None:
        found["DataManifestLocation"] = str(execution.result.manifest)
    return found


def _ms(start: float | None, end: float | None) -> int:
    return max(0, round(((end or 0) - (start or 0)) * 1000)) if start and end else 0


def runtime(execution: QueryExecution) -> dict[str, Any]:
    """The `QueryRuntimeStatistics` structure; one stage, since one machine runs it."""
    known = statistics(execution)
    stats, result = execution.seen(), execution.result
    rows = (result.update_count or result.sheet.rows) if result is not None else 0
    timeline = {name: value for name, value in known.items() if name.endswith("InMillis")}
    figures = {
        "InputRows": stats.rows_in,
        "InputBytes": known["DataScannedInBytes"],
        "OutputRows": rows,
        "OutputBytes": stats.bytes_written or (result.size if result is not None else 0),
    }
    stage = {"StageId": 0, "State": "FINISHED", "ExecutionTime": timeline.get("EngineExecutionTimeInMillis", 0)}
    found: dict[str, Any] = {"Timeline": timeline, "Rows": figures}
    if execution.state == "SUCCEEDED":
        found["OutputStage"] = {**stage, **figures, "SubStages": []}
    return found
