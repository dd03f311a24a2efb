"""May this person use the instance role? The deployment's switch and the person's permission, both needed.

Off by default. An administrator's file decides, `governance.toml` in the system's configuration directory
(`Gate.file()` says where), so that a user's own environment cannot loosen it:

```toml
instance_role_allowed = true
contact = "data-platform@example.org"
people = "account"

[permissions]
jane = ["CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE"]
"*" = []
```

People are the accounts of the operating system. In a hub where all share one account, `people = "jupyterhub"` takes the
name the hub gave the process instead; it is a variable of the environment, so whoever is let in can take another's.

Where there is no such file, the environment decides: `ATHENA_DS_ALLOW_INSTANCE_ROLE=true` and
`ATHENA_DS_PERMISSIONS=CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE`.
"""

from __future__ import annotations

import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from platformdirs import site_config_path

from ..errors import InstanceRoleNotAllowedError
from .credentials import AuthenticationMethod

PERMISSION = "CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE"
_SWITCH = "ATHENA_DS_ALLOW_INSTANCE_ROLE"
_GRANTED = "ATHENA_DS_PERMISSIONS"
_FILE = "ATHENA_DS_GOVERNANCE_FILE"
_ADMINISTRATOR = "the administrator of this deployment"

People = Literal["account", "jupyterhub"]
"""Whose names the administrator's file holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Who asks, what the deployment allows, what this person may.

    Attributes:
        deployment_allows: The deployment's switch.
        permissions: This person's permissions.
        person: As the administrator's file names people.
        contact: Whom to ask.
        source: Where this was found, for messages.
        broken: Why the administrator's file could not be read; then nothing is allowed.
    """

    deployment_allows: bool = False
    permissions: frozenset[str] = frozenset()
    person: str = ""
    contact: str = _ADMINISTRATOR
    source: str = "default"
    broken: str = ""

    @staticmethod
    def file() -> Path:
        """Where the administrator's file is looked for. `ATHENA_DS_GOVERNANCE_FILE` counts only where there is none."""
        usual = administrators_directory() / "governance.toml"
        named = os.environ.get(_FILE)
        return Path(named) if named and not usual.exists() else usual

    @classmethod
    def current(cls) -> Gate:
        """The gate as it stands for this process."""
        file = cls.file()
        return _from_file(file) if file.exists() else _from_environment()

    @property
    def open(self) -> bool:
        """Whether the instance role is on offer."""
        return self.deployment_allows and PERMISSION in self.permissions and not self.broken

    def methods(self) -> tuple[AuthenticationMethod, ...]:
        """The methods on offer, in the document's order; with one only, there is nothing to choose."""
        both = (AuthenticationMethod.ACCESS_KEY, AuthenticationMethod.INSTANCE_ROLE)
        return both if self.open else both[:1]

    def missing(self) -> tuple[str, ...]:
        """What stands in the way, as clauses."""
        clauses = []
        if self.broken:
            clauses.append(f"{self.source} cannot be read ({self.broken}), so nothing is allowed")
        elif not self.deployment_allows:
            clauses.append(f"this deployment does not allow it ({self.source})")
        if not self.broken and PERMISSION not in self.permissions:
            clauses.append(f"{self.person or 'this user'} lacks the permission {PERMISSION}")
        return tuple(clauses)

    def check(self) -> None:
        """Let through, or say which of the two is missing and whom to ask.

        Raises:
            InstanceRoleNotAllowedError: When the switch is off, or the permission is missing, or both.
        """
        if not self.open:
            raise InstanceRoleNotAllowedError(missing=self.missing(), ask=self.contact)


def administrators_directory() -> Path:
    """The system's configuration directory. On POSIX no variable is asked: XDG_CONFIG_DIRS is anybody's to set."""
    match sys.platform:
        case "win32":
            return site_config_path("athena_ds")
        case "darwin":
            return Path("/Library/Application Support/athena_ds")
        case _:
            return Path("/etc/xdg/athena_ds")


def person(people: People = "account") -> str:
    """Who runs this: the operating system's account, or whom the hub says it started this for."""
    if people == "jupyterhub":
        return os.environ.get("JUPYTERHUB_USER", "")
    try:
        import pwd  # noqa: PLC0415 - POSIX only

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return os.environ.get("USERNAME", "")


def _from_environment() -> Gate:
    granted = frozenset(name.strip() for name in os.environ.get(_GRANTED, "").split(",") if name.strip())
    allowed = os.environ.get(_SWITCH, "").strip().lower() in ("1", "true", "yes", "on")
    source = f"{_SWITCH} in the environment" if _SWITCH in os.environ else f"{Gate.file()} or {_SWITCH} would say so"
    return Gate(deployment_allows=allowed, permissions=granted, person=person(), source=source)


def _from_file(file: Path) -> Gate:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        allowed, people = said.get("instance_role_allowed", False), said.get("people", "account")
        who = person(people)
        lists = said.get("permissions", {})
        granted = frozenset([*lists.get("*", []), *lists.get(who, [])])
        contact = str(said.get("contact", _ADMINISTRATOR))
    except (OSError, ValueError, AttributeError, TypeError) as error:
        return Gate(source=str(file), broken=type(error).__name__)
    if not isinstance(allowed, bool):
        return Gate(source=str(file), broken="instance_role_allowed is not true or false")
    if people not in get_args(People):
        return Gate(source=str(file), broken=f"people is neither {' nor '.join(get_args(People))}")
    return Gate(deployment_allows=allowed, permissions=granted, person=who, contact=contact, source=str(file))
