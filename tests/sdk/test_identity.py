"""Who asks: exactly the identity given, whatever the environment holds, and each thing that can be wrong told apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from athena_ds import AccessKey, AssumeRole, AthenaDataSource, InstanceProfile, Profile, SecretStr
from athena_ds.aws import Door, Patience
from athena_ds.aws.metadata import role_credentials
from athena_ds.errors import (
    AccessDeniedError,
    ClockSkewError,
    ConfigError,
    CredentialsError,
    DisabledAccessKeyError,
    ExpiredCredentialsError,
    InstanceRoleNotAllowedError,
    MetadataServiceNotFoundError,
    MetadataTokenNotAnsweredError,
    NoRoleAttachedError,
    ProfileNotFoundError,
    UnknownAccessKeyError,
    WrongSecretError,
)
from athena_ds.local.imds import InstanceMetadata
from athena_ds.local.server import LocalAthena

OTHER_ID = "AKIAI44QH8DHBEXAMPLE"
OTHER_SECRET = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"


def allow(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def guarded() -> Iterator[LocalAthena]:
    """An endpoint where IAM decides."""
    with LocalAthena(samples=False, iam=True) as running:
        yield running


@pytest.fixture(scope="module")
def iam(guarded: LocalAthena) -> Any:
    return boto3.client(
        "iam",
        endpoint_url=guarded.endpoint_url,
        region_name=guarded.region,
        aws_access_key_id=guarded.access_key_id,
        aws_secret_access_key=guarded.secret_access_key,
    )


@pytest.fixture(scope="module")
def jane(iam: Any) -> dict[str, str]:
    """A user that may list databases and assume roles, and her key."""
    iam.create_user(UserName="jane")
    iam.put_user_policy(UserName="jane", PolicyName="p", PolicyDocument=allow("glue:GetDatabases", "sts:AssumeRole"))
    key: dict[str, str] = iam.create_access_key(UserName="jane")["AccessKey"]
    return key


@pytest.fixture(scope="module")
def role(guarded: LocalAthena, iam: Any) -> str:
    """A role that EC2 and the account's users may take on."""
    principal = {"Service": "ec2.amazonaws.com", "AWS": f"arn:aws:iam::{guarded.account_id}:root"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn: str = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=allow("glue:GetDatabases"))
    return arn


