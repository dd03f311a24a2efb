"""Database: chosen from what Glue shows, with what is inside."""

from __future__ import annotations

from collections.abc import Mapping

from athena_ds.errors import AthenaDSError
from athena_ds.notebook import blocks, fields
from athena_ds.notebook.card import Block, Event, first_line
from athena_ds.notebook.draft import Draft
from athena_ds.notebook.steps.step import Redraw, Step

_SHOWN = 50


class Database(Step):
    """Which database; a name can be typed where none may be listed."""

    name = "Database"
    working = "Looking into the database …"

    def __init__(self, draft: Draft, redraw: Redraw) -> None:
        super().__init__(draft, redraw)
        self._unseen = ""

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
        if self._unseen:
            shown.append(blocks.notice("warning", self._unseen, label="Its tables could not be listed"))
        return [*shown, self._tables()] if draft.tables else shown

    def heard(self, event: Event) -> None:
        """Another name shows what is inside it."""
        if event.name == fields.DATABASE.name:
            self._look()
            self.redraw()

    def leave(self) -> Mapping[str, str]:
        """The name must be one that could be a database; whether it exists is preflight's to prove."""
        return self.draft.problems("database")

    def _look(self) -> None:
        draft = self.draft
        draft.tables, self._unseen = (), ""
        if draft.account is None or draft.text("database").strip().lower() not in draft.databases:
            return
        try:
            draft.tables = draft.account.tables(draft.text("database").strip().lower())
        except AthenaDSError as error:
            self._unseen = first_line(error)

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
