"""AssumeRole needs the caller's right and the role's trust; its sessions are limited and end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.local.iam.endpoint import Endpoint, allow, document, outcome, refused


def assume(endpoint: Endpoint, keys: dict[str, Any] | None, role: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = endpoint.client("sts", keys).assume_role(RoleArn=role, RoleSessionName="work", **more)
    return dict(answer["Credentials"])


def test_a_session_is_the_role(endpoint: Endpoint) -> None:
    """GetCallerIdentity tells role and session name; the role's policies are the session's."""
    role = endpoint.role("reader", allow("glue:GetDatabases"))
    keys = assume(endpoint, None, role)
    identity = endpoint.client("sts", keys).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{endpoint.account}:assumed-role/reader/work"
    assert identity["UserId"].endswith(":work")
    assert outcome(endpoint.client("glue", keys).get_databases) == "OK"
    message = refused(endpoint.client("glue", keys).get_tables, DatabaseName="db")
    assert message.startswith(f"User: {identity['Arn']} is not authorized to perform: glue:GetTables")


def test_get_caller_identity_is_always_allowed(endpoint: Endpoint) -> None:
    """Even under an explicit deny of everything."""
    keys = endpoint.user("jane", allow("*") | {"Effect": "Deny"})
    assert outcome(endpoint.client("sts", keys).get_caller_identity) == "OK"


def test_the_callers_own_policy_must_allow_what_the_account_is_trusted_with(endpoint: Endpoint) -> None:
    """A trust policy naming the account leaves it to identity policies."""
    role = endpoint.role("reader")
    keys = endpoint.user("jane")
    sts = endpoint.client("sts", keys)
    message = refused(sts.assume_role, RoleArn=role, RoleSessionName="work")
    assert f"sts:AssumeRole on resource: {role} because no identity-based policy" in message
    document_ = document(allow("sts:AssumeRole", role))
    endpoint.client("iam").put_user_policy(UserName="jane", PolicyName="p", PolicyDocument=document_)
    assert outcome(sts.assume_role, RoleArn=role, RoleSessionName="work") == "OK"


def test_the_role_must_trust_the_caller(endpoint: Endpoint) -> None:
    """Being allowed sts:AssumeRole is not enough where the trust policy names somebody else."""
    keys = endpoint.user("jane", allow("sts:*"))
    endpoint.user("joe")
    role = endpoint.role("joes", trust={"AWS": f"arn:aws:iam::{endpoint.account}:user/joe"})
    message = refused(endpoint.client("sts", keys).assume_role, RoleArn=role, RoleSessionName="work")
    assert message.endswith("because no resource-based policy allows the sts:AssumeRole action")


def test_a_role_can_ask_for_an_external_id(endpoint: Endpoint) -> None:
    """The condition sts:ExternalId of a trust policy is what the request gives."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": endpoint.account},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "shibboleth"}},
    }
    iam = endpoint.client("iam")
    role = iam.create_role(RoleName="outside", AssumeRolePolicyDocument=document(statement))["Role"]["Arn"]
    sts = endpoint.client("sts", endpoint.user("jane", allow("sts:*")))
    assert outcome(sts.assume_role, RoleArn=role, RoleSessionName="work") == "AccessDenied"
    assert outcome(sts.assume_role, RoleArn=role, RoleSessionName="work", ExternalId="shibboleth") == "OK"


def test_a_session_policy_limits_the_session(endpoint: Endpoint) -> None:
    """Only what role and session policy both allow is allowed."""
    role = endpoint.role("reader", allow("glue:*"))
    keys = assume(endpoint, None, role, Policy=document(allow(["glue:GetDatabases", "s3:*"])))
    glue = endpoint.client("glue", keys)
    assert outcome(glue.get_databases) == "OK"
    assert refused(glue.get_tables, DatabaseName="db").endswith(
        "because no session policy allows the glue:GetTables action"
    )
    assert outcome(endpoint.client("s3", keys).list_buckets) == "AccessDenied"


def test_a_boundary_limits_the_role(endpoint: Endpoint) -> None:
    """A permissions boundary allows nothing, and nothing passes it."""
    iam = endpoint.client("iam")
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=document(allow("glue:GetDatabases")))["Policy"][
        "Arn"
    ]
    keys = assume(endpoint, None, endpoint.role("reader", allow("glue:*"), PermissionsBoundary=boundary))
    glue = endpoint.client("glue", keys)
    assert outcome(glue.get_databases) == "OK"
    message = refused(glue.get_tables, DatabaseName="db")
    assert message.endswith("because no permissions boundary allows the glue:GetTables action")


def test_a_session_ends(endpoint: Endpoint) -> None:
    """After its duration every service says so in its own words; a new session works."""
    endpoint.bucket("lake")
    role = endpoint.role("reader", allow("*"))
    keys = assume(endpoint, None, role, DurationSeconds=900)
    endpoint.clock.ahead = timedelta(seconds=901)
    # Requests are signed by the wall clock, so the credentials are looked at before the signature's age.
    assert outcome(endpoint.client("glue", keys).get_databases) == "ExpiredTokenException"
    assert outcome(endpoint.client("s3", keys).list_objects_v2, Bucket="lake") == "ExpiredToken"
    assert outcome(endpoint.client("sts", keys).get_caller_identity) == "ExpiredToken"
    endpoint.clock.ahead = timedelta()
    assert outcome(endpoint.client("glue", assume(endpoint, None, role)).get_databases) == "OK"


def test_a_session_can_be_ended_at_will(endpoint: Endpoint) -> None:
    """For tests: `keys.expire` ends one session and no other."""
    role = endpoint.role("reader", allow("*"))
    first, second = assume(endpoint, None, role), assume(endpoint, None, role)
    endpoint.guard.keys.expire(first["AccessKeyId"])
    assert outcome(endpoint.client("glue", first).get_databases) == "ExpiredTokenException"
    assert outcome(endpoint.client("glue", second).get_databases) == "OK"


def test_durations_and_names_are_checked(endpoint: Endpoint) -> None:
    """Too long for the role, too short for STS, or a name with a space: ValidationError."""
    role, sts = endpoint.role("reader"), endpoint.client("sts", parameter_validation=False)
    for wrong in ({"DurationSeconds": 43_200}, {"DurationSeconds": 899}, {"RoleSessionName": "my work"}):
        parameters = {"RoleArn": role, "RoleSessionName": "work", **wrong}
        assert outcome(sts.assume_role, **parameters) == "ValidationError"


def test_a_session_token_of_a_user_is_the_user(endpoint: Endpoint) -> None:
    """GetSessionToken's credentials act as the user who asked for them."""
    keys = endpoint.user("jane", allow("glue:GetDatabases"))
    temporary = endpoint.client("sts", keys).get_session_token()["Credentials"]
    assert endpoint.client("sts", temporary).get_caller_identity()["Arn"].endswith(":user/jane")
    assert outcome(endpoint.client("glue", temporary).get_databases) == "OK"
    assert outcome(endpoint.client("glue", temporary).get_tables, DatabaseName="db") == "AccessDeniedException"
