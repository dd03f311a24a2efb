"""Credentials -> a botocore session that signs with exactly these, whatever else the environment holds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.credentials import CredentialProvider, CredentialResolver, RefreshableCredentials
from botocore.exceptions import BotoCoreError
from botocore.exceptions import ProfileNotFound as BotoProfileNotFound
from botocore.loaders import Loader, create_loader

from ..connection.credentials import AccessKey, AssumeRole, Credentials, InstanceProfile, Profile, SecretStr
from ..connection.governance import Gate
from ..connection.redaction import remember
from ..errors import ProfileNotFoundError
from .metadata import endpoint_of, role_credentials

Assume = Callable[[AssumeRole], Mapping[str, Any]]

# A corporate authority is about the network, not about who asks: it stays. Everything else of the environment and of
# the shared files is left unread, so that a stray profile, retry mode or half-written config file breaks nothing.
_KEPT = frozenset({"ca_bundle", "use_fips_endpoint", "use_dualstack_endpoint"})
_SALT = os.urandom(16)


def core_session(credentials: Credentials, *, assume: Assume) -> botocore.session.Session:
    """A botocore session for one identity; `assume` makes the call that takes on a role."""
    match credentials:
        case AccessKey():
            return _access_key(credentials)
        case InstanceProfile():
            Gate.current().check()
            return _provided("iam-role", lambda: _instance_role(credentials))
        case AssumeRole():
            return _provided("assume-role", lambda: _assumed(assume(credentials)))
        case Profile():
            return _profile(credentials)


def identity_key(credentials: Credentials) -> tuple[str, ...]:
    """What tells one identity from another in this process; secrets only as a salted digest."""
    match credentials:
        case AccessKey():
            secrets = (credentials.secret_access_key, credentials.session_token)
            return ("key", credentials.access_key_id, *(_digest(secret) for secret in secrets))
        case InstanceProfile():
            return ("instance", endpoint_of(credentials.endpoint))
        case Profile():
            files = (os.environ.get("AWS_CONFIG_FILE", ""), os.environ.get("AWS_SHARED_CREDENTIALS_FILE", ""))
            return ("profile", credentials.name, *files)
        case AssumeRole():
            role = (credentials.role_arn, credentials.session_name, credentials.external_id or "")
            return ("role", *role, str(credentials.duration_seconds), *identity_key(credentials.source))


def renewable(credentials: Credentials) -> bool:
    """Whether asking again can give fresh credentials."""
    return not isinstance(credentials, AccessKey)


def _digest(secret: SecretStr | None) -> str:
    return hashlib.blake2b(secret.reveal().encode(), salt=_SALT).hexdigest() if secret else ""


def _blank() -> botocore.session.Session:
    unread = {
        name: (None, None, spec[2], None)
        for name, spec in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
        if name not in _KEPT and isinstance(spec, tuple)
    }
    # None as file: even a default location is not looked at.
    unread |= {"config_file": (None, None, None, None), "credentials_file": (None, None, None, None)}
    session = botocore.session.Session(session_vars=unread)
    session.register_component("data_loader", _models())
    return session


@cache
def _models() -> Loader:
    """AWS's descriptions of its services, read once for all identities: some 20 MB."""
    return create_loader()


def _access_key(key: AccessKey) -> botocore.session.Session:
    remember(key.secret_access_key)
    remember(key.session_token)
    session = _blank()
    token = key.session_token.reveal() if key.session_token else None
    session.set_credentials(key.access_key_id, key.secret_access_key.reveal(), token)
    return session


class _Renewing(CredentialProvider):  # type: ignore[misc]
    """Credentials that botocore renews a quarter of an hour before they end."""

    def __init__(self, method: str, fetch: Callable[[], dict[str, str]]) -> None:
        super().__init__()
        self.METHOD = self.CANONICAL_NAME = method
        self._fetch = fetch

    def load(self) -> RefreshableCredentials:
        """Fetch once now, so that what is wrong is said at once."""
        return RefreshableCredentials.create_from_metadata(
            metadata=self._fetch(), refresh_using=self._fetch, method=self.METHOD
        )


def _provided(method: str, fetch: Callable[[], dict[str, str]]) -> botocore.session.Session:
    session = _blank()
    session.register_component("credential_provider", CredentialResolver([_Renewing(method, fetch)]))
    return session


def _instance_role(profile: InstanceProfile) -> dict[str, str]:
    found = role_credentials(profile.endpoint)
    return {
        "access_key": found.access_key_id,
        "secret_key": found.secret_access_key.reveal(),
        "token": found.session_token.reveal(),
        "expiry_time": found.expires.isoformat(),
    }


def _assumed(answer: Mapping[str, Any]) -> dict[str, str]:
    given = answer["Credentials"]
    for name in ("SecretAccessKey", "SessionToken"):
        remember(SecretStr(given[name]))
    return {
        "access_key": given["AccessKeyId"],
        "secret_key": given["SecretAccessKey"],
        "token": given["SessionToken"],
        "expiry_time": given["Expiration"].isoformat(),
    }


def _profile(profile: Profile) -> botocore.session.Session:
    """The profile and nothing else: no keys of the environment, and the instance role only through its gate."""
    remedy = "List the profiles with: aws configure list-profiles"
    try:
        session = botocore.session.Session(profile=profile.name)
        # Retries are this package's own; a retry mode that is not a number or name would stop every client.
        for name, value in (("max_attempts", 1), ("retry_mode", "standard")):
            session.set_config_variable(name, value)
        _gate_profile(profile.name, session.full_config.get("profiles", {}))
        resolver = session.get_component("credential_provider")
        for name in ("env", "container-role", "iam-role"):
            resolver.remove(name)
        found = session.get_credentials()
    except BotoProfileNotFound:
        raise ProfileNotFoundError(f"There is no profile '{profile.name}'.", remedy=remedy) from None
    except BotoCoreError as error:
        said = " ".join(str(error).split())
        raise ProfileNotFoundError(f"Profile '{profile.name}' cannot be used: {said}", remedy=remedy) from None
    if found is None:
        raise ProfileNotFoundError(f"Profile '{profile.name}' holds no credentials.", remedy=remedy)
    return session


def _gate_profile(name: str, profiles: Mapping[str, Mapping[str, str]]) -> None:
    """A profile, or one it leans on, may name the instance's role as its source: the same gate stands before it."""
    seen: set[str] = set()
    next_one: str | None = name
    while next_one and next_one not in seen:
        seen.add(next_one)
        settings = profiles.get(next_one, {})
        if settings.get("credential_source") == "Ec2InstanceMetadata":
            Gate.current().check()
        next_one = settings.get("source_profile")
