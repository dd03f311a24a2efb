"""Close names for a table, column or database that a query did not find, from what the catalog shows."""

from __future__ import annotations

from ..aws import Door
from ..catalog import listing
from ..catalog.mentioned import tables_in
from ..catalog.near import close_names, database_names, table_names
from ..errors import AthenaDSError, QueryError
from ..execution import Submit


def suggestion(error: QueryError, *, door: Door, asked: Submit) -> str:
    """One sentence with close names from where the query looked, or nothing: also where that is not Glue's catalog."""
    if error.unknown is None or not listing.uses_glue(asked):
        return ""
    kind, name = error.unknown
    try:
        match kind:
            case "table":
                return close_names(name, table_names(door, _database_of(name, asked)), kind=kind)
            case "column":
                # A query that reads no table of the catalog has other columns, or none.
                return close_names(name, columns, kind=kind) if (columns := _columns(door, asked)) else ""
            case "database":
                return close_names(name, database_names(door), kind=kind)
            case _:
                return ""
    except AthenaDSError:
        # A hint only: the error itself is on its way, and it stays the one that is told.
        return ""


def _database_of(table: str, asked: Submit) -> str:
    """The database in which a statement looks for a table."""
    named = (inside for inside, name in tables_in(asked.sql, asked.database) if name.lower() == table.lower())
    return next(named, asked.database)


def _columns(door: Door, asked: Submit) -> list[str]:
    found = []
    for database, table in tables_in(asked.sql, asked.database):
        described = door.call("glue:GetTable", DatabaseName=database, Name=table)["Table"]
        columns = [*described.get("StorageDescriptor", {}).get("Columns", []), *described.get("PartitionKeys", [])]
        found += [column["Name"] for column in columns]
    return found
