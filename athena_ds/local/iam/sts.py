"""STS: who am I, and roles assumed with temporary credentials that expire."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from athena_ds.local.http.answer import Answer, query_answer
from athena_ds.local.http.operation import Operation
from athena_ds.local.iam.callers import Caller, Key, Keys, role_named
from athena_ds.local.iam.denial import error
from athena_ds.local.iam.tags import form_tags

_STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a session of a role is made for."""

    role_arn: str
    name: str
    seconds: int = 3600
    policies: tuple[str, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def begin(keys: Keys, session: Session, *, region: str) -> Key:
    """Temporary credentials of a role, known from now on."""
    backend = keys.backend(region)
    made = backend.create_temp_access_key()
    role = role_named(session.role_arn, backend)
    partition, account, role_name = session.role_arn.split(":")[1], keys.account, session.role_arn.rsplit("/", 1)[-1]
    moment = keys.clock()
    key = Key(
        access_key_id=made.access_key_id,
        secret_access_key=made.secret_access_key,
        session_token=_token(),
        expires=moment + timedelta(seconds=session.seconds),
        kind="assumed-role",
        arn=f"arn:{partition}:sts::{account}:assumed-role/{role_name}/{session.name}",
        user_id=f"{getattr(role, 'id', 'AROA')}:{session.name}",
        name=session.name,
        role_arn=session.role_arn,
        session_policies=session.policies,
        session_tags=session.tags,
        issued=moment.strftime(_STAMP),
    )
    keys.add(key)
    return key


def answer(operation: Operation, caller: Caller, keys: Keys) -> Answer | None:
    """The answer of an STS operation that was allowed; None for those moto answers."""
    if operation.name == "GetCallerIdentity":
        identity = {"Arn": caller.arn, "UserId": caller.user_id, "Account": caller.account}
        return query_answer("sts", operation.name, identity)
    if operation.name == "AssumeRole":
        return _assume_role(operation, caller, keys)
    if operation.name == "GetSessionToken":
        return _session_token(operation, caller, keys)
    return None


def stamp(moment: datetime | None) -> str:
    """`2026-01-02T03:04:05Z`."""
    return moment.strftime(_STAMP) if moment else ""


def _assume_role(operation: Operation, caller: Caller, keys: Keys) -> Answer:
    given = operation.parameters
    name, role_arn = str(given.get("RoleSessionName", "")), str(given.get("RoleArn", ""))
    seconds = int(given.get("DurationSeconds") or 3600)
    problem = _problem(name, role_arn, seconds) or _too_long(role_arn, seconds, keys=keys, caller=caller)
    if problem:
        return error(operation, code="ValidationError", message=problem, status=400)
    session = Session(
        role_arn=role_arn,
        name=name,
        seconds=seconds,
        policies=_session_policies(given, keys, caller),
        tags={one["Key"]: one["Value"] for one in form_tags(given)},
    )
    key = begin(keys, session, region=operation.region)
    result = {
        "Credentials": _credentials(key),
        "AssumedRoleUser": {"AssumedRoleId": key.user_id, "Arn": key.arn},
        "PackedPolicySize": 0 if session.policies is None else 6,
    }
    return query_answer("sts", operation.name, result)


def _session_token(operation: Operation, caller: Caller, keys: Keys) -> Answer:
    seconds = int(operation.parameters.get("DurationSeconds") or 43_200)
    made = keys.backend(operation.region).create_temp_access_key()
    known = keys.find(caller.access_key_id, operation.region)
    key = replace(
        known or Key(access_key_id="", secret_access_key="", kind=caller.kind, arn=caller.arn, user_id=caller.user_id),
        access_key_id=made.access_key_id,
        secret_access_key=made.secret_access_key,
        session_token=_token(),
        expires=keys.clock() + timedelta(seconds=seconds),
        issued=stamp(keys.clock()),
    )
    keys.add(key)
    return query_answer("sts", operation.name, {"Credentials": _credentials(key)})


def _credentials(key: Key) -> dict[str, str | None]:
    return {
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "SessionToken": key.session_token,
        "Expiration": stamp(key.expires),
    }


def _problem(name: str, role_arn: str, seconds: int) -> str | None:
    """The first constraint a request breaks, in AWS's words."""
    start = "1 validation error detected: Value"
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", name):
        return f"{start} '{name}' at 'roleSessionName' failed to satisfy constraint: [\\w+=,.@-]*"
    if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/.+", role_arn):
        return f"{role_arn} is invalid"
    if seconds < 900:
        rule = "Member must have value greater than or equal to 900"
        return f"{start} '{seconds}' at 'durationSeconds' failed to satisfy constraint: {rule}"
    return None


def _too_long(role_arn: str, seconds: int, *, keys: Keys, caller: Caller) -> str | None:
    role = role_named(role_arn, keys.backend(caller.region))
    if caller.kind == "assumed-role" and seconds > 3600:
        return "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
    longest = int(getattr(role, "max_session_duration", None) or 3600)
    if seconds > longest:
        return "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    return None


def _session_policies(given: Any, keys: Keys, caller: Caller) -> tuple[str, ...] | None:
    """The inline session policy and the managed ones named by ARN."""
    policies = [str(given["Policy"])] if given.get("Policy") else []
    backend = keys.backend(caller.region)
    number = 1
    while (arn := given.get(f"PolicyArns.member.{number}.arn")) is not None:
        managed = backend.managed_policies.get(arn)
        if managed is not None:
            policies.append(next(version.document for version in managed.versions if version.is_default))
        number += 1
    return tuple(policies) or None


def _token() -> str:
    return base64.b64encode(b"athena_ds session " + secrets.token_bytes(90)).decode()
