r"""LazySimpleSerDe: lines split at a delimiter. Quotes are data, `\N` is NULL, short rows are filled with NULL."""

from __future__ import annotations

from collections.abc import Sequence

from athena_ds.local.engine.duckdb.formats import texts
from athena_ds.local.engine.duckdb.formats.lines import whole_lines
from athena_ds.local.engine.duckdb.formats.source import FILE, Scan
from athena_ds.local.engine.duckdb.physical import quote, text
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type

_PRIVATE = 0xE000
"""Escaped characters stand as private-use characters while a line is split."""


def read(scan: Scan) -> str:
    """The relation of the wanted columns and the file index."""
    separators = _separators(scan)
    null = scan.properties.get("serialization.null.format", r"\N")
    escape = scan.properties.get("escape.delim")
    if "timestamp.formats" in scan.properties:
        raise EngineError("NOT_SUPPORTED", "timestamp.formats is not supported by the local engine")
    line = "line" if not escape else _hidden(_byte(escape), separators)
    name = whole_lines(scan)
    columns = []
    for column in scan.wanted:
        part = f"parts[{scan.positions[column.name] + 1}]"
        value = texts.nested(part, column.type, separators=separators, level=1, null=null)
        columns.append(f"{_shown(value, escape, separators, column.type)} AS {quote(column.name)}")
    split = f"SELECT string_split({line}, {text(separators[0])}) AS parts, {quote(FILE)} FROM {name}"
    return f"SELECT {', '.join([*columns, quote(FILE)])} FROM ({split})"


def _separators(scan: Scan) -> tuple[str, ...]:
    r"""Field, collection and map key separators, then Hive's defaults for what lies deeper: `\004` ... `\010`."""
    given = scan.properties
    field = _byte(given.get("field.delim") or given.get("serialization.format") or "\x01")
    collection = _byte(given.get("colelction.delim") or given.get("collection.delim") or "\x02")
    key = _byte(given.get("mapkey.delim") or "\x03")
    return (field, collection, key, *(chr(code) for code in range(4, 9)))


def _byte(value: str) -> str:
    """Hive's `LazyUtils.getByte`: a number is a character code, else the first character counts."""
    try:
        code = int(value)
    except ValueError:
        return value[0]
    return chr(code % 256)


def _escapes(escape: str, separators: Sequence[str]) -> list[tuple[str, str, str]]:
    """What follows the escape character, the stand-in for it, and what it means in the end."""
    special = [escape, *separators]
    return [(character, chr(_PRIVATE + at), character) for at, character in enumerate(special)]


def _hidden(escape: str, separators: Sequence[str]) -> str:
    line = "line"
    for character, stand_in, _ in _escapes(escape, separators):
        line = f"replace({line}, {text(escape + character)}, {text(stand_in)})"
    for character, meaning in (("n", "\n"), ("r", "\r")):
        line = f"replace({line}, {text(escape + character)}, {text(meaning)})"
    # Before any other character the escape itself goes; but `\N` must stay for the NULL it may be.
    return f"regexp_replace({line}, {text(_pattern(escape))}, '\\1', 'g')"


def _pattern(escape: str) -> str:
    return f"[{chr(92)}{escape}]([^N])" if escape in "\\^]-" else f"[{escape}]([^N])"


def _shown(value: str, escape: str | None, separators: Sequence[str], kind: Type) -> str:
    if not escape:
        return value
    if kind.base not in ("varchar", "char"):
        return value
    for _, stand_in, meaning in _escapes(_byte(escape), separators):
        value = f"replace({value}, {text(stand_in)}, {text(meaning)})"
    return value
