"""query_many(): order kept, one failure loses nothing, many asked about in one call, and Ctrl-C stops them all."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import replace

import pytest

from athena_ds import AccessKey, AthenaDataSource, SecretStr
from athena_ds.aws import Door, recording
from athena_ds.errors import (
    ParameterError,
    QueryFailedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ScanLimitError,
    ScanLimitWarning,
)
from athena_ds.execution import statuses
from athena_ds.local.faults import Denied, ServerError
from athena_ds.local.server import LocalAthena

from .scripted import WAIT, Scripted, fail


def test_outcomes_come_in_the_order_of_the_statements(ds: AthenaDataSource) -> None:
    """Whichever ended first."""
    outcomes = ds.query_many([f"SELECT {number}" for number in range(30)])
    assert [outcome.result().n.item() for outcome in outcomes] == list(range(30))
    assert len({outcome.query_execution_id for outcome in outcomes}) == 30


def test_one_that_fails_does_not_lose_the_others(ds: AthenaDataSource) -> None:
    """Its error is in its place, with the same facts as alone."""
    outcomes = ds.query_many(["SELECT 1", "SELEC 2", fail("DIVISION_BY_ZERO", "Division by zero"), "SELECT 4"])
    assert [outcome.error is None for outcome in outcomes] == [True, False, False, True]
    assert isinstance(outcomes[1].error, QuerySyntaxError)
    assert isinstance(outcomes[2].error, QueryFailedError)
    assert "NULLIF" in str(outcomes[2].error)
    with pytest.raises(QueryFailedError):
        outcomes[2].result()


def test_what_cannot_be_sent_does_not_lose_the_others(ds: AthenaDataSource) -> None:
    """An empty statement, or one without its values, has its error in its place; pairs bring parameters."""
    outcomes = ds.query_many(["SELECT 1", " ", ("SELECT ?", []), ("SELECT ?", [4])])
    assert [type(outcome.error) for outcome in outcomes] == [type(None), ParameterError, ParameterError, type(None)]
    assert (outcomes[0].result().n.item(), outcomes[1].sql) == (1, " ")


def test_limits_hold_for_each_of_many(ds: AthenaDataSource, scripted: Scripted) -> None:
    """What scans too much, or takes too long, is stopped and told in its place; the data source's own limit counts."""
    with pytest.warns(ScanLimitWarning):
        outcomes = ds.query_many(["SELECT 1", WAIT], max_scan=5_000)
    assert outcomes[0].result().n.item() == 1
    assert isinstance(outcomes[1].error, ScanLimitError)
    assert outcomes[1].query_execution_id in scripted.stopped
    careful = AthenaDataSource(config=replace(ds.config, max_scan=5_000), credentials=ds.credentials)
    assert isinstance(careful.query_many([WAIT])[0].error, ScanLimitError)
    late = ds.query_many([WAIT], timeout=0.01)[0]
    assert isinstance(late.error, QueryTimeoutError)
    assert late.query_execution_id in scripted.stopped
    # Each that waited said so, which other tests listen to.
    assert all(scripted.waiting.acquire(timeout=10) for _ in range(3))


def test_whoever_watches_is_told_of_each(ds: AthenaDataSource) -> None:
    """As it stood each time Athena was asked."""
    seen: set[str] = set()
    outcomes = ds.query_many(["SELECT 1", "SELECT 2"], watch=lambda execution: seen.add(execution.query_execution_id))
    assert seen == {outcome.query_execution_id for outcome in outcomes}


def test_what_many_cannot_do_is_refused(ds: AthenaDataSource) -> None:
    """nested="json" would need each query's types first."""
    with pytest.raises(ParameterError, match="unload=True"):
        ds.query_many(["SELECT 1"], nested="json")


def test_one_text_is_not_many(ds: AthenaDataSource) -> None:
    """Its letters would be: refused, as is running none at once."""
    with pytest.raises(ParameterError, match="not one text"):
        ds.query_many("SELECT 1")
    with pytest.raises(ParameterError, match="at least 1"):
        ds.query_many(["SELECT 1"], concurrency=0)


