"""Hive's own words: how its errors read, how it spells partition paths, how it matches names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from athena_ds.local.seam.engine import EngineError

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_TASK = "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask."
_ESCAPED = frozenset("\"#%'*/:=?\\\x7f{[]^") | frozenset(map(chr, range(1, 32)))


class HiveError(EngineError):
    """A DDL statement that failed; its text is Hive's: `FAILED: SemanticException [Error 10001]: ...`."""

    def __str__(self) -> str:
        return f"FAILED: {self.message}"


def table_not_found(database: str, name: str) -> HiveError:
    return HiveError("TABLE_NOT_FOUND", f"SemanticException [Error 10001]: Table not found {database}.{name}")


def database_not_found(name: str) -> HiveError:
    return HiveError("SCHEMA_NOT_FOUND", f"SemanticException [Error 10072]: Database does not exist: {name}")


def semantic(number: int, message: str) -> HiveError:
    """`SemanticException [Error 10006]: ...`."""
    return HiveError("SEMANTIC_ERROR", f"SemanticException [Error {number}]: {message}")


def task(message: str, *, name: str = "GENERIC_USER_ERROR") -> HiveError:
    """`Execution Error, return code 1 from ...DDLTask. ...`."""
    return HiveError(name, f"{_TASK} {message}")


def partition_path(keys: Sequence[str], values: Sequence[str]) -> str:
    """`dt=2024-01-01/hour=3`, special characters as `%3A`."""
    return "/".join(f"{escaped(key)}={escaped(value)}" for key, value in zip(keys, values, strict=True))


def escaped(text: str) -> str:
    """A partition's key or value as a piece of a path."""
    if not text:
        return NULL_PARTITION
    return "".join(f"%{ord(character):02X}" if character in _ESCAPED else character for character in text)


def path_values(path: str) -> dict[str, str] | None:
    """The keys and values of a path, in order; None where a piece is not `key=value`."""
    found = {}
    for piece in path.split("/"):
        key, equals, value = piece.partition("=")
        if not equals or not key:
            return None
        found[unquote(key)] = unquote(value)
    return found


def matching(names: Sequence[str], pattern: str | None, *, stars: bool) -> list[str]:
    """The names a SHOW pattern, a Java regular expression, matches whole; with `stars`, `*` reads as `.*`."""
    if pattern is None or pattern == "*":
        return list(names)
    expression = re.sub(r"(?<!\.)\*", ".*", pattern) if stars else pattern
    try:
        wanted = re.compile(expression)
    except re.error as error:
        reason = f"java.util.regex.PatternSyntaxException: {error.msg} near index {error.pos}\n{pattern}"
        raise task(f"MetaException(message:Unable to get databases: {reason})") from None
    return [name for name in names if wanted.fullmatch(name)]


def described(values: Mapping[str, str]) -> str:
    """`(dt = '2024-01-01')`, as Hive names a partition in an error."""
    return "(" + ", ".join(f"{key} = '{value}'" for key, value in values.items()) + ")"
