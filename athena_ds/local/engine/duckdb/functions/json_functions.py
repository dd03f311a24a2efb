"""Trino's older JSON functions: `json_extract`, `json_parse` and their like, with Presto's path dialect."""

from __future__ import annotations

import math
import re
from typing import Any

from athena_ds.local.engine.duckdb.functions.cast_json import quoted
from athena_ds.local.engine.duckdb.functions.json_reader import (
    BadJSONError,
    Reader,
    is_float,
    number_text,
    path_tokens,
)
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, Unknown, kernel, rule
from athena_ds.local.engine.duckdb.physical import text as literal

_NATIVE = ("VARCHAR", "BOOLEAN", "UBIGINT")
_LENIENT = r",\s*[\]}]|[,:\[]\s*-?(?i:nan|inf)"
"""What DuckDB takes for JSON and Jackson doesn't: a comma too many, NaN, Infinity."""


@kernel("json_extract")
def json_extract(text: str, path: str) -> str | None:
    steps = path_tokens(path)
    try:
        reader = Reader(text)
        return reader.value() if reader.find(steps) else None
    except BadJSONError:
        return None


@rule("json_extract_scalar")
def _json_extract_scalar(call: Call) -> str:
    """DuckDB finds strings, booleans and natural numbers; everything else, and what it can't read, is read here."""
    ours = call.compute(json_extract_scalar)
    path = call.constants[1] if len(call.constants) > 1 else Unknown
    if not isinstance(path, str) or not (steps := path_tokens(path)):
        return ours
    text, native = call.sql[0], literal(duckdb_path(steps))
    kinds = ", ".join(map(literal, _NATIVE))
    sure = f"json_valid({text}) AND NOT regexp_matches({text}, {literal(_LENIENT)})"
    return (
        f"CASE WHEN ({text}) IS NULL THEN NULL "
        f"WHEN {sure} AND json_type({text}, {native}) IN ({kinds}) THEN json_extract_string({text}, {native}) "
        f"ELSE {ours} END"
    )


def duckdb_path(steps: tuple[str, ...]) -> str:
    """The same path for DuckDB, a number taken for a position."""
    return "$" + "".join(f"[{s}]" if s.isdecimal() else f'."{s}"' for s in steps)


def json_extract_scalar(text: str, path: str) -> str | None:
    steps = path_tokens(path)
    try:
        reader = Reader(text)
        return reader.scalar() if reader.find(steps) else None
    except BadJSONError:
        return None


@kernel("json_size")
def json_size(text: str, path: str) -> int | None:
    steps = path_tokens(path)
    try:
        reader = Reader(text)
        return _size(reader) if reader.find(steps) else None
    except BadJSONError:
        return None


def _size(reader: Reader) -> int:
    match reader.peek():
        case "{":
            return sum(1 for _ in reader.names())
        case "[":
            return sum(1 for _ in reader.items())
        case "":
            raise BadJSONError
        case _:
            reader.value()
            return 0


@kernel("json_array_length")
def json_array_length(text: str) -> int | None:
    try:
        reader = Reader(text)
        return sum(1 for _ in reader.items()) if reader.peek() == "[" else None
    except BadJSONError:
        return None


@kernel("json_array_contains")
def json_array_contains(text: str, wanted: Any) -> bool | None:
    """`1` is not `1.0`: an integer is only found as an integer, a double as a number with a point or an exponent."""
    if isinstance(wanted, float) and not math.isfinite(wanted):
        return False
    try:
        reader = Reader(text)
        if reader.peek() != "[":
            return None
        return any(_same(reader, wanted) for _ in reader.items())
    except BadJSONError:
        return None


def _same(reader: Reader, wanted: Any) -> bool:
    first = reader.peek()
    if first in ("{", "["):
        reader.value()
        return False
    text = reader.scalar()
    if isinstance(wanted, str) or first == '"':
        return first == '"' and text == wanted
    if isinstance(wanted, bool) or text in ("true", "false", None):
        return isinstance(wanted, bool) and text == str(wanted).lower()
    return is_float(text) == isinstance(wanted, float) and float_or_int(text) == wanted


def float_or_int(text: str) -> float | int:
    return float(text) if is_float(text) else int(text)


_PAIR = re.compile(r"\\\\|\\u(D[89AB][0-9A-F]{2})\\u(D[C-F][0-9A-F]{2})")


def _unescaped(text: str) -> str:
    """Jackson writing characters, not bytes, escapes none beyond the basic plane."""

    def whole(pair: re.Match[str]) -> str:
        high, low = pair.groups()
        return pair[0] if high is None else chr(0x10000 + (int(high, 16) - 0xD800) * 0x400 + int(low, 16) - 0xDC00)

    return _PAIR.sub(whole, text)


@kernel("json_array_get")
def json_array_get(text: str, index: int) -> str | None:
    """A scalar as it is written, a string without its quotes (so the answer may be no JSON, as in Trino)."""
    try:
        reader = Reader(text)
        if reader.peek() != "[":
            return None
        backwards = index < 0
        if backwards:
            index += sum(1 for _ in Reader(text).items())
        if index < 0 or not any(at == index for at, _ in enumerate(reader.items())):
            return None
        found = _unescaped(reader.value()) if reader.peek() in ("{", "[") else reader.scalar()
    except BadJSONError:
        return None
    if found is None and backwards:
        raise broken("string is null")
    return found


@kernel("is_json_scalar")
def is_json_scalar(text: str) -> bool:
    try:
        reader = Reader(text)
        plain = reader.peek() not in ("{", "[")
        reader.value()
        reader.end()
    except BadJSONError:
        raise invalid(f"Invalid JSON value: {text}") from None
    return plain


@rule("json_format")
def _json_format(call: Call) -> str:
    return call.sql[0]


@kernel("json_parse")
def json_parse(text: str) -> str:
    """The canonical text: names in Java's order, the last of duplicates, numbers as Java writes them."""
    try:
        reader = Reader(text)
        found = _canonical(reader)
        reader.end()
    except BadJSONError:
        raise invalid(f"Cannot convert value to JSON: '{text}'") from None
    return found


def _canonical(reader: Reader) -> str:
    match reader.peek():
        case "{":
            members = {name: _canonical(reader) for name in reader.names()}
            ordered = sorted(members.items(), key=lambda member: member[0].encode("utf-16-be", "surrogatepass"))
            return "{" + ",".join(f"{quoted(name)}:{value}" for name, value in ordered) + "}"
        case "[":
            return "[" + ",".join(_canonical(reader) for _ in reader.items()) + "]"
        case '"':
            return quoted(reader.string())
        case _:
            return number_text(reader.plain())
