"""Credentials that end on the way: renewed where they can be; elsewhere the query is named and read later, unpaid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from athena_ds import AccessKey, AssumeRole, AthenaDataSource, InstanceProfile, SecretStr
from athena_ds.connection.credentials import Credentials
from athena_ds.errors import ExpiredCredentialsError
from athena_ds.execution import told_later
from athena_ds.local.faults import ExpiredToken
from athena_ds.local.imds import InstanceMetadata
from athena_ds.local.server import LocalAthena
from athena_ds.results import parts
from tests.sdk.scripted import Scripted

from .conftest import runs_of

MANY = 16_000
STEPS = ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "s3:GetObject"]


class Sequences(Scripted):
    """Its answer to `SELECT n` is the numbers below n."""

    def submit(self, query: Any, catalog: Any, storage: Any) -> Any:
        import pyarrow as pa

        execution = super().submit(query, catalog, storage)
        count = int(query.sql.split()[1])
        execution.batches = lambda: iter([pa.RecordBatch.from_pydict({"n": pa.array(range(count), pa.int64())})])
        return execution


@pytest.fixture(scope="module")
def guarded() -> Iterator[LocalAthena]:
    """An endpoint where IAM decides, and knows a role for an instance."""
    with LocalAthena(samples=False, iam=True, engine=Sequences()) as running:  # type: ignore[arg-type]
        root = AthenaDataSource.local(running)
        root.door.call("glue:CreateDatabase", DatabaseInput={"Name": "nyc"})
        iam = root.session.client("iam")
        principal = {"Service": "ec2.amazonaws.com", "AWS": f"arn:aws:iam::{running.account_id}:root"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=json.dumps(allow))
        yield running


@pytest.fixture
def metadata(guarded: LocalAthena, monkeypatch: pytest.MonkeyPatch) -> InstanceMetadata:
    """The instance's metadata service, and the gate open."""
    monkeypatch.setenv("ATHENA_DS_ALLOW_INSTANCE_ROLE", "true")
    monkeypatch.setenv("ATHENA_DS_PERMISSIONS", "CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    return guarded.instance_metadata(role="reader")


def on(guarded: LocalAthena, credentials: Credentials) -> AthenaDataSource:
    return AthenaDataSource(config=AthenaDataSource.local(guarded).config, credentials=credentials)


def test_a_role_rotated_while_its_query_runs_goes_on(guarded: LocalAthena, metadata: InstanceMetadata) -> None:
    """The old credentials are refused from then on; the new ones are asked for, and nothing runs twice."""
    source = on(guarded, InstanceProfile(endpoint=metadata.endpoint))
    assert len(source.query("SELECT 11", watch=lambda _: metadata.rotate(revoke=True))) == 11
    assert runs_of(guarded, 11) == [1]


def test_a_role_rotated_in_the_middle_of_a_download_loses_no_row(
    guarded: LocalAthena, metadata: InstanceMetadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several streams find out at once; every part comes, in order."""
    monkeypatch.setattr(parts, "PART", 4096)
    monkeypatch.setattr("athena_ds.results.csv.FIRST", 4096)
    source = on(guarded, InstanceProfile(endpoint=metadata.endpoint))
    found: list[int] = []
    for number, frame in enumerate(source.query_batches(f"SELECT {MANY}", rows=2000)):
        found += frame["n"].tolist()
        if number in (1, 3):
            metadata.rotate(revoke=True)
    assert found == list(range(MANY))
    assert runs_of(guarded, MANY) == [1]


@pytest.mark.parametrize("operation", STEPS)
def test_an_assumed_role_is_assumed_again(
    endpoint: LocalAthena, quick: AthenaDataSource, operation: str, number: int
) -> None:
    """At whichever call its session ended."""
    role = AssumeRole(role_arn=f"arn:aws:iam::{endpoint.account_id}:role/analyst", source=quick.credentials)
    source = AthenaDataSource(config=quick.config, credentials=role)
    source.query("SELECT 1")
    before = endpoint.faults.calls["sts:AssumeRole"]
    endpoint.faults.add(operation, ExpiredToken(), times=1)
    assert source.query(f"SELECT {number}").n.item() == number
    assert endpoint.faults.calls["sts:AssumeRole"] == before + 1
    assert runs_of(endpoint, number) == [1]


@pytest.mark.parametrize("operation", STEPS[1:])
def test_an_access_key_that_ends_on_the_way_does_not_lose_the_query(
    quick: AthenaDataSource, endpoint: LocalAthena, operation: str, number: int
) -> None:
    """It cannot be renewed; the error names the query, whose rows are read later without running again."""
    endpoint.faults.add(operation, ExpiredToken(), times=3)
    with pytest.raises(ExpiredCredentialsError) as raised:
        quick.query(f"SELECT {number}")
    endpoint.faults.clear()
    name = raised.value.query_execution_id
    assert f"ds.result('{name}')" in str(raised.value)
    started = endpoint.faults.calls["athena:StartQueryExecution"]
    assert quick.result(name).n.item() == number
    assert endpoint.faults.calls["athena:StartQueryExecution"] == started
    assert runs_of(endpoint, number) == [1]


def test_a_key_that_ends_in_the_middle_of_batches_names_the_query(
    guarded: LocalAthena, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came before is right, what is missing is an error, and a new key reads all of it without paying again."""
    monkeypatch.setattr(parts, "PART", 4096)
    monkeypatch.setattr("athena_ds.results.csv.FIRST", 4096)
    root = AthenaDataSource.local(guarded)
    given = root.door.call(
        "sts:AssumeRole", RoleArn=f"arn:aws:iam::{guarded.account_id}:role/reader", RoleSessionName="jane"
    )["Credentials"]
    key = AccessKey(
        access_key_id=given["AccessKeyId"],
        secret_access_key=SecretStr(given["SecretAccessKey"]),
        session_token=SecretStr(given["SessionToken"]),
    )
    found: list[int] = []

    def read() -> None:
        for frame in on(guarded, key).query_batches(f"SELECT {MANY + 1}", rows=2000):
            found.extend(frame["n"].tolist())
            guarded.faults.add("s3:GetObject", ExpiredToken())

    with pytest.raises(ExpiredCredentialsError) as raised:
        read()
    guarded.faults.clear()
    assert found == list(range(len(found)))
    assert len(found) < MANY
    assert len(root.result(raised.value.query_execution_id)) == MANY + 1
    assert runs_of(guarded, MANY + 1) == [1]


def test_what_a_person_must_do_is_told_also_of_a_query_under_way() -> None:
    """An SSO session that ended is begun again by its own command, whatever ended with it."""
    ended = told_later(ExpiredCredentialsError(whose="The SSO session", remedy="Run: aws sso login"), "abc")
    assert str(ended).startswith("The SSO session has expired.\nRun: aws sso login The query abc is not lost")
