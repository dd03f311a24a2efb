"""What a person has filled in and found out so far, on the way to a data source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from ..account import Account
from ..connection.config import DataSourceConfig
from ..connection.credentials import AccessKey, AuthenticationMethod, Credentials, InstanceProfile, SecretStr
from ..connection.governance import Gate
from ..datasource import AthenaDataSource
from ..errors import ConfigError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from ..aws.caller import Identity
    from ..catalog import Table

_MISPLACED = "Held what looks like a secret access key; it was not kept. Enter it in its own box."
CONFIG_FIELDS = ("region", "database", "results_bucket", "results_path")


@dataclass(slots=True, kw_only=True)
class Draft:
    """The state of a form or wizard: plain values, secrets apart, and what AWS answered. Only the kernel holds it.

    `settings` are the further fields of a saved data source that is taken up again: nobody is asked for them.
    """

    endpoint_url: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    gate: Gate = field(default_factory=Gate.current)
    values: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, SecretStr] = field(default_factory=dict)
    misplaced: frozenset[str] = frozenset()
    credentials: Credentials | None = None
    account: Account | None = None
    identity: Identity | None = None
    databases: Sequence[str] = ()
    tables: Sequence[Table] = ()
    buckets: Sequence[str] = ()
    data_source: AthenaDataSource | None = None
    report: Any = None
    retention: Any = None
    frame: pd.DataFrame | None = None

    def text(self, name: str) -> str:
        """A plain value as text; empty when it was never filled in."""
        return str(self.values.get(name) or "")

    @property
    def method(self) -> AuthenticationMethod:
        """The authentication method chosen, as far as it is on offer."""
        chosen = AuthenticationMethod(self.text("method") or AuthenticationMethod.ACCESS_KEY)
        return chosen if chosen in self.gate.methods() else AuthenticationMethod.ACCESS_KEY

    def made_credentials(self) -> Credentials:
        """The credentials of the sign-in fields.

        Raises:
            ConfigError: With the problems of the key fields.
        """
        if self.method is AuthenticationMethod.INSTANCE_ROLE:
            return InstanceProfile()
        return AccessKey(
            access_key_id=self.text("access_key_id"),
            secret_access_key=self.secrets.get("secret_access_key", SecretStr("")),
            session_token=self.secrets.get("session_token"),
        )

    def made_config(self) -> DataSourceConfig:
        """The connection fields as the client takes them.

        Raises:
            ConfigError: With the problems of every field.
        """
        return DataSourceConfig(
            region=self.text("region"),
            database=self.text("database"),
            results_bucket=self.text("results_bucket"),
            results_path=self.text("results_path"),
            endpoint_url=self.endpoint_url,
            **self.settings,
        )

    def made_account(self) -> Account:
        """What these credentials see: whom AWS takes them for, and what can be chosen.

        Raises:
            ConfigError: With the problems of the key fields.
        """
        seen_through = {name: self.settings[name] for name in ("data_catalog", "workgroup") if name in self.settings}
        return Account(
            credentials=self.made_credentials(),
            region=self.text("region").strip(),
            endpoint_url=self.endpoint_url,
            **seen_through,
        )

    def take(self, source: AthenaDataSource) -> None:
        """The client from now on; what was found out with another one is forgotten."""
        had = self.data_source
        if had is not None and (had.config, had.credentials) == (source.config, source.credentials):
            return
        self.data_source, self.report, self.retention, self.frame = source, None, None, None
        self.values.pop("consent", None)

    def problems(self, *names: str) -> dict[str, str]:
        """What the client's own rules say of the named fields (of all, when none is named), all at once."""
        found: list[Problem] = []
        for make in (self.made_credentials, self.made_config):
            try:
                make()
            except ConfigError as error:
                found += error.problems
        said = {each.field: sentence(each) for each in reversed(found) if not names or each.field in names}
        return said | {name: _MISPLACED for name in self.misplaced if not names or name in names}


def further(config: DataSourceConfig) -> dict[str, Any]:
    """The fields beyond those of the form that are not as usual: workgroup, encryption and their like."""
    asked = (*CONFIG_FIELDS, "endpoint_url")
    said = {each.name: (getattr(config, each.name), each.default) for each in fields(config) if each.init}
    return {name: value for name, (value, usual) in said.items() if name not in asked and value != usual}


def sentence(problem: Problem) -> str:
    """A problem as the line beside its field, which it need not name again."""
    example = f" For example: {problem.example}" if problem.example else ""
    return f"{problem.wrong[:1].upper()}{problem.wrong[1:]}.{example}"
