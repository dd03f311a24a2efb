"""A least-privilege policy gives each right once, so that what is taken away is really gone."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest

from athena_ds.policy import Grant, Location, Options, Policy, Scope, Statement, policy_for
from athena_ds.policy.disjoint import disjoint
from tests.permissions.scopes import ALL, PLAIN, RICH

LAKE = Location(bucket="acme-lake")
INSIDE = Location(bucket="acme-lake", prefix="orders/jane")
OVERLAPPING: dict[str, tuple[Scope, Options]] = {
    "everything": (RICH, ALL),
    "results inside the data": (replace(PLAIN, sources=(LAKE,), results=INSIDE), Options(retention=True, checks=True)),
    "data inside the results": (replace(PLAIN, results=LAKE), Options()),
    "tables are made over the data": (PLAIN, Options(ctas=("s3://acme-lake/",))),
    "rows are inserted where the data lies": (PLAIN, Options(ctas=("s3://acme-lake/orders/",))),
    "one place for both": (PLAIN, Options(ctas=("s3://acme-out/x/",), unload=("s3://acme-out/x/y/",))),
    "one key for all": (
        replace(RICH, target_keys=RICH.source_keys, source_keys=(*RICH.source_keys, RICH.results_key or "")),
        ALL,
    ),
}


def grants(statement: Statement) -> list[Grant]:
    return [Grant(action=action, resource=arn) for action in statement.actions for arn in statement.resources]


@pytest.mark.parametrize(("scope", "options"), OVERLAPPING.values(), ids=list(OVERLAPPING))
def test_each_right_is_given_once(scope: Scope, options: Options) -> None:
    """No statement gives what another gives under the same condition or none."""
    policy = policy_for(scope, options=options)
    twice = [
        f"{grant} in {one.sid} and {other.sid}"
        for one in policy.statements
        for other in policy.statements
        for grant in grants(one)
        if one is not other and other.implies(one, grant)
    ]
    assert twice == []
    sids = [statement.sid for statement in policy.statements]
    assert len(set(sids)) == len(sids)


def test_nothing_is_lost() -> None:
    """Together they allow the same, whichever comes first."""
    wide = Statement(sid="Wide", actions=("s3:GetObject", "s3:PutObject"), resources=("arn:aws:s3:::b/*",))
    narrow = Statement(
        sid="Narrow", actions=("s3:GetObject", "s3:DeleteObject"), resources=("arn:aws:s3:::b/a/*", "arn:aws:s3:::c/*")
    )
    for order in ((wide, narrow), (narrow, wide)):
        cut = Policy(statements=disjoint(order))
        assert all(cut.allows(grant) for grant in chain(grants(wide), grants(narrow)))
        assert wide in cut.statements
        rest = [(one.sid, one.actions, one.resources) for one in cut.statements if one != wide]
        assert rest == [
            ("Narrow", ("s3:DeleteObject",), ("arn:aws:s3:::b/a/*",)),
            ("Narrow2", ("s3:GetObject", "s3:DeleteObject"), ("arn:aws:s3:::c/*",)),
        ]


def test_a_condition_keeps_a_statement_apart() -> None:
    """Listing under some prefixes is not listing under others; listing everything is."""
    bucket = ("arn:aws:s3:::b",)
    some, others, inner, all_of_it = (
        Statement(sid=sid, actions=("s3:ListBucket",), resources=bucket, condition=condition)
        for sid, condition in (
            ("Some", {"StringLike": {"s3:prefix": ("a", "a/*")}}),
            ("Others", {"StringLike": {"s3:prefix": ("b", "b/*")}}),
            ("Inner", {"StringLike": {"s3:prefix": ("a/x", "a/x/*")}}),
            ("All", {}),
        )
    )
    assert disjoint([some, others]) == (some, others)
    assert disjoint([inner, some, others]) == (some, others)
    assert disjoint([some, all_of_it, others]) == (all_of_it,)
    assert disjoint([some, replace(some, sid="Again")]) == (some,)
