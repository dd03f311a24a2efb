"""What StartQueryExecution decides: tokens, output locations, workgroups, parameters."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import clients_of
from tests.local.athena.calls import OUTPUT, Calls, refused
from tests.local.athena.scripted import Scripted

HERE = {"OutputLocation": OUTPUT}


def test_the_same_token_is_the_same_query(calls: Calls, engine: Scripted) -> None:
    """Sent twice, run once; ExecutionParameters and WorkGroup are not compared."""
    token = str(uuid.uuid4())
    sql = "SELECT 'once'"
    first = calls.start(sql, ClientRequestToken=token)
    calls.finished(first)
    assert calls.start(sql, ClientRequestToken=token, ExecutionParameters=["1"]) == first
    assert [query.sql for query in engine.submitted].count(sql) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"QueryString": "SELECT 2"},
        {"QueryExecutionContext": {"Database": "other"}},
        {"QueryExecutionContext": {"Catalog": "other"}},
        {"ResultConfiguration": {"OutputLocation": OUTPUT + "there/"}},
    ],
)
def test_the_same_token_for_another_query_is_refused(calls: Calls, other: dict[str, Any]) -> None:
    """IDEMPOTENT_PARAMETER_MISMATCH for another text, catalog, database or location."""
    token = str(uuid.uuid4())
    request = {"QueryString": "SELECT 1", "ResultConfiguration": HERE, "ClientRequestToken": token}
    calls.client.start_query_execution(**request)
    found = refused(calls.client.start_query_execution, **{**request, **other})
    assert found["AthenaErrorCode"] == "IDEMPOTENT_PARAMETER_MISMATCH"
    assert found["Message"] == "Idempotent parameters do not match"


def test_the_location_must_be_s3_and_must_be_given(calls: Calls) -> None:
    """Athena's own words for both."""
    start = calls.client.start_query_execution
    found = refused(start, QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "http://x/y"})
    assert found["Message"] == "outputLocation is not a valid S3 path."
    assert refused(start, QueryString="SELECT 1")["Message"].startswith("No output location provided.")


def test_the_output_bucket_must_be_there_ours_and_near(calls: Calls, endpoint: LocalAthena) -> None:
    """A missing bucket, another owner, another region: refused before anything runs."""
    far = clients_of(endpoint)("s3")
    far.create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    start = calls.client.start_query_execution
    found = refused(start, QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "s3://not-there/x/"})
    assert found["Message"].startswith("Unable to verify/create output bucket not-there")
    found = refused(start, QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "s3://far-away/x/"})
    assert "in the same region" in found["Message"]
    owner = {**HERE, "ExpectedBucketOwner": "999999999999"}
    assert "owner" in refused(start, QueryString="SELECT 1", ResultConfiguration=owner)["Message"]
    fine = {**HERE, "ExpectedBucketOwner": endpoint.account_id}
    assert calls.run("SELECT 1", ResultConfiguration=fine)["Status"]["State"] == "SUCCEEDED"


def test_a_location_without_a_slash_is_a_folder(calls: Calls) -> None:
    """`s3://bucket/prefix` and `s3://bucket/prefix/` are the same place."""
    location = OUTPUT.rstrip("/")
    found = calls.run("SELECT 1", ResultConfiguration={"OutputLocation": location})
    assert found["ResultConfiguration"]["OutputLocation"] == f"{location}/{found['QueryExecutionId']}.csv"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "Value null at 'queryString' failed to satisfy constraint: Member must not be null"),
        ({"QueryString": ""}, "Member must have length greater than or equal to 1"),
        ({"QueryString": "x" * 262145}, "Member must have length less than or equal to 262144"),
        ({"QueryString": "SELECT 1", "ClientRequestToken": "short"}, "'clientRequestToken' failed"),
        ({"QueryString": "SELECT 1", "WorkGroup": "no blanks"}, "regular expression pattern"),
    ],
)
def test_requests_outside_the_model_are_told_so(calls: Calls, request_: dict[str, Any], words: str) -> None:
    """`1 validation error detected: ...` with the member's place."""
    found = refused(calls.client.start_query_execution, **request_)
    assert found["Code"] == "InvalidRequestException"
    assert found["Message"].startswith("1 validation error detected: ")
    assert words in found["Message"]


