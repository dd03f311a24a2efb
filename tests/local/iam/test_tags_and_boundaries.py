"""Decisions that hang on tags, permissions boundaries, key policies and what a session brings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.iam.endpoint import Endpoint, allow, deny, document, outcome, refused


def test_a_users_boundary_limits_what_its_policies_allow(endpoint: Endpoint) -> None:
    """Given at CreateUser or later, and no more once it is taken away; the denial names it."""
    iam = endpoint.client("iam")
    boundary = iam.create_policy(PolicyName="only-lists", PolicyDocument=document(allow("s3:List*")))["Policy"]["Arn"]
    endpoint.bucket("bounded", "a.csv")
    keys = endpoint.user("bounded-user", allow("s3:*"))
    s3 = endpoint.client("s3", keys)
    read = {"Bucket": "bounded", "Key": "a.csv"}
    assert outcome(s3.get_object, **read) == "OK"
    iam.put_user_permissions_boundary(UserName="bounded-user", PermissionsBoundary=boundary)
    assert "because no permissions boundary allows the s3:GetObject action" in refused(s3.get_object, **read)
    assert outcome(s3.list_objects_v2, Bucket="bounded") == "OK"
    iam.delete_user_permissions_boundary(UserName="bounded-user")
    assert outcome(s3.get_object, **read) == "OK"
    iam.create_user(UserName="born-bounded", PermissionsBoundary=boundary)
    iam.put_user_policy(UserName="born-bounded", PolicyName="own", PolicyDocument=document(allow("s3:*")))
    born = endpoint.client("s3", iam.create_access_key(UserName="born-bounded")["AccessKey"])
    assert outcome(born.get_object, **read) == "AccessDenied"
    assert outcome(iam.put_user_permissions_boundary, UserName="nobody", PermissionsBoundary=boundary) == "NoSuchEntity"
    nothing = "arn:aws:iam::123456789012:policy/none"
    assert outcome(iam.put_user_permissions_boundary, UserName="born-bounded", PermissionsBoundary=nothing) == (
        "NoSuchEntity"
    )


@pytest.fixture
def team_bucket(endpoint: Endpoint) -> str:
    """A bucket with a folder for each of two teams, and what may be read of it by whom: the folder of one's team."""
    endpoint.bucket("teams", "blue/a.csv", "red/a.csv")
    return "arn:aws:s3:::teams/${aws:PrincipalTag/team}/*"


