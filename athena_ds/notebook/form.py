"""The connection form: the document's fields in its order, checked by the same rules as the client's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from athena_ds.config import DataSourceConfig
from athena_ds.credentials import AccessKey, AuthenticationMethod, Credentials, InstanceProfile, SecretStr
from athena_ds.datasource import AthenaDataSource
from athena_ds.errors import AthenaDSError, ConfigError, Problem
from athena_ds.governance import Gate
from athena_ds.notebook import blocks, fields
from athena_ds.notebook.card import Block, Card, Event, first_line
from athena_ds.partitions import regions

_DEFAULTS = {"region": "", "database": "", "results_bucket": "", "results_path": ""}


class ConnectionForm(Card):
    """A form for the connection fields; `data_source` gives the client once it connected.

    The authentication method is offered only where this deployment and this person's permission allow the instance
    role; under the instance role there are no key fields. A secret goes to the kernel when the form is submitted, and
    is kept there as a `SecretStr`: no trait, no echo and no saved notebook holds it.

    Args:
        endpoint_url: Another endpoint than AWS's own, as for `AthenaDataSource.from_access_key`.
        **values: First values of fields by their names (`region="eu-west-1"`); never a secret.

    Raises:
        ValueError: When a value is given for a secret field, or for a field that does not exist.
    """

    def __init__(self, *, endpoint_url: str | None = None, **values: str) -> None:
        known = {*_DEFAULTS, fields.ACCESS_KEY_ID.name}
        if wrong := set(values) - known:
            raise ValueError(f"{', '.join(sorted(wrong))}: not a field with a first value; those are {sorted(known)}")
        self._endpoint_url = endpoint_url
        self._gate = Gate.current()
        self._secrets: dict[str, SecretStr] = {}
        self._offers: dict[str, Sequence[str]] = {}
        self._values: dict[str, Any] = {**_DEFAULTS, "method": AuthenticationMethod.ACCESS_KEY.value, **values}
        self._data_source: AthenaDataSource | None = None
        super().__init__(label="Connect to an Athena data source")
        self.draw()

    @property
    def data_source(self) -> AthenaDataSource:
        """The client of the fields as last submitted.

        Raises:
            RuntimeError: Until the form has connected.
        """
        if self._data_source is None:
            raise RuntimeError("The form has not connected yet: fill it in and press Connect.")
        return self._data_source

    def heard(self, event: Event) -> None:
        """Take the values over; connect on submit, draw again where the fields depend on what changed."""
        self._values.update({name: value for name, value in event.values.items() if name not in fields.SECRETS})
        self._secrets.update(event.secrets)
        if event.kind == "submit":
            self.connect()
        elif event.name in (fields.METHOD.name, fields.ACCESS_KEY_ID.name):
            self.draw()

    def connect(self) -> None:
        """Check every field, make the client and ask AWS who it is; what is wrong stands beside its field."""
        self._data_source = None
        problems = self._problems()
        if problems:
            self.draw(problems)
            return
        with self.working("Signing in …"):
            try:
                made = self._made()
                identity = made.identity()
            except AthenaDSError as error:
                self.draw({self._blamed(error): first_line(error)})
                return
            self._data_source = made
            self._offers = offers(made)
            self.draw()
        self.status = f"✓ Signed in as {identity.arn}; database {made.config.database}."

    def draw(self, errors: Mapping[str, str] | None = None) -> None:
        """Show the fields as they stand, with messages beside the bad ones."""
        found = errors or {}
        shown = [self._block(field) for field in self._fields()]
        gate = "" if self._gate.open else "Signing in with an instance role is not on offer here."
        foot = blocks.actions(blocks.action("connect", "Connect", submit=True, main=True), note=gate)
        missing = {name: words for name, words in found.items() if name not in {f.name for f in self._fields()}}
        notices = [blocks.notice("failed", words) for words in missing.values()]
        self.show([*shown, *notices, foot], errors=found)
        self.status = f"✕ {len(found)} to mend" if found else ""

    def _fields(self) -> list[fields.Field]:
        signing = fields.sign_in_fields(self._method, self._gate.methods(), self._values.get("access_key_id", ""))
        return [*signing, fields.DATABASE, fields.RESULTS_BUCKET, fields.RESULTS_PATH]

    def _block(self, field: fields.Field) -> Block:
        options: Sequence[Any] = self._offers.get(field.name, ())
        if field is fields.METHOD:
            options = [method.value for method in self._gate.methods()]
        elif field is fields.REGION:
            options = [{"value": name, "label": words} for name, words in regions()]
        return fields.drawn(field, self._values, secrets=self._secrets, options=options)

    @property
    def _method(self) -> AuthenticationMethod:
        chosen = AuthenticationMethod(self._values["method"])
        return chosen if chosen in self._gate.methods() else AuthenticationMethod.ACCESS_KEY

    def _problems(self) -> dict[str, str]:
        """What the client's own rules say of the fields, all at once, by field."""
        found: list[Problem] = []
        for made in (self._credentials, self._config):
            try:
                made()
            except ConfigError as error:
                found += error.problems
        return {problem.field: sentence(problem) for problem in reversed(found)}

    def _credentials(self) -> Credentials:
        if self._method is AuthenticationMethod.INSTANCE_ROLE:
            return InstanceProfile()
        return AccessKey(
            access_key_id=self._values.get("access_key_id", ""),
            secret_access_key=self._secrets.get("secret_access_key", SecretStr("")),
            session_token=self._secrets.get("session_token"),
        )

    def _config(self) -> DataSourceConfig:
        given = {name: self._values[name] for name in _DEFAULTS}
        return DataSourceConfig(**given, endpoint_url=self._endpoint_url)

    def _made(self) -> AthenaDataSource:
        return AthenaDataSource(config=self._config(), credentials=self._credentials())

    def _blamed(self, error: AthenaDSError) -> str:
        """The field an error of signing in belongs to; the key pair's when it does not say."""
        return getattr(error, "field", None) or fields.ACCESS_KEY_ID.name


def sentence(problem: Problem) -> str:
    """A problem as the line beside its field, which it need not name again."""
    example = f" For example: {problem.example}" if problem.example else ""
    return f"{problem.wrong[:1].upper()}{problem.wrong[1:]}.{example}"


def offers(data_source: AthenaDataSource) -> dict[str, Sequence[str]]:
    """Databases and buckets that the account offers; a field nothing is known for is left out."""
    found: dict[str, Sequence[str]] = {}
    for name, ask in (("database", data_source.databases), ("results_bucket", data_source.buckets)):
        try:
            found[name] = ask()
        except AthenaDSError:
            continue
    return found
