"""Telling statements apart by their first words, as Athena does after leading blanks and comments."""

from __future__ import annotations

from collections.abc import Callable

from athena_ds.local.sql import statement as s
from athena_ds.local.sql.cursor import Cursor
from athena_ds.local.sql.reading import alter, create, show, write
from athena_ds.local.sql.tokens import Text

_QUERIES = ("SELECT", "WITH", "VALUES", "TABLE", "(")
_EXPECTED = (
    "'ALTER'", "'CREATE'", "'DEALLOCATE'", "'DESCRIBE'", "'DROP'", "'EXECUTE'", "'EXPLAIN'", "'INSERT'", "'MSCK'",
    "'PREPARE'", "'SHOW'", "'UNLOAD'", '<query>'
)  # fmt: skip
_REFUSED: dict[str, tuple[s.StatementType, str]] = {
    "DELETE": ("DML", "DELETE is supported on Iceberg tables only, which the local endpoint does not have"),
    "UPDATE": ("DML", "UPDATE is supported on Iceberg tables only, which the local endpoint does not have"),
    "MERGE": ("DML", "MERGE is supported on Iceberg tables only, which the local endpoint does not have"),
    "OPTIMIZE": ("DDL", "OPTIMIZE is supported on Iceberg tables only, which the local endpoint does not have"),
    "VACUUM": ("DDL", "VACUUM is supported on Iceberg tables only, which the local endpoint does not have"),
    "EXECUTE": ("DML", "EXECUTE IMMEDIATE is not supported by the local endpoint"),
    "USING": ("DML", "User defined functions (USING EXTERNAL FUNCTION) are not supported by the local endpoint"),
}
_WORDS = """TRUNCATE CALL GRANT REVOKE DENY SET RESET USE START COMMIT ROLLBACK COMMENT ANALYZE REFRESH LOAD EXPORT
IMPORT LOCK UNLOCK"""
_NEVER = frozenset(_WORDS.split())


def read(sql: str) -> s.Statement:
    """What a statement is. Raises EngineError SYNTAX_ERROR; the queries inside are not looked at."""
    text = Text(sql)
    cursor = Cursor(text)
    first = cursor.next.upper
    reader = _READERS.get(first)
    if reader is not None:
        return reader(cursor)
    if first in _QUERIES:
        return s.Query(sql=text.only(0, text.tokens[-1].end))
    if first in _REFUSED:
        kind, reason = _REFUSED[first]
        return s.Refused(reason=reason, reported=(kind, first))
    if first in _NEVER:
        return s.Refused(reason=f"Queries of this type are not supported: {first}", reported=("DDL", first))
    raise cursor.mismatched(*_EXPECTED)


def _explain(cursor: Cursor) -> s.Statement:
    text = cursor.text
    return s.Explain(sql=text.only(0, text.tokens[-1].end))


def _msck(cursor: Cursor) -> s.Statement:
    cursor.expect("MSCK", "REPAIR", "TABLE")
    name = cursor.name()
    cursor.end()
    return s.RepairTable(name=name)


_READERS: dict[str, Callable[[Cursor], s.Statement]] = {
    "EXPLAIN": _explain,
    "INSERT": write.insert,
    "UNLOAD": write.unload,
    "CREATE": create.create,
    "DROP": create.drop,
    "ALTER": alter.alter,
    "SHOW": show.show,
    "DESCRIBE": show.describe,
    "DESC": show.describe,
    "MSCK": _msck,
}
