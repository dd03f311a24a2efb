"""Tags as policies are asked about them: of who asks, of what is asked for, and those a request brings.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.s3.models import s3_backends

from athena_ds.local.iam.callers import Caller, role_named
from athena_ds.local.iam.demands import Place, Values


def of_principal(caller: Caller, backend: Any) -> dict[str, str]:
    """`aws:PrincipalTag/...`: the user's or role's tags, a session's own over them."""
    match caller.kind:
        case "user":
            user = backend.users.get(caller.name)
            held: Mapping[str, str] = {} if user is None else backend.tagger.get_tag_dict_for_resource(user.arn)
        case "assumed-role":
            role = role_named(caller.role_arn or "", backend)
            held = {} if role is None else {one["Key"]: one["Value"] for one in role.tags or []}
        case _:
            held = {}
    return {f"aws:PrincipalTag/{name}": value for name, value in {**held, **caller.session_tags}.items()}


def brought(tags: object, *, keys: object = None) -> Values:
    """`aws:RequestTag/...` and `aws:TagKeys` of a request that sets tags (pairs), or takes them away (`keys`)."""
    pairs = [one for one in tags if isinstance(one, Mapping)] if isinstance(tags, Sequence) else []
    named = [str(one.get("Key", "")) for one in pairs]
    if isinstance(keys, Sequence) and not isinstance(keys, str):
        named += [str(key) for key in keys]
    values: dict[str, str | tuple[str, ...] | None] = {
        f"aws:RequestTag/{one.get('Key', '')}": str(one.get("Value", "")) for one in pairs
    }
    return {**values, "aws:TagKeys": tuple(named)} if named else values


def form_tags(given: Mapping[str, Any]) -> list[dict[str, str]]:
    """`Tags.member.1.Key`, ... of the query protocol as pairs."""
    found: list[dict[str, str]] = []
    while (key := given.get(f"Tags.member.{len(found) + 1}.Key")) is not None:
        found.append({"Key": str(key), "Value": str(given.get(f"Tags.member.{len(found) + 1}.Value", ""))})
    return found


def of_object(stored: Any | None, place: Place) -> Values:
    """`s3:ExistingObjectTag/...` of an object that is there."""
    if stored is None:
        return {}
    tagger = s3_backends[place.account][place.partition].tagger
    return {
        f"s3:ExistingObjectTag/{name}": value for name, value in tagger.get_tag_dict_for_resource(stored.arn).items()
    }
