"""Data sources with names: a TOML file each in the user's configuration directory, never with a secret in it.

A secret goes to the system's keyring where there is one (extra `keyring`); elsewhere it is asked for when loading.
"""

from __future__ import annotations

import getpass
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import tomli_w
from platformdirs import user_config_path

from .. import whole
from ..errors import SavedDataSourceError
from .config import DataSourceConfig, Encryption
from .credentials import AccessKey, AssumeRole, Credentials, InstanceProfile, Profile, SecretStr
from .notices import tell

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ENDING = ".toml"
_SERVICE = "athena_ds"
_VERSION = 1


def directory() -> Path:
    """Where saved data sources are."""
    return user_config_path("athena_ds") / "data_sources"


def names() -> list[str]:
    """The saved data sources, in order of name."""
    return sorted(file.name.removesuffix(_ENDING) for file in directory().glob(f"*{_ENDING}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What is kept of a data source: its fields, who signed in, and the secret where a keyring has it."""

    config: DataSourceConfig
    kind: str
    access_key_id: str = ""
    secret_access_key: SecretStr | None = None


def save(name: str, *, config: DataSourceConfig, credentials: Credentials) -> Path:
    """Write a data source's fields, replacing those of the same name; the file is whole or the old one.

    Returns:
        The file.
    """
    file = _file(name)
    document = {"version": _VERSION, "config": _config_fields(config), "credentials": _credential_fields(credentials)}
    whole.write(file, tomli_w.dumps(document).encode())
    key = _key_of(credentials)
    if key is not None and key.session_token is None:
        _keep_secret(name, key)
    return file


def load(
    name: str, *, secret: SecretStr | None = None, token: SecretStr | None = None
) -> tuple[DataSourceConfig, Credentials]:
    """Read a data source's fields; the secret comes from the argument, the keyring, or a prompt.

    Raises:
        SavedDataSourceError: When there is none of that name, or its file is not one of this package.
        ConfigError: When a field in it would not do.
    """
    said = _read(name)
    try:
        config = DataSourceConfig(**_known(said["config"]))
        kept = said["credentials"]
        return config, _credentials(name, kept, secret=secret, token=token)
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable(name, f"{type(error).__name__}: {error}") from None


def recall(name: str) -> Recalled:
    """What is kept under a name, for a form to take up: nobody is asked for a secret.

    Raises:
        SavedDataSourceError: When there is none of that name, or its file is not one of this package.
    """
    said = _read(name)
    try:
        config, kept = DataSourceConfig(**_known(said["config"])), said["credentials"]
        key_id = str(kept.get("access_key_id", ""))
        secret = _kept_secret(name, key_id) if key_id else None
        return Recalled(config=config, kind=kept["kind"], access_key_id=key_id, secret_access_key=secret)
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable(name, f"{type(error).__name__}: {error}") from None


def remove(name: str) -> None:
    """Forget a data source, and its secret in the keyring. Nothing on AWS is touched."""
    said = _read(name)
    _file(name).unlink()
    key_id = said.get("credentials", {}).get("access_key_id")
    if key_id and _kept_secret(name, key_id) is not None:
        _ask_keyring(
            lambda ring: ring.delete_password(_SERVICE, f"{name}/{key_id}"), otherwise="it still has the secret"
        )


def _file(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise SavedDataSourceError(
            "A data source's name has 1 to 64 letters, digits, dots, hyphens or underscores.",
            remedy="For example: sales",
        )
    return directory() / f"{name}{_ENDING}"


def _read(name: str) -> dict[str, Any]:
    file = _file(name)
    try:
        said = tomllib.loads(file.read_bytes().decode())
    except FileNotFoundError:
        known = ", ".join(names()) or "none"
        raise SavedDataSourceError(f"There is no data source '{name}'.", remedy=f"Saved ones: {known}.") from None
    except (OSError, ValueError) as error:
        raise _unreadable(name, str(error)) from None
    if said.get("version") != _VERSION:
        raise _unreadable(name, f"its version is {said.get('version')!r}")
    return said


def _unreadable(name: str, why: str) -> SavedDataSourceError:
    remedy = f"Correct the file, or remove it and save again: {_file(name)}"
    return SavedDataSourceError(f"The data source '{name}' cannot be read: {why}.", remedy=remedy)


def _config_fields(config: DataSourceConfig) -> dict[str, object]:
    kept = asdict(config)
    kept.pop("notices")
    if config.encryption:
        kept["encryption"] = {name: value for name, value in asdict(config.encryption).items() if value}
    return {name: value for name, value in kept.items() if value is not None}


def _known(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as keywords; one this version does not know is an error, not ignored."""
    allowed = {each.name for each in fields(DataSourceConfig) if each.init}
    if strange := sorted(set(said) - allowed):
        raise KeyError(f"unknown field {', '.join(strange)}")
    kept = dict(said)
    if "encryption" in kept:
        kept["encryption"] = Encryption(**kept["encryption"])
    return kept


def _credential_fields(credentials: Credentials) -> dict[str, object]:
    match credentials:
        case AccessKey():
            return {"kind": "access_key", "access_key_id": credentials.access_key_id}
        case InstanceProfile():
            return {"kind": "instance_profile", **({"endpoint": credentials.endpoint} if credentials.endpoint else {})}
        case Profile():
            return {"kind": "profile", "name": credentials.name}
        case AssumeRole():
            external = {"external_id": credentials.external_id} if credentials.external_id else {}
            return {
                "kind": "assume_role",
                "role_arn": credentials.role_arn,
                "session_name": credentials.session_name,
                "duration_seconds": credentials.duration_seconds,
                "source": _credential_fields(credentials.source),
                **external,
            }


def _credentials(
    name: str, said: Mapping[str, Any], *, secret: SecretStr | None, token: SecretStr | None
) -> Credentials:
    rest = {field: value for field, value in said.items() if field not in ("kind", "source")}
    match said["kind"]:
        case "access_key":
            return _access_key(name, said["access_key_id"], secret=secret, token=token)
        case "instance_profile":
            return InstanceProfile(**rest)
        case "profile":
            return Profile(**rest)
        case "assume_role":
            source = _credentials(name, said["source"], secret=secret, token=token)
            if isinstance(source, AssumeRole):
                raise KeyError("a role cannot be the source of a role")
            return AssumeRole(source=source, **rest)
        case kind:
            raise KeyError(f"unknown kind of credentials {kind!r}")


def _access_key(name: str, key_id: str, *, secret: SecretStr | None, token: SecretStr | None) -> AccessKey:
    found = secret or _kept_secret(name, key_id) or _asked(f"Secret access key for {key_id}: ", "secret_access_key")
    if key_id.startswith("ASIA") and token is None:
        token = _asked(f"Session token for {key_id}: ", "session_token")
    return AccessKey(access_key_id=key_id, secret_access_key=found, session_token=token)


def _asked(prompt: str, field: str) -> SecretStr:
    try:
        return SecretStr(getpass.getpass(prompt))
    except (EOFError, OSError, RuntimeError, NotImplementedError):
        # Where nobody can be asked (a script, nbval), the reason is said instead of waiting.
        raise SavedDataSourceError(
            "The secret is not saved with the data source, and nobody can be asked for it here.",
            remedy=f"Pass it: AthenaDataSource.load(name, {field}=...), or install a keyring: "
            "pip install 'athena-ds[keyring]'",
        ) from None


def _key_of(credentials: Credentials) -> AccessKey | None:
    source = credentials.source if isinstance(credentials, AssumeRole) else credentials
    return source if isinstance(source, AccessKey) else None


def _keep_secret(name: str, key: AccessKey) -> None:
    user = f"{name}/{key.access_key_id}"
    _ask_keyring(
        lambda ring: ring.set_password(_SERVICE, user, key.secret_access_key.reveal()),
        otherwise="the secret is not kept, and load() will ask for it",
    )


def _kept_secret(name: str, key_id: str) -> SecretStr | None:
    user = f"{name}/{key_id}"
    found = _ask_keyring(lambda ring: ring.get_password(_SERVICE, user), otherwise="the secret it may have is not used")
    return SecretStr(found) if found else None


def _ask_keyring(ask: Callable[[Any], Any], *, otherwise: str) -> Any:
    """What the keyring answers; None where there is none, or where it is locked or broken, which is told."""
    ring = _keyring()
    try:
        return None if ring is None else ask(ring)
    except Exception as error:
        # Each backend raises what its system does. Its words are left out: a backend may quote what it was given.
        tell([f"The system's keyring did not answer ({type(error).__name__}): {otherwise}."])
        return None


def _keyring() -> Any:
    """The system's keyring; None where the extra is not installed or there is nothing behind it."""
    try:
        import keyring  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    ring = keyring.get_keyring()
    # Backends that cannot keep anything say so with a priority of zero or less.
    return ring if ring.priority > 0 else None