def test_many_are_asked_about_in_one_call(ds: AthenaDataSource) -> None:
    """Not one by one."""
    with recording() as calls:
        ds.query_many([f"SELECT {number}" for number in range(40)])
    asked = [call.operation for call in calls]
    assert asked.count("athena:GetQueryExecution") <= 6
    assert asked.count("athena:StartQueryExecution") == 40


def test_no_more_run_at_once_than_were_allowed(ds: AthenaDataSource, endpoint: LocalAthena) -> None:
    """The rest waits here, not in Athena's queue."""
    running = ds.query_many([f"SELECT {number}" for number in range(9)], concurrency=2)
    assert [outcome.result().n.item() for outcome in running] == list(range(9))
    assert ds.query_many([]) == []


def test_an_interrupt_stops_every_one_in_flight(ds: AthenaDataSource, scripted: Scripted) -> None:
    """None is left to be paid for."""
    before = len(scripted.stopped)

    def press() -> None:
        for _ in range(3):
            scripted.waiting.acquire(timeout=20)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        ds.query_many([WAIT] * 3)
    stopped = scripted.stopped[before:]
    assert len(stopped) == 3
    assert {execution.state for execution in statuses(ds.door, stopped)} == {"CANCELLED"}


def test_an_interrupt_that_cannot_stop_one_says_so(
    ds: AthenaDataSource, endpoint: LocalAthena, scripted: Scripted
) -> None:
    """It goes on and is paid for; whoever pressed Ctrl-C is told, and which."""
    endpoint.faults.add("athena:StopQueryExecution", Denied(), times=1)

    def press() -> None:
        for _ in range(3):
            scripted.waiting.acquire(timeout=20)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    with pytest.raises(KeyboardInterrupt) as raised:
        ds.query_many([WAIT] * 3)
    told = sorted(raised.value.__notes__)
    assert told[0] == "2 queries were stopped."
    assert told[1].startswith("The query ")
    assert "goes on: it could not be stopped (athena:StopQueryExecution was denied" in told[1]
    ds.stop(told[1].split()[2])


def test_an_outage_loses_no_rows(ds: AthenaDataSource, endpoint: LocalAthena) -> None:
    """What was read stays; what was under way has the error in its place, and how to come by its rows."""
    endpoint.faults.add("athena:BatchGetQueryExecution", ServerError(), after=1)
    ds.door = Door(credentials=ds.credentials, region=ds.config.region, endpoint_url=ds.config.endpoint_url)
    ds.door.sleep = lambda _: None
    outcomes = ds.query_many([f"SELECT {number}" for number in range(20)], concurrency=5)
    endpoint.faults.clear()
    lost = [outcome for outcome in outcomes if outcome.error is not None]
    assert len(lost) >= 5
    for outcome in lost:
        assert f"ds.result('{outcome.query_execution_id}')" in str(outcome.error)
    rows = [outcome.frame if outcome.error is None else ds.result(outcome.query_execution_id) for outcome in outcomes]
    assert [each.n.item() for each in rows] == list(range(20))


def test_without_the_right_to_ask_about_many_each_is_asked_about_alone() -> None:
    """A policy of least privilege may leave BatchGetQueryExecution out."""
    with LocalAthena(samples=False, iam=True, engine=Scripted()) as guarded:  # type: ignore[arg-type]
        root = AthenaDataSource.local(guarded)
        root.door.call("glue:CreateDatabase", DatabaseInput={"Name": "nyc"})
        iam = root.session.client("iam")
        iam.create_user(UserName="jane")
        statements = [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "athena:BatchGetQueryExecution", "Resource": "*"},
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="jane", PolicyName="p", PolicyDocument=policy)
        key = iam.create_access_key(UserName="jane")["AccessKey"]
        jane = AccessKey(access_key_id=key["AccessKeyId"], secret_access_key=SecretStr(key["SecretAccessKey"]))
        outcomes = AthenaDataSource(config=root.config, credentials=jane).query_many(
            [f"SELECT {number}" for number in range(12)]
        )
    assert [outcome.result().n.item() for outcome in outcomes] == list(range(12))
