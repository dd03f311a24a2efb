"""First query: on a table of the database, to a first DataFrame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...errors import AthenaDSError, QueryError
from .. import blocks, fields, words
from ..card import Block, Event, in_words
from ..draft import Draft
from .step import Redraw, Step

_ROWS = 10
_TABLE = fields.Field(name="table", label="Table", kind="select", help="Its first rows are read; a few MB at most.")
_UNLISTED = replace(_TABLE, kind="text", help="No table is shown to these credentials; type a name.")


class FirstQuery(Step):
    """Ten rows of a chosen table."""

    name = "First query"
    working = "Waiting for Athena …"

    def __init__(self, draft: Draft, redraw: Redraw) -> None:
        super().__init__(draft, redraw)
        self._failure: list[Block] = []

    def enter(self) -> None:
        """Choose the first table, unless one of this database was chosen."""
        names = [each.name for each in self.draft.tables]
        if names and self.draft.text("table") not in names:
            self.draft.values["table"] = names[0]
        self._failure = []

    def blocks(self) -> list[Block]:
        """The table to choose, the statement, and its rows."""
        draft = self.draft
        names = [each.name for each in draft.tables]
        field = fields.drawn(_TABLE if names else _UNLISTED, draft, options=names)
        run = blocks.action("run", "Run the query", main=draft.frame is None)
        statement = [blocks.code("SQL", self._sql())] if self._table else []
        return [
            blocks.heading("A first query"), field, *statement, blocks.buttons(run), *self._failure, *self._rows()
        ]  # fmt: skip

    def heard(self, event: Event) -> None:
        """Run it, or follow the table chosen."""
        if event.name == "run":
            self._run()
        elif event.name == _TABLE.name:
            self.draft.frame, self._failure = None, []
        self.redraw()

    @property
    def done(self) -> bool:
        """Run the query first; then go on."""
        return self.draft.frame is not None

    def leave(self) -> Mapping[str, str]:
        """Nothing must hold: the query may be left for later."""
        return {}

    @property
    def _table(self) -> str:
        return self.draft.text("table").strip()

    def _sql(self) -> str:
        table = self._table.replace('"', '""')
        return f'SELECT * FROM "{table}" LIMIT {_ROWS}'

    def _run(self) -> None:
        source = self.draft.data_source
        self.draft.frame, self._failure = None, []
        if source is None:
            return
        if not self._table:
            self._failure = [blocks.notice("failed", "Type the name of a table first.")]
            return
        try:
            self.draft.frame = source.query(self._sql(), progress=False)
        except QueryError as error:
            place = [blocks.place(error.place)] if error.place else []
            self._failure = [blocks.notice("failed", in_words(error)), *place]
        except AthenaDSError as error:
            self._failure = [blocks.notice("failed", in_words(error))]

    def _rows(self) -> list[Block]:
        frame = self.draft.frame
        if frame is None:
            return []
        said = frame.attrs.get("athena", {})
        scanned = words.size(said.get("data_scanned_in_bytes", 0))
        cost = words.money(said.get("estimated_cost_usd", 0.0))
        count = words.counted(len(frame), "row")
        caption = f"{count} of {self.draft.text('table')}"
        notice = blocks.notice("passed", f"{scanned} scanned, {cost}", label=count)
        return [notice, blocks.rows(caption, frame)]
