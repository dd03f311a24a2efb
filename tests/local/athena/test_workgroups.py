"""Workgroups: kept, updated, enforced, disabled, limited, and managed results that withhold the object."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.athena.calls import OUTPUT, Calls, refused
from tests.local.athena.scripted import Scripted


@pytest.fixture
def group(athena: Any, request: pytest.FixtureRequest) -> Any:
    """Makes a workgroup with these settings; gone after the test."""
    made: list[str] = []

    def make(**configuration: Any) -> str:
        name = f"{request.node.name[:80]}-{len(made)}".replace("[", "-").replace("]", "")
        athena.create_work_group(Name=name, Configuration=configuration, Description="a test's")
        made.append(name)
        return name

    yield make
    for name in made:
        athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)


def test_primary_is_there_and_stays(athena: Any) -> None:
    """It enforces nothing, and can't be deleted."""
    found = athena.get_work_group(WorkGroup="primary")["WorkGroup"]
    assert found["State"] == "ENABLED"
    assert found["Configuration"]["EnforceWorkGroupConfiguration"] is False
    assert refused(athena.delete_work_group, WorkGroup="primary")["Code"] == "InvalidRequestException"


def test_made_listed_updated_deleted(athena: Any) -> None:
    """Settings come back as given, with Athena's defaults; what is removed is gone."""
    athena.create_work_group(
        Name="team",
        Configuration={
            "ResultConfiguration": {"OutputLocation": OUTPUT},
            "BytesScannedCutoffPerQuery": 10_000_000,
        },
        Tags=[{"Key": "a", "Value": "b"}],
    )
    found = athena.get_work_group(WorkGroup="team")["WorkGroup"]["Configuration"]
    assert found["EnforceWorkGroupConfiguration"] is True
    assert found["BytesScannedCutoffPerQuery"] == 10_000_000
    assert "team" in [one["Name"] for one in athena.list_work_groups()["WorkGroups"]]
    athena.update_work_group(
        WorkGroup="team",
        Description="new",
        ConfigurationUpdates={
            "EnforceWorkGroupConfiguration": False,
            "RemoveBytesScannedCutoffPerQuery": True,
            "ResultConfigurationUpdates": {"RemoveOutputLocation": True},
        },
    )
    changed = athena.get_work_group(WorkGroup="team")["WorkGroup"]
    assert changed["Description"] == "new"
    assert "BytesScannedCutoffPerQuery" not in changed["Configuration"]
    assert changed["Configuration"]["ResultConfiguration"] == {}
    athena.delete_work_group(WorkGroup="team")
    assert refused(athena.get_work_group, WorkGroup="team")["Message"] == "WorkGroup is not found."


def test_an_enforcing_workgroup_overrides_the_client(calls: Calls, group: Any) -> None:
    """The client's location is ignored, the query runs, and the execution says where the rows are."""
    name = group(ResultConfiguration={"OutputLocation": f"s3://{RESULTS}/team"}, EnforceWorkGroupConfiguration=True)
    found = calls.run("SELECT 1", WorkGroup=name)
    assert found["ResultConfiguration"]["OutputLocation"] == f"s3://{RESULTS}/team/{found['QueryExecutionId']}.csv"


def test_a_lenient_workgroup_fills_in(calls: Calls, group: Any) -> None:
    """What the client leaves out comes from the workgroup; what it sends counts."""
    name = group(ResultConfiguration={"OutputLocation": f"s3://{RESULTS}/team"}, EnforceWorkGroupConfiguration=False)
    own = calls.run("SELECT 1", WorkGroup=name)
    assert own["ResultConfiguration"]["OutputLocation"].startswith(OUTPUT)
    filled = calls.client.start_query_execution(QueryString="SELECT 1", WorkGroup=name)["QueryExecutionId"]
    found = calls.finished(filled)["ResultConfiguration"]["OutputLocation"]
    assert found == f"s3://{RESULTS}/team/{filled}.csv"


def test_a_disabled_workgroup_refuses(calls: Calls, group: Any) -> None:
    """Nothing starts in it until it is enabled again."""
    name = group()
    calls.client.update_work_group(WorkGroup=name, State="DISABLED")
    request = {"QueryString": "SELECT 1", "WorkGroup": name, "ResultConfiguration": {"OutputLocation": OUTPUT}}
    assert f"WorkGroup {name} is disabled" in refused(calls.client.start_query_execution, **request)["Message"]
    calls.client.update_work_group(WorkGroup=name, State="ENABLED")
    assert calls.run("SELECT 1", WorkGroup=name)["Status"]["State"] == "SUCCEEDED"


@pytest.mark.parametrize("late", [True, False])
def test_the_scan_limit_cancels(calls: Calls, group: Any, engine: Scripted, late: bool) -> None:
    """CANCELLED, while it runs or when its bytes are known; nothing is left in S3."""
    name = group(BytesScannedCutoffPerQuery=10_000_000)
    sql = f"SELECT 'much', {late}"
    engine.on(sql, scanned=10_000_001, waits=late)
    status = calls.run(sql, WorkGroup=name)["Status"]
    assert (status["State"], status["StateChangeReason"]) == ("CANCELLED", "Bytes scanned limit was exceeded")
    engine.on(sql, scanned=10_000_000)
    assert calls.run(sql, WorkGroup=name)["Status"]["State"] == "SUCCEEDED"


