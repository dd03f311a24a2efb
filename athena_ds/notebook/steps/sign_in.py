"""Sign in: keys or, where it is on offer, the instance role. AWS says who that is before anything else."""

from __future__ import annotations

from collections.abc import Mapping

from ...connection import naming
from ...connection.credentials import AuthenticationMethod
from ...errors import AthenaDSError
from .. import blocks, fields
from ..card import Block, Event
from ..form import gate_words, refused
from .step import Step

_SIGN_IN = ("access_key_id", "secret_access_key", "session_token", "region")


class SignIn(Step):
    """Who asks, and where."""

    name = "Sign in"
    forward = "Sign in"
    working = "Signing in …"

    def blocks(self) -> list[Block]:
        """The sign-in fields; of a data source saved with the instance role, why it is not offered any more."""
        shown = [fields.drawn(field, self.draft) for field in fields.sign_in_fields(self.draft)]
        if self.draft.text("method") == AuthenticationMethod.INSTANCE_ROLE and not self.draft.gate.open:
            said = f"Saved with the instance role. {gate_words(self.draft)} A key does as well."
            shown = [blocks.notice("warning", said, label="Sign in anew"), *shown]
        return [blocks.heading("Who signs in to AWS, and where?"), *shown]

    @property
    def note(self) -> str:
        """Why there is no choice of method, where there is none."""
        if self.draft.gate.open:
            return ""
        return gate_words(self.draft)

    def heard(self, event: Event) -> None:
        """The method and a temporary key change which fields there are."""
        if event.name in (fields.METHOD.name, fields.ACCESS_KEY_ID.name):
            self.redraw()

    def leave(self) -> Mapping[str, str]:
        """Ask AWS who this is; databases and buckets are offered as far as they may be listed."""
        draft = self.draft
        wrong = {name: words for name, words in draft.problems(*_SIGN_IN).items() if words}
        if wrong or naming.region_wrong(draft.text("region")):
            return wrong
        try:
            account = draft.made_account()
            draft.credentials, draft.identity = account.credentials, account.identity()
        except AthenaDSError as error:
            return refused(draft, error)
        draft.account = account
        return {}
