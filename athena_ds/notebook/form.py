"""The connection form: the document's fields in its order, checked by the same rules as the client's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..account import Account
from ..connection import naming
from ..connection.credentials import AuthenticationMethod
from ..connection.governance import PERMISSION
from ..datasource import AthenaDataSource
from ..errors import (
    AthenaDSError,
    DisabledAccessKeyError,
    ExpiredCredentialsError,
    NotConnectedError,
    ParameterError,
    UnknownAccessKeyError,
    WrongSecretError,
)
from ..errors.meant import check_choice, check_names
from . import blocks, fields, words
from .card import Block, Card, Event, in_words
from .draft import CONFIG_FIELDS, Draft


class ConnectionForm(Card):
    """A form for the connection fields; `data_source` gives the client once it connected.

    The authentication method is offered only where this deployment and this person's permission allow the instance
    role; under the instance role there are no key fields. A secret goes to the kernel when the form is submitted, and
    is kept there as a `SecretStr`: no trait, no echo and no saved notebook holds it.

    Args:
        endpoint_url: Another endpoint than AWS's own, as for `AthenaDataSource.from_access_key`.
        **values: First values of fields by their names (`region="eu-west-1"`); never a secret.

    Raises:
        ParameterError: When a value is given for a secret field, or for a field that does not exist.
    """

    def __init__(self, *, endpoint_url: str | None = None, **values: str) -> None:
        self._draft = Draft(endpoint_url=endpoint_url, values=first_values(values))
        self._offers: dict[str, Sequence[str]] = {}
        super().__init__(label="Connect to an Athena data source")
        self.draw()

    @property
    def data_source(self) -> AthenaDataSource:
        """The client of the fields as last submitted.

        Raises:
            NotConnectedError: Until the form has connected.
        """
        if self._draft.data_source is None:
            raise NotConnectedError("The form has not connected yet.", remedy="Fill it in and press Connect.")
        return self._draft.data_source

    def heard(self, event: Event) -> None:
        """Take the values over; connect on submit, draw again where the fields depend on what changed."""
        take(self._draft, event)
        if self._draft.misplaced:
            self.forget_typed()
        if event.kind == "submit":
            self.connect()
        elif event.name in (fields.METHOD.name, fields.ACCESS_KEY_ID.name):
            self.draw()

    def connect(self) -> None:
        """Check every field, make the client and ask AWS who it is; what is wrong stands beside its field."""
        draft = self._draft
        draft.data_source = draft.identity = None
        problems = draft.problems()
        if not {each.name for each in fields.sign_in_fields(draft)} & set(problems):
            problems = {**problems, **self._signed_in()}
        if not problems:
            draft.data_source = AthenaDataSource(config=draft.made_config(), credentials=draft.made_credentials())
        self.draw(problems)

    def _signed_in(self) -> Mapping[str, str]:
        """Ask AWS who this is and what there is to choose from, which helps with the fields still missing."""
        draft = self._draft
        try:
            with self.working("Signing in …"):
                account = draft.made_account()
                draft.identity = account.identity()
                self._offers = offers(account)
        except AthenaDSError as error:
            return refused(draft, error)
        return {}

    def draw(self, errors: Mapping[str, str] | None = None) -> None:
        """Show the fields as they stand, with messages beside the bad ones."""
        found, shown = errors or {}, self._fields()
        elsewhere = [words for name, words in found.items() if name not in {field.name for field in shown}]
        gate = "" if self._draft.gate.open else gate_words(self._draft)
        self.show(
            [
                blocks.heading("Connect to an Athena data source"),
                *(self._block(field) for field in shown),
                *self._connected(),
                *(blocks.notice("failed", words) for words in elsewhere),
                blocks.actions(blocks.action("connect", "Connect", submit=True, main=True), note=gate),
            ],
            errors=found,
        )
        self.status = to_correct(sum(map(bool, found)))

    def _connected(self) -> list[Block]:
        """Who is signed in, and whether the client is there."""
        draft = self._draft
        if draft.identity is None:
            return []
        made = draft.data_source
        ready = f" The data source on database {made.config.database} is ready: form.data_source." if made else ""
        return [blocks.notice("passed", f"{draft.identity.arn}.{ready}", label="Signed in as")]

    def _fields(self) -> list[fields.Field]:
        return [*fields.sign_in_fields(self._draft), fields.DATABASE, fields.RESULTS_BUCKET, fields.RESULTS_PATH]

    def _block(self, field: fields.Field) -> Block:
        return fields.drawn(field, self._draft, options=self._offers.get(field.name))


def first_values(values: Mapping[str, str]) -> dict[str, Any]:
    """Values given beforehand, for fields that may have one.

    Raises:
        ParameterError: For a secret field, or one that does not exist.
    """
    if secret := fields.SECRETS & set(values):
        remedy = "Type it into its box; it stays out of the notebook there."
        raise ParameterError(f"{min(secret)} is a secret, which no cell should hold.", remedy=remedy)
    check_names(values, (*CONFIG_FIELDS, fields.ACCESS_KEY_ID.name, fields.METHOD.name), of="A form")
    if fields.METHOD.name in values:
        methods = [method.value for method in AuthenticationMethod]
        check_choice(fields.METHOD.name, values[fields.METHOD.name], choices=methods)
    return dict(values)


def take(draft: Draft, event: Event) -> None:
    """What the boxes hold, into the draft; secrets apart, also one that was pasted into the wrong box."""
    plain = {name: value for name, value in event.values.items() if name not in fields.SECRETS}
    misplaced = {name for name, value in plain.items() if isinstance(value, str) and naming.secret_like(value.strip())}
    draft.values.update({name: "" if name in misplaced else value for name, value in plain.items()})
    draft.misplaced = frozenset(misplaced)
    draft.secrets.update(event.secrets)


def to_correct(number: int) -> str:
    """How many fields are wrong, as the card's status; nothing where none is."""
    return f"✕ {words.counted(number, 'field')} to correct" if number else ""


def refused(draft: Draft, error: AthenaDSError) -> dict[str, str]:
    """What AWS said to the sign-in, beside the field it belongs to (`""` for none); a wrong secret is not kept."""
    match error:
        case WrongSecretError():
            draft.secrets.pop(fields.SECRET_ACCESS_KEY.name, None)
            name = fields.SECRET_ACCESS_KEY.name
        case UnknownAccessKeyError() | DisabledAccessKeyError():
            name = fields.ACCESS_KEY_ID.name
        case ExpiredCredentialsError() if fields.SESSION_TOKEN.name in draft.secrets:
            name = fields.SESSION_TOKEN.name
        case _:
            name = ""
    return {name: in_words(error)}


def gate_words(draft: Draft) -> str:
    """Why there is no choice of method, and whom to ask."""
    gate = draft.gate
    if gate.deployment_allows and not gate.broken:
        why = f"needs the permission {PERMISSION}, which {gate.person or 'this user'} lacks"
    else:
        why = "is off here"
    return f"Signing in with an instance role {why}; ask {gate.contact}."


def offers(account: Account) -> dict[str, Sequence[str]]:
    """Databases and buckets that the account offers; a field nothing is known for is left out."""
    found: dict[str, Sequence[str]] = {}
    for name, ask in (("database", account.databases), ("results_bucket", account.buckets)):
        try:
            found[name] = ask()
        except AthenaDSError:
            continue
    return found
