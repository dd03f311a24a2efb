"""What a SELECT's columns are called where no alias says it."""

from __future__ import annotations

from athena_ds.local.sql.parse import Node, bare, chain, identifier, label
from athena_ds.local.sql.reader import error


def star_names(node: Node, columns: int) -> list[str] | None:
    """The names of `t.* AS (a, b)`; Trino gives the columns their canonical spelling, upper case without quotes."""
    if node.columnAliases() is None:
        return None
    names = [
        identifier(i) if str(i.getText()).startswith('"') else identifier(i).upper()
        for i in node.columnAliases().identifier()
    ]
    if len(names) != columns:
        raise error(
            "MISMATCHED_COLUMN_ALIASES",
            f"Column alias list has {len(names)} entries but relation has {columns} columns",
            node,
        )
    return names


def name_of(node: Node) -> str | None:
    """The name an unaliased select item gives its column: that of the column or field it is."""
    node = bare(node)
    if not chain(node):
        return None
    return identifier(node.identifier() if label(node) == "ColumnReference" else node.fieldName)
