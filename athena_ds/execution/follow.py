"""Follow an execution to its end, stop it, and say how it ended."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ..aws import Door
from ..errors import (
    AthenaDSError,
    EndpointError,
    NotFoundError,
    QueryCancelledError,
    QueryError,
    QueryFailedError,
    ScanLimitError,
)
from . import journal
from .diagnosis import diagnose, without_cleaning
from .later import told_later
from .place import place_in
from .polling import next_wait, still_to_wait
from .value import QueryExecution

_E = TypeVar("_E", bound=QueryError)
Watch = Callable[[QueryExecution], None]
# Seconds for a stopped query to be seen CANCELLED.
_STOPPING = 15.0
_BATCH = 50
_KEPT = "Athena keeps executions for 45 days, in the account and region they ran in: ds.history() lists them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time and chance, so that tests can take both into their hands."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    luck: Callable[[], float] = random.random


_CLOCK = Clock()


def status(door: Door, query_execution_id: str) -> QueryExecution:
    """Ask once how an execution stands."""
    try:
        answer = door.call("athena:GetQueryExecution", QueryExecutionId=query_execution_id)
    except NotFoundError as error:
        error.remedy = _KEPT
        raise
    except AthenaDSError as error:
        told_later(error, query_execution_id)
        raise
    return _seen(_read(door, "athena:GetQueryExecution", answer.get("QueryExecution")))


def statuses(door: Door, query_execution_ids: Sequence[str]) -> list[QueryExecution]:
    """Ask about many at once, fifty a call; those that may not be seen are left out."""
    found = []
    for at in range(0, len(query_execution_ids), _BATCH):
        ids = list(query_execution_ids[at : at + _BATCH])
        answer = door.call("athena:BatchGetQueryExecution", QueryExecutionIds=ids)
        said = answer.get("QueryExecutions") or []
        found += [_seen(_read(door, "athena:BatchGetQueryExecution", each)) for each in said]
    return found


def _read(door: Door, operation: str, said: Any) -> QueryExecution:
    try:
        return QueryExecution.from_answer(said)
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        where = door.endpoint_url or "Athena"
        raise EndpointError(operation=operation, endpoint=where, message="the answer could not be read") from error


def _seen(execution: QueryExecution) -> QueryExecution:
    if execution.finished:
        journal.ended(execution.query_execution_id)
    return execution


def wait(
    door: Door,
    query_execution_id: str,
    *,
    until: float | None = None,
    watch: Watch | None = None,
    clock: Clock = _CLOCK,
) -> QueryExecution:
    """Ask until the execution has ended, and return it however it ended.

    Args:
        door: Who asks.
        query_execution_id: Which one.
        until: Stop asking at this reading of the clock, and return the execution unfinished.
        watch: Told every answer; what it raises ends the waiting.
        clock: Time and chance.
    """
    began, pause = clock.now(), 0.0
    while True:
        left = float("inf") if until is None else until - clock.now()
        clock.sleep(max(0.0, min(pause, left)))
        asked = clock.now()
        execution = status(door, query_execution_id)
        if watch:
            watch(execution)
        if execution.finished or left <= pause:
            return execution
        pause = still_to_wait(next_wait(asked - began, luck=clock.luck()), took=clock.now() - asked)


def stop(door: Door, query_execution_id: str, *, clock: Clock = _CLOCK) -> QueryExecution:
    """Stop an execution and wait until Athena confirms its end; one that had ended stays as it was."""
    try:
        door.call("athena:StopQueryExecution", QueryExecutionId=query_execution_id)
    except NotFoundError as error:
        error.remedy = _KEPT
        raise
    return wait(door, query_execution_id, until=clock.now() + _STOPPING, clock=clock)


def raise_for_state(execution: QueryExecution, *, sql: str = "") -> None:
    """Let a succeeded execution pass.

    Raises:
        ScanLimitError: When it crossed the workgroup's limit of bytes scanned (Athena says CANCELLED then).
        QueryCancelledError: When it was stopped.
        QueryFailedError: When it failed.
    """
    match execution.state:
        case "FAILED":
            raise _error(QueryFailedError, execution, sql)
        case "CANCELLED" if "Bytes scanned limit" in execution.state_change_reason:
            error = _error(ScanLimitError, execution, sql)
            error.scanned = execution.statistics.data_scanned_in_bytes
            raise error
        case "CANCELLED":
            raise _error(QueryCancelledError, execution, sql)


def _error(kind: type[_E], execution: QueryExecution, sql: str) -> _E:
    fault = execution.fault
    reason = execution.state_change_reason or (fault.message if fault else "")
    found = diagnose(reason, fault.error_type if fault else None)
    return kind(
        reason=without_cleaning(reason).rstrip("."),
        query_execution_id=execution.query_execution_id,
        query=sql or execution.query,
        remedy=found.remedy,
        name=found.name,
        place=place_in(sql or execution.query, reason),
        unknown=found.unknown,
        category=fault.category if fault else None,
        error_type=fault.error_type if fault else None,
        retryable=bool(fault and fault.retryable),
    )
