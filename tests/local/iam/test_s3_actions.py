"""Every S3 operation asks for the IAM action S3's reference names, on the bucket or the object it touches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.iam.endpoint import Endpoint, allow, outcome, refused

BUCKET, KEY = "lake", "a/b.csv"
ON_BUCKET, ON_OBJECT = f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/{KEY}"
TAGS = {"TagSet": [{"Key": "k", "Value": "v"}]}
ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
RULE = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 1}}

OF_A_BUCKET: list[tuple[str, str, dict[str, Any]]] = [
    ("list_objects_v2", "s3:ListBucket", {}),
    ("list_objects", "s3:ListBucket", {}),
    ("list_object_versions", "s3:ListBucketVersions", {}),
    ("list_multipart_uploads", "s3:ListBucketMultipartUploads", {}),
    ("get_bucket_location", "s3:GetBucketLocation", {}),
    ("get_bucket_lifecycle_configuration", "s3:GetLifecycleConfiguration", {}),
    (
        "put_bucket_lifecycle_configuration",
        "s3:PutLifecycleConfiguration",
        {"LifecycleConfiguration": {"Rules": [RULE]}},
    ),
    ("delete_bucket_lifecycle", "s3:PutLifecycleConfiguration", {}),
    ("get_bucket_versioning", "s3:GetBucketVersioning", {}),
    ("get_bucket_encryption", "s3:GetEncryptionConfiguration", {}),
    ("put_bucket_encryption", "s3:PutEncryptionConfiguration", {"ServerSideEncryptionConfiguration": ENCRYPTION}),
    ("delete_bucket_encryption", "s3:PutEncryptionConfiguration", {}),
    ("get_public_access_block", "s3:GetBucketPublicAccessBlock", {}),
    ("delete_public_access_block", "s3:PutBucketPublicAccessBlock", {}),
    ("get_bucket_policy", "s3:GetBucketPolicy", {}),
    ("get_bucket_policy_status", "s3:GetBucketPolicyStatus", {}),
    ("put_bucket_policy", "s3:PutBucketPolicy", {"Policy": '{"Statement": []}'}),
    ("delete_bucket_policy", "s3:DeleteBucketPolicy", {}),
    ("get_bucket_acl", "s3:GetBucketAcl", {}),
    ("get_bucket_cors", "s3:GetBucketCORS", {}),
    ("get_bucket_logging", "s3:GetBucketLogging", {}),
    ("get_bucket_notification_configuration", "s3:GetBucketNotification", {}),
    ("get_bucket_ownership_controls", "s3:GetBucketOwnershipControls", {}),
    ("get_bucket_replication", "s3:GetReplicationConfiguration", {}),
    ("get_bucket_request_payment", "s3:GetBucketRequestPayment", {}),
    ("get_bucket_tagging", "s3:GetBucketTagging", {}),
    ("put_bucket_tagging", "s3:PutBucketTagging", {"Tagging": TAGS}),
    ("delete_bucket_tagging", "s3:PutBucketTagging", {}),
    ("get_bucket_accelerate_configuration", "s3:GetAccelerateConfiguration", {}),
    ("get_object_lock_configuration", "s3:GetBucketObjectLockConfiguration", {}),
    ("list_bucket_inventory_configurations", "s3:GetInventoryConfiguration", {}),
    ("get_bucket_website", "s3:GetBucketWebsite", {}),
    ("delete_bucket", "s3:DeleteBucket", {}),
]

PART = {"UploadId": "u", "PartNumber": 1}
OF_AN_OBJECT: list[tuple[str, str, dict[str, Any]]] = [
    ("get_object", "s3:GetObject", {}),
    ("get_object", "s3:GetObjectVersion", {"VersionId": "v"}),
    ("put_object", "s3:PutObject", {"Body": b"x"}),
    ("delete_object", "s3:DeleteObject", {}),
    ("delete_object", "s3:DeleteObjectVersion", {"VersionId": "v"}),
    ("copy_object", "s3:PutObject", {"CopySource": f"{BUCKET}/other"}),
    ("create_multipart_upload", "s3:PutObject", {}),
    ("upload_part", "s3:PutObject", {**PART, "Body": b"x"}),
    ("upload_part_copy", "s3:PutObject", {**PART, "CopySource": f"{BUCKET}/other"}),
    ("complete_multipart_upload", "s3:PutObject", {"UploadId": "u", "MultipartUpload": {"Parts": []}}),
    ("abort_multipart_upload", "s3:AbortMultipartUpload", {"UploadId": "u"}),
    ("list_parts", "s3:ListMultipartUploadParts", {"UploadId": "u"}),
    ("get_object_acl", "s3:GetObjectAcl", {}),
    ("get_object_tagging", "s3:GetObjectTagging", {}),
    ("put_object_tagging", "s3:PutObjectTagging", {"Tagging": TAGS}),
    ("delete_object_tagging", "s3:DeleteObjectTagging", {}),
    ("get_object_attributes", "s3:GetObjectAttributes", {"ObjectAttributes": ["ETag"]}),
]


@pytest.fixture(scope="module")
def nobody() -> Any:
    """A user without any right, in an account with a bucket."""
    endpoint = Endpoint()
    endpoint.bucket(BUCKET, KEY)
    yield endpoint.client("s3", endpoint.user("nobody"))
    endpoint.close()


@pytest.mark.parametrize(("operation", "action", "parameters"), OF_A_BUCKET)
def test_bucket_operations_ask_for_their_action_on_the_bucket(
    nobody: Any, operation: str, action: str, parameters: dict[str, Any]
) -> None:
    """The denial names the action and the bucket's ARN, in AWS's sentence."""
    message = refused(getattr(nobody, operation), Bucket=BUCKET, **parameters)
    assert f'is not authorized to perform: {action} on resource: "{ON_BUCKET}" because no identity-based' in message


@pytest.mark.parametrize(("operation", "action", "parameters"), OF_AN_OBJECT)
def test_object_operations_ask_for_their_action_on_the_object(
    nobody: Any, operation: str, action: str, parameters: dict[str, Any]
) -> None:
    """The denial names the action and the object's ARN."""
    message = refused(getattr(nobody, operation), Bucket=BUCKET, Key=KEY, **parameters)
    assert f'is not authorized to perform: {action} on resource: "{ON_OBJECT}" because' in message


