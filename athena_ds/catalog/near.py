"""Names close to one that the catalog does not have: a hint, for which a very large catalog is not read through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ..aws import Door
from ..errors import AthenaDSError, NotFoundError

_PAGES = 20


def database_names(door: Door) -> list[str]:
    """The databases this identity may see."""
    return [each["Name"] for each in _pages(door, "glue:GetDatabases", "DatabaseList", AttributesToGet=["NAME"])]


def table_names(door: Door, database: str) -> list[str]:
    """The tables of a database that this identity may see, names only."""
    pages = _pages(door, "glue:GetTables", "TableList", DatabaseName=database, AttributesToGet=["NAME"])
    return [each["Name"] for each in pages]


def close_names(name: str, known: Sequence[str], *, kind: str) -> str:
    """One sentence: the names like this one, or all where they are few."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed only where a name is wrong

    matches = get_close_matches(name.lower(), [each.lower() for each in known], n=3, cutoff=0.6)
    if matches:
        return f"Close names: {', '.join(matches)}."
    few = sorted(known)
    if len(few) > 1:
        return f"There are {kind}s: {', '.join(few)}." if len(few) <= 8 else ""
    return f"There is {kind} {few[0]}." if few else f"There is no {kind}."


def hint(door: Door, *, database: str, table: str | None = None) -> str:
    """What to write instead of a table or database that Glue did not find; nothing where that may not be asked."""
    try:
        if table is not None:
            try:
                return close_names(table, table_names(door, database), kind="table")
            except NotFoundError:
                pass  # then it is the database that is not there
        return close_names(database, database_names(door), kind="database")
    except AthenaDSError:
        # A hint only: the error itself is on its way, and it stays the one that is told.
        return ""


def _pages(door: Door, operation: str, key: str, **params: object) -> list[dict[str, str]]:
    return [each for page in islice(door.pages(operation, **params), _PAGES) for each in page.get(key, [])]
