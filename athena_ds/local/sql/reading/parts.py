"""The parts Hive's DDL statements share: columns, types, properties, partitions."""

from __future__ import annotations

from athena_ds.local.seam.types import parse_hive, to_hive
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.cursor import Cursor

_OPERATORS = ("=", "<", "<=", ">", ">=", "<>", "!=")


def columns(cursor: Cursor) -> tuple[s.Field, ...]:
    """`(a int COMMENT '...', b array<string>)`."""
    cursor.expect("(")
    found = [column(cursor)]
    while cursor.accept(","):
        found.append(column(cursor))
    cursor.expect(")")
    return tuple(found)


def column(cursor: Cursor) -> s.Field:
    """`name type [COMMENT '...']`."""
    name = cursor.identifier()
    kind = hive_type(cursor)
    comment = cursor.string() if cursor.accept("COMMENT") else None
    return s.Field(name=name, type=kind, comment=comment)


def hive_type(cursor: Cursor) -> str:
    """A Hive type, spelled as Glue keeps it."""
    start = cursor.next
    if start.kind not in ("word", "backtick"):
        raise cursor.mismatched("type")
    taken = [cursor.take().text]
    depth = 0
    while depth or cursor.next.text in ("<", "("):
        token = cursor.take()
        if token.kind == "end":
            raise cursor.mismatched("'>'")
        depth += token.text in ("<", "(")
        depth -= token.text in (">", ")")
        depth -= 2 * (token.text == ">>")
        taken.append(token.text)
    try:
        return to_hive(parse_hive("".join(taken)))
    except ValueError:
        raise cursor.wrong(f"no viable alternative at input '{''.join(taken)}' (not a Hive type)", start) from None


def properties(cursor: Cursor) -> dict[str, str]:
    """`('a'='b', 'c'='d')`; bare `key` without a value is an empty one."""
    found: dict[str, str] = {}
    cursor.expect("(")
    while True:
        key = cursor.string()
        found[key] = cursor.string() if cursor.accept("=") else ""
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return found


def partition(cursor: Cursor, *, operators: tuple[str, ...] = ("=",)) -> s.PartitionSpec:
    """`PARTITION (dt='2024-01-01', hour=3)`; values are text whatever they look like."""
    cursor.expect("PARTITION", "(")
    terms = [_term(cursor, operators)]
    while cursor.accept(","):
        terms.append(_term(cursor, operators))
    cursor.expect(")")
    return s.PartitionSpec(terms=tuple(terms))


def comparisons() -> tuple[str, ...]:
    """The operators DROP PARTITION takes."""
    return _OPERATORS


def _term(cursor: Cursor, operators: tuple[str, ...]) -> tuple[str, str, str]:
    key = cursor.identifier()
    operator = cursor.accept_any(*operators)
    if operator is None:
        raise cursor.mismatched(*(f"'{operator}'" for operator in operators))
    return key, operator, _constant(cursor)


def _constant(cursor: Cursor) -> str:
    if cursor.accept("DATE"):
        return cursor.string()
    if cursor.next.kind in ("string", "quoted"):
        return cursor.string()
    sign = "-" if cursor.accept("-") else ""
    if cursor.next.kind == "number":
        return sign + cursor.take().text
    raise cursor.mismatched("constant")
