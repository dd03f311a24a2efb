"""What a preflight asks of buckets: owners, regions, defaults, uploads that leave nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import clients_of
from tests.local.athena.calls import refused

OTHER = "999999999999"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[LocalAthena]:
    with LocalAthena(samples=False) as running:
        s3 = clients_of(running)("s3")
        s3.create_bucket(Bucket="near")
        s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield running


@pytest.fixture(scope="module")
def s3(endpoint: LocalAthena) -> Any:
    return clients_of(endpoint)("s3")


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("head_bucket", {}),
        ("list_objects_v2", {}),
        ("get_bucket_location", {}),
        ("put_object", {"Key": "k", "Body": b""}),
        ("create_multipart_upload", {"Key": "k"}),
        ("get_bucket_lifecycle_configuration", {}),
    ],
)
def test_another_expected_owner_is_refused(
    s3: Any, endpoint: LocalAthena, operation: str, more: dict[str, Any]
) -> None:
    """403 on every operation; the right owner passes."""
    found = refused(getattr(s3, operation), Bucket="near", ExpectedBucketOwner=OTHER, **more)
    assert found["status"] == 403
    assert found["Code"] in ("AccessDenied", "403")
    s3.head_bucket(Bucket="near", ExpectedBucketOwner=endpoint.account_id)


def test_an_expected_owner_of_a_missing_bucket_is_404(s3: Any) -> None:
    """Nobody owns what is not there."""
    assert refused(s3.head_bucket, Bucket="nowhere", ExpectedBucketOwner=OTHER)["status"] == 404


def test_the_region_is_told(s3: Any, endpoint: LocalAthena) -> None:
    """In the answer to HeadBucket, also to a refused one; the location of us-east-1 is null."""
    assert s3.head_bucket(Bucket="near")["BucketRegion"] == "us-east-1"
    assert s3.head_bucket(Bucket="far")["BucketRegion"] == "eu-west-1"
    assert s3.get_bucket_location(Bucket="near")["LocationConstraint"] is None
    assert s3.get_bucket_location(Bucket="far")["LocationConstraint"] == "eu-west-1"
    with pytest.raises(s3.exceptions.ClientError) as caught:
        s3.head_bucket(Bucket="near", ExpectedBucketOwner=OTHER)
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1"


def test_a_request_signed_for_another_region_is_redirected(endpoint: LocalAthena) -> None:
    """301 with the bucket's region, as a regional endpoint answers; SDKs follow it."""
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
    import urllib3

    request = botocore.awsrequest.AWSRequest("HEAD", f"{endpoint.endpoint_url}/far")
    keys = botocore.credentials.Credentials(endpoint.access_key_id, endpoint.secret_access_key)
    botocore.auth.S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
    answer = urllib3.request("HEAD", request.url, headers=dict(request.headers), redirect=False, retries=False)
    assert (answer.status, answer.headers["x-amz-bucket-region"]) == (301, "eu-west-1")


def test_a_new_bucket_has_what_new_buckets_have(s3: Any) -> None:
    """SSE-S3, no public access, no ACLs, the owner pays, never versioned."""
    s3.create_bucket(Bucket="brand-new")
    rules = s3.get_bucket_encryption(Bucket="brand-new")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    blocked = s3.get_public_access_block(Bucket="brand-new")["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    controls = s3.get_bucket_ownership_controls(Bucket="brand-new")["OwnershipControls"]
    assert controls["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert s3.get_bucket_request_payment(Bucket="brand-new")["Payer"] == "BucketOwner"
    assert "Status" not in s3.get_bucket_versioning(Bucket="brand-new")


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
        ("get_bucket_policy", "NoSuchBucketPolicy"),
        ("get_bucket_policy_status", "NoSuchBucketPolicy"),
        ("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError"),
    ],
)
def test_what_a_bucket_has_not(s3: Any, operation: str, code: str) -> None:
    """404 with S3's own code."""
    found = refused(getattr(s3, operation), Bucket="near")
    assert (found["Code"], found["status"]) == (code, 404)


def test_an_upload_begun_and_aborted_leaves_nothing(s3: Any) -> None:
    """Seen among the uploads with its time and its parts, never among the objects, gone when aborted."""
    upload = s3.create_multipart_upload(Bucket="near", Key="p/k")["UploadId"]
    where = {"Bucket": "near", "Key": "p/k", "UploadId": upload}
    s3.upload_part(**where, PartNumber=1, Body=b"x")
    listed = s3.list_multipart_uploads(Bucket="near", Prefix="p/", MaxUploads=1)
    assert [one["UploadId"] for one in listed["Uploads"]] == [upload]
    assert abs(datetime.now(UTC) - listed["Uploads"][0]["Initiated"]) < timedelta(minutes=1)
    assert [part["Size"] for part in s3.list_parts(**where)["Parts"]] == [1]
    assert s3.list_objects_v2(Bucket="near", Prefix="p/")["KeyCount"] == 0
    s3.abort_multipart_upload(**where)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="near")
    assert refused(s3.list_parts, **where)["Code"] == "NoSuchUpload"
    assert refused(s3.abort_multipart_upload, **where)["Code"] == "NoSuchUpload"


def test_uploads_come_in_pages(s3: Any) -> None:
    """Each once, in key order, by the markers."""
    made = [s3.create_multipart_upload(Bucket="near", Key=f"u/{n % 2}")["UploadId"] for n in range(5)]
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket="near", PaginationConfig={"PageSize": 2})
    seen = [(one["Key"], one["UploadId"]) for page in pages for one in page["Uploads"]]
    assert sorted(identifier for _, identifier in seen) == sorted(made)
    assert [key for key, _ in seen] == sorted(key for key, _ in seen)
    for key, identifier in seen:
        s3.abort_multipart_upload(Bucket="near", Key=key, UploadId=identifier)


def test_lifecycle_rules_come_back_as_put(s3: Any) -> None:
    """The rule of the retention advice, whole."""
    rule = {
        "ID": "athena-ds-results-30d",
        "Status": "Enabled",
        "Filter": {"Prefix": "athena/results/"},
        "Expiration": {"Days": 30},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    s3.put_bucket_lifecycle_configuration(Bucket="near", LifecycleConfiguration={"Rules": [rule]})
    assert s3.get_bucket_lifecycle_configuration(Bucket="near")["Rules"] == [rule]
    s3.delete_bucket_lifecycle(Bucket="near")
    assert refused(s3.get_bucket_lifecycle_configuration, Bucket="near")["Code"] == "NoSuchLifecycleConfiguration"


def test_settings_that_are_changed_are_told(s3: Any) -> None:
    """Versioning, payer and a public policy."""
    s3.create_bucket(Bucket="changed")
    s3.put_bucket_versioning(Bucket="changed", VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_versioning(Bucket="changed")["Status"] == "Enabled"
    s3.put_bucket_request_payment(Bucket="changed", RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket="changed")["Payer"] == "Requester"
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
        '"Resource":"arn:aws:s3:::changed/*"}]}'
    )
    s3.put_bucket_policy(Bucket="changed", Policy=policy)
    assert s3.get_bucket_policy_status(Bucket="changed")["PolicyStatus"]["IsPublic"] is True
