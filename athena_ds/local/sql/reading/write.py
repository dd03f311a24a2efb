"""Statements that hold a query: CREATE TABLE AS, INSERT INTO, UNLOAD, CREATE VIEW."""

from __future__ import annotations

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.cursor import Cursor

Property = str | int | bool | tuple[str, ...]


def insert(cursor: Cursor) -> s.Statement:
    cursor.expect("INSERT")
    if cursor.sees("OVERWRITE"):
        return s.Refused(reason="INSERT OVERWRITE is not supported by Athena", reported=("DML", "INSERT"))
    cursor.expect("INTO")
    name = cursor.name(sql=True)
    columns = _columns(cursor) if cursor.sees("(") and _is_column_list(cursor) else None
    return s.InsertInto(name=name, columns=columns, query=rest(cursor))


def create_table_as(cursor: Cursor) -> s.Statement:
    """From after CREATE TABLE; also CREATE TABLE without EXTERNAL and without a query, which is refused."""
    unless_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name(sql=True)
    if cursor.sees("("):
        return _without_query(cursor)
    comment = cursor.take().plain if cursor.accept("COMMENT") and cursor.next.kind == "string" else None
    given = properties(cursor) if cursor.accept("WITH") else {}
    cursor.expect("AS")
    with_data, end = _data_clause(cursor)
    query = cursor.text.only(cursor.next.start, end)
    if query.strip().startswith("(") and cursor.sees("("):
        query = _unwrapped(cursor, end)
    return s.CreateTableAs(
        name=name, query=query, properties=given, with_data=with_data, unless_exists=unless_exists, comment=comment
    )


def unload(cursor: Cursor) -> s.Statement:
    cursor.expect("UNLOAD")
    if not cursor.sees("("):
        raise cursor.mismatched("'('")
    closing = cursor.closing()
    opening = cursor.take()
    query = cursor.text.only(opening.end, cursor.text.tokens[closing].start)
    cursor.at = closing + 1
    cursor.expect("TO")
    if cursor.next.kind != "string":
        raise cursor.mismatched("string")
    location = cursor.take().plain
    given = properties(cursor) if cursor.accept("WITH") else {}
    cursor.end()
    return s.Unload(query=query, location=location, properties=given)


def create_view(cursor: Cursor, *, replace: bool) -> s.Statement:
    """From after CREATE [OR REPLACE] VIEW."""
    name = cursor.name(sql=True)
    if cursor.sees("("):
        raise cursor.mismatched("'AS'", "'COMMENT'", "'SECURITY'")
    cursor.expect("AS")
    query = rest(cursor)
    return s.CreateView(name=name, query=query, original=query.strip(), replace=replace)


def rest(cursor: Cursor) -> str:
    """The remaining text, at its place."""
    if cursor.next.kind == "end":
        raise cursor.mismatched("<query>")
    return cursor.text.only(cursor.next.start, cursor.text.tokens[-1].end)


def properties(cursor: Cursor) -> dict[str, Property]:
    """`(format = 'PARQUET', partitioned_by = ARRAY['a'])`; a property named twice is refused as Trino does."""
    found: dict[str, Property] = {}
    cursor.expect("(")
    while True:
        token = cursor.next
        name = cursor.sql_identifier()
        if name in found:
            raise cursor.wrong(f"Duplicate property: {name}", token)
        cursor.expect("=")
        found[name] = _value(cursor)
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return found


def _value(cursor: Cursor) -> Property:
    token = cursor.next
    if token.kind == "string":
        return cursor.take().plain
    if token.kind == "number":
        return cursor.number()
    if cursor.accept("TRUE"):
        return True
    if cursor.accept("FALSE"):
        return False
    if cursor.accept("ARRAY"):
        return _strings(cursor)
    raise cursor.mismatched("<expression>")


def _strings(cursor: Cursor) -> tuple[str, ...]:
    found: list[str] = []
    cursor.expect("[")
    while not cursor.accept("]"):
        if cursor.next.kind != "string":
            raise cursor.mismatched("string")
        found.append(cursor.take().plain)
        if not cursor.sees("]"):
            cursor.expect(",")
    return tuple(found)


def _is_column_list(cursor: Cursor) -> bool:
    """`(a, b) SELECT` is a list of columns; `(SELECT ...)` is the query."""
    inside = cursor.text.tokens[cursor.at + 1 : cursor.closing()]
    names, commas = inside[::2], inside[1::2]
    return all(token.kind in ("word", "quoted") for token in names) and all(token.text == "," for token in commas)


def _columns(cursor: Cursor) -> tuple[str, ...]:
    cursor.expect("(")
    found = [cursor.sql_identifier()]
    while cursor.accept(","):
        found.append(cursor.sql_identifier())
    cursor.expect(")")
    return tuple(found)


def _data_clause(cursor: Cursor) -> tuple[bool, int]:
    """Whether rows are wanted (`WITH [NO] DATA` at the very end), and where the query ends."""
    tokens = cursor.text.tokens
    words = tuple(token.upper for token in tokens[-4:-1])
    if words == ("WITH", "NO", "DATA"):
        return False, tokens[-5].end
    if words[1:] == ("WITH", "DATA"):
        return True, tokens[-4].end
    return True, tokens[-1].end


def _unwrapped(cursor: Cursor, end: int) -> str:
    """`AS (SELECT ...)`: the query without its parentheses, where they are around all of it."""
    tokens = cursor.text.tokens
    closing = tokens[cursor.closing()]
    if closing.end == end:
        return cursor.text.only(cursor.next.end, closing.start)
    return cursor.text.only(cursor.next.start, end)


def _without_query(cursor: Cursor) -> s.Statement:
    """CREATE TABLE (columns ...): an Iceberg table, or nothing Athena takes (both messages measured)."""
    clauses = cursor.text.sql[cursor.next.start :].lower()
    if "location" not in clauses:
        raise EngineError("SYNTAX_ERROR", "No location was specified for table. An S3 location must be specified")
    if "iceberg" not in clauses:
        raise EngineError("SYNTAX_ERROR", "External keyword required for table type HIVE")
    return s.Refused(reason="Iceberg tables are not supported by the local endpoint", reported=("DDL", "CREATE_TABLE"))
