"""Close names for a table, column or database that a query did not find, from what the catalog shows."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice

from ..aws import Door
from ..catalog.mentioned import tables_in
from ..connection.config import DataSourceConfig
from ..errors import AthenaDSError, QueryError

# A catalog of many thousand tables is not read through for a hint.
_PAGES = 20


def suggestion(error: QueryError, *, door: Door, config: DataSourceConfig) -> str:
    """One sentence with close names, or nothing."""
    if error.unknown is None:
        return ""
    kind, name = error.unknown
    try:
        match kind:
            case "table":
                return _close(kind, name, table_names(door, _database_of(name, error.query, config)))
            case "column":
                return _close(kind, name, _columns(door, config, error.query))
            case "database":
                return _close(kind, name, database_names(door))
            case _:
                return ""
    except AthenaDSError:
        # A hint only: the error itself is on its way, and it stays the one that is told.
        return ""


def _database_of(table: str, sql: str, config: DataSourceConfig) -> str:
    """The database in which a statement looks for a table."""
    named = (inside for inside, name in tables_in(sql, config.database) if name.lower() == table.lower())
    return next(named, config.database)


def database_names(door: Door) -> list[str]:
    """The databases this identity may see."""
    return [each["Name"] for each in _pages(door, "glue:GetDatabases", "DatabaseList", AttributesToGet=["NAME"])]


def table_names(door: Door, database: str) -> list[str]:
    """The tables of a database that this identity may see, names only."""
    pages = _pages(door, "glue:GetTables", "TableList", DatabaseName=database, AttributesToGet=["NAME"])
    return [each["Name"] for each in pages]


def _columns(door: Door, config: DataSourceConfig, sql: str) -> list[str]:
    found = []
    for database, table in tables_in(sql, config.database):
        described = door.call("glue:GetTable", DatabaseName=database, Name=table)["Table"]
        columns = [*described.get("StorageDescriptor", {}).get("Columns", []), *described.get("PartitionKeys", [])]
        found += [column["Name"] for column in columns]
    return found


def _close(kind: str, name: str, known: Sequence[str]) -> str:
    matches = get_close_matches(name.lower(), [each.lower() for each in known], n=3, cutoff=0.6)
    if matches:
        return f"Close names: {', '.join(matches)}."
    few = sorted(known)
    if len(few) > 1:
        return f"There are {kind}s: {', '.join(few)}." if len(few) <= 8 else ""
    return f"There is {kind} {few[0]}." if few else f"There is no {kind}."


def _pages(door: Door, operation: str, key: str, **params: object) -> list[dict[str, str]]:
    return [each for page in islice(door.pages(operation, **params), _PAGES) for each in page.get(key, [])]
