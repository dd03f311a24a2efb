"""Explicit deny wins, then resource, identity, boundary and session policies must agree, as AWS evaluates them."""

from __future__ import annotations

import pytest

from athena_ds.local.iam import Decision, Policies, Request, decide
from athena_ds.local.iam.decision import context_of
from athena_ds.local.iam.policy import Document, MalformedPolicyError, Principal, parse
from tests.local.iam.endpoint import allow, deny, document

USER = Principal(arn="arn:aws:iam::111122223333:user/jane", account="111122223333", user_id="AIDAJANE")
ROLE = "arn:aws:iam::111122223333:role/reader"
SESSION = Principal(arn="arn:aws:sts::111122223333:assumed-role/reader/me", account="111122223333", role=ROLE)
OBJECT = "arn:aws:s3:::lake/a/b.csv"


def policy(*statements: dict[str, object]) -> Document:
    return parse(document(*statements), "p")


def on_bucket(effect: str, principal: object, **more: object) -> Document:
    return policy({"Effect": effect, "Principal": principal, "Action": "s3:GetObject", "Resource": "*", **more})


def judged(
    policies: Policies,
    *,
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    principal: Principal = USER,
    **context: str,
) -> Decision:
    return decide(Request(action=action, resource=resource, principal=principal, context=context_of(context)), policies)


READS = policy(allow("s3:GetObject"))
NOTHING = policy(allow("sqs:*"))
EVERYTHING = policy(allow("*"))

