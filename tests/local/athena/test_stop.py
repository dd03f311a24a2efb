"""StopQueryExecution: really interrupts, whatever state the query is in."""

from __future__ import annotations

from tests.local.athena.calls import Calls, refused
from tests.local.athena.scripted import Scripted


def test_a_running_query_is_interrupted(engine: Scripted, calls: Calls) -> None:
    """CANCELLED with Athena's words, no AthenaError; the engine was told."""
    slow = engine.on("SELECT slow", waits=True)
    identifier = calls.start("SELECT slow")
    slow.runs()
    calls.client.stop_query_execution(QueryExecutionId=identifier)
    status = calls.finished(identifier)["Status"]
    assert (status["State"], status["StateChangeReason"]) == ("CANCELLED", "Query cancelled by user")
    assert "AthenaError" not in status
    assert "SELECT slow" in engine.cancelled
    found = refused(calls.client.get_query_results, QueryExecutionId=identifier)
    assert (found["AthenaErrorCode"], found["Message"]) == ("RESULT_NOT_FOUND", "Could not find results")


def test_a_queued_query_never_runs(engine: Scripted, calls: Calls) -> None:
    """Stopped while it waits: CANCELLED at once, the engine never hears of it."""
    hold = engine.on("SELECT hold", waits=True)
    holding = [calls.start("SELECT hold"), calls.start("SELECT hold")]
    for _ in holding:
        hold.runs()
    waiting = calls.start("SELECT 'never'")
    calls.client.stop_query_execution(QueryExecutionId=waiting)
    assert calls.get(waiting)["Status"]["State"] == "CANCELLED"
    for one in holding:
        calls.client.stop_query_execution(QueryExecutionId=one)
        calls.finished(one)
    calls.run("SELECT 2")
    assert "SELECT 'never'" not in [query.sql for query in engine.submitted]


def test_stopping_a_finished_query_changes_nothing(calls: Calls) -> None:
    """200, and the query is still SUCCEEDED."""
    identifier = calls.run("SELECT 1")["QueryExecutionId"]
    assert calls.client.stop_query_execution(QueryExecutionId=identifier)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert calls.get(identifier)["Status"]["State"] == "SUCCEEDED"


def test_an_unknown_id_is_told(calls: Calls) -> None:
    """QUERY_EXECUTION_NOT_FOUND with the id."""
    found = refused(calls.client.stop_query_execution, QueryExecutionId="none-such")
    assert found["AthenaErrorCode"] == "QUERY_EXECUTION_NOT_FOUND"
    assert found["Message"] == "QueryExecution none-such was not found"


def test_a_cancelled_select_leaves_no_object(engine: Scripted, calls: Calls, s3) -> None:  # type: ignore[no-untyped-def]
    """Nothing lies at the output location."""
    leaves = engine.on("SELECT leaves", waits=True)
    identifier = calls.start("SELECT leaves")
    leaves.runs()
    calls.client.stop_query_execution(QueryExecutionId=identifier)
    calls.finished(identifier)
    place = calls.get(identifier)["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    assert s3.list_objects_v2(Bucket=place[0], Prefix=place[2])["KeyCount"] == 0