def test_policy_variables_of_principal_tags(endpoint: Endpoint, team_bucket: str) -> None:
    """A user's, a role's, and a session's own, which win; without the tag the statement covers nothing."""
    iam = endpoint.client("iam")
    keys = endpoint.user("tagged", allow("s3:GetObject", team_bucket), allow("sts:*"))
    s3 = endpoint.client("s3", keys)
    assert outcome(s3.get_object, Bucket="teams", Key="blue/a.csv") == "AccessDenied"
    iam.tag_user(UserName="tagged", Tags=[{"Key": "team", "Value": "blue"}])
    assert outcome(s3.get_object, Bucket="teams", Key="blue/a.csv") == "OK"
    assert outcome(s3.get_object, Bucket="teams", Key="red/a.csv") == "AccessDenied"

    trusted = {"Principal": {"AWS": f"arn:aws:iam::{endpoint.account}:root"}}
    trust = document({"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], **trusted})
    role = iam.create_role(
        RoleName="tagged-role", AssumeRolePolicyDocument=trust, Tags=[{"Key": "team", "Value": "red"}]
    )["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="tagged-role", PolicyName="own", PolicyDocument=document(allow("s3:GetObject", team_bucket))
    )
    sts = endpoint.client("sts", keys)
    for tags, mine in (([], "red"), ([{"Key": "team", "Value": "blue"}], "blue")):
        given = sts.assume_role(RoleArn=role, RoleSessionName="one", Tags=tags)["Credentials"]
        session = endpoint.client("s3", given)
        got = {team: outcome(session.get_object, Bucket="teams", Key=f"{team}/a.csv") for team in ("red", "blue")}
        assert [team for team, answer in got.items() if answer == "OK"] == [mine]


def test_tagging_a_session_must_be_trusted(endpoint: Endpoint) -> None:
    """sts:TagSession is asked of the role's trust policy, with the tags the request brings."""
    keys = endpoint.user("tagger", allow("sts:*"))
    role = endpoint.role("untaggable")
    sts = endpoint.client("sts", keys)
    tags = [{"Key": "team", "Value": "blue"}]
    message = refused(sts.assume_role, RoleArn=role, RoleSessionName="one", Tags=tags)
    assert "not authorized to perform: sts:TagSession" in message
    assert outcome(sts.assume_role, RoleArn=role, RoleSessionName="one") == "OK"


def test_object_tags_and_request_tags(endpoint: Endpoint) -> None:
    """s3:ExistingObjectTag of what is read, s3:RequestObjectTag of what is written."""
    endpoint.bucket("labelled", "open.csv", "secret.csv")
    root = endpoint.client("s3")
    for key, value in (("open.csv", "open"), ("secret.csv", "secret")):
        tags = {"TagSet": [{"Key": "class", "Value": value}]}
        root.put_object_tagging(Bucket="labelled", Key=key, Tagging=tags)
    keys = endpoint.user(
        "reader-of-open",
        allow("s3:GetObject", StringEquals={"s3:ExistingObjectTag/class": "open"}),
        allow(["s3:PutObject", "s3:PutObjectTagging"], StringLike={"s3:RequestObjectTag/class": "o*"}),
    )
    s3 = endpoint.client("s3", keys)
    assert outcome(s3.get_object, Bucket="labelled", Key="open.csv") == "OK"
    assert outcome(s3.get_object, Bucket="labelled", Key="secret.csv") == "AccessDenied"
    assert outcome(s3.put_object, Bucket="labelled", Key="new", Body=b"", Tagging="class=open") == "OK"
    assert outcome(s3.put_object, Bucket="labelled", Key="new", Body=b"", Tagging="class=secret") == "AccessDenied"


def statement_of_the_key(account: str, *statements: dict[str, Any]) -> str:
    admin = {"Sid": "Admin", **allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    return document(admin, *statements)


def test_a_keys_own_policy_is_asked(endpoint: Endpoint) -> None:
    """An SSE-KMS object needs kms:Decrypt, which the key's policy must allow or leave to the account's policies."""
    endpoint.bucket("sealed")
    kms, root = endpoint.client("kms"), endpoint.client("s3")
    key = kms.create_key()["KeyMetadata"]
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key["Arn"]}
    root.put_object(Bucket="sealed", Key="a.csv", Body=b"a\n", **sealed)
    keys = endpoint.user("decryptor", allow("s3:GetObject"), allow("kms:Decrypt", key["Arn"]))
    s3, read = endpoint.client("s3", keys), {"Bucket": "sealed", "Key": "a.csv"}
    assert outcome(s3.get_object, **read) == "OK"
    closed = {**deny("kms:Decrypt"), "Principal": {"AWS": "*"}}
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=statement_of_the_key(endpoint.account, closed))
    assert "kms:Decrypt" in refused(s3.get_object, **read)
    plain = document({**allow("kms:PutKeyPolicy"), "Principal": {"AWS": f"arn:aws:iam::{endpoint.account}:root"}})
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=plain)
    assert "because no resource-based policy allows the kms:Decrypt action" in refused(s3.get_object, **read)


def test_mfa_and_temporary_credentials(endpoint: Endpoint) -> None:
    """aws:MultiFactorAuthPresent is absent from a user's own keys and false for a session, as AWS documents."""
    endpoint.bucket("careful", "a.csv")
    rule = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}
    keys = endpoint.user("careful-user", allow("s3:GetObject", **rule), allow("sts:*"))
    assert outcome(endpoint.client("s3", keys).get_object, Bucket="careful", Key="a.csv") == "OK"
    session = endpoint.client("sts", keys).get_session_token()["Credentials"]
    assert outcome(endpoint.client("s3", session).get_object, Bucket="careful", Key="a.csv") == "AccessDenied"


def test_kms_calls_are_judged_on_their_key(endpoint: Endpoint) -> None:
    """Named by id, ARN or alias."""
    kms = endpoint.client("kms")
    mine, other = (kms.create_key()["KeyMetadata"] for _ in range(2))
    keys = endpoint.user("describer", allow("kms:DescribeKey", mine["Arn"]))
    client = endpoint.client("kms", keys)
    assert outcome(client.describe_key, KeyId=mine["KeyId"]) == "OK"
    assert outcome(client.describe_key, KeyId=mine["Arn"]) == "OK"
    assert outcome(client.describe_key, KeyId=other["KeyId"]) == "AccessDeniedException"


def test_not_action_and_not_resource(endpoint: Endpoint) -> None:
    """Everything but; an explicit deny written so spares what it names."""
    endpoint.bucket("spared", "open/a.csv", "closed/a.csv")
    spare = {"Effect": "Deny", "NotAction": ["s3:GetObject"], "NotResource": "arn:aws:s3:::spared/open/*"}
    keys = endpoint.user("sparing", allow("s3:*"), spare)
    s3 = endpoint.client("s3", keys)
    assert outcome(s3.get_object, Bucket="spared", Key="closed/a.csv") == "OK", "GetObject is not denied anywhere"
    assert outcome(s3.put_object, Bucket="spared", Key="open/b.csv", Body=b"") == "OK", "nothing is denied there"
    assert outcome(s3.put_object, Bucket="spared", Key="closed/b.csv", Body=b"") == "AccessDenied"
