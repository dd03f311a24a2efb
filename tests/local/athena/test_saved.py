"""Named queries, prepared statements and tags."""

from __future__ import annotations

from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.local.athena.calls import OUTPUT, Calls, refused
from tests.local.athena.scripted import Scripted

HERE = {"OutputLocation": OUTPUT}


def test_named_queries_are_kept_changed_and_deleted(athena: Any) -> None:
    """What was saved comes back; a batch tells which ids are unknown."""
    made = athena.create_named_query(Name="daily", Database="sales", QueryString="SELECT 1", Description="d")
    identifier = made["NamedQueryId"]
    kept = athena.get_named_query(NamedQueryId=identifier)["NamedQuery"]
    assert kept == {
        "Name": "daily",
        "Description": "d",
        "Database": "sales",
        "QueryString": "SELECT 1",
        "NamedQueryId": identifier,
        "WorkGroup": "primary",
    }
    athena.update_named_query(NamedQueryId=identifier, Name="weekly", QueryString="SELECT 7")
    batch = athena.batch_get_named_query(NamedQueryIds=[identifier, "gone"])
    assert [one["Name"] for one in batch["NamedQueries"]] == ["weekly"]
    assert [one["NamedQueryId"] for one in batch["UnprocessedNamedQueryIds"]] == ["gone"]
    assert identifier in athena.list_named_queries()["NamedQueryIds"]
    athena.delete_named_query(NamedQueryId=identifier)
    assert refused(athena.get_named_query, NamedQueryId=identifier)["Code"] == "InvalidRequestException"


def test_named_queries_come_in_pages(athena: Any) -> None:
    """Every id once, by MaxResults and NextToken."""
    athena.create_work_group(Name="many-saved")
    for number in range(5):
        athena.create_named_query(Name=str(number), Database="d", QueryString="SELECT 1", WorkGroup="many-saved")
    seen: list[str] = []
    answer = athena.list_named_queries(WorkGroup="many-saved", MaxResults=2)
    while True:
        seen += answer["NamedQueryIds"]
        if "NextToken" not in answer:
            break
        answer = athena.list_named_queries(WorkGroup="many-saved", MaxResults=2, NextToken=answer["NextToken"])
    assert len(seen) == len(set(seen)) == 5


def test_prepared_statements_through_the_api(athena: Any) -> None:
    """Made, read, listed, updated, deleted; a missing one is a ResourceNotFoundException."""
    where = {"WorkGroup": "primary", "StatementName": "by_day"}
    athena.create_prepared_statement(**where, QueryStatement="SELECT ?")
    assert athena.get_prepared_statement(**where)["PreparedStatement"]["QueryStatement"] == "SELECT ?"
    assert refused(athena.create_prepared_statement, **where, QueryStatement="SELECT ?")["Code"] == (
        "InvalidRequestException"
    )
    athena.update_prepared_statement(**where, QueryStatement="SELECT ? + 1")
    batch = athena.batch_get_prepared_statement(WorkGroup="primary", PreparedStatementNames=["by_day", "none"])
    assert [one["QueryStatement"] for one in batch["PreparedStatements"]] == ["SELECT ? + 1"]
    assert [one["StatementName"] for one in batch["UnprocessedPreparedStatementNames"]] == ["none"]
    listed = athena.list_prepared_statements(WorkGroup="primary")["PreparedStatements"]
    assert "by_day" in [one["StatementName"] for one in listed]
    athena.delete_prepared_statement(**where)
    assert refused(athena.get_prepared_statement, **where)["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("using", "values"),
    [
        ("1", ("1",)),
        ("1, 'a, b', f(1, 2)", ("1", "'a, b'", "f(1, 2)")),
        ("ARRAY[1, 2], 'it''s'", ("ARRAY[1, 2]", "'it''s'")),
    ],
)
def test_prepare_execute_deallocate_in_sql(calls: Calls, engine: Scripted, using: str, values: tuple[str, ...]) -> None:
    """EXECUTE runs the prepared text with its expressions in order; DEALLOCATE takes it away."""
    marks = ", ".join("?" * len(values))
    text = f"SELECT {marks}"
    assert calls.run(f"PREPARE p1 FROM {text}")["Status"]["State"] == "SUCCEEDED"
    found = calls.run(f"EXECUTE p1 USING {using}")
    assert found["Status"]["State"] == "SUCCEEDED"
    assert found["Query"].startswith("EXECUTE p1")
    sent = next(query for query in engine.submitted if query.sql == text)
    assert sent.parameters == values
    assert calls.run("DEALLOCATE PREPARE p1")["Status"]["State"] == "SUCCEEDED"
    gone = refused(
        calls.client.start_query_execution, QueryString=f"EXECUTE p1 USING {using}", ResultConfiguration=HERE
    )
    assert gone["Message"] == "PreparedStatement p1 was not found in workGroup primary"


def test_execute_needs_as_many_values_as_marks(calls: Calls) -> None:
    """Too few: INVALID_PARAMETER_USAGE at submit."""
    calls.run("PREPARE p2 FROM SELECT ?, ?")
    found = refused(calls.client.start_query_execution, QueryString="EXECUTE p2 USING 1", ResultConfiguration=HERE)
    assert found["AthenaErrorCode"] == "INVALID_PARAMETER_USAGE"


def test_execute_takes_execution_parameters(calls: Calls, engine: Scripted) -> None:
    """EXECUTE without USING is filled from ExecutionParameters."""
    text = "SELECT ? AS from_parameters"
    calls.run(f"PREPARE p3 FROM {text}")
    assert calls.run("EXECUTE p3", ExecutionParameters=["hello"])["Status"]["State"] == "SUCCEEDED"
    sent = next(query for query in engine.submitted if query.sql == text)
    assert sent.parameters == ("'hello'",)


def test_tags_of_workgroups(athena: Any, endpoint: LocalAthena) -> None:
    """Given at creation, added, removed, listed; nothing to tag is a ResourceNotFoundException."""
    athena.create_work_group(Name="tagged", Tags=[{"Key": "a", "Value": "1"}])
    arn = f"arn:aws:athena:{endpoint.region}:{endpoint.account_id}:workgroup/tagged"
    athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    athena.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert refused(athena.list_tags_for_resource, ResourceARN=arn + "x")["Code"] == "ResourceNotFoundException"


def test_what_the_service_has_not_is_told(athena: Any) -> None:
    """Spark operations are refused with the reason; a word that is no operation is UnknownOperationException."""
    assert "Spark" in refused(athena.list_sessions, WorkGroup="primary")["Message"]
    athena.meta.events.register_first(
        "before-sign.athena.ListWorkGroups", lambda request, **_: _renamed(request), unique_id="renamed"
    )
    try:
        assert refused(athena.list_work_groups)["Code"] == "UnknownOperationException"
    finally:
        athena.meta.events.unregister("before-sign.athena.ListWorkGroups", unique_id="renamed")


def _renamed(request: Any) -> None:
    request.headers.replace_header("X-Amz-Target", "AmazonAthena.MakeCoffee")