def test_head_requests_are_refused_without_a_body(nobody: Any) -> None:
    """HeadBucket and HeadObject have no body: the code is the status."""
    assert outcome(nobody.head_bucket, Bucket=BUCKET) == "403"
    assert outcome(nobody.head_object, Bucket=BUCKET, Key=KEY) == "403"
    assert outcome(nobody.head_bucket, Bucket="no-such-bucket") == "404"


def test_listing_buckets_is_its_own_action(nobody: Any) -> None:
    """ListBuckets asks for s3:ListAllMyBuckets on everything."""
    assert 's3:ListAllMyBuckets on resource: "*"' in refused(nobody.list_buckets)


def test_a_missing_bucket_is_missing_for_everybody(nobody: Any) -> None:
    """S3 says NoSuchBucket before it looks at permissions."""
    assert outcome(nobody.list_objects_v2, Bucket="no-such-bucket") == "NoSuchBucket"


def test_copying_reads_the_source(endpoint: Endpoint) -> None:
    """CopyObject needs s3:GetObject on what is copied."""
    endpoint.bucket(BUCKET, "secret/x")
    s3 = endpoint.client("s3", endpoint.user("writer", allow("s3:PutObject", f"{ON_BUCKET}/*")))
    message = refused(s3.copy_object, Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/secret/x")
    assert f's3:GetObject on resource: "{ON_BUCKET}/secret/x"' in message


def test_a_missing_key_is_told_only_to_who_may_list(endpoint: Endpoint) -> None:
    """Without s3:ListBucket a missing key is 403, with it 404."""
    endpoint.bucket(BUCKET, KEY)
    blind = endpoint.client("s3", endpoint.user("blind", allow("s3:GetObject", f"{ON_BUCKET}/*")))
    seeing = endpoint.client("s3", endpoint.user("seeing", allow(["s3:GetObject", "s3:ListBucket"])))
    assert outcome(blind.get_object, Bucket=BUCKET, Key=KEY) == "OK"
    assert outcome(blind.get_object, Bucket=BUCKET, Key="nope") == "AccessDenied"
    assert outcome(seeing.get_object, Bucket=BUCKET, Key="nope") == "NoSuchKey"
    assert outcome(blind.head_object, Bucket=BUCKET, Key="nope") == "403"


def test_listing_can_be_confined_to_a_prefix(endpoint: Endpoint) -> None:
    """s3:prefix is what the request lists; HeadBucket and a bare listing carry none."""
    endpoint.bucket(BUCKET, KEY)
    lists = allow("s3:ListBucket", ON_BUCKET, StringLike={"s3:prefix": ["a", "a/*"]})
    s3 = endpoint.client("s3", endpoint.user("jane", lists))
    assert outcome(s3.list_objects_v2, Bucket=BUCKET, Prefix="a/") == "OK"
    assert outcome(s3.list_objects_v2, Bucket=BUCKET, Prefix="a/b") == "OK"
    assert outcome(s3.list_objects_v2, Bucket=BUCKET, Prefix="ab/") == "AccessDenied"
    assert outcome(s3.list_objects_v2, Bucket=BUCKET) == "AccessDenied"
    assert outcome(s3.head_bucket, Bucket=BUCKET) == "403"


def test_deleting_many_reports_what_was_refused(endpoint: Endpoint) -> None:
    """DeleteObjects deletes the allowed keys and names the others as errors."""
    endpoint.bucket(BUCKET, "mine/1", "mine/2", "theirs/1")
    s3 = endpoint.client("s3", endpoint.user("jane", allow("s3:DeleteObject", f"{ON_BUCKET}/mine/*")))
    keys = [{"Key": key} for key in ("mine/1", "theirs/1", "mine/2")]
    answer = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": keys})
    assert {entry["Key"] for entry in answer["Deleted"]} == {"mine/1", "mine/2"}
    assert [(entry["Key"], entry["Code"]) for entry in answer["Errors"]] == [("theirs/1", "AccessDenied")]
    left = endpoint.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [entry["Key"] for entry in left] == ["theirs/1"]


def test_an_encrypted_object_needs_its_key(endpoint: Endpoint) -> None:
    """SSE-KMS: reading asks kms:Decrypt, writing kms:GenerateDataKey; the AWS managed key asks nothing."""
    endpoint.bucket(BUCKET)
    key = endpoint.arn("kms", "key/11111111-2222-3333-4444-555555555555")
    root = endpoint.client("s3")
    root.put_object(Bucket=BUCKET, Key="k", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    root.put_object(Bucket=BUCKET, Key="managed", Body=b"x", ServerSideEncryption="aws:kms")
    s3 = endpoint.client("s3", endpoint.user("jane", allow("s3:*Object")))
    assert f"kms:Decrypt on resource: {key}" in refused(s3.get_object, Bucket=BUCKET, Key="k")
    assert outcome(s3.get_object, Bucket=BUCKET, Key="managed") == "OK"
    writes = {"Bucket": BUCKET, "Key": "n", "Body": b"x", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    assert f"kms:GenerateDataKey on resource: {key}" in refused(s3.put_object, **writes)
    full = endpoint.client(
        "s3", endpoint.user("joe", allow("s3:*Object"), allow(["kms:Decrypt", "kms:GenerateDataKey"], key))
    )
    assert outcome(full.get_object, Bucket=BUCKET, Key="k") == "OK"
    assert outcome(full.put_object, **writes) == "OK"
