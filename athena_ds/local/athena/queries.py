"""The operations on query executions: get, list, stop, results, runtime statistics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from athena_ds.local.athena.errors import ApiError, invalid
from athena_ds.local.athena.executions import Executions, QueryExecution, Result
from athena_ds.local.athena.layout import tells_failure
from athena_ds.local.athena.operations import CallersOperation, Operation
from athena_ds.local.athena.paging import page, place_of
from athena_ds.local.athena.sheet import Row, Sheet
from athena_ds.local.athena.show import runtime, shown
from athena_ds.local.athena.worker import Runner
from athena_ds.local.athena.workgroups import Workgroups
from athena_ds.local.http.tokens import token_of
from athena_ds.local.iam.callers import Caller
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.run import Rights

_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """What the API tells of the executions of one region."""

    executions: Executions
    workgroups: Workgroups
    runner: Runner
    rights: Callable[[Caller], Rights]

    def operations(self) -> dict[str, Operation]:
        return {
            "GetQueryExecution": lambda request: {"QueryExecution": shown(self._get(request))},
            "BatchGetQueryExecution": self.batch,
            "ListQueryExecutions": self.list,
            "StopQueryExecution": self.stop,
            "GetQueryRuntimeStatistics": lambda request: {"QueryRuntimeStatistics": runtime(self._get(request))},
        }

    def callers_operations(self) -> dict[str, CallersOperation]:
        return {"GetQueryResults": self.results}

    def batch(self, request: dict[str, Any]) -> dict[str, Any]:
        found = {identifier: self.executions.get(identifier) for identifier in request["QueryExecutionIds"]}
        missing = [
            {
                "QueryExecutionId": identifier,
                "ErrorCode": "QUERY_EXECUTION_NOT_FOUND",
                "ErrorMessage": f"QueryExecution {identifier} was not found",
            }
            for identifier, one in found.items()
            if one is None
        ]
        return {
            "QueryExecutions": [shown(one) for one in found.values() if one is not None],
            "UnprocessedQueryExecutionIds": missing,
        }

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request.get("WorkGroup") or "primary"
        self.workgroups.get(name)
        ids, more = page([one.id for one in self.executions.of(name)], request)
        return {"QueryExecutionIds": ids, **more}

    def stop(self, request: dict[str, Any]) -> dict[str, Any]:
        self.runner.stop(self._get(request))
        return {}

    def results(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """A page of rows. The checks come in the order measured: id, MaxResults, state, token."""
        execution = self._get(request)
        size = int(request.get("MaxResults") or _MOST)
        if size > _MOST:
            raise invalid(f"MaxResults is more than maximum allowed length {_MOST}")
        result = _finished(execution)
        start = place_of(request.get("NextToken"))
        if request.get("QueryResultType") == "DATA_MANIFEST":
            return self._manifest(result, start, size)
        try:
            rows, following = self._page(execution, result, caller, (start, size))
        except EngineError as error:
            raise ApiError("AccessDeniedException", str(error)) from error
        except (LookupError, OSError) as error:
            raise invalid("Could not find results", "RESULT_NOT_FOUND") from error
        answer: dict[str, Any] = {"ResultSet": _set(result, rows)}
        if execution.state == "FAILED":
            answer["ResultSet"]["ResultSetMetadata"] = None
        if result.update_count is not None:
            answer["UpdateCount"] = result.update_count
        if following is not None:
            answer["NextToken"] = token_of(following)
        return answer

    def _page(
        self, execution: QueryExecution, result: Result, caller: Caller, part: tuple[int, int]
    ) -> tuple[Sequence[Row], int | None]:
        """Rows from where they lie; a statement without rows has nothing to read."""
        if result.sheet.kind == "none":
            return [], None
        start, size = part
        return result.sheet.page(self.runner.files.reader(execution, self.rights(caller)), start, size)

    def _manifest(self, result: Result, start: int, size: int) -> dict[str, Any]:
        """The manifest of a CTAS, INSERT or UNLOAD as rows."""
        if result.manifest is None:
            raise invalid("The query has no data manifest")
        lines = self.runner.files.store.read(result.manifest).decode().splitlines()
        rows: list[Row] = [[line] for line in lines[start : start + size]]
        more = {"NextToken": token_of(start + size)} if start + size < len(lines) else {}
        return {"ResultSet": {"Rows": [_row(row) for row in rows], "ResultSetMetadata": {"ColumnInfo": []}}, **more}

    def _get(self, request: dict[str, Any]) -> QueryExecution:
        identifier = request["QueryExecutionId"]
        found = self.executions.get(identifier)
        if found is None:
            raise invalid(f"QueryExecution {identifier} was not found", "QUERY_EXECUTION_NOT_FOUND")
        return found


def _finished(execution: QueryExecution) -> Result:
    match execution.state:
        case "QUEUED" | "RUNNING":
            words = f"Query has not yet finished. Current state: {execution.state}"
            raise invalid(words, "INVALID_QUERY_EXECUTION_STATE")
        case "CANCELLED":
            raise invalid("Could not find results", "RESULT_NOT_FOUND")
        case "FAILED" if tells_failure(execution.plan):
            return Result(columns=(), sheet=Sheet(kind="none"), update_count=None, file=None)
        case "FAILED":
            words = "Query did not finish successfully. Final query state: FAILED"
            raise invalid(words, "INVALID_QUERY_EXECUTION_STATE")
    assert execution.result is not None
    return execution.result


def _set(result: Result, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "Rows": [_row(row) for row in rows],
        "ResultSetMetadata": {"ColumnInfo": [column.api() for column in result.columns]},
    }


def _row(row: Row) -> dict[str, Any]:
    return {"Data": [{} if value is None else {"VarCharValue": value} for value in row]}
