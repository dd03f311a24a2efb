"""Database: chosen from what Glue shows, with what is inside."""

from __future__ import annotations

from collections.abc import Mapping

from ...catalog.near import close_names
from ...errors import AthenaDSError
from .. import blocks, fields
from ..card import Block, Event, in_words
from ..draft import Draft
from .step import Redraw, Step

_SHOWN = 50


class Database(Step):
    """Which database; a name can be typed where none may be listed."""

    name = "Database"
    working = "Looking into the database …"

    def __init__(self, draft: Draft, redraw: Redraw) -> None:
        super().__init__(draft, redraw)
        self._looked = ""
        self._said: list[Block] = []

    def enter(self) -> None:
        """List the databases this identity may see, and the tables of the one chosen."""
        account = self.draft.account
        if account is None:
            return
        try:
            self.draft.databases = account.databases()
        except AthenaDSError:
            self.draft.databases = ()
        if not self.draft.text("database") and len(self.draft.databases) == 1:
            self.draft.values["database"] = self.draft.databases[0]
        self._look()

    def blocks(self) -> list[Block]:
        """Who is signed in, the field, and the tables of the database chosen."""
        draft = self.draft
        who = draft.identity.arn if draft.identity else "nobody"
        field = fields.drawn(fields.DATABASE, draft, options=draft.databases)
        if not draft.databases:
            field["help"] = "No database may be listed with these credentials; type its name."
        shown = [blocks.notice("passed", who, label="Signed in as"), blocks.heading("Which Athena database?"), field]
        return [*shown, *self._said, *([self._tables()] if draft.tables else [])]

    def heard(self, event: Event) -> None:
        """Another name shows what is inside it."""
        if event.name == fields.DATABASE.name:
            self._look()
            self.redraw()

    def leave(self) -> Mapping[str, str]:
        """The name must be one that could be a database; whether it exists is preflight's to prove."""
        wrong = self.draft.problems("database")
        if not wrong and self._name != self._looked:
            self._look()
        return wrong

    @property
    def _name(self) -> str:
        return self.draft.text("database").strip().lower()

    def _look(self) -> None:
        """The tables of the database named, also where databases may not be listed: least policies do not allow it."""
        draft, name = self.draft, self._name
        draft.tables, self._said, self._looked = (), [], name
        if draft.account is None or not name or draft.problems("database"):
            return
        if draft.databases and name not in draft.databases:
            hint = close_names(name, draft.databases, kind="database")
            self._said = [blocks.notice("warning", hint, label="Not among the databases shown to these credentials")]
            return
        try:
            draft.tables = draft.account.tables(name)
        except AthenaDSError as error:
            self._said = [blocks.notice("warning", in_words(error), label="Its tables could not be listed")]

    def _tables(self) -> Block:
        found = self.draft.tables
        rows = [
            [each.name, each.type, each.format or "", str(len(each.columns) + len(each.partition_keys))]
            for each in found[:_SHOWN]
        ]
        more = f", the first {_SHOWN} shown" if len(found) > _SHOWN else ""
        count = f"{len(found)} tables and views" if len(found) > 1 else f"1 {found[0].type}"
        caption = f"{count} in {self.draft.text('database')}{more}"
        return blocks.table(caption, columns=["Table", "Type", "Format", "Columns"], rows=rows, numbers=[3])
