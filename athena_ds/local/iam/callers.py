"""Who a request comes from: access keys of users, sessions of roles, the account's root; and the policies they carry.

moto keeps users, groups, roles and policies; this reads them where they lie.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from athena_ds.local.http.operation import Environ
from athena_ds.local.iam.decision import Policies
from athena_ds.local.iam.policy import Document, MalformedPolicyError, Principal, parse

Kind = Literal["root", "user", "assumed-role", "anonymous"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who asks: the account and region are always known, the rest only as far as the key tells."""

    account: str
    region: str
    kind: Kind = "root"
    arn: str = ""
    user_id: str = ""
    name: str = ""
    access_key_id: str = ""
    source_ip: str = "127.0.0.1"
    user_agent: str = ""
    role_arn: str | None = None
    session_policies: tuple[str, ...] | None = None
    session_tags: Mapping[str, str] = field(default_factory=dict)
    issued: str | None = None

    @property
    def partition(self) -> str:
        return str(get_partition(self.region))

    @property
    def principal(self) -> Principal:
        """The same person in the words of a policy's Principal."""
        if self.kind == "anonymous":
            return Principal(arn=None, account=None)
        return Principal(arn=self.arn, account=self.account, role=self.role_arn, user_id=self.user_id)

    def context(self) -> dict[str, str | tuple[str, ...] | None]:
        """The condition keys that tell of a principal.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        known = self.kind != "anonymous"
        kinds = {"root": "Account", "user": "User", "assumed-role": "AssumedRole", "anonymous": "Anonymous"}
        return {
            "aws:PrincipalArn": (self.role_arn or self.arn) if known else None,
            "aws:PrincipalAccount": self.account if known else None,
            "aws:PrincipalType": kinds[self.kind],
            "aws:username": self.name if self.kind == "user" else None,
            "aws:userid": self.user_id if known else None,
            "aws:SourceIp": self.source_ip,
            "aws:UserAgent": self.user_agent or None,
            "aws:TokenIssueTime": self.issued,
            # Known of temporary credentials only, none of which here came with a device.
            "aws:MultiFactorAuthPresent": "false" if self.issued else None,
            "aws:PrincipalIsAWSService": "false",
        }


_NOTED: Final = "athena_ds.caller"


def note_caller(environ: Environ, caller: Caller) -> None:
    """Keep with a request who sent it, for whoever answers it."""
    environ[_NOTED] = caller


def caller_of(environ: Environ) -> Caller:
    """Who sent a request, as the guard noted it."""
    found: Caller = environ[_NOTED]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key pair the endpoint knows, and whose it is."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    expires: datetime | None = None
    active: bool = True
    kind: Kind = "user"
    arn: str = ""
    user_id: str = ""
    name: str = ""
    role_arn: str | None = None
    session_policies: tuple[str, ...] | None = None
    session_tags: Mapping[str, str] = field(default_factory=dict)
    issued: str | None = None


def new_secret() -> str:
    """Forty characters, as a secret access key has, none of which a shell or a URL would mind."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(40))


def now() -> datetime:
    """The wall clock (tests give another)."""
    return datetime.now(UTC)


class Keys:
    """Every key of one account: its root's, its users' (in moto), and the temporary ones of sessions."""

    def __init__(self, *, account: str, region: str, root: Key, clock: Callable[[], datetime] = now) -> None:
        self.account, self.region, self.clock = account, region, clock
        self._root = root
        self._temporary: dict[str, Key] = {}

    def find(self, access_key_id: str, region: str) -> Key | None:
        """The key with this id, whatever its state."""
        if access_key_id == self._root.access_key_id:
            partition = get_partition(region)
            arn = f"arn:{partition}:iam::{self.account}:root"
            return Key(
                access_key_id=access_key_id,
                secret_access_key=self._root.secret_access_key,
                kind="root",
                arn=arn,
                user_id=self.account,
            )
        return self._temporary.get(access_key_id) or self._of_a_user(access_key_id, region)

    def add(self, key: Key) -> None:
        """Remember a temporary key. Expired ones are known for another day, to be told apart from unknown ones."""
        moment = self.clock()
        stale = [
            known
            for known, other in list(self._temporary.items())
            if other.expires and (moment - other.expires).total_seconds() > 86_400
        ]
        for access_key_id in stale:
            self._temporary.pop(access_key_id, None)
        self._temporary[key.access_key_id] = key

    def expire(self, access_key_id: str) -> None:
        """Make a temporary key expired from now on."""
        key = self._temporary[access_key_id]
        self._temporary[access_key_id] = replace(key, expires=self.clock())

    def backend(self, region: str) -> Any:
        """The IAM that moto keeps for this account."""
        return iam_backends[self.account][get_partition(region)]

    def _of_a_user(self, access_key_id: str, region: str) -> Key | None:
        for user in list(self.backend(region).users.values()):
            for key in list(user.access_keys):
                if key.access_key_id == access_key_id:
                    return Key(
                        access_key_id=access_key_id,
                        secret_access_key=key.secret_access_key,
                        active=key.status == "Active",
                        arn=user.arn,
                        user_id=user.id,
                        name=user.name,
                    )
        return None


def policies_of(caller: Caller, backend: Any) -> Policies:
    """Identity policies (inline, managed, groups'), boundary and session policies of a caller."""
    if caller.kind == "root":
        return Policies(root=True)
    if caller.kind == "anonymous":
        return Policies()
    if caller.kind == "user":
        user = backend.users.get(caller.name)
        identity, boundary = _of_user(user, backend), _boundary(user, backend)
    else:
        role = role_named(caller.role_arn or "", backend)
        identity = _held_by(role) if role is not None else ()
        boundary = _boundary(role, backend)
    session = caller.session_policies
    return Policies(
        identity=identity,
        boundary=boundary,
        session=None if session is None else tuple(_read(text, "session") for text in session),
    )


def role_named(arn: str, backend: Any) -> Any | None:
    """The role moto keeps under this ARN, or None."""
    return next((role for role in list(backend.roles.values()) if role.arn == arn), None)


def _of_user(user: Any, backend: Any) -> tuple[Document, ...]:
    if user is None:
        return ()
    groups = [group for group in list(backend.groups.values()) if user in group.users]
    return _held_by(user) + tuple(document for group in groups for document in _held_by(group))


def _held_by(holder: Any) -> tuple[Document, ...]:
    inline: Mapping[str, str] = dict(holder.policies)
    managed = list(holder.managed_policies.values())
    return tuple(_read(text, name) for name, text in inline.items()) + tuple(
        _read(_default_version(policy), policy.arn) for policy in managed
    )


def _default_version(policy: Any) -> str:
    return str(next(version.document for version in policy.versions if version.is_default))


def _boundary(holder: Any, backend: Any) -> tuple[Document, ...] | None:
    arn = getattr(holder, "permissions_boundary_arn", None)
    if not arn:
        return None
    policy = backend.managed_policies.get(arn)
    return () if policy is None else (_read(_default_version(policy), arn),)


def _read(text: str, name: str) -> Document:
    """A stored document; one that can't be read grants nothing."""
    try:
        return parse(text, name)
    except MalformedPolicyError:
        return Document(name=name, statements=())
