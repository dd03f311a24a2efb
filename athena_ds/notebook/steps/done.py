"""Done: saved under a name, and the cell that does the same without a secret."""

from __future__ import annotations

import json

from ...connection.credentials import AccessKey
from ...errors import AthenaDSError
from .. import blocks, fields
from ..card import Block, Event, in_words
from ..draft import CONFIG_FIELDS, Draft
from .step import Redraw, Step

_NAME = fields.Field(
    name="name", label="Name", help="Saved on this machine without the secret; load it again by this name."
)


_HERE = "In this notebook the variable that holds this wizard has it: ds = wizard.data_source, then ds.query(...)."


class Done(Step):
    """The end: save, copy, go on."""

    name = "Done"
    forward = "Save"
    working = "Saving …"

    def __init__(self, draft: Draft, redraw: Redraw) -> None:
        super().__init__(draft, redraw)
        self._said: list[Block] = []
        self._suggested = ""

    def enter(self) -> None:
        """Suggest the database's name, unless somebody chose another."""
        if self.draft.text("name") in ("", self._suggested):
            self._suggested = self.draft.values["name"] = self.draft.text("database").strip().lower()
        self._said = []

    def blocks(self) -> list[Block]:
        """The name to save under, and the code."""
        name = fields.drawn(_NAME, self.draft)
        cell = blocks.code("A cell that does the same", code(self.draft))
        return [blocks.heading("Your data source is ready"), blocks.text(_HERE), name, *self._said, cell]

    def heard(self, event: Event) -> None:
        """Nothing but what leaving does."""

    def leave(self) -> dict[str, str]:
        """Save it; the wizard stays on this step."""
        source, name = self.draft.data_source, self.draft.text("name").strip()
        if source is None:
            return {"name": "There is no data source yet: go back and fill in the fields."}
        try:
            source.save(name)
        except (AthenaDSError, OSError) as error:
            return {"name": in_words(error)}
        self._said = [blocks.notice("passed", f'AthenaDataSource.load("{name}") gives it again.', label="Saved")]
        return {}


def code(draft: Draft) -> str:
    """A cell that makes the same data source: the secret is asked for, never written."""
    given = {name: draft.text(name) for name in CONFIG_FIELDS if draft.text(name)}
    if draft.endpoint_url:
        given["endpoint_url"] = draft.endpoint_url
    lines = [f"    {name}={json.dumps(value)}," for name, value in given.items()]
    lines += [f"    {name}={value!r}," for name, value in draft.settings.items()]
    names = "AthenaDataSource, Encryption" if draft.settings.get("encryption") else "AthenaDataSource"
    if not isinstance(draft.credentials, AccessKey):
        head = [f"from athena_ds import {names}", "", "ds = AthenaDataSource.from_instance_profile("]
        return "\n".join([*head, *lines, ")"])
    asked = ['    secret_access_key=getpass("AWS Secret Access Key: "),']
    if draft.credentials.session_token:
        asked.append('    session_token=getpass("AWS Session Token: "),')
    key_id = [f"    access_key_id={json.dumps(draft.text('access_key_id'))},"]
    head = ["from getpass import getpass", "", f"from athena_ds import {names}", ""]
    return "\n".join([*head, "ds = AthenaDataSource.from_access_key(", *key_id, *asked, *lines, ")"])
