"""What a query reads and writes is asked in its caller's name, called via Athena."""

from __future__ import annotations

import pytest

from athena_ds.local.iam import Caller, DeniedError
from tests.local.iam.endpoint import Endpoint, allow

OBJECT = "arn:aws:s3:::lake/a/1"


def caller(endpoint: Endpoint, name: str) -> Caller:
    arn = f"arn:aws:iam::{endpoint.account}:user/{name}"
    return Caller(account=endpoint.account, region="eu-west-1", kind="user", name=name, arn=arn)


def test_it_raises_the_denial_or_lets_pass(endpoint: Endpoint) -> None:
    """Each resource is asked in order; the first that is refused is named."""
    endpoint.user("jane", allow("glue:GetTable", endpoint.arn("glue", "catalog")))
    may = endpoint.guard.authorize(caller(endpoint, "jane"))
    may("glue:GetTable", endpoint.arn("glue", "catalog"))
    with pytest.raises(DeniedError, match=r"glue:GetTable on resource: .*:database/db because no identity-based"):
        may("glue:GetTable", endpoint.arn("glue", "catalog"), endpoint.arn("glue", "database/db"))
    assert not may.allows("s3:GetObject", OBJECT)


def test_athena_is_named_as_the_service_between(endpoint: Endpoint) -> None:
    """aws:CalledVia lets a policy allow reading only through Athena."""
    endpoint.bucket("lake", "a/1")
    via = {"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}
    keys = endpoint.user("jane", allow("s3:GetObject", **via))
    assert endpoint.guard.authorize(caller(endpoint, "jane")).allows("s3:GetObject", OBJECT)
    with pytest.raises(endpoint.client("s3").exceptions.ClientError, match="AccessDenied"):
        endpoint.client("s3", keys).get_object(Bucket="lake", Key="a/1")


def test_bucket_policies_and_keys_count_for_queries_too(endpoint: Endpoint) -> None:
    """An object encrypted with a customer key needs kms:Decrypt."""
    endpoint.bucket("lake")
    key = endpoint.arn("kms", "key/k1")
    endpoint.client("s3").put_object(
        Bucket="lake", Key="a/1", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )
    endpoint.user("jane", allow("s3:GetObject"))
    endpoint.user("joe", allow("s3:GetObject"), allow("kms:Decrypt", key))
    with pytest.raises(DeniedError, match=f"kms:Decrypt on resource: {key}"):
        endpoint.guard.authorize(caller(endpoint, "jane"))("s3:GetObject", OBJECT)
    endpoint.guard.authorize(caller(endpoint, "joe"))("s3:GetObject", OBJECT)
