"""Who said no decides what helps: a grant against a missing one, and somebody else against a Deny or a boundary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from athena_ds import AthenaDataSource
from athena_ds.errors import AccessDeniedError, DeniedBy
from tests.permissions.world import DATABASE, EVERYTHING, PATH, USER, World

SAID = "User: arn:aws:iam::1:user/jane is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k "
SCP = "arn:aws:organizations::210987654321:policy/o-abcd/service_control_policy/p-efgh"


@pytest.fixture
def own() -> Iterator[World]:
    made = World("several buckets")
    yield made
    made.close()


def remedy(report: pd.DataFrame, name: str) -> str:
    return str(report.set_index("id").loc[name, "remedy"])


def without(action: str) -> dict[str, Any]:
    """Everything but one action, which nothing denies."""
    return {**EVERYTHING, "Statement": [{"Effect": "Allow", "NotAction": action, "Resource": "*"}]}


def but(action: str, resource: str = "*") -> dict[str, Any]:
    """Everything, and one action denied."""
    denied = {"Effect": "Deny", "Action": action, "Resource": resource}
    return {**EVERYTHING, "Statement": [*EVERYTHING["Statement"], denied]}


@pytest.mark.parametrize(
    ("words", "denied", "helps", "where"),
    [
        (
            "because no identity-based policy allows the s3:GetObject action",
            DeniedBy(kind="identity-based policy"),
            True,
            "Grant",
        ),
        ("", DeniedBy(), True, "Grant"),
        ("with an explicit deny", DeniedBy(explicit=True), False, "a policy that AWS does not name"),
        (
            "with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/Quarantine.",
            DeniedBy(kind="identity-based policy", explicit=True, policy="arn:aws:iam::aws:policy/Quarantine"),
            False,
            "a group it is in (arn:aws:iam::aws:policy/Quarantine)",
        ),
        (
            f"with an explicit deny in a service control policy: {SCP}",
            DeniedBy(kind="service control policy", explicit=True, policy=SCP),
            False,
            "whoever administers the organization lift the explicit deny of s3:GetObject on arn:aws:s3:::b/k: "
            f"it stands in a service control policy ({SCP})",
        ),
        (
            "with an explicit deny in a resource-based policy",
            DeniedBy(kind="resource-based policy", explicit=True),
            False,
            "the bucket's owner lift",
        ),
        (
            "because no permissions boundary allows the s3:GetObject action",
            DeniedBy(kind="permissions boundary"),
            False,
            "allow s3:GetObject on arn:aws:s3:::b/k in the permissions boundary",
        ),
        (
            "because no VPC endpoint policy allows the s3:GetObject action",
            DeniedBy(kind="VPC endpoint policy"),
            False,
            "the policy of the VPC endpoint",
        ),
    ],
)
def test_aws_words_say_who_can_mend_it(words: str, denied: DeniedBy, helps: bool, where: str) -> None:
    """Every kind of policy that AWS names in a denial; what it does not name may be a missing grant."""
    error = AccessDeniedError(
        operation="s3:GetObject", action="s3:GetObject", resource="arn:aws:s3:::b/k", message=SAID + words
    )
    assert (error.by, error.by.grant_helps) == (denied, helps)
    assert where in error.remedy
    assert error.remedy.startswith("Grant") is helps


def test_a_deny_is_nothing_a_policy_gives(own: World) -> None:
    """In the identity's own policy: one failure, whose remedy says what must be lifted, and no statement is offered."""
    policy = own.ds.policy()
    own.grant(but("glue:GetDatabase"))
    report = own.ds.preflight(policy=policy)
    assert list(report.failures["id"]) == ["database", "default-database"]
    assert "whoever administers IAM lift the explicit deny of glue:GetDatabase" in remedy(report, "database")
    assert "a policy of this user or role" in remedy(report, "database")
    assert report.missing == ()
    assert {grant.action for grant in report.barred} == {"glue:GetDatabase"}
    assert not policy.missing(report)


def test_a_buckets_own_policy_is_its_owners(own: World) -> None:
    """A Deny in the results bucket's policy: the remedy names the bucket's policy, and a grant is not offered."""
    denied = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::acme-results/{PATH}/*",
    }
    document = {"Version": "2012-10-17", "Statement": [denied]}
    own.client("s3").put_bucket_policy(Bucket="acme-results", Policy=json.dumps(document))
    report = own.ds.preflight()
    assert list(report.failures["id"]) == ["results-write"]
    assert "the bucket's owner lift the explicit deny of s3:PutObject" in remedy(report, "results-write")
    assert "in the bucket's policy" in remedy(report, "results-write")
    assert not own.ds.policy().missing(report)


def test_a_boundary_is_the_administrators(own: World) -> None:
    """What a boundary does not allow no grant gives: the remedy asks for the boundary."""
    iam = own.client("iam")
    made = iam.create_policy(PolicyName="edge", PolicyDocument=json.dumps(without("athena:StartQueryExecution")))
    iam.put_user_permissions_boundary(UserName=USER, PermissionsBoundary=made["Policy"]["Arn"])
    report = own.ds.preflight()
    assert list(report.failures["id"]) == ["start"]
    assert "in the permissions boundary of this user or role; a grant of your own does not help" in remedy(
        report, "start"
    )
    assert not own.ds.policy().missing(report)


def test_a_session_policy_is_its_makers(own: World) -> None:
    """A role assumed with a session policy that leaves an action out."""
    iam, account = own.client("iam"), own.account
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="analysts", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName="analysts", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    session = json.dumps(without("glue:GetTables"))
    given = own.client("sts").assume_role(RoleArn=role, RoleSessionName="jane", Policy=session)["Credentials"]
    ds = AthenaDataSource.from_access_key(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
        region=own.region,
        database=DATABASE,
        results_bucket=own.results,
        results_path=PATH,
        endpoint_url=own.local.endpoint_url,
    )
    report = ds.preflight()
    assert list(report.failures["id"]) == ["tables"]
    assert "the session policy that came with the temporary credentials" in remedy(report, "tables")
    assert report.missing == ()


def test_what_is_missing_is_offered_beside_what_is_denied(own: World) -> None:
    """One action denied, another not granted: the policy that is missing holds the other alone."""
    policy = own.ds.policy()
    own.grant(
        {
            **EVERYTHING,
            "Statement": [
                {"Effect": "Allow", "NotAction": ["athena:StopQueryExecution"], "Resource": "*"},
                {"Effect": "Deny", "Action": "glue:GetTables", "Resource": "*"},
            ],
        }
    )
    report = own.ds.preflight(policy=policy)
    assert set(policy.missing(report).actions) == {"athena:StopQueryExecution"}
    assert "lift the explicit deny of glue:GetTables" in remedy(report, "tables")


def test_a_check_nobody_needs_names_the_deny_too(own: World) -> None:
    """A check that no query needs is skipped; to have it looked at, the deny must go."""
    own.grant(but("s3:GetBucketPublicAccessBlock"))
    report = own.ds.preflight()
    assert report.passed
    assert remedy(report, "results-public").startswith("To have this looked at: have whoever administers IAM lift")