def test_wrong_json_types_are_serialization_errors(calls: Calls) -> None:
    """A text where a number belongs."""
    found = refused(calls.client.get_query_results, QueryExecutionId="x", MaxResults="many")
    assert found["Code"] == "SerializationException"
    assert found["Message"] == "STRING_VALUE can not be converted to an Integer"
    found = refused(calls.client.get_query_execution, QueryExecutionId=7)
    assert found["Code"] == "SerializationException"


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        ("1 + 1", "1 + 1"),
        ("now()", "now()"),
        ("NULL", "NULL"),
        ("'it''s'", "'it''s'"),
        ("DATE '2024-01-01'", "DATE '2024-01-01'"),
        ("-5", "-5"),
        ("hello", "'hello'"),
        ("it's", "'it''s'"),
        ("a b c", "'a b c'"),
        ("name", "'name'"),
        ("2024-01-01", "2024-01-01"),
        ("1; DROP TABLE x", "'1; DROP TABLE x'"),
        ("(SELECT 1)", "'(SELECT 1)'"),
        ("1 FROM t", "'1 FROM t'"),
        ("1 AS x", "'1 AS x'"),
        ("?", "'?'"),
        ("*", "'*'"),
        ("1, 2", "'1, 2'"),
        ("x = 1", "'x = 1'"),
        ("", "''"),
    ],
)
def test_execution_parameters_are_classified(value: str, bound: str) -> None:
    """An expression without columns stands for itself, anything else becomes a string."""
    from athena_ds.local.athena.parameters import classified

    assert classified(value) == bound


def test_parameters_reach_the_engine_in_order(calls: Calls, engine: Scripted) -> None:
    """One value for each `?`, classified."""
    sql = "SELECT ? AS a, ? AS b"
    calls.run(sql, ExecutionParameters=["1 + 1", "text"])
    sent = next(query for query in engine.submitted if query.sql == sql)
    assert sent.parameters == ("1 + 1", "'text'")


def test_a_wrong_number_of_parameters_is_refused_and_surplus_is_ignored_without_marks(calls: Calls) -> None:
    """INVALID_PARAMETER_USAGE; without a `?` values are not looked at."""
    found = refused(
        calls.client.start_query_execution,
        QueryString="SELECT ?",
        ResultConfiguration=HERE,
        ExecutionParameters=["1", "2"],
    )
    assert found["AthenaErrorCode"] == "INVALID_PARAMETER_USAGE"
    assert calls.run("SELECT 1", ExecutionParameters=["1", "2"])["Status"]["State"] == "SUCCEEDED"


def test_one_token_at_once_from_many_threads_is_one_query(calls: Calls, engine: Scripted) -> None:
    """Twenty submits at the same moment: one execution, the same id for all."""
    from concurrent.futures import ThreadPoolExecutor

    token, sql = str(uuid.uuid4()), "SELECT 'at once'"
    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(lambda _: calls.start(sql, ClientRequestToken=token), range(20)))
    assert len(ids) == 1
    calls.finished(ids.pop())
    assert [query.sql for query in engine.submitted].count(sql) == 1


def test_client_side_encryption_is_refused(athena: Any) -> None:
    """CSE_KMS would leave objects only Athena's own clients can read; it is not done, and said so."""
    sealed = {"EncryptionOption": "CSE_KMS", "KmsKey": "arn:aws:kms:us-east-1:123456789012:key/k"}
    found = refused(
        athena.start_query_execution,
        QueryString="SELECT 1",
        ResultConfiguration={"OutputLocation": OUTPUT, "EncryptionConfiguration": sealed},
    )
    assert "does not encrypt on the client's side (CSE_KMS)" in found["Message"]
