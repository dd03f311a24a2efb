"""JSON, an object a line: how a document's members are found, whichever SerDe then reads the values.

DuckDB writes numbers anew when it takes them out of a document (1.50 becomes 1.5, and a decimal loses digits), so they
are marked before: a number becomes a string that begins with a character no text has, its digits as they were.
"""

from __future__ import annotations

from collections.abc import Callable

from athena_ds.local.engine.duckdb.formats.convert import variable
from athena_ds.local.engine.duckdb.formats.lines import whole_lines
from athena_ds.local.engine.duckdb.formats.source import FILE, Scan
from athena_ds.local.engine.duckdb.physical import physical, quote, text
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type

MARK = "\ufdd0"
"""Unicode keeps this character out of text that is exchanged."""

_STRING = r'"(?:[^"\\]|\\.)*"'
_OPEN, _CLOSE = "\x02", "\x03"
_UNKNOWN = ("dots.in.keys", "ConvertDotsInJsonKeysToUnderscores", "strict.parsing")

Value = Callable[[Scan, str, Type], str]
"""Writes the expression of a JSON value as a type."""


def plain(line: str) -> str:
    """Whether a line is a document as the standard has it: DuckDB lets a comma be last."""
    bare = f"regexp_replace({line}, {text(_STRING)}, '\"\"', 'g')"
    last = rf"regexp_matches({line}, ',\s*[}}\]]') AND regexp_matches({bare}, ',\s*[}}\]]')"
    return f"(json_valid({line}) AND NOT ({last}))"


def marked(line: str) -> str:
    """A document, its numbers marked where they may be written in more than one way."""
    found = f"regexp_replace({line}, {text(f'({_STRING})|(-?[0-9][-+.0-9eE]*)')}, '\\1{_OPEN}\\2{_CLOSE}', 'g')"
    strings = f"replace({found}, {text(_OPEN + _CLOSE)}, '')"
    begun = text(f'"{MARK}')
    numbers = f"replace(replace({strings}, {text(_OPEN)}, {begun}), {text(_CLOSE)}, '\"')"
    return f"CASE WHEN regexp_matches({line}, '[0-9][.eE]|-0') THEN {numbers} ELSE {line} END"


def read(scan: Scan, document: str, value: Value) -> str:
    """`document`: the JSON of `line`, NULL for a row of NULLs."""
    for unknown in _UNKNOWN:
        if scan.properties.get(unknown, "").lower() == "true":
            raise EngineError("NOT_SUPPORTED", f"{unknown} is not supported by the local engine")
    if scan.properties.get("timestamp.formats"):
        raise EngineError("NOT_SUPPORTED", "timestamp.formats is not supported by the local engine")
    name = whole_lines(scan)
    members, columns = [], []
    for at, column in enumerate(scan.wanted):
        by_place = f"json_extract(body, {text(f'$[{scan.positions[column.name]}]')})"
        found = member(scan, "body", column.name)
        members.append(f"CASE WHEN json_type(body) = 'ARRAY' THEN {by_place} ELSE {found} END AS m{at}")
        columns.append(f"{value(scan, f'm{at}', column.type)} AS {quote(column.name)}")
    bodies = f"SELECT CAST({document} AS JSON) AS body, {quote(FILE)} FROM {name}"
    rows = f"SELECT {', '.join([*members, quote(FILE)])} FROM ({bodies})"
    return f"SELECT {', '.join([*columns, quote(FILE)])} FROM ({rows})"


def member(scan: Scan, whole: str, name: str) -> str:
    """A member by its name or its mapping's; only where it is missing, one that differs in case."""
    key = scan.properties.get(f"mapping.{name}", name)
    path = text('$."' + key.replace('"', '\\"') + '"')
    found = f"json_extract({whole}, {path})"
    if scan.properties.get("case.insensitive", "").lower() == "false":
        return found
    entry = variable()
    members = f"map_entries(CAST({whole} AS MAP(VARCHAR, JSON)))"
    other = f"list_filter({members}, lambda {entry}: lower({entry}.key) = {text(key.lower())})[-1].value"
    return f"coalesce({found}, CASE WHEN json_type({whole}) = 'OBJECT' THEN {other} END)"


def absent(value: str) -> str:
    """Whether there is no value, or null."""
    return f"coalesce(json_type({value}), 'NULL') = 'NULL'"


def nested(value: str) -> str:
    return f"json_type({value}) IN ('OBJECT', 'ARRAY')"


def held(value: str) -> str:
    """The text of a string, a number or a boolean as the document has it."""
    return f"replace(json_extract_string({value}, '$'), {text(MARK)}, '')"


def items(scan: Scan, value: str, element: Type, inner: Value) -> str:
    """A JSON array's elements."""
    each = variable()
    parts = f"CASE WHEN json_type({value}) = 'ARRAY' THEN CAST({value} AS JSON[]) END"
    return f"list_transform({parts}, lambda {each}: {inner(scan, each, element)})"


def entries(scan: Scan, value: str, kind: Type, inner: Value, key: Callable[[str, Type], str]) -> str:
    """A JSON object as a map."""
    name, each = variable(), variable()
    found = f"CASE WHEN json_type({value}) = 'OBJECT' THEN CAST({value} AS MAP(VARCHAR, JSON)) END"
    keys = f"list_transform(map_keys({found}), lambda {name}: {key(name, kind.elements[0])})"
    values = f"list_transform(map_values({found}), lambda {each}: {inner(scan, each, kind.elements[1])})"
    return f"map({keys}, {values})"


def fields(scan: Scan, value: str, kind: Type, inner: Value) -> str:
    """A JSON object as a row, or an array as one, by place."""
    parts = []
    for at, (name, element) in enumerate(zip(kind.names, kind.elements, strict=True)):
        by_place = f"CASE WHEN json_type({value}) = 'ARRAY' THEN json_extract({value}, '$[{at}]') END"
        found = f"coalesce({member(scan, value, name or '')}, {by_place})"
        parts.append(f"{quote(f'f{at}')} := {inner(scan, found, element)}")
    return f"struct_pack({', '.join(parts)})"


def refused(scan: Scan, message: str, kind: Type) -> str:
    """Fails the query where it is evaluated; `message` is an expression."""
    failed = scan.context.fail("HIVE_CURSOR_ERROR", message, Type("varchar"))
    return f"CAST({failed} AS {physical(kind)})"
