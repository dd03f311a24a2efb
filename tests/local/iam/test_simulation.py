"""SimulatePrincipalPolicy answers from the decision that judges requests."""

from __future__ import annotations

from typing import Any

from tests.local.iam.endpoint import Endpoint, allow, deny, document, outcome


def simulated(endpoint: Endpoint, arn: str, **parameters: Any) -> dict[str, Any]:
    answer = endpoint.client("iam").simulate_principal_policy(PolicySourceArn=arn, **parameters)
    return {result["EvalActionName"]: result for result in answer["EvaluationResults"]}


def test_it_tells_allowed_and_both_kinds_of_denial(endpoint: Endpoint) -> None:
    """allowed, implicitDeny and explicitDeny, a resource at a time."""
    endpoint.user("jane", allow("s3:GetObject", "arn:aws:s3:::lake/a/*"), deny("s3:PutObject"))
    arn = f"arn:aws:iam::{endpoint.account}:user/jane"
    resources = ["arn:aws:s3:::lake/a/1", "arn:aws:s3:::lake/b/1"]
    results = simulated(endpoint, arn, ActionNames=["s3:GetObject", "s3:PutObject"], ResourceArns=resources)
    reads = {
        one["EvalResourceName"]: one["EvalResourceDecision"]
        for one in results["s3:GetObject"]["ResourceSpecificResults"]
    }
    assert reads == {resources[0]: "allowed", resources[1]: "implicitDeny"}
    assert results["s3:GetObject"]["EvalDecision"] == "implicitDeny"
    assert results["s3:PutObject"]["EvalDecision"] == "explicitDeny"


def test_it_takes_context_and_names_what_is_missing(endpoint: Endpoint) -> None:
    """A condition's key can be given; one that isn't is listed."""
    role = endpoint.role("reader", allow("s3:ListBucket", "arn:aws:s3:::lake", StringLike={"s3:prefix": "a/*"}))
    parameters = {"ActionNames": ["s3:ListBucket"], "ResourceArns": ["arn:aws:s3:::lake"]}
    without = simulated(endpoint, role, **parameters)["s3:ListBucket"]
    assert (without["EvalDecision"], without["MissingContextValues"]) == ("implicitDeny", ["s3:prefix"])
    entry = {"ContextKeyName": "s3:prefix", "ContextKeyValues": ["a/x"], "ContextKeyType": "string"}
    given = simulated(endpoint, role, **parameters, ContextEntries=[entry])["s3:ListBucket"]
    assert (given["EvalDecision"], given["MissingContextValues"]) == ("allowed", [])


def test_a_boundary_and_extra_policies_take_part(endpoint: Endpoint) -> None:
    """PolicyInputList adds, a boundary limits, and the answer says which."""
    endpoint.user("jane")
    arn = f"arn:aws:iam::{endpoint.account}:user/jane"
    more = document(allow("glue:*"))
    edge = document(allow("glue:GetTable"))
    results = simulated(
        endpoint,
        arn,
        ActionNames=["glue:GetTable", "glue:GetTables"],
        PolicyInputList=[more],
        PermissionsBoundaryPolicyInputList=[edge],
    )
    assert {action: result["EvalDecision"] for action, result in results.items()} == {
        "glue:GetTable": "allowed",
        "glue:GetTables": "implicitDeny",
    }
    assert results["glue:GetTables"]["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_it_is_itself_a_permission(endpoint: Endpoint) -> None:
    """Who may not simulate is refused; a principal that isn't there is NoSuchEntity."""
    keys = endpoint.user("jane")
    arn = f"arn:aws:iam::{endpoint.account}:user/jane"
    iam = endpoint.client("iam", keys)
    assert outcome(iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["s3:GetObject"]) == "AccessDenied"
    nobody = arn.replace("jane", "nobody")
    root = endpoint.client("iam")
    assert (
        outcome(root.simulate_principal_policy, PolicySourceArn=nobody, ActionNames=["s3:GetObject"]) == "NoSuchEntity"
    )


def test_a_custom_policy_can_be_simulated_alone(endpoint: Endpoint) -> None:
    """SimulateCustomPolicy evaluates documents nobody holds."""
    iam = endpoint.client("iam")
    answer = iam.simulate_custom_policy(
        PolicyInputList=[document(allow("s3:Get*"))], ActionNames=["s3:GetObject", "s3:PutObject"]
    )
    assert [result["EvalDecision"] for result in answer["EvaluationResults"]] == ["allowed", "implicitDeny"]
