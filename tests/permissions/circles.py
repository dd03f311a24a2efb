"""Closing the third circle: each action and each resource of a policy taken away alone, missed by name, added back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from athena_ds.policy import UNPROVABLE, Policy
from athena_ds.preflight import Report
from tests.permissions.linter import found
from tests.permissions.world import LAYOUTS, REGIONS, World

COMBINATIONS = list(product(LAYOUTS, REGIONS))
"""Every layout of the tables in every partition of AWS that is tried."""

Removal = tuple[str, str, Policy]
"""`action` or `resource`, which one, and the policy without it."""


def removals(policy: Policy) -> Iterator[Removal]:
    """Each action and each resource of each statement, taken away alone; none whose reason stands in UNPROVABLE."""
    for number, statement in enumerate(policy.statements):
        provable = [action for action in statement.actions if action not in UNPROVABLE]
        for action in provable:
            rest = tuple(one for one in statement.actions if one != action)
            yield "action", action, _with(policy, number, replace(statement, actions=rest) if rest else None)
        for resource in statement.resources if provable else ():
            rest = tuple(one for one in statement.resources if one != resource)
            yield "resource", resource, _with(policy, number, replace(statement, resources=rest) if rest else None)


def _with(policy: Policy, number: int, statement: object) -> Policy:
    statements = [*policy.statements]
    statements[number : number + 1] = [statement] if statement else []  # type: ignore[list-item]
    return replace(policy, statements=tuple(statements))


def named(report: Report, kind: str, what: str) -> bool:
    """Whether a failed check names the action, or a resource that the removed one covered."""
    if kind == "action":
        return any(grant.action == what for grant in report.missing)
    prefix = what.rstrip("*")
    return any(
        grant.resource == what or (what.endswith("*") and grant.resource.startswith(prefix)) for grant in report.missing
    )


def close_the_circle(world: World, policy: Policy) -> list[str]:
    """What is not as it should be, a line each; what a policy can't prove is left out, with its reason elsewhere."""
    world.grant(policy.document)
    whole = world.ds.preflight(policy=policy)
    problems = [f"with the whole policy: {row.id}: {row.evidence}" for row in whole.failures.itertuples()]
    for kind, what, less in removals(policy):
        world.grant(less.document)
        report = world.ds.preflight(policy=policy)
        if report.passed or not named(report, kind, what):
            named_ones = [str(one) for one in report.missing]
            problems.append(f"without the {kind} {what}: {report.verdict}, missing {named_ones}")
            continue
        missing = policy.missing(report)
        if policy.style == "least":
            problems += [f"missing without {what}: {said}" for said in found(missing)]
        world.grant(replace(less, statements=less.statements + missing.statements).document)
        failures = world.ds.preflight(policy=policy).failures
        problems += [f"after adding back {what}: {row.id}: {row.evidence}" for row in failures.itertuples()]
    return problems
