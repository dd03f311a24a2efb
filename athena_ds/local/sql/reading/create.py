"""CREATE and DROP of databases, tables and views."""

from __future__ import annotations

from dataclasses import dataclass, field

from athena_ds.local.sql import statement as s
from athena_ds.local.sql.cursor import Cursor
from athena_ds.local.sql.reading import formats, parts, write


def create(cursor: Cursor) -> s.Statement:
    cursor.expect("CREATE")
    if cursor.accept("OR", "REPLACE"):
        cursor.expect("VIEW")
        return write.create_view(cursor, replace=True)
    if cursor.accept("VIEW"):
        return write.create_view(cursor, replace=False)
    if cursor.accept_any("DATABASE", "SCHEMA"):
        return _database(cursor)
    if cursor.accept("EXTERNAL", "TABLE"):
        return _external(cursor)
    if cursor.accept("TABLE"):
        return write.create_table_as(cursor)
    if cursor.accept_any("FUNCTION", "ROLE", "MATERIALIZED", "CATALOG"):
        return s.Refused(reason="Queries of this type are not supported", reported=("DDL", "CREATE"))
    raise cursor.mismatched("'DATABASE'", "'EXTERNAL'", "'OR'", "'SCHEMA'", "'TABLE'", "'VIEW'")


def drop(cursor: Cursor) -> s.Statement:
    cursor.expect("DROP")
    if cursor.accept("VIEW"):
        if_exists = cursor.accept("IF", "EXISTS")
        found: s.Statement = s.DropView(name=cursor.name(sql=True), if_exists=if_exists)
    elif cursor.accept("TABLE"):
        if_exists = cursor.accept("IF", "EXISTS")
        found = s.DropTable(name=cursor.name(), if_exists=if_exists)
        cursor.accept("PURGE")
    elif cursor.accept_any("DATABASE", "SCHEMA"):
        if_exists = cursor.accept("IF", "EXISTS")
        name = cursor.identifier()
        found = s.DropDatabase(name=name, if_exists=if_exists, cascade=_cascade(cursor))
    else:
        raise cursor.mismatched("'DATABASE'", "'SCHEMA'", "'TABLE'", "'VIEW'")
    cursor.end()
    return found


def _cascade(cursor: Cursor) -> bool:
    return cursor.accept_any("CASCADE", "RESTRICT") == "CASCADE"


def _database(cursor: Cursor) -> s.Statement:
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.identifier()
    comment = cursor.string() if cursor.accept("COMMENT") else None
    location = cursor.string() if cursor.accept("LOCATION") else None
    given = parts.properties(cursor) if cursor.accept("WITH", "DBPROPERTIES") else {}
    cursor.end()
    return s.CreateDatabase(
        name=name, if_not_exists=if_not_exists, comment=comment, location=location, properties=given
    )


@dataclass(kw_only=True)
class _Clauses:
    """What follows the columns of CREATE EXTERNAL TABLE, in any order Athena's documents show."""

    comment: str | None = None
    partition_keys: tuple[s.Field, ...] = ()
    bucketing: s.Bucketing | None = None
    row: formats.Row | None = None
    stored: formats.Stored | None = None
    location: str | None = None
    properties: dict[str, str] = field(default_factory=dict)


def _external(cursor: Cursor) -> s.Statement:
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    columns = parts.columns(cursor)
    clauses = _Clauses()
    while cursor.next.kind != "end":
        _clause(cursor, clauses)
    if clauses.location is None:
        raise cursor.mismatched("'LOCATION'")
    return s.CreateExternalTable(
        name=name,
        columns=columns,
        partition_keys=clauses.partition_keys,
        storage=formats.storage(clauses.row, clauses.stored),
        location=clauses.location,
        if_not_exists=if_not_exists,
        comment=clauses.comment,
        bucketing=clauses.bucketing,
        properties=clauses.properties,
    )


def _clause(cursor: Cursor, clauses: _Clauses) -> None:
    if cursor.accept("COMMENT"):
        clauses.comment = cursor.string()
    elif cursor.accept("PARTITIONED", "BY"):
        clauses.partition_keys = parts.columns(cursor)
    elif cursor.accept("CLUSTERED", "BY"):
        clauses.bucketing = _bucketing(cursor)
    elif cursor.accept("ROW", "FORMAT"):
        clauses.row = formats.row_format(cursor)
    elif cursor.accept("WITH", "SERDEPROPERTIES"):
        clauses.row = formats.with_properties(clauses.row, parts.properties(cursor))
    elif cursor.accept("STORED", "AS"):
        clauses.stored = formats.stored_as(cursor)
    elif cursor.accept("LOCATION"):
        clauses.location = cursor.string()
    elif cursor.accept("TBLPROPERTIES"):
        clauses.properties = parts.properties(cursor)
    else:
        raise cursor.mismatched("'LOCATION'", "'PARTITIONED'", "'ROW'", "'STORED'", "'TBLPROPERTIES'", "<EOF>")


def _bucketing(cursor: Cursor) -> s.Bucketing:
    columns = _names(cursor)
    sorted_by: tuple[tuple[str, int], ...] = ()
    if cursor.accept("SORTED", "BY"):
        sorted_by = _sorted(cursor)
    cursor.expect("INTO")
    count = cursor.number()
    cursor.expect("BUCKETS")
    return s.Bucketing(columns=columns, count=count, sorted_by=sorted_by)


def _names(cursor: Cursor) -> tuple[str, ...]:
    cursor.expect("(")
    found = [cursor.identifier()]
    while cursor.accept(","):
        found.append(cursor.identifier())
    cursor.expect(")")
    return tuple(found)


def _sorted(cursor: Cursor) -> tuple[tuple[str, int], ...]:
    cursor.expect("(")
    found = []
    while True:
        name = cursor.identifier()
        found.append((name, 0 if cursor.accept_any("ASC", "DESC") == "DESC" else 1))
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return tuple(found)
