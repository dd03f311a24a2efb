"""Bucket policies count beside identity policies, with their conditions."""

from __future__ import annotations

from tests.local.iam.endpoint import Endpoint, allow, document, outcome, refused


def test_a_bucket_policy_can_open_and_close(endpoint: Endpoint) -> None:
    """It can allow a user by name without any identity policy, and deny one who has everything."""
    endpoint.bucket("lake", "a/1")
    jane, joe = endpoint.user("jane"), endpoint.user("joe", allow("s3:*"))
    policy = document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{endpoint.account}:user/jane"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::lake/a/*",
        },
        {
            "Effect": "Deny",
            "Principal": {"AWS": f"arn:aws:iam::{endpoint.account}:user/joe"},
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::lake/*",
        },
    )
    endpoint.client("s3").put_bucket_policy(Bucket="lake", Policy=policy)
    assert outcome(endpoint.client("s3", jane).get_object, Bucket="lake", Key="a/1") == "OK"
    message = refused(endpoint.client("s3", joe).get_object, Bucket="lake", Key="a/1")
    assert message.endswith("with an explicit deny in a resource-based policy")


def test_conditions_of_a_bucket_policy_count(endpoint: Endpoint) -> None:
    """Denying plain HTTP or foreign addresses leaves the loopback alone; demanding encryption headers does not."""
    endpoint.bucket("lake", "k")
    denials = [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
    ]
    unencrypted = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    base = {"Effect": "Deny", "Principal": "*", "Resource": "arn:aws:s3:::lake/*"}
    statements = [{**base, "Action": "s3:*", "Condition": one} for one in denials]
    statements.append({**base, "Action": "s3:PutObject", "Condition": unencrypted})
    endpoint.client("s3").put_bucket_policy(Bucket="lake", Policy=document(*statements))
    s3 = endpoint.client("s3", endpoint.user("jane", allow("s3:*")))
    assert outcome(s3.get_object, Bucket="lake", Key="k") == "OK"
    assert outcome(s3.put_object, Bucket="lake", Key="n", Body=b"x") == "AccessDenied"
    assert outcome(s3.put_object, Bucket="lake", Key="n", Body=b"x", ServerSideEncryption="aws:kms") == "OK"


def test_a_malformed_bucket_policy_is_refused(endpoint: Endpoint) -> None:
    """S3 does not store what it can't read."""
    endpoint.bucket("lake")
    policy = document(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Is": {"a": "b"}}}
    )
    assert outcome(endpoint.client("s3").put_bucket_policy, Bucket="lake", Policy=policy) == "MalformedPolicy"
