"""QUEUED, RUNNING, then one terminal state, with timings that are measured."""

from __future__ import annotations

import threading

from athena_ds.local.seam.engine import EngineError
from tests.local.athena.calls import OUTPUT, Calls, refused
from tests.local.athena.scripted import Scripted


def test_a_query_waits_for_a_worker_then_runs_then_succeeds(engine: Scripted, calls: Calls) -> None:
    """Two workers: the third query is QUEUED while two run, and runs when one is done."""
    gate = threading.Event()
    scripts = [engine.on(f"SELECT '{name}'", gate=gate) for name in ("a", "b", "c")]
    first = [calls.start("SELECT 'a'"), calls.start("SELECT 'b'")]
    for script in scripts[:2]:
        script.runs()
    third = calls.start("SELECT 'c'")
    assert [calls.get(one)["Status"]["State"] for one in (*first, third)] == ["RUNNING", "RUNNING", "QUEUED"]
    gate.set()
    assert all(calls.finished(one)["Status"]["State"] == "SUCCEEDED" for one in (*first, third))
    assert calls.get(third)["Statistics"]["QueryQueueTimeInMillis"] >= 0


def test_an_execution_tells_what_it_was_and_how_long_it_took(calls: Calls) -> None:
    """Statement type, where the rows are, engine version, and figures that add up."""
    found = calls.run("  SELECT 1;  ", QueryExecutionContext={"Database": "Sales", "Catalog": "AwsDataCatalog"})
    assert found["Query"] == "SELECT 1"
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "SELECT")
    assert found["ResultConfiguration"]["OutputLocation"] == f"{OUTPUT}{found['QueryExecutionId']}.csv"
    assert found["QueryExecutionContext"] == {"Database": "Sales", "Catalog": "awsdatacatalog"}
    assert found["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
    figures = found["Statistics"]
    assert figures["TotalExecutionTimeInMillis"] >= figures["EngineExecutionTimeInMillis"] >= 0
    assert found["Status"]["CompletionDateTime"] >= found["Status"]["SubmissionDateTime"]


def test_an_error_of_meaning_fails_the_execution(engine: Scripted, calls: Calls) -> None:
    """FAILED with the engine's name, place and words, and AthenaError of the measured category and type."""
    problem = EngineError("COLUMN_NOT_FOUND", "Column 'nope' cannot be resolved", line=1, column=8)
    engine.on("SELECT nope", error=problem)
    status = calls.run("SELECT nope")["Status"]
    reason = "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"
    assert (status["State"], status["StateChangeReason"]) == ("FAILED", reason)
    assert status["AthenaError"] == {
        "ErrorCategory": 2,
        "ErrorType": 1006,
        "Retryable": False,
        "ErrorMessage": reason,
    }


def test_a_syntax_error_makes_no_execution(calls: Calls) -> None:
    """400 InvalidRequestException, MALFORMED_QUERY, the place in the text; and the history is as it was."""
    before = calls.client.list_query_executions()["QueryExecutionIds"]
    found = refused(
        calls.client.start_query_execution, QueryString="SELEC 1", ResultConfiguration={"OutputLocation": OUTPUT}
    )
    assert (found["Code"], found["AthenaErrorCode"], found["status"]) == (
        "InvalidRequestException",
        "MALFORMED_QUERY",
        400,
    )
    assert found["Message"].startswith("line 1:1: mismatched input 'SELEC'")
    assert calls.client.list_query_executions()["QueryExecutionIds"] == before


def test_a_failure_inside_the_engine_fails_that_query_only(engine: Scripted, calls: Calls) -> None:
    """An exception nobody foresaw is GENERIC_INTERNAL_ERROR; the next query runs."""
    engine.on("SELECT boom", error=ZeroDivisionError("boom"))
    status = calls.run("SELECT boom")["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith("GENERIC_INTERNAL_ERROR")
    assert status["AthenaError"]["ErrorCategory"] == 1
    assert calls.run("SELECT 1")["Status"]["State"] == "SUCCEEDED"
