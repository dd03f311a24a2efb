"""SHOW and DESCRIBE."""

from __future__ import annotations

from athena_ds.local.sql import statement as s
from athena_ds.local.sql.cursor import Cursor
from athena_ds.local.sql.reading import parts

_EXPECTED = (
    "'COLUMNS'",
    "'CREATE'",
    "'DATABASES'",
    "'FUNCTIONS'",
    "'PARTITIONS'",
    "'SCHEMAS'",
    "'TABLES'",
    "'TBLPROPERTIES'",
    "'VIEWS'",
)


def show(cursor: Cursor) -> s.Statement:
    cursor.expect("SHOW")
    match cursor.next.upper:
        case "DATABASES" | "SCHEMAS":
            cursor.take()
            found: s.Statement = s.ShowDatabases(pattern=_like(cursor))
        case "TABLES":
            cursor.take()
            found = s.ShowTables(database=_database(cursor), pattern=_like(cursor))
        case "VIEWS":
            cursor.take()
            found = s.ShowViews(database=_database(cursor), pattern=_like(cursor))
        case "COLUMNS":
            cursor.take()
            found = s.ShowColumns(name=_columns(cursor))
        case "PARTITIONS":
            cursor.take()
            name = cursor.name()
            partition = parts.partition(cursor).values if cursor.sees("PARTITION") else {}
            found = s.ShowPartitions(name=name, partition=partition)
        case "TBLPROPERTIES":
            cursor.take()
            found = s.ShowTableProperties(name=cursor.name(), property=_property(cursor))
        case "CREATE":
            found = _create(cursor)
        case "FUNCTIONS":
            cursor.take()
            found = s.ShowFunctions(pattern=_like(cursor), escape=cursor.string() if cursor.accept("ESCAPE") else None)
        case "CATALOGS" | "ROLES" | "GRANTS" | "SESSION" | "STATS" | "CURRENT":
            return s.Refused(
                reason=f"SHOW {cursor.next.upper} is not supported by Athena", reported=("UTILITY", "SHOW")
            )
        case _:
            raise cursor.mismatched(*_EXPECTED)
    cursor.end()
    return found


def describe(cursor: Cursor) -> s.Statement:
    if not cursor.accept_any("DESCRIBE", "DESC"):
        raise cursor.mismatched("'DESCRIBE'")
    if cursor.sees("INPUT") or cursor.sees("OUTPUT"):
        return s.Refused(
            reason="DESCRIBE INPUT and OUTPUT are not supported by Athena", reported=("UTILITY", "DESCRIBE")
        )
    style = cursor.accept_any("FORMATTED", "EXTENDED")
    name = cursor.name()
    partition = parts.partition(cursor).values if cursor.sees("PARTITION") else {}
    column = cursor.identifier() if cursor.next.kind in ("word", "backtick") else None
    cursor.end()
    return s.Describe(
        name=name, formatted=style == "FORMATTED", extended=style == "EXTENDED", column=column, partition=partition
    )


def _create(cursor: Cursor) -> s.Statement:
    cursor.expect("CREATE")
    if cursor.accept("VIEW"):
        return s.ShowCreateView(name=cursor.name(sql=True))
    cursor.expect("TABLE")
    return s.ShowCreateTable(name=cursor.name())


def _columns(cursor: Cursor) -> s.Name:
    """`SHOW COLUMNS IN t [IN db]`, also `IN db.t`."""
    if not cursor.accept_any("IN", "FROM"):
        raise cursor.mismatched("'FROM'", "'IN'")
    name = cursor.name()
    if cursor.accept_any("IN", "FROM"):
        return s.Name(table=name.table, database=cursor.identifier(), catalog=name.catalog)
    return name


def _database(cursor: Cursor) -> str | None:
    if not cursor.accept_any("IN", "FROM"):
        return None
    first = cursor.identifier()
    return cursor.identifier() if cursor.accept(".") else first


def _like(cursor: Cursor) -> str | None:
    """`LIKE 'pattern'`; Hive takes the pattern without LIKE too."""
    if cursor.accept("LIKE") or cursor.next.kind in ("string", "quoted"):
        return cursor.string()
    return None


def _property(cursor: Cursor) -> str | None:
    if not cursor.accept("("):
        return None
    found = cursor.string()
    cursor.expect(")")
    return found
