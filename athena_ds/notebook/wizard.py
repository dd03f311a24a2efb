"""The setup wizard: from credentials to a first result, a step at a time."""

from __future__ import annotations

from collections.abc import Mapping

from ..connection import saved
from ..connection.credentials import AuthenticationMethod
from ..datasource import AthenaDataSource
from ..errors import AthenaDSError, NotConnectedError, SavedDataSourceError
from . import blocks
from .card import Card, Event, in_words
from .draft import CONFIG_FIELDS, Draft, further
from .form import first_values, take, to_correct
from .steps import STEPS, Step

_KINDS = ("access_key", "instance_profile")


class SetupWizard(Card):
    """Sign in, database, results location, preflight, retention, first query, done.

    Back keeps what was filled in; a step is left only when it holds. `data_source` is there from the results step on.

    Args:
        name: Resume from the data source saved under this name; signing in again is all it asks.
        endpoint_url: Another endpoint than AWS's own.
        **values: First values of fields by their names; never a secret.
    """

    def __init__(self, name: str | None = None, *, endpoint_url: str | None = None, **values: str) -> None:
        self._draft = Draft(endpoint_url=endpoint_url, values=first_values(values))
        if name is not None:
            resume(self._draft, name)
        self._at = 0
        self._steps: list[Step] = [kind(self._draft, self.draw) for kind in STEPS]
        super().__init__(label="Set up an Athena data source")
        self.draw()

    @property
    def data_source(self) -> AthenaDataSource:
        """The client the wizard made.

        Raises:
            NotConnectedError: Before the results step is left.
        """
        if self._draft.data_source is None:
            remedy = "Go on to the step Preflight: the wizard makes it when the step Results is left."
            raise NotConnectedError("The wizard has made no data source yet.", remedy=remedy)
        return self._draft.data_source

    def heard(self, event: Event) -> None:
        """Take the values over; go on, go back, or let the step answer."""
        take(self._draft, event)
        if self._draft.misplaced:
            self.forget_typed()
        if event.kind == "submit":
            self._go_on()
        elif event.name == "back":
            self._go_to(self._at - 1)
        elif event.kind == "action":
            with self.working(self._here.working):
                self._here.heard(event)
        else:
            self._here.heard(event)

    def draw(self, errors: Mapping[str, str] | None = None) -> None:
        """Show the step we are at, with messages beside bad fields."""
        found, here = errors or {}, self._here
        shown = here.blocks()
        names = {block.get("name") for block in shown}
        whole = [blocks.notice("failed", words) for name, words in found.items() if name not in names]
        buttons = [blocks.action("back", "Back")] if self._at else []
        buttons.append(blocks.action("forward", here.forward, submit=True, main=here.done, disabled=not here.ready))
        stepper = blocks.steps([step.name for step in self._steps], self._at)
        foot = blocks.actions(*buttons, note=here.note, aside=here.beside)
        self.show([stepper, *shown, *whole, foot], step=here.name, errors=found)

    @property
    def _here(self) -> Step:
        return self._steps[self._at]

    def _go_on(self) -> None:
        if not self._here.ready:
            return
        try:
            with self.working(self._here.working):
                wrong = self._here.leave()
        except AthenaDSError as error:
            wrong = {"": in_words(error)}
        if wrong or self._at == len(self._steps) - 1:
            self.draw(wrong)
            self.status = to_correct(sum(map(bool, wrong)))
            return
        self._go_to(self._at + 1)

    def _go_to(self, number: int) -> None:
        self._at = max(0, number)
        self.draw()
        with self.working(self._here.working):
            self._here.enter()
        self.draw()


def resume(draft: Draft, name: str) -> None:
    """The values of a saved data source, into the draft; a secret the keyring gives is taken along.

    Raises:
        SavedDataSourceError: When it signs in with a profile or an assumed role, which the wizard does not ask for.
    """
    kept = saved.recall(name)
    if kept.kind not in _KINDS:
        with_what = kept.kind.replace("_", " ")
        remedy = f'AthenaDataSource.load("{name}") gives it as it is.'
        raise SavedDataSourceError(
            f"'{name}' signs in with a kind the wizard has no fields for: {with_what}.", remedy=remedy
        )
    draft.values |= {each: getattr(kept.config, each) for each in CONFIG_FIELDS}
    draft.values |= {"name": name, "access_key_id": kept.access_key_id}
    draft.endpoint_url = kept.config.endpoint_url
    draft.settings = further(kept.config)
    if kept.kind == "instance_profile":
        draft.values["method"] = AuthenticationMethod.INSTANCE_ROLE.value
    if kept.secret_access_key is not None:
        draft.secrets["secret_access_key"] = kept.secret_access_key
