"""Retention: the rule results should have, merged into a bucket's lifecycle without touching any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from athena_ds.errors import AccessDeniedError, ConfirmationError, ParameterError
from athena_ds.retention.lifecycle import Rule, merged, proposed
from tests.permissions.world import EVERYTHING, PATH, World

OLD_STYLE = {"ID": "old", "Prefix": "logs/", "Status": "Enabled", "Expiration": {"Days": 90}}
THEIRS: list[dict[str, Any]] = [
    {
        "ID": "archive",
        "Status": "Enabled",
        "Filter": {"Prefix": "a/"},
        "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
    },
    {
        "ID": "tagged",
        "Status": "Disabled",
        "Filter": {"And": {"Prefix": "b/", "Tags": [{"Key": "keep", "Value": "no"}]}},
        "Expiration": {"Days": 1},
    },
    {
        "ID": "aborts",
        "Status": "Enabled",
        "Filter": {"Prefix": "c/"},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
    },
]


@pytest.fixture
def own() -> Iterator[World]:
    made = World("several buckets")
    yield made
    made.close()


def rules(world: World) -> list[dict[str, Any]]:
    s3 = world.client("s3")
    try:
        return list(s3.get_bucket_lifecycle_configuration(Bucket="acme-results")["Rules"])
    except s3.exceptions.ClientError:
        return []


def put(world: World, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    configuration = {"Rules": given}
    world.client("s3").put_bucket_lifecycle_configuration(Bucket="acme-results", LifecycleConfiguration=configuration)
    return rules(world)


def test_it_tells_what_is_and_what_should_be(own: World) -> None:
    """No rule today; a rule for the path with its slash, that also aborts uploads; shown as a diff."""
    plan = own.ds.retention(days=14)
    assert (plan.covered, plan.covering) == (False, ())
    assert list(plan.proposal) == [
        {
            "ID": "athena-ds-results-14d",
            "Status": "Enabled",
            "Filter": {"Prefix": f"{PATH}/"},
            "Expiration": {"Days": 14},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
    ]
    assert '+      "ID": "athena-ds-results-14d",' in plan.diff()
    assert "they stay for ever" in str(plan)
    assert "Proposed" in plan._repr_html_()
    assert rules(own) == []


def test_nothing_is_changed_without_confirmation(own: World) -> None:
    """`apply()` and `apply(confirm=1)` raise; the bucket is as it was."""
    plan = own.ds.retention()
    for unsure in ({}, {"confirm": False}, {"confirm": 1}):
        with pytest.raises(ConfirmationError, match="nobody confirmed"):
            plan.apply(**unsure)  # type: ignore[arg-type]
    assert rules(own) == []


def test_every_other_rule_survives(own: World) -> None:
    """Also old-style ones with a Prefix at the top: each is byte for byte what it was."""
    before = put(own, [*THEIRS, OLD_STYLE])
    after = own.ds.retention(days=30).apply(confirm=True)
    now = rules(own)
    assert [json.dumps(rule, sort_keys=True) for rule in now[: len(before)]] == [
        json.dumps(rule, sort_keys=True) for rule in before
    ]
    assert len(now) == len(before) + 1
    assert after.covered
    assert after.diff() == ""
    assert "nothing would change" in str(after)
    assert "Proposed" not in str(after)


def test_a_rule_added_meanwhile_survives_too(own: World) -> None:
    """What was read before is not what is put back: somebody may have added a rule since."""
    plan = own.ds.retention()
    put(own, THEIRS)
    plan.apply(confirm=True)
    assert {rule["ID"] for rule in rules(own)} == {"archive", "tagged", "aborts", "athena-ds-results-30d"}


def test_applying_again_replaces_our_own_rule_only(own: World) -> None:
    """With other days there is still one rule of ours; nobody else's was touched."""
    put(own, THEIRS)
    own.ds.retention(days=30).apply(confirm=True)
    own.ds.retention(days=60).apply(confirm=True)
    assert [rule["ID"] for rule in rules(own)] == ["archive", "tagged", "aborts", "athena-ds-results-60d"]


def test_versions_get_rules_of_their_own(own: World) -> None:
    """A versioned bucket: old versions expire, and delete markers in a second rule (S3 wants them apart)."""
    versioning = {"Status": "Enabled"}
    own.client("s3").put_bucket_versioning(Bucket="acme-results", VersioningConfiguration=versioning)
    plan = own.ds.retention().apply(confirm=True)
    first, second = plan.proposal
    assert first["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert second["Expiration"] == {"ExpiredObjectDeleteMarker": True}
    assert any(rule.expires_old_versions for rule in plan.covering)


def test_it_warns_of_what_it_would_delete(own: World) -> None:
    """Tables under the path, CTAS data under tables/, days below result reuse, a shorter rule that goes on to count."""
    own.table("made", f"s3://acme-results/{PATH}/tables/0f/")
    own.put("acme-results", f"{PATH}/tables/0f/part-0")
    put(own, [{"ID": "sooner", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 2}}])
    warnings = " ".join(own.ds.retention(days=3).warnings)
    for words in ("3 days are less than the 7", "sales.made", "CREATE TABLE AS SELECT", "'sooner'"):
        assert words in warnings


def test_limits_and_denials(own: World) -> None:
    """Less than a day, managed results, or no right to look: each is told."""
    with pytest.raises(ParameterError, match="1 day or more"):
        own.ds.retention(days=0)
    managed = {"ManagedQueryResultsConfiguration": {"Enabled": True}}
    own.client("athena").create_work_group(Name="managed", Configuration=managed)
    with pytest.raises(ParameterError, match="keeps query results itself"):
        own.data_source(workgroup="managed").retention()
    own.grant({**EVERYTHING, "Statement": [{"Effect": "Allow", "NotAction": "s3:PutLifecycle*", "Resource": "*"}]})
    with pytest.raises(AccessDeniedError, match="s3:PutLifecycleConfiguration"):
        own.ds.retention().apply(confirm=True)
    assert rules(own) == []


@pytest.mark.parametrize(
    ("raw", "covers"),
    [
        ({"Status": "Enabled", "Filter": {"Prefix": "a/"}}, True),
        ({"Status": "Enabled", "Filter": {"Prefix": ""}}, True),
        ({"Status": "Enabled", "Filter": {}}, True),
        ({"Status": "Enabled", "Prefix": "a"}, True),
        ({"Status": "Enabled", "Prefix": "a/b/"}, True),
        ({"Status": "Enabled", "Prefix": "a/b/c/"}, False),
        ({"Status": "Enabled", "Filter": {"Prefix": "ab/"}}, False),
        ({"Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}}, False),
        ({"Status": "Enabled", "Filter": {"And": {"Prefix": "a/", "ObjectSizeGreaterThan": 1}}}, False),
    ],
)
def test_prefixes_are_plain_text(raw: dict[str, Any], covers: bool) -> None:
    """`a` covers `a/b/` and `ab/` alike; tags and sizes keep a rule from covering a path."""
    assert Rule(raw=raw).covers("a/b") is covers


def test_merging_keeps_the_order_and_touches_nothing() -> None:
    """Pure: what goes in is not changed, others stay in order, ours is last."""
    before = {"Rules": [*THEIRS, OLD_STYLE]}
    kept = json.dumps(before, sort_keys=True)
    whole = merged(before, proposed("x", days=5, versioned=False))
    assert json.dumps(before, sort_keys=True) == kept
    assert [rule["ID"] for rule in whole["Rules"]] == ["archive", "tagged", "aborts", "old", "athena-ds-results-5d"]
