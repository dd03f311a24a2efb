"""A query runs with its caller's rights: what it may not do fails it in Athena's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS, clients_of
from tests.local.athena.calls import Calls, refused

LAKE = "athena-ds-sample-lake"
HERE = {"OutputLocation": f"s3://{RESULTS}/mine/"}
QUERY = {"Effect": "Allow", "Action": ["athena:*"], "Resource": "*"}
GLUE = {"Effect": "Allow", "Action": ["glue:Get*"], "Resource": "*"}
SOURCE = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"],
    "Resource": [f"arn:aws:s3:::{LAKE}", f"arn:aws:s3:::{LAKE}/*"],
}
RESULT = {
    "Effect": "Allow",
    "Action": ["s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation", "s3:AbortMultipartUpload"],
    "Resource": [f"arn:aws:s3:::{RESULTS}", f"arn:aws:s3:::{RESULTS}/mine/*"],
}


@pytest.fixture(scope="module")
def guarded() -> Iterator[LocalAthena]:
    with LocalAthena(iam=True) as running:
        clients_of(running)("s3").create_bucket(Bucket=RESULTS)
        yield running


@pytest.fixture
def person(guarded: LocalAthena, request: pytest.FixtureRequest) -> Callable[..., Calls]:
    """A user with these statements as policy, and the Athena calls made as them."""

    def make(*statements: dict[str, Any], service: str = "athena") -> Any:
        iam = clients_of(guarded)("iam")
        name = request.node.name.replace("[", "-").replace("]", "")[:60]
        iam.create_user(UserName=name)
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        client = boto3.client(
            service,
            endpoint_url=guarded.endpoint_url,
            region_name=guarded.region,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )
        return Calls(client)

    return make


def run(calls: Calls, sql: str) -> dict[str, Any]:
    identifier = calls.start(sql, ResultConfiguration=HERE, QueryExecutionContext={"Database": "nyc"})
    return calls.finished(identifier)


def test_with_everything_it_runs(person: Callable[..., Calls]) -> None:
    """The product's policy, and no more, is enough: submit, poll, read the rows."""
    calls = person(QUERY, GLUE, SOURCE, RESULT)
    found = run(calls, "SELECT count(*) FROM airlines")
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    assert calls.rows(found["QueryExecutionId"]) == [["_col0"], ["16"]]


def test_without_start_query_execution_nothing_starts(person: Callable[..., Calls]) -> None:
    """AccessDeniedException before the text is looked at."""
    calls = person(GLUE, SOURCE, RESULT)
    found = refused(calls.client.start_query_execution, QueryString="SELEC", ResultConfiguration=HERE)
    assert found["Code"] == "AccessDeniedException"
    assert "is not authorized to perform: athena:StartQueryExecution on resource: arn:aws:athena" in found["Message"]


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ((QUERY, SOURCE, RESULT), "not authorized to perform: glue:"),
        ((QUERY, GLUE, RESULT), LAKE),
    ],
)
def test_without_the_table_or_its_objects_it_fails(
    person: Callable[..., Calls], held: tuple[dict[str, Any], ...], words: str
) -> None:
    """FAILED, with the missing right in the reason; nothing of the rows is left."""
    found = run(person(*held), "SELECT count(*) FROM airlines")
    assert found["Status"]["State"] == "FAILED"
    assert words in found["Status"]["StateChangeReason"]
    assert found["Status"]["AthenaError"]["ErrorCategory"] == 2


def test_without_get_bucket_location_the_output_cannot_be_verified(person: Callable[..., Calls]) -> None:
    """Refused at submit, in the words everybody meets once."""
    narrow = {**RESULT, "Action": ["s3:PutObject", "s3:GetObject"]}
    calls = person(QUERY, GLUE, SOURCE, narrow)
    found = refused(calls.client.start_query_execution, QueryString="SELECT 1", ResultConfiguration=HERE)
    assert found["Message"].startswith(f"Unable to verify/create output bucket {RESULTS}")


def test_without_put_object_the_rows_cannot_be_written(person: Callable[..., Calls]) -> None:
    """FAILED with the place that could not be written."""
    narrow = {**RESULT, "Action": ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"]}
    found = run(person(QUERY, GLUE, SOURCE, narrow), "SELECT 1")
    assert found["Status"]["State"] == "FAILED"
    assert found["Status"]["StateChangeReason"].startswith(f"Access denied when writing output to url: s3://{RESULTS}")


def test_reading_rows_needs_the_object(person: Callable[..., Calls], guarded: LocalAthena) -> None:
    """GetQueryResults asks for s3:GetObject on the result too."""
    calls = person(QUERY, GLUE, SOURCE, {**RESULT, "Action": ["s3:PutObject", "s3:GetBucketLocation"]})
    identifier = run(calls, "SELECT 1")["QueryExecutionId"]
    found = refused(calls.client.get_query_results, QueryExecutionId=identifier)
    assert found["Code"] == "AccessDeniedException"
    assert "s3:GetObject" in found["Message"]
