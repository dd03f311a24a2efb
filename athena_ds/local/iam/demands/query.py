"""STS and IAM: roles, users and policies as resources."""

from __future__ import annotations

from typing import Any, Final

from athena_ds.local.http.operation import Operation
from athena_ds.local.iam.demands import Demand, Place, Values
from athena_ds.local.iam.tags import brought, form_tags

_FREE: Final = {"GetCallerIdentity", "GetSessionToken"}
"""Operations every valid key may call."""


def sts(operation: Operation, place: Place) -> list[Demand]:
    """What STS asks of the caller's own policies (the role's trust policy is asked in `sts.py`)."""
    given = operation.parameters
    action = f"sts:{operation.name}"
    if operation.name in _FREE:
        return []
    if operation.name.startswith("AssumeRole"):
        tags = form_tags(given)
        context: Values = {
            "sts:ExternalId": given.get("ExternalId"),
            "sts:RoleSessionName": given.get("RoleSessionName"),
            **brought(tags),
        }
        actions = [action, "sts:TagSession"] if tags else [action]
        return [Demand(action=one, resource=str(given.get("RoleArn", "*")), context=context) for one in actions]
    if operation.name == "GetFederationToken":
        name = f"federated-user/{given.get('Name', '*')}"
        return [Demand(action=action, resource=f"arn:{place.partition}:sts::{place.account}:{name}")]
    return [Demand(action=action)]


def iam(operation: Operation, place: Place, *, user: str, backend: Any) -> list[Demand]:
    """What IAM asks; a missing user name means the caller's own."""
    given = operation.parameters
    action = f"iam:{operation.name}"
    for member in ("PolicySourceArn", "PolicyArn"):
        if member in given and operation.name not in ("AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy"):
            return [Demand(action=action, resource=str(given[member]))]
    for member, kind, stored in (
        ("RoleName", "role", "roles"),
        ("GroupName", "group", "groups"),
        ("InstanceProfileName", "instance-profile", "instance_profiles"),
        ("UserName", "user", "users"),
    ):
        if member in given:
            return [Demand(action=action, resource=_arn(place, kind, str(given[member]), getattr(backend, stored)))]
    if operation.name in ("GetUser", "ListAccessKeys", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"):
        return [Demand(action=action, resource=_arn(place, "user", user, backend.users))]
    if operation.name == "CreatePolicy":
        return [Demand(action=action, resource=place.arn("iam", f"policy/{given.get('PolicyName', '*')}"))]
    return [Demand(action=action)]


def _arn(place: Place, kind: str, name: str, stored: Any) -> str:
    """The ARN as stored (it has the path), or as it would be with none."""
    held = list(stored.values()) if hasattr(stored, "values") else []
    arn = next((one.arn for one in held if one.name == name), None)
    return str(arn) if arn else place.arn("iam", f"{kind}/{name}")


def kms(operation: Operation, place: Place) -> Demand:
    """KMS: the key a call names, by id, ARN or alias."""
    key = str(operation.parameters.get("KeyId") or "")
    if not key:
        return Demand(action=f"kms:{operation.name}")
    arn = key if key.startswith("arn:") else place.arn("kms", key if key.startswith("alias/") else f"key/{key}")
    return Demand(action=f"kms:{operation.name}", resource=arn)