def test_managed_results_withhold_the_object(calls: Calls, group: Any, s3: Any, engine: Scripted) -> None:
    """No output location anywhere, nothing in any bucket, rows through GetQueryResults only."""
    name = group(ManagedQueryResultsConfiguration={"Enabled": True})
    before = s3.list_objects_v2(Bucket=RESULTS)["KeyCount"]
    started = calls.client.start_query_execution(QueryString="SELECT 1", WorkGroup=name)["QueryExecutionId"]
    found = calls.finished(started)
    assert found["Status"]["State"] == "SUCCEEDED"
    assert "ResultConfiguration" not in found
    assert found["ManagedQueryResultsConfiguration"] == {"Enabled": True}
    assert s3.list_objects_v2(Bucket=RESULTS)["KeyCount"] == before
    assert calls.rows(started) == [["_col0"], ["1"]]


def test_managed_results_and_a_location_do_not_go_together(athena: Any) -> None:
    """Refused when the workgroup is made."""
    both = {
        "ManagedQueryResultsConfiguration": {"Enabled": True},
        "ResultConfiguration": {"OutputLocation": OUTPUT},
    }
    assert refused(athena.create_work_group, Name="both", Configuration=both)["Code"] == "InvalidRequestException"


def test_reuse_gives_the_earlier_rows_without_running(calls: Calls, engine: Scripted) -> None:
    """Same text, place and workgroup within the age: nothing runs, nothing is scanned, and it says so."""
    sql = "SELECT 'again'"
    engine.on(sql, scanned=123)
    reuse = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 60}}
    first = calls.run(sql)
    again = calls.run(sql, ResultReuseConfiguration=reuse)
    assert again["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"] is True
    assert again["Statistics"]["DataScannedInBytes"] == 0
    assert again["ResultConfiguration"] == first["ResultConfiguration"]
    assert calls.rows(again["QueryExecutionId"]) == calls.rows(first["QueryExecutionId"])
    assert [query.sql for query in engine.submitted].count(sql) == 1
    elsewhere = {"ResultReuseConfiguration": reuse, "QueryExecutionContext": {"Database": "other"}}
    assert calls.run(sql, **elsewhere)["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"] is False
    never = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 0}}
    time.sleep(0.01)
    aged = calls.run(sql, ResultReuseConfiguration=never)
    assert aged["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"] is False


@pytest.mark.parametrize("sql", ["SELECT rand()", "SELECT now()", "SELECT current_date", "SELECT x FROM t LIMIT 5"])
def test_what_may_differ_is_not_reused(calls: Calls, sql: str) -> None:
    """Random, the clock, LIMIT without ORDER BY."""
    reuse = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 60}}
    calls.run(sql)
    again = calls.run(sql, ResultReuseConfiguration=reuse)
    assert again["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"] is False


def test_finished_executions_are_forgotten_beyond_a_number(endpoint: LocalAthena) -> None:
    """The oldest finished ones go first; what still runs stays."""
    from athena_ds.local.athena.executions import Executions

    from .made import execution

    gone: list[str] = []
    known = Executions(kept=3, forgotten=gone.append)
    running = execution(state="RUNNING")
    known.add(running)
    done = [execution(state="SUCCEEDED") for _ in range(5)]
    for one in done:
        known.add(one)
    assert gone == [one.id for one in done[:3]]
    assert known.get(running.id) is running


def test_a_workgroup_with_something_in_it_stays(calls: Calls, athena: Any) -> None:
    """`is not empty`, until RecursiveDeleteOption takes its queries, named queries and prepared statements along."""
    athena.create_work_group(Name="full", Configuration={"ResultConfiguration": {"OutputLocation": OUTPUT}})
    named = athena.create_named_query(Name="n", Database="d", QueryString="SELECT 1", WorkGroup="full")["NamedQueryId"]
    athena.create_prepared_statement(StatementName="ps", WorkGroup="full", QueryStatement="SELECT 1")
    ran = calls.run("SELECT 1", WorkGroup="full")["QueryExecutionId"]
    with pytest.raises(ClientError, match="WorkGroup full is not empty"):
        athena.delete_work_group(WorkGroup="full")
    athena.delete_work_group(WorkGroup="full", RecursiveDeleteOption=True)
    for call, given in (
        (athena.get_named_query, {"NamedQueryId": named}),
        (athena.get_query_execution, {"QueryExecutionId": ran}),
        (athena.get_work_group, {"WorkGroup": "full"}),
    ):
        with pytest.raises(ClientError, match="not found"):
            call(**given)
    athena.create_work_group(Name="full")
    assert athena.list_prepared_statements(WorkGroup="full")["PreparedStatements"] == []
    athena.delete_work_group(WorkGroup="full")


def test_descriptions_tags_and_tokens_of_workgroups(athena: Any, endpoint: LocalAthena) -> None:
    """No description: left out by GetWorkGroup, empty in ListWorkGroups; a bad token has its own words."""
    athena.create_work_group(Name="plain")
    assert "Description" not in athena.get_work_group(WorkGroup="plain")["WorkGroup"]
    listed = {one["Name"]: one["Description"] for one in athena.list_work_groups()["WorkGroups"]}
    assert listed["plain"] == ""
    with pytest.raises(ClientError, match="The nextPageToken is malformed: nonsense"):
        athena.list_work_groups(NextToken="nonsense")
    arn = f"arn:aws:athena:{endpoint.region}:{endpoint.account_id}:workgroup/"
    assert athena.list_tags_for_resource(ResourceARN=f"{arn}primary")["Tags"] == []
    with pytest.raises(ClientError, match="aws:"):
        athena.tag_resource(ResourceARN=f"{arn}plain", Tags=[{"Key": "aws:x", "Value": "y"}])
    with pytest.raises(ClientError, match="at most 50 tags"):
        athena.create_work_group(Name="many", Tags=[{"Key": f"k{n}", "Value": ""} for n in range(51)])
    with pytest.raises(ClientError, match="not found"):
        athena.get_work_group(WorkGroup="many")
