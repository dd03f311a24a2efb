"""iam:SimulatePrincipalPolicy and SimulateCustomPolicy, answered by the same decision that judges requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from athena_ds.local.http.answer import Answer, members, query_answer
from athena_ds.local.http.operation import Operation
from athena_ds.local.iam.callers import Caller, policies_of
from athena_ds.local.iam.decision import Decision, Policies, Request, context_of, decide
from athena_ds.local.iam.denial import error
from athena_ds.local.iam.policy import Document, MalformedPolicyError, Principal, parse

OPERATIONS = ("SimulatePrincipalPolicy", "SimulateCustomPolicy")


def answer(operation: Operation, caller: Caller, backend: Any) -> Answer:
    """Evaluate the named actions on the named resources; nothing is called."""
    given = operation.parameters
    try:
        extra = tuple(parse(text, "PolicyInputList") for text in members(given, "PolicyInputList"))
        limits = tuple(parse(text, "boundary") for text in members(given, "PermissionsBoundaryPolicyInputList"))
        own = parse(given["ResourcePolicy"], "ResourcePolicy") if given.get("ResourcePolicy") else None
    except MalformedPolicyError as problem:
        return error(operation, code="InvalidInput", message=str(problem), status=400)
    source = str(given.get("PolicySourceArn", ""))
    held = Policies() if operation.name == "SimulateCustomPolicy" else _held(source, caller, backend)
    if held is None:
        message = f"Invalid Entity Arn: {source} does not clearly define entity type and name."
        return error(operation, code="NoSuchEntity", message=message, status=404)
    policies = replace(held, identity=held.identity + extra, boundary=limits or held.boundary, resource=own)
    principal = Principal(arn=source or None, account=caller.account)
    results = [
        _evaluate(action, given, policies=policies, principal=principal) for action in members(given, "ActionNames")
    ]
    return query_answer("iam", operation.name, {"EvaluationResults": results, "IsTruncated": False})


def _held(arn: str, caller: Caller, backend: Any) -> Policies | None:
    """The policies of a user, a role or a group named by its ARN."""
    for user in list(backend.users.values()):
        if user.arn == arn:
            return policies_of(replace(caller, kind="user", name=user.name, session_policies=None), backend)
    for role in list(backend.roles.values()):
        if role.arn == arn:
            return policies_of(replace(caller, kind="assumed-role", role_arn=arn, session_policies=None), backend)
    for group in list(backend.groups.values()):
        if group.arn == arn:
            documents = tuple(parse(text, name) for name, text in group.policies.items())
            return Policies(identity=documents)
    return None


def _evaluate(action: str, given: Mapping[str, Any], *, policies: Policies, principal: Principal) -> dict[str, Any]:
    context = {"aws:PrincipalArn": principal.arn, **_entries(given)}
    decisions = {
        resource: decide(
            Request(action=action, resource=resource, principal=principal, context=context_of(context)), policies
        )
        for resource in members(given, "ResourceArns") or ["*"]
    }
    overall = next((one for one in decisions.values() if not one.allowed), next(iter(decisions.values())))
    missing = sorted(_asked_for(policies) - {key.lower() for key in context})
    return {
        "EvalActionName": action,
        "EvalResourceName": next(iter(decisions)) if len(decisions) == 1 else "*",
        "EvalDecision": _word(overall),
        "MatchedStatements": _matched(overall),
        "MissingContextValues": missing,
        "PermissionsBoundaryDecisionDetail": _boundary(overall) if policies.boundary is not None else None,
        "ResourceSpecificResults": [
            {
                "EvalResourceName": resource,
                "EvalResourceDecision": _word(decision),
                "MatchedStatements": _matched(decision),
                "MissingContextValues": missing,
            }
            for resource, decision in decisions.items()
        ],
    }


def _word(decision: Decision) -> str:
    return "allowed" if decision.allowed else f"{decision.reason}Deny"


def _boundary(decision: Decision) -> dict[str, bool]:
    return {"AllowedByPermissionsBoundary": decision.allowed or decision.kind != "permissions boundary"}


def _matched(decision: Decision) -> list[dict[str, str]]:
    return [{"SourcePolicyId": decision.policy}] if decision.policy else []


def _entries(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    entries, number = {}, 1
    while (name := given.get(f"ContextEntries.member.{number}.ContextKeyName")) is not None:
        values = members(given, f"ContextEntries.member.{number}.ContextKeyValues")
        entries[str(name)] = tuple(values)
        number += 1
    return entries


def _asked_for(policies: Policies) -> set[str]:
    documents: tuple[Document, ...] = policies.identity + (policies.boundary or ())
    return {
        key.lower()
        for document in documents
        for statement in document.statements
        for keys in statement.conditions.values()
        for key in keys
    }
