"""Three circles: what the SDK calls is granted, what is granted is proven, what is missing is named and can be added.

Every action and every resource of a generated policy is taken away alone: preflight must fail naming it, and adding
`policy.missing(report)` must make it pass again. Both styles (the document's in `test_documents_circle.py`), three
layouts, two partitions of AWS.
"""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from athena_ds.aws import recording
from athena_ds.policy import UNPROVABLE, Grant, Options, policy_for
from athena_ds.preflight import survey
from tests.permissions.circles import COMBINATIONS, close_the_circle
from tests.permissions.conftest import Worlds
from tests.permissions.scopes import ALL
from tests.permissions.world import LAYOUTS, REGIONS, Layout, World

OPTIONS = {
    "one bucket": Options(named_queries=True, prepared_statements=True, history=True, checks=True, browse=True),
    "several buckets": Options(unload=("s3://acme-exports/out/",), ctas=("s3://acme-archive/made/",)),
    # INSERT INTO writes where the table lies: there its files may be read already.
    "partitions elsewhere": Options(
        ctas=("s3://acme-lake/orders/", "s3://acme-results/tables/"), drivers=True, retention=True
    ),
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("layout", "partition"), COMBINATIONS)
def test_the_least_policy_is_proven_action_by_action(worlds: Worlds, layout: Layout, partition: str) -> None:
    """Least privilege, every option with one of the layouts, KMS keys where there are several buckets."""
    world = worlds(layout, region=REGIONS[partition], encrypted=layout == "several buckets")
    options = OPTIONS[layout]
    scope = survey.scope(world.ds.door, world.ds.config, targets=(*options.unload, *options.ctas))
    policy = policy_for(replace(scope, lake_formation=layout == "partitions elsewhere"), options=options)
    assert all(arn == "*" or arn.startswith(f"arn:{partition}:") for arn in policy.resources)
    before = world.left()
    problems = close_the_circle(world, policy)
    after = world.left()
    # Where deleting was taken away, a saved query stays behind, as its check says.
    kept = len(after.pop("named queries")) - len(before.pop("named queries"))
    assert (problems, after) == ([], before)
    assert kept == (1 if options.named_queries else 0)


def test_every_option_is_in_the_circle() -> None:
    """Each is tried with one of the layouts."""
    for option in fields(Options):
        assert any(getattr(options, option.name) for options in OPTIONS.values()), option.name


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_call_is_granted_by_the_policy(worlds: Worlds, layout: Layout) -> None:
    """What describe, query and preflight call, the least policy allows: recorded at the one door, with IAM enforced."""
    world = worlds(layout)
    ds = world.data_source()
    policy = ds.policy()
    world.grant(policy.document)
    with recording() as calls:
        ds.describe()
        ds.describe("orders")
        if layout == "partitions elsewhere":
            ds.partitions("orders")
        ds.query("SELECT 1")
        required = [row.id for row in ds.preflight().itertuples() if row.status in ("passed", "warning", "failed")]
    assert len(required) > 20
    outcomes = world.ds.preflight().outcomes
    optional = {grant.action for one in outcomes if not one.check.required for grant in one.check.grants}
    optional -= {grant.action for one in outcomes if one.check.required for grant in one.check.grants}
    wanted = {
        # A call that names only an execution is authorised by its workgroup.
        Grant(action=action, resource=resource.replace("workgroup/*", "workgroup/primary"))
        for call in calls
        for action in call.actions
        for resource in call.resources
        if action not in optional
    }
    assert {grant.action for grant in wanted} >= {"athena:StartQueryExecution", "glue:GetTables", "s3:GetObject"}
    assert [str(grant) for grant in wanted if not policy.allows(grant)] == []


def test_another_catalogs_rights_are_asked_about_one_by_one(world: World) -> None:
    """Metadata of a federated catalog: what the policy grants on it is what the checks exercise, each action of it.

    The endpoint reaches no such catalog, so the checks are held against the policy without being answered.
    """
    ds = world.data_source(data_catalog="lambda_hive")
    policy = ds.policy()
    (granted,) = (statement for statement in policy.statements if statement.sid == "AthenaCatalog")
    checks = [outcome.check for outcome in ds.preflight(policy=policy).outcomes if outcome.check.group == "catalog"]
    asked = {grant for check in checks for grant in check.grants}
    assert asked == {Grant(action=action, resource=granted.resources[0]) for action in granted.actions}


def test_every_granted_action_is_proven_or_has_a_reason(worlds: Worlds) -> None:
    """Each action of each style with every option on is exercised by a check, or listed as not provable."""
    world = worlds("partitions elsewhere", region=REGIONS["aws"])
    options = replace(ALL, unload=("s3://acme-results/unloaded/",), ctas=("s3://acme-results/tables/",))
    everything = policy_for(survey.scope(world.ds.door, world.ds.config), options=options)
    for policy in (everything, world.ds.policy(style="document")):
        with recording() as calls:
            world.ds.preflight(policy=policy)
        proven = {action for call in calls for action in call.actions}
        unproven = {action for action in policy.actions if action not in proven}
        assert {action for action in unproven if action not in UNPROVABLE} == set()
        assert all(len(UNPROVABLE[action]) > 20 for action in unproven)
