"""ALTER TABLE, ALTER DATABASE, ALTER VIEW."""

from __future__ import annotations

from athena_ds.local.sql import statement as s
from athena_ds.local.sql.cursor import Cursor
from athena_ds.local.sql.reading import parts


def alter(cursor: Cursor) -> s.Statement:
    cursor.expect("ALTER")
    if cursor.sees("VIEW"):
        return s.Refused(
            reason="ALTER VIEW is not supported; use CREATE OR REPLACE VIEW", reported=("DDL", "ALTER_VIEW")
        )
    if cursor.accept_any("DATABASE", "SCHEMA"):
        return _database(cursor)
    cursor.expect("TABLE")
    name = cursor.name()
    found = _action(cursor, name)
    if not isinstance(found, s.Refused | s.RenameTable):
        cursor.end()
    return found


def _database(cursor: Cursor) -> s.Statement:
    name = cursor.identifier()
    cursor.expect("SET", "DBPROPERTIES")
    given = parts.properties(cursor)
    cursor.end()
    return s.SetDatabaseProperties(name=name, properties=given)


def _action(cursor: Cursor, name: s.Name) -> s.Statement:  # noqa: PLR0911
    of_columns = _of_columns(cursor, name)
    if of_columns is not None:
        return of_columns
    if cursor.sees("ADD", "IF") or cursor.sees("ADD", "PARTITION"):
        return _add(cursor, name)
    if cursor.sees("DROP", "IF") or cursor.sees("DROP", "PARTITION"):
        return _drop(cursor, name)
    if cursor.accept("SET", "TBLPROPERTIES"):
        return s.SetTableProperties(name=name, properties=parts.properties(cursor))
    if cursor.accept("SET", "LOCATION"):
        return s.SetLocation(name=name, location=cursor.string())
    if cursor.accept("RENAME", "TO"):
        return s.RenameTable(name=name)
    if cursor.sees("PARTITION"):
        return _partition(cursor, name)
    raise cursor.mismatched("'ADD'", "'CHANGE'", "'DROP'", "'PARTITION'", "'REPLACE'", "'SET'")


def _of_columns(cursor: Cursor, name: s.Name) -> s.Statement | None:
    if cursor.accept("ADD", "COLUMNS"):
        return s.AddColumns(name=name, columns=_columns(cursor))
    if cursor.accept("REPLACE", "COLUMNS"):
        return s.ReplaceColumns(name=name, columns=_columns(cursor))
    if cursor.accept("CHANGE"):
        return _change(cursor, name)
    return _drop_column(cursor) if cursor.sees("DROP", "COLUMN") else None


def _columns(cursor: Cursor) -> tuple[s.Field, ...]:
    found = parts.columns(cursor)
    cursor.accept("CASCADE")
    return found


def _add(cursor: Cursor, name: s.Name) -> s.Statement:
    cursor.expect("ADD")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    found: list[s.PartitionSpec] = []
    while cursor.sees("PARTITION") or not found:
        spec = parts.partition(cursor)
        location = cursor.string() if cursor.accept("LOCATION") else None
        found.append(s.PartitionSpec(terms=spec.terms, location=location))
        cursor.accept(",")
    return s.AddPartitions(name=name, partitions=tuple(found), if_not_exists=if_not_exists)


def _drop(cursor: Cursor, name: s.Name) -> s.Statement:
    cursor.expect("DROP")
    if_exists = cursor.accept("IF", "EXISTS")
    found = [parts.partition(cursor, operators=parts.comparisons())]
    while cursor.accept(","):
        found.append(parts.partition(cursor, operators=parts.comparisons()))
    return s.DropPartitions(name=name, partitions=tuple(found), if_exists=if_exists)


def _drop_column(cursor: Cursor) -> s.Statement:
    """Known to Athena, refused by Hive when it runs: only Iceberg tables lose a column this way."""
    cursor.expect("DROP")
    at = cursor.next.start
    reason = f"ParseException line 1:{at} mismatched input 'COLUMN' expecting PARTITION near 'DROP' in drop partition"
    cursor.expect("COLUMN")
    cursor.identifier()
    return s.HiveRefused(reason=f"{reason} statement", reported=("DDL", "ALTER_TABLE_DROP_COLUMN"))


def _partition(cursor: Cursor, name: s.Name) -> s.Statement:
    before = parts.partition(cursor)
    if cursor.accept("RENAME", "TO"):
        return s.RenamePartition(name=name, before=before, after=parts.partition(cursor))
    if cursor.accept("ADD", "COLUMNS"):
        return s.AddColumns(name=name, columns=_columns(cursor), partition=before)
    cursor.expect("SET", "LOCATION")
    return s.SetLocation(name=name, location=cursor.string(), partition=before)


def _change(cursor: Cursor, name: s.Name) -> s.Statement:
    cursor.accept("COLUMN")
    before = cursor.identifier()
    column = parts.column(cursor)
    position = None
    if cursor.accept("FIRST"):
        position = ""
    elif cursor.accept("AFTER"):
        position = cursor.identifier()
    return s.ChangeColumn(name=name, before=before, column=column, position=position)
