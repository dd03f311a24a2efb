"""What AWS's front says to requests that don't fit, as measured on real Athena."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

from athena_ds.local import LocalAthena
from tests.local.athena.calls import OUTPUT


def posted(endpoint: LocalAthena, operation: str, body: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers (lower case) and JSON of a request sent byte by byte."""
    request = urllib.request.Request(
        endpoint.endpoint_url,
        data=body,
        headers={"X-Amz-Target": operation, "Content-Type": "application/x-amz-json-1.1"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, json.load(error)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"MaxResults": "1"}, "STRING_VALUE can not be converted to an Integer"),
        ({"MaxResults": True}, "TRUE_VALUE can not be converted to an Integer"),
        ({"MaxResults": [1]}, "Start of list found where not expected"),
        ({"MaxResults": {}}, "Start of structure or map found where not expected."),
        ({"NextToken": 1}, "NUMBER_VALUE can not be converted to a String"),
        ({"NextToken": False}, "FALSE_VALUE can not be converted to a String"),
        ([], "Start of list found where not expected"),
    ],
)
def test_json_of_another_type(endpoint: LocalAthena, body: Any, message: str) -> None:
    """SerializationException, worded by what was given and what was wanted; no AthenaErrorCode."""
    status, headers, answer = posted(endpoint, "AmazonAthena.ListWorkGroups", json.dumps(body).encode())
    assert (status, answer) == (400, {"__type": "SerializationException", "Message": message})
    assert "x-amzn-errortype" not in headers


@pytest.mark.parametrize("body", [b"{", b"", b"null", b'"x"', b'{"MaxResults": 1,}', b'{"a":' * 9999])
def test_no_json_at_all(endpoint: LocalAthena, body: bytes) -> None:
    """SerializationException without a message."""
    status, _, answer = posted(endpoint, "AmazonAthena.ListWorkGroups", body)
    assert (status, answer) == (400, {"__type": "SerializationException"})


def test_structures_and_lists_where_a_text_was_given(endpoint: LocalAthena) -> None:
    """`Expected null` and `Expected list or null`; a fraction is cut off, unknown members are ignored."""
    target = "AmazonAthena.StartQueryExecution"
    told = [
        posted(endpoint, target, json.dumps({"QueryString": "SELECT 1", **more}).encode())[2]["Message"]
        for more in ({"QueryExecutionContext": "x"}, {"ExecutionParameters": "x"}, {"ExecutionParameters": [1]})
    ]
    assert told == ["Expected null", "Expected list or null", "NUMBER_VALUE can not be converted to a String"]
    assert posted(endpoint, "AmazonAthena.ListWorkGroups", b'{"MaxResults": 1.5, "Nonsense": 1}')[0] == 200


@pytest.mark.parametrize("target", ["AmazonAthena.NoSuchThing", "AmazonAthena.listworkgroups", "AmazonAthena."])
def test_unknown_operations(endpoint: LocalAthena, target: str) -> None:
    """UnknownOperationException, and nothing else in the body."""
    assert posted(endpoint, target, b"{}")[::2] == (400, {"__type": "UnknownOperationException"})


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("ListCapacityReservations", {}),
        ("StartSession", {"WorkGroup": "primary", "EngineConfiguration": {"MaxConcurrentDpus": 2}}),
        ("CreateNotebook", {"WorkGroup": "primary", "Name": "n"}),
        ("ListSessions", {"WorkGroup": "primary"}),
        ("ListApplicationDPUSizes", {}),
    ],
)
def test_spark_and_capacity_are_refused_by_name(endpoint: LocalAthena, operation: str, request_: Any) -> None:
    """Operations of Athena the endpoint has not: a clear refusal, no made up answer."""
    status, _, answer = posted(endpoint, f"AmazonAthena.{operation}", json.dumps(request_).encode())
    assert (status, answer["__type"]) == (400, "InvalidRequestException")
    assert operation in answer["Message"]
    assert "local endpoint does not have" in answer["Message"]


def start(athena: Any, **request: Any) -> str:
    """The message of a refused StartQueryExecution."""
    asked = {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": OUTPUT}, **request}
    with pytest.raises(ClientError) as caught:
        athena.start_query_execution(**asked)
    return str(caught.value.response["Message"])


def test_what_is_wrong_first(athena: Any, endpoint: LocalAthena) -> None:
    """The token's length, then the output location, then the syntax, then what the token was used for."""
    short, bad = {"ClientRequestToken": "x" * 10}, {"ResultConfiguration": {"OutputLocation": "s3://"}}
    assert "clientRequestToken" in start(athena, QueryString="SELEC 1", **short, **bad)
    assert start(athena, QueryString="SELEC 1", **bad) == "outputLocation is not a valid S3 path."
    used = {"ClientRequestToken": "t" * 40}
    athena.start_query_execution(QueryString="SELECT 1", ResultConfiguration={"OutputLocation": OUTPUT}, **used)
    assert start(athena, QueryString="SELEC 1", **used).startswith("line 1:1: mismatched input 'SELEC'")
    assert start(athena, **bad, **used) == "outputLocation is not a valid S3 path."
    assert start(athena, QueryString="SELECT 2", **used) == "Idempotent parameters do not match"
    body = {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": OUTPUT}}
    answer = posted(endpoint, "AmazonAthena.StartQueryExecution", json.dumps(body).encode())[2]
    assert answer == {
        "__type": "InvalidRequestException",
        "AthenaErrorCode": "INVALID_INPUT",
        "ErrorCode": "INVALID_INPUT",
        "Message": "clientRequestToken is null or empty",
    }


def test_lengths_count_characters_below_and_bytes_above(athena: Any) -> None:
    """Twenty characters are too few whatever they weigh; fifty of three bytes each are too many."""
    assert "greater than or equal to 32" in start(athena, ClientRequestToken="あ" * 20)
    assert "128" in start(athena, ClientRequestToken="あ" * 50)
    assert "less than or equal to 128" in start(athena, ClientRequestToken="x" * 129)
    assert "less than or equal to 262144" in start(athena, QueryString="SELECT '" + "é" * 131_072 + "'")