@pytest.fixture
def metadata(guarded: LocalAthena, role: str) -> InstanceMetadata:
    """The metadata service of an instance with that role."""
    return guarded.instance_metadata(role="reader")


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATHENA_DS_ALLOW_INSTANCE_ROLE", "true")
    monkeypatch.setenv("ATHENA_DS_PERMISSIONS", "CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)


def door(guarded: LocalAthena, credentials: Any) -> Door:
    made = Door(
        credentials=credentials,
        region=guarded.region,
        endpoint_url=guarded.endpoint_url,
        patience=Patience(attempts=2),
    )
    made.sleep = lambda _: None
    return made


def key(of: dict[str, str]) -> AccessKey:
    return AccessKey(access_key_id=of["AccessKeyId"], secret_access_key=of["SecretAccessKey"])  # type: ignore[arg-type]


def arn(made: Door) -> str:
    return str(made.call("sts:GetCallerIdentity")["Arn"])


def test_an_access_key_is_used_whatever_the_environment_says(
    guarded: LocalAthena, jane: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Other keys, a missing profile, a broken config file, nonsense settings, a dead proxy: none of it matters."""
    broken = tmp_path / "config"
    broken.write_text("[profile x\nthis is not a config file")
    for name, value in {
        "AWS_ACCESS_KEY_ID": OTHER_ID,
        "AWS_SECRET_ACCESS_KEY": OTHER_SECRET,
        "AWS_SESSION_TOKEN": "stray",
        "AWS_PROFILE": "missing",
        "AWS_CONFIG_FILE": str(broken),
        "AWS_SHARED_CREDENTIALS_FILE": str(broken),
        "AWS_MAX_ATTEMPTS": "abc",
        "AWS_RETRY_MODE": "nonsense",
        "AWS_DEFAULT_REGION": "nowhere",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    assert arn(door(guarded, key(jane))).endswith(":user/jane")


def test_the_instance_role_ignores_keys_in_the_environment(
    guarded: LocalAthena, metadata: InstanceMetadata, allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Peers say instance role and mean whatever credential the environment holds."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OTHER_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", OTHER_SECRET)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    made = door(guarded, InstanceProfile(endpoint=metadata.endpoint))
    assert ":assumed-role/reader/" in arn(made)
    assert made.call("glue:GetDatabases")["DatabaseList"] == []


def test_the_metadata_service_is_asked_by_version_2_only(metadata: InstanceMetadata, allowed: None) -> None:
    """A token first, and the token with every request."""
    role_credentials(metadata.endpoint)
    assert metadata.requests[0] == "PUT /latest/api/token"
    assert len(metadata.requests) == 3


def test_credentials_that_were_rotated_are_asked_for_again(
    guarded: LocalAthena, metadata: InstanceMetadata, allowed: None
) -> None:
    """In the middle of a session, without the caller noticing."""
    made = door(guarded, InstanceProfile(endpoint=metadata.endpoint))
    made.call("glue:GetDatabases")
    metadata.rotate(revoke=True)
    assert made.call("glue:GetDatabases")["DatabaseList"] == []


def test_many_calls_at_once_ask_for_new_credentials_once(
    guarded: LocalAthena, metadata: InstanceMetadata, allowed: None
) -> None:
    """Whoever finds them ended after another has renewed them takes the new ones."""
    made = door(guarded, InstanceProfile(endpoint=metadata.endpoint))
    made.call("glue:GetDatabases")
    metadata.rotate(revoke=True)
    asked = metadata.requests.count("PUT /latest/api/token")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: made.call("glue:GetDatabases")["DatabaseList"], range(8))) == [[]] * 8
    assert metadata.requests.count("PUT /latest/api/token") == asked + 1


def test_credentials_are_renewed_before_they_expire(
    guarded: LocalAthena, metadata: InstanceMetadata, allowed: None
) -> None:
    """Ones that have less than a quarter of an hour left are renewed with the next call."""
    metadata.set(seconds=300)
    made = door(guarded, InstanceProfile(endpoint=metadata.endpoint))
    made.call("glue:GetDatabases")
    asked = len(metadata.requests)
    metadata.rotate()
    made.call("glue:GetDatabases")
    assert len(metadata.requests) > asked


def test_no_metadata_service_is_said(allowed: None) -> None:
    """This is no EC2 instance, and what to do instead."""
    with pytest.raises(MetadataServiceNotFoundError, match="access key or a profile"):
        role_credentials("http://127.0.0.1:1/")


def test_a_container_is_told_that_it_has_credentials_of_another_kind(
    allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ECS task has no instance role of its own."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x")
    with pytest.raises(MetadataServiceNotFoundError, match="ECS task"):
        role_credentials("http://127.0.0.1:1/")


def test_a_token_that_never_comes_is_the_hop_limit(
    metadata: InstanceMetadata, allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connected, and then silence."""
    monkeypatch.setattr("athena_ds.aws.metadata._TIMEOUT", 0.2)
    metadata.set(token_delay=1.0)
    with pytest.raises(MetadataTokenNotAnsweredError, match="http-put-response-hop-limit"):
        role_credentials(metadata.endpoint)


def test_an_instance_without_a_role_is_said(metadata: InstanceMetadata, allowed: None) -> None:
    """Attach an instance profile."""
    metadata.detach()
    with pytest.raises(NoRoleAttachedError, match="Attach an instance profile"):
        role_credentials(metadata.endpoint)


def test_a_service_that_has_no_credentials_for_its_role_is_said(metadata: InstanceMetadata, allowed: None) -> None:
    """With its own code; botocore would take such an answer."""
    metadata.set(code="AssumeRoleUnauthorizedAccess")
    with pytest.raises(CredentialsError, match="AssumeRoleUnauthorizedAccess"):
        role_credentials(metadata.endpoint)


def test_expired_credentials_of_the_instance_are_said(metadata: InstanceMetadata, allowed: None) -> None:
    """botocore would extend them."""
    metadata.set(expired=True)
    with pytest.raises(ExpiredCredentialsError, match="reader"):
        role_credentials(metadata.endpoint)


def test_an_unknown_key_a_wrong_secret_and_a_disabled_key_are_told_apart(
    guarded: LocalAthena, iam: Any, jane: dict[str, str]
) -> None:
    """AWS's codes say it; its words do not."""
    with pytest.raises(UnknownAccessKeyError):
        arn(door(guarded, key({"AccessKeyId": OTHER_ID, "SecretAccessKey": OTHER_SECRET})))
    with pytest.raises(WrongSecretError):
        arn(door(guarded, key({**jane, "SecretAccessKey": OTHER_SECRET})))
    iam.create_user(UserName="former")
    former = iam.create_access_key(UserName="former")["AccessKey"]
    iam.update_access_key(UserName="former", AccessKeyId=former["AccessKeyId"], Status="Inactive")
    with pytest.raises((DisabledAccessKeyError, UnknownAccessKeyError), match="inactive"):
        arn(door(guarded, key(former)))


def test_an_expired_session_token_is_said(guarded: LocalAthena, jane: dict[str, str], role: str) -> None:
    """And cannot be renewed by an access key."""
    given = door(guarded, key(jane)).call("sts:AssumeRole", RoleArn=role, RoleSessionName="xx")["Credentials"]
    guarded.guard.keys.expire(given["AccessKeyId"])
    ended = AccessKey(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )
    with pytest.raises(ExpiredCredentialsError, match="fresh temporary credentials"):
        arn(door(guarded, ended))


@pytest.mark.parametrize("operation", ["sts:GetCallerIdentity", "glue:GetDatabases", "s3:ListBuckets"])
def test_a_session_token_of_another_key_is_no_missing_permission(
    guarded: LocalAthena, jane: dict[str, str], role: str, operation: str
) -> None:
    """No grant helps: S3 has a code of its own for it, and it means the same as the others'."""
    given = door(guarded, key(jane)).call("sts:AssumeRole", RoleArn=role, RoleSessionName="jane")["Credentials"]
    mixed = AccessKey(
        access_key_id=given["AccessKeyId"],
        secret_access_key=SecretStr(given["SecretAccessKey"]),
        session_token=SecretStr("t" * 100),
    )
    with pytest.raises(UnknownAccessKeyError, match="session token"):
        door(guarded, mixed).call(operation)


def test_a_wrong_clock_is_said(guarded: LocalAthena, jane: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With how far it is off."""
    import datetime as dt

    import botocore.auth

    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: ahead.replace(tzinfo=None))
    with pytest.raises(ClockSkewError, match="clock"):
        arn(door(guarded, key(jane)))


def test_an_assumed_role_is_taken_on_through_the_same_door(
    guarded: LocalAthena, jane: dict[str, str], role: str
) -> None:
    """And taken on again when its credentials ended."""
    made = door(guarded, AssumeRole(role_arn=role, source=key(jane), session_name="jane"))
    assert arn(made).endswith(":assumed-role/reader/jane")
    given = made.session.get_credentials().access_key
    guarded.guard.keys.expire(given)
    assert arn(made).endswith(":assumed-role/reader/jane")
    assert made.session.get_credentials().access_key != given


def test_a_profile_is_used_without_the_environments_keys(
    guarded: LocalAthena, jane: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """A profile that was asked for by name is meant."""
    file = tmp_path / "credentials"
    file.write_text(
        f"[jane]\naws_access_key_id={jane['AccessKeyId']}\naws_secret_access_key={jane['SecretAccessKey']}\n[empty]\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OTHER_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", OTHER_SECRET)
    assert arn(door(guarded, Profile(name="jane"))).endswith(":user/jane")
    with pytest.raises(ProfileNotFoundError, match="no profile 'nobody'"):
        arn(door(guarded, Profile(name="nobody")))
    with pytest.raises(ProfileNotFoundError, match="holds no credentials"):
        arn(door(guarded, Profile(name="empty")))


def test_a_profile_does_not_go_round_the_gate(
    guarded: LocalAthena, jane: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """One that takes the instance's role as its source, itself or through another, needs what that role needs."""
    file = tmp_path / "config"
    role = "role_arn=arn:aws:iam::123456789012:role/reader\n"
    file.write_text(
        f"[profile sneaky]\n{role}credential_source=Ec2InstanceMetadata\n"
        f"[profile sneakier]\n{role}source_profile=sneaky\n"
        f"[profile round]\n{role}source_profile=about\n[profile about]\n{role}source_profile=round\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    for name in ("sneaky", "sneakier"):
        with pytest.raises(InstanceRoleNotAllowedError):
            arn(door(guarded, Profile(name=name)))
    with pytest.raises(ProfileNotFoundError, match="cannot be used"):
        arn(door(guarded, Profile(name="round")))


def test_a_denial_names_action_and_resource(guarded: LocalAthena, jane: dict[str, str]) -> None:
    """What to ask the administrator for."""
    with pytest.raises(AccessDeniedError) as raised:
        door(guarded, key(jane)).call("athena:GetWorkGroup", WorkGroup="primary")
    assert raised.value.action == "athena:GetWorkGroup"
    assert raised.value.resource == f"arn:aws:athena:{guarded.region}:{guarded.account_id}:workgroup/primary"
    assert raised.value.resource in raised.value.remedy


def test_a_denial_without_words_names_the_action_all_the_same(guarded: LocalAthena, jane: dict[str, str]) -> None:
    """A HEAD request's answer has no text, and its operation is called otherwise than what IAM grants."""
    bucket = AthenaDataSource.local(guarded).config.results_bucket
    with pytest.raises(AccessDeniedError) as raised:
        door(guarded, key(jane)).call("s3:HeadBucket", Bucket=bucket)
    assert (raised.value.action, raised.value.resource) == ("s3:ListBucket", f"s3://{bucket}/")


def test_one_identity_has_one_door_and_others_have_others(guarded: LocalAthena, jane: dict[str, str]) -> None:
    """Connections are shared by all data sources of a process that are the same person."""
    fields = {"region": guarded.region, "endpoint_url": guarded.endpoint_url}
    place = {"database": "x", "results_bucket": "acme", "results_path": "p"}
    made = [
        AthenaDataSource.from_access_key(access_key_id=jane["AccessKeyId"], secret_access_key=secret, **place, **fields)
        for secret in (jane["SecretAccessKey"], jane["SecretAccessKey"], OTHER_SECRET)
    ]
    assert made[0].door is made[1].door
    assert made[0].door is not made[2].door


def test_a_role_cannot_be_assumed_twice_over(guarded: LocalAthena, jane: dict[str, str], role: str) -> None:
    """One step only."""
    place = {"region": "eu-west-1", "database": "x", "results_bucket": "acme", "results_path": "p"}
    first = AthenaDataSource.from_access_key(
        access_key_id=jane["AccessKeyId"], secret_access_key=jane["SecretAccessKey"], **place
    )
    with pytest.raises(ConfigError):
        first.as_role(role).as_role(role)
