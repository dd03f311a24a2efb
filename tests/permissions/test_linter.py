"""parliament, a linter that others wrote, finds nothing in the generated documents.

As it comes: its own settings, every severity it shows. The document's own policy has `Resource: "*"` by the document's
word, and parliament remarks on that one star, at its lowest severity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from athena_ds.connection.partitions import Arns
from athena_ds.policy import Location, Options, Reach, Scope, policy_for
from tests.permissions.linter import found
from tests.permissions.scopes import ALL, PLAIN, RICH

SCOPES = {
    "plain": PLAIN,
    "rich": RICH,
    "managed results": replace(PLAIN, results=None),
    "another catalog": replace(PLAIN, data_catalog="lambda_hive"),
    "a bucket of its own": replace(RICH, results=Location(bucket="acme-results")),
    "results over the data": replace(PLAIN, results=Location(bucket="acme-lake")),
    "China": replace(PLAIN, arns=Arns(partition="aws-cn", region="cn-north-1", account="111122223333")),
    "many buckets": replace(RICH, sources=tuple(Location(bucket=f"acme-{one:03}", prefix="p/q") for one in range(150))),
}


def each_option() -> Iterator[Options]:
    """None, each alone, all."""
    yield Options()
    yield from (Options(**{one.name: getattr(ALL, one.name)}) for one in fields(Options))
    yield ALL


@pytest.mark.parametrize("scope", SCOPES.values(), ids=list(SCOPES))
def test_it_finds_nothing_in_the_least_policy(scope: Scope) -> None:
    """No unknown action, no action on a resource it doesn't know, no star that isn't needed, no way to more rights."""
    assert [(options, said) for options in each_option() for said in found(policy_for(scope, options=options))] == []


@pytest.mark.parametrize("reach", ["path", "bucket"])
@pytest.mark.parametrize("scope", SCOPES.values(), ids=list(SCOPES))
def test_in_the_documents_policy_it_finds_the_documents_star(scope: Scope, reach: Reach) -> None:
    """One remark of the lowest severity, on the `*` that the document demands for Athena and Glue; nothing above it."""
    policy = policy_for(scope, style="document", reach=reach)
    (said,) = found(policy)
    assert said.startswith("LOW RESOURCE_STAR: ['athena:BatchGetNamedQuery', ")
    assert "s3:" not in said
    assert found(policy, minimum_severity="MEDIUM") == []


def test_it_would_find_a_way_to_more_rights() -> None:
    """A lifecycle of the bucket in the hands of who may delete results only: why no policy here grants it."""
    policy = policy_for(PLAIN, options=Options(retention=True))
    assert not policy.means("s3:PutLifecycleConfiguration")
    assert any("bucket's administrator" in note for note in policy.notes)
    more = replace(
        policy.statements[-1],
        sid="More",
        actions=("s3:PutLifecycleConfiguration",),
        resources=("arn:aws:s3:::acme-results",),
    )
    (said,) = found(replace(policy, statements=(*policy.statements, more)))
    assert "RESOURCE_POLICY_PRIVILEGE_ESCALATION" in said