CASES: dict[str, tuple[Policies, Principal, str]] = {
    "nothing says yes": (Policies(), USER, "implicit identity-based policy"),
    "an identity policy allows": (Policies(identity=(READS,)), USER, "allowed identity-based policy"),
    "one of several allows": (Policies(identity=(NOTHING, READS)), USER, "allowed identity-based policy"),
    "an explicit deny wins": (
        Policies(identity=(EVERYTHING, policy(deny("s3:*")))),
        USER,
        "explicit identity-based policy",
    ),
    "a boundary must allow too": (
        Policies(identity=(READS,), boundary=(NOTHING,)),
        USER,
        "implicit permissions boundary",
    ),
    "a boundary alone grants nothing": (Policies(boundary=(EVERYTHING,)), USER, "implicit identity-based policy"),
    "a boundary can deny": (
        Policies(identity=(READS,), boundary=(EVERYTHING, policy(deny("s3:Get*")))),
        USER,
        "explicit permissions boundary",
    ),
    "a session policy must allow too": (
        Policies(identity=(READS,), session=(NOTHING,)),
        SESSION,
        "implicit session policy",
    ),
    "a session policy alone grants nothing": (
        Policies(session=(EVERYTHING,)),
        SESSION,
        "implicit identity-based policy",
    ),
    "a bucket policy naming the user is enough": (
        Policies(resource=on_bucket("Allow", {"AWS": USER.arn})),
        USER,
        "allowed resource-based policy",
    ),
    "a bucket policy for everybody is enough": (
        Policies(resource=on_bucket("Allow", "*")),
        USER,
        "allowed resource-based policy",
    ),
    "a bucket policy for the account leaves it to identity policies": (
        Policies(resource=on_bucket("Allow", {"AWS": "111122223333"})),
        USER,
        "implicit identity-based policy",
    ),
    "a bucket policy naming somebody else is nothing": (
        Policies(resource=on_bucket("Allow", {"AWS": "arn:aws:iam::111122223333:user/joe"})),
        USER,
        "implicit identity-based policy",
    ),
    "a bucket policy naming the role covers its sessions": (
        Policies(resource=on_bucket("Allow", {"AWS": ROLE})),
        SESSION,
        "allowed identity-based policy",
    ),
    "but a session policy still limits them": (
        Policies(resource=on_bucket("Allow", {"AWS": ROLE}), session=(NOTHING,)),
        SESSION,
        "implicit session policy",
    ),
    "a bucket policy naming the session is past its session policy": (
        Policies(resource=on_bucket("Allow", {"AWS": SESSION.arn}), session=(NOTHING,)),
        SESSION,
        "allowed resource-based policy",
    ),
    "a bucket policy can deny": (
        Policies(identity=(EVERYTHING,), resource=on_bucket("Deny", "*")),
        USER,
        "explicit resource-based policy",
    ),
    "and even the root": (
        Policies(root=True, resource=on_bucket("Deny", "*")),
        USER,
        "explicit resource-based policy",
    ),
    "NotPrincipal spares whom it names": (
        Policies(
            identity=(READS,),
            resource=policy({"Effect": "Deny", "NotPrincipal": {"AWS": USER.arn}, "Action": "s3:*", "Resource": "*"}),
        ),
        USER,
        "allowed identity-based policy",
    ),
    "another account's bucket needs both sides": (
        Policies(resource=on_bucket("Allow", {"AWS": USER.arn}), elsewhere=True),
        USER,
        "implicit identity-based policy",
    ),
    "and then it is open": (
        Policies(identity=(READS,), resource=on_bucket("Allow", {"AWS": USER.arn}), elsewhere=True),
        USER,
        "allowed identity-based policy",
    ),
    "a role's trust policy must allow": (
        Policies(identity=(EVERYTHING,), resource=None, delegates=True),
        USER,
        "implicit resource-based policy",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_policies_are_weighed_as_aws_weighs_them(name: str) -> None:
    """Each case says what settles it: allowed, denied explicitly, or denied for want of an allow, and by which kind."""
    policies, principal, expected = CASES[name]
    decision = judged(policies, principal=principal)
    assert f"{decision.reason} {decision.kind}" == expected
    assert decision.allowed == expected.startswith("allowed")


@pytest.mark.parametrize(
    ("statement", "action", "resource", "allowed"),
    [
        (allow("s3:getobject", OBJECT), "s3:GetObject", OBJECT, True),
        (allow("S3:Get*", OBJECT), "s3:GetObject", OBJECT, True),
        (allow("s3:Get?bject", OBJECT), "s3:GetObject", OBJECT, True),
        (allow("s3:GetObject", "arn:aws:s3:::lake/a/*"), "s3:GetObject", OBJECT, True),
        (allow("s3:GetObject", "arn:aws:s3:::lake/A/*"), "s3:GetObject", OBJECT, False),
        (allow("s3:GetObject", "arn:aws:s3:::lake/?/b.csv"), "s3:GetObject", OBJECT, True),
        (allow("s3:GetObject", "arn:aws:s3:::lake"), "s3:GetObject", OBJECT, False),
        (allow("s3:GetObject", "arn:aws:s3:::lake*"), "s3:GetObject", "arn:aws:s3:::lake-other/x", True),
        (allow(["s3:ListBucket", "s3:GetObject"], ["arn:aws:s3:::x", OBJECT]), "s3:GetObject", OBJECT, True),
        ({"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*"}, "s3:GetObject", OBJECT, True),
        ({"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}, "s3:GetObject", OBJECT, False),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::lake/b/*"}, "s3:GetObject", OBJECT, True),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::lake/a/*"}, "s3:GetObject", OBJECT, False),
    ],
)
def test_actions_fold_case_and_resources_do_not(
    statement: dict[str, object], action: str, resource: str, allowed: bool
) -> None:
    """`*` and `?` work in both; actions are compared without case, resources with it."""
    assert judged(Policies(identity=(policy(statement),)), action=action, resource=resource).allowed is allowed


@pytest.mark.parametrize(
    ("pattern", "context", "allowed"),
    [
        ("arn:aws:s3:::lake/${aws:username}/*", {"aws:username": "a"}, True),
        ("arn:aws:s3:::lake/${aws:username}/*", {"aws:username": "b"}, False),
        ("arn:aws:s3:::lake/${aws:username}/*", {"aws:username": "*"}, False),
        ("arn:aws:s3:::lake/${aws:username}/*", {}, False),
        ("arn:aws:s3:::lake/${aws:username, 'a'}/*", {}, True),
        ("arn:aws:s3:::lake/${*}/*", {}, False),
        ("arn:aws:s3:::lake/${AWS:UserName}/*", {"aws:username": "a"}, True),
    ],
)
def test_policy_variables_are_the_callers_own(pattern: str, context: dict[str, str], allowed: bool) -> None:
    """A variable stands for the caller's value, taken literally; without a value the statement covers nothing."""
    assert judged(Policies(identity=(policy(allow("s3:*", pattern)),)), **context).allowed is allowed


def test_a_policy_of_2008_has_no_variables() -> None:
    """Without Version 2012-10-17, `${aws:username}` is plain text."""
    old = parse(
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::lake/${aws:username}/b.csv"}]}'
    )
    assert not judged(Policies(identity=(old,)), **{"aws:username": "a"}).allowed


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        '{"Version": "2012-10-17"}',
        '{"Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Resource": "*"}]}',
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"LooksLike": {"a": "b"}}}}',
    ],
)
def test_a_malformed_document_is_told(text: str) -> None:
    """What IAM would not store is refused with a reason."""
    with pytest.raises(MalformedPolicyError):
        parse(text)


def test_the_sentence_names_the_kind_of_policy() -> None:
    """AWS says `because no identity-based policy allows ...` or `with an explicit deny in a ...`."""
    assert (
        judged(Policies()).because("s3:GetObject") == "because no identity-based policy allows the s3:GetObject action"
    )
    denied = judged(Policies(identity=(policy(deny("*")),)))
    assert denied.because("s3:GetObject") == "with an explicit deny in an identity-based policy"
