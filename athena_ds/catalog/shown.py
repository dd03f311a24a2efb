"""What `describe` found, as a DataFrame that shows itself as a table for people; to code it is a DataFrame."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd

from .. import markup

_TABLES = ("table", "type", "format", "columns", "partition_keys", "location", "size_bytes", "rows", "comment")
_COLUMNS = ("column", "type", "partition_key", "comment")
_HEADS = {
    "table": "Table", "column": "Column", "type": "Type", "format": "Format", "columns": "Columns", "rows": "Rows",
    "partition_keys": "Partitioned by", "partition_key": "Partition key", "location": "Location", "size_bytes": "Size",
    "comment": "Comment",
}  # fmt: skip
_NUMBERS = ("Columns", "Rows", "Size")
_ALWAYS = ("table", "column", "type")


class Listing(pd.DataFrame):
    """One row a table or a column. A part of it (a filter, a head) is a plain DataFrame again."""

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        wanted = next((names for names in (_TABLES, _COLUMNS) if set(names) <= set(self.columns)), None)
        limit = cast("int", pd.get_option("display.max_rows")) or len(self)
        if wanted is None or len(self) > limit:
            return cast("str", pd.DataFrame(self)._repr_html_())  # type: ignore[operator]
        # A column in which nothing is known takes room and says nothing.
        shown = [name for name in wanted if name in _ALWAYS or any(_cell(name, value) for value in self[name])]
        rows = [[markup.text(_cell(name, value)) for name, value in zip(shown, row, strict=True)]
                for row in self[shown].itertuples(index=False)]  # fmt: skip
        return markup.page(
            markup.table(self._caption(), columns=[_HEADS[name] for name in shown], rows=rows, numbers=_NUMBERS)
        )

    def _caption(self) -> str:
        said = self.attrs.get("athena", {})
        if "table" in self.columns:
            one = len(self) == 1
            return (
                f"{len(self)} {'table or view' if one else 'tables and views'} of database {said.get('database', '')}"
            )
        return f"{said.get('table', '')}: {len(self)} column{'' if len(self) == 1 else 's'}"


def _cell(name: str, value: Any) -> str:
    """A value in words; what is not known, and a flag that is not set, is nothing."""
    if value is None or value is False or pd.isna(value) is True:
        return ""
    if name == "partition_key":
        return "yes" if value else ""
    if name == "size_bytes":
        return markup.size(int(value))
    return f"{value:,}" if isinstance(value, int) else str(value)
