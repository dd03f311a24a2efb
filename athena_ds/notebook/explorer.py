"""The table explorer: databases, their tables, a table's columns and first rows, with a filter as one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import AthenaDSError
from . import blocks, words
from .card import Block, Card, Event, in_words

if TYPE_CHECKING:
    import pandas as pd

    from ..datasource import AthenaDataSource

_SHOWN, _ROWS = 200, 5


class TableExplorer(Card):
    """Looks around in a data source's catalog; only Show 5 rows runs a query, and says what it scanned.

    Args:
        data_source: Whose catalog.
    """

    def __init__(self, data_source: AthenaDataSource) -> None:
        self._source = data_source
        self._values = {"database": data_source.config.database, "filter": ""}
        self._databases = _listed(data_source)
        self._tables: pd.DataFrame | None = None
        self._table = ""
        self._more: list[Block] = []
        super().__init__(label=f"Tables of {data_source.config.database}")
        self._open_database()

    def heard(self, event: Event) -> None:
        """Another database or filter, a table opened, a sample asked for, or back to the list."""
        if event.kind == "change" and event.name in self._values:
            self._values[event.name] = str(event.detail or "")
            if event.name == "database":
                self._open_database()
            else:
                self.draw()
        elif event.name == "open":
            with self.working("Reading the columns …"):
                self._open_table(str(event.detail))
        elif event.name == "sample":
            with self.working("Waiting for Athena …"):
                self._sample()
        elif event.name == "back":
            self._table = ""
            self.draw()

    def draw(self) -> None:
        """The list of tables, or the table that is open."""
        if self._table:
            self.show([blocks.heading(self._table), *self._more], step=self._table)
            return
        database = blocks.field("database", "Database", kind="select", value=self._values["database"])
        database["options"] = sorted({*self._databases, self._values["database"]})
        kept = blocks.field("filter", "Filter", value=self._values["filter"], placeholder="part of a name", live=True)
        self.show([database, kept, *self._list()], step="")

    def _open_database(self) -> None:
        self._tables, self._table = None, ""
        with self.working("Reading the catalog …"):
            try:
                self._tables = self._source.describe(database=self._values["database"])
                self._more = []
            except AthenaDSError as error:
                self._more = [blocks.notice("failed", in_words(error))]
        self.draw()

    def _list(self) -> list[Block]:
        if self._tables is None:
            return self._more
        wanted = self._values["filter"].strip().lower()
        fits = self._tables[self._tables["table"].str.contains(wanted, regex=False)]
        rows = [_row(each) for each in fits.head(_SHOWN).to_dict("records")]
        if self._tables.empty:
            return [blocks.text(f"No table or view of {self._values['database']} is shown to these credentials.")]
        more = f", the first {_SHOWN} shown" if len(fits) > _SHOWN else ""
        caption = f"{len(fits)} of {len(self._tables)} tables and views{more}"
        columns = ["Table", "Type", "Format", "Columns", "Partitioned by", "Size"]
        if not rows:
            return [blocks.text(caption)]
        return [blocks.text(caption), blocks.table(caption, columns=columns, rows=rows, numbers=[3, 5])]

    def _open_table(self, name: str) -> None:
        self._table = name
        try:
            found = self._source.describe(name, database=self._values["database"])
            self._more = [_columns(found)]
        except AthenaDSError as error:
            self._more = [blocks.notice("failed", in_words(error))]
        self._foot()

    def _sample(self) -> None:
        quoted = self._table.replace('"', '""')
        try:
            frame = self._source.query(
                f'SELECT * FROM "{quoted}" LIMIT {_ROWS}', database=self._values["database"], progress=False
            )
            self._more = [*self._more[:1], *_sampled(frame)]
        except AthenaDSError as error:
            self._more = [*self._more[:1], blocks.notice("failed", in_words(error))]
        self._foot()

    def _foot(self) -> None:
        sample = blocks.action("sample", f"Show {_ROWS} rows", main=True)
        foot = blocks.actions(blocks.action("back", "All tables"), sample, note="Showing rows runs a query.")
        self._more = [*(block for block in self._more if block["type"] != "actions"), foot]
        self.draw()


def _listed(source: AthenaDataSource) -> list[str]:
    try:
        return source.databases()
    except AthenaDSError:
        return []


def _row(found: Mapping[Any, Any]) -> list[Any]:
    name, size = found["table"], found["size_bytes"]
    opened = blocks.action("open", name, value=name)
    return [
        opened,
        found["type"],
        words.cell(found["format"]),
        words.cell(found["columns"]),
        words.cell(found["partition_keys"]),
        words.size(int(size)) if words.cell(size) else "–",
    ]


def _columns(found: pd.DataFrame) -> Block:
    rows = [
        [each["column"], each["type"], "yes" if each["partition_key"] else "", words.cell(each["comment"])]
        for each in found.to_dict("records")
    ]
    return blocks.table(
        words.counted(len(rows), "column"), columns=["Column", "Type", "Partition key", "Comment"], rows=rows
    )


def _sampled(frame: pd.DataFrame) -> list[Block]:
    scanned = frame.attrs.get("athena", {}).get("data_scanned_in_bytes", 0)
    caption = f"{words.counted(len(frame), 'row')}, {words.size(scanned)} scanned"
    return [blocks.text(caption), blocks.rows(caption, frame)]
