"""A query is judged twice: may it be started in its workgroup, and may its caller read what it touches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from athena_ds.local import LocalAthena
from tests.local.iam.endpoint import allow, deny, document

RESULTS = {"OutputLocation": "s3://results/q/"}


@pytest.fixture(scope="module")
def local() -> Iterator[LocalAthena]:
    with LocalAthena(iam=True) as running:
        made = client(running, "s3")
        made.create_bucket(Bucket="results")
        for group in ("mine", "theirs"):
            client(running, "athena").create_work_group(Name=group)
        yield running


def client(local: LocalAthena, service: str, keys: dict[str, Any] | None = None) -> Any:
    keys = keys or {"AccessKeyId": local.access_key_id, "SecretAccessKey": local.secret_access_key}
    return boto3.client(
        service,
        endpoint_url=local.endpoint_url,
        region_name=local.region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def user(local: LocalAthena, name: str, *statements: dict[str, Any]) -> Any:
    """The Athena client of a new user who may do this."""
    iam = client(local, "iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(*statements))
    return client(local, "athena", iam.create_access_key(UserName=name)["AccessKey"])


def ended(athena: Any, sql: str, workgroup: str = "mine") -> dict[str, Any]:
    started = athena.start_query_execution(QueryString=sql, WorkGroup=workgroup, ResultConfiguration=RESULTS)
    execution: dict[str, Any] = {}
    while execution.get("Status", {}).get("State", "QUEUED") in ("QUEUED", "RUNNING"):
        execution = athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]
    return execution


def test_a_batch_leaves_unprocessed_what_may_not_be_seen(local: LocalAthena) -> None:
    """Ids of another workgroup are not refused but listed, with the reason; alone as well as among others."""
    root = client(local, "athena")
    ids = [ended(root, "SELECT 1", group)["QueryExecutionId"] for group in ("mine", "theirs")]
    group = f"arn:aws:athena:{local.region}:{local.account_id}:workgroup/mine"
    jane = user(local, "jane", allow("athena:*", group))
    answer = jane.batch_get_query_execution(QueryExecutionIds=ids)
    assert [one["QueryExecutionId"] for one in answer["QueryExecutions"]] == ids[:1]
    (left,) = answer["UnprocessedQueryExecutionIds"]
    assert (left["QueryExecutionId"], left["ErrorCode"]) == (ids[1], "ACCESS_DENIED")
    alone = jane.batch_get_query_execution(QueryExecutionIds=ids[1:])
    assert (alone["QueryExecutions"], len(alone["UnprocessedQueryExecutionIds"])) == ([], 1)
    with pytest.raises(jane.exceptions.ClientError, match="workgroup/theirs because no identity-based policy"):
        jane.get_query_execution(QueryExecutionId=ids[1])


@pytest.mark.parametrize(
    ("name", "denied", "words"),
    [
        ("glueless", deny("glue:GetTable"), "glue:GetTable"),
        ("sourceless", deny("s3:GetObject", "arn:aws:s3:::athena-ds-sample-lake/*"), "s3:GetObject"),
        ("outputless", deny("s3:PutObject", "arn:aws:s3:::results/*"), "output|s3:PutObject"),
    ],
)
def test_a_query_fails_where_its_caller_may_not(
    local: LocalAthena, name: str, denied: dict[str, Any], words: str
) -> None:
    """The right to start a query is not the right to read its tables, their files, or to write its result."""
    athena = user(local, name, allow("*"), denied)
    execution = ended(athena, "SELECT count(*) FROM nyc.airlines")
    assert execution["Status"]["State"] == "FAILED", json.dumps(execution["Status"], default=str)
    assert any(word in execution["Status"]["StateChangeReason"] for word in words.split("|"))


def test_a_query_runs_where_its_caller_may(local: LocalAthena) -> None:
    """The same query, with nothing denied."""
    assert ended(user(local, "able", allow("*")), "SELECT count(*) FROM nyc.airlines")["Status"]["State"] == "SUCCEEDED"
