"""The metadata service hands out a role's credentials, and goes wrong as real ones do."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from athena_ds.local.imds import InstanceMetadata
from tests.local.iam.endpoint import REGION, Endpoint, allow


@pytest.fixture
def metadata(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[InstanceMetadata]:
    """An instance with the role `instance`, where boto3 finds nothing else."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_EC2_METADATA_DISABLED",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    endpoint.role("instance", allow("glue:GetDatabases"), trust={"Service": "ec2.amazonaws.com"})
    service = InstanceMetadata(endpoint.guard.keys, region=REGION, role="instance").start()
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.endpoint)
    yield service
    service.stop()


def call(endpoint: Endpoint, service: str, session: boto3.Session | None = None) -> Any:
    return (session or boto3.Session()).client(service, endpoint_url=endpoint.url, region_name=REGION)


def asked(url: str, *, method: str = "GET", **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(
        url, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def token(service: InstanceMetadata, ttl: str = "60") -> tuple[int, str]:
    return asked(f"{service.endpoint}latest/api/token", method="PUT", X_aws_ec2_metadata_token_ttl_seconds=ttl)


def test_boto3_gets_credentials_the_endpoint_knows(endpoint: Endpoint, metadata: InstanceMetadata) -> None:
    """The session is the role's, judged by the role's policies."""
    identity = call(endpoint, "sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{endpoint.account}:assumed-role/instance/i-0123456789abcdef0"
    assert call(endpoint, "glue").get_databases()["DatabaseList"] == []
    with pytest.raises(ClientError, match="AccessDenied"):
        call(endpoint, "s3").list_buckets()


def test_a_token_has_a_lifetime_of_at_most_six_hours(metadata: InstanceMetadata) -> None:
    """Without the header, or beyond 1..21600 seconds, there is none."""
    assert token(metadata)[0] == 200
    assert [token(metadata, ttl)[0] for ttl in ("0", "21600", "21601", "soon")] == [400, 200, 400, 400]
    assert asked(f"{metadata.endpoint}latest/api/token", method="PUT")[0] == 400
    assert asked(f"{metadata.endpoint}latest/api/token")[0] == 405


def test_version_1_is_refused_unless_it_is_let_in(metadata: InstanceMetadata) -> None:
    """No token, or a wrong one: 401. With `require_token=False` no token is needed, but a wrong one is still wrong."""
    place = f"{metadata.endpoint}latest/meta-data/iam/security-credentials/"
    assert asked(place)[0] == 401
    assert asked(place, X_aws_ec2_metadata_token="wrong")[0] == 401
    assert asked(place, X_aws_ec2_metadata_token=token(metadata)[1]) == (200, "instance")
    metadata.set(require_token=False)
    assert asked(place) == (200, "instance")
    assert asked(place, X_aws_ec2_metadata_token="wrong")[0] == 401


def test_the_place_of_the_instance_is_told(metadata: InstanceMetadata) -> None:
    """Region and zone, with and without the slash botocore appends."""
    metadata.set(require_token=False)
    base = f"{metadata.endpoint}latest/meta-data/placement/"
    assert asked(base + "region") == (200, REGION)
    assert asked(base + "availability-zone/") == asked(base + "availability-zone") == (200, f"{REGION}a")
    assert asked(base + "nothing")[0] == 404


def test_an_instance_without_a_role_has_no_credentials(metadata: InstanceMetadata) -> None:
    """Detached, the role is not found; attached again, it is."""
    metadata.detach()
    assert boto3.Session().get_credentials() is None
    metadata.attach("instance")
    assert boto3.Session().get_credentials() is not None


def test_a_token_that_never_arrives_is_the_hop_limit(metadata: InstanceMetadata) -> None:
    """botocore gives up after its time-out, and with version 2 required it has nothing else."""
    metadata.set(token_delay=30.0)
    assert boto3.Session().get_credentials() is None


def test_rotated_credentials_are_new_and_the_old_ones_live_on(endpoint: Endpoint, metadata: InstanceMetadata) -> None:
    """As on EC2, unless they are revoked."""
    old = boto3.Session()
    first = old.get_credentials().get_frozen_credentials().access_key
    metadata.rotate()
    second = boto3.Session().get_credentials().get_frozen_credentials().access_key
    assert first != second
    call(endpoint, "glue", old).get_databases()
    metadata.rotate()
    new = boto3.Session()
    new.get_credentials()
    metadata.rotate(revoke=True)
    with pytest.raises(ClientError, match="ExpiredToken"):
        call(endpoint, "glue", new).get_databases()


def test_expired_credentials_are_handed_out_when_told_to(endpoint: Endpoint, metadata: InstanceMetadata) -> None:
    """botocore keeps using them (static stability); the services refuse them."""
    metadata.set(expired=True)
    with pytest.raises(ClientError, match="ExpiredToken"):
        call(endpoint, "sts").get_caller_identity()


def test_a_failure_code_comes_without_credentials(metadata: InstanceMetadata) -> None:
    """`Code` other than Success: no keys."""
    metadata.set(code="AssumeRoleUnauthorizedAccess")
    assert boto3.Session().get_credentials() is None


def test_stopping_lets_go_of_what_is_held_back(metadata: InstanceMetadata) -> None:
    """A delayed token doesn't keep the service from stopping; its port is free again, and it can start anew."""
    import threading
    import time

    metadata.set(token_delay=500.0)
    waiting = threading.Thread(target=token, args=(metadata,), daemon=True)
    waiting.start()
    while not metadata.requests:
        time.sleep(0.01)
    began = time.monotonic()
    metadata.stop()
    assert time.monotonic() - began < 60
    metadata.start()
    metadata.set(token_delay=0.0)
    assert token(metadata)[0] == 200


def test_only_the_latest_thousand_requests_are_remembered(metadata: InstanceMetadata) -> None:
    """A client asks again and again, for as long as the endpoint stands."""
    address = urllib.parse.urlsplit(metadata.endpoint)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    for number in range(1005):
        connection.request("GET", f"/{number}")
        connection.getresponse().read()
    connection.close()
    assert metadata.requests == [f"GET /{number}" for number in range(5, 1005)]
