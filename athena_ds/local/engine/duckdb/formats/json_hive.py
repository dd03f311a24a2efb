"""Hive's own JSON SerDe as Trino has it (`JsonDeserializer`): what doesn't fit the declared type fails the query.

Decimals are the exception: text that is no number is NULL.
"""

from __future__ import annotations

from athena_ds.local.engine.duckdb.formats import json_lines as j
from athena_ds.local.engine.duckdb.formats import texts
from athena_ds.local.engine.duckdb.formats.convert import sized
from athena_ds.local.engine.duckdb.formats.source import Scan
from athena_ds.local.engine.duckdb.physical import physical, text
from athena_ds.local.seam.types import VARCHAR, Type

_WHOLE = {"tinyint": (-128, 255), "smallint": (-(2**15), 2**15 - 1), "integer": (-(2**31), 2**31 - 1)}
_LONG = (-(2**63), 2**63 - 1)


def read(scan: Scan) -> str:
    """Every line must be a JSON object."""
    failed = j.refused(scan, "'Row is not a valid JSON Object - JSONException: ' || left(line, 200)", VARCHAR)
    fits = f"{j.plain('line')} AND json_type(line) = 'OBJECT'"
    return j.read(scan, f"CASE WHEN {fits} THEN {j.marked('line')} ELSE {failed} END", _value)


def _value(scan: Scan, value: str, kind: Type) -> str:
    match kind.base:
        case "array":
            wanted, found = "json_type({}) = 'ARRAY'", j.items(scan, value, kind.elements[0], _value)
        case "map":
            wanted = "json_type({}) = 'OBJECT'"
            found = j.entries(scan, value, kind, _value, lambda key, inner: _key(scan, key, inner))
        case "row":
            wanted, found = "json_type({}) = 'OBJECT'", j.fields(scan, value, kind, _value)
        case _:
            wanted, found = "json_type({}) NOT IN ('OBJECT', 'ARRAY')", _scalar(scan, value, kind)
    failed = j.refused(scan, f"'Failed to parse value: Invalid JSON for {kind.base}'", kind)
    return f"CASE WHEN {j.absent(value)} THEN NULL WHEN {wanted.format(value)} THEN {found} ELSE {failed} END"


def _scalar(scan: Scan, value: str, kind: Type) -> str:  # noqa: PLR0911 - an answer a type
    held = j.held(value)
    match kind.base:
        case "varchar" | "char":
            return sized(held, kind)
        case "boolean":
            return f"lower({held}) = 'true'"
        case "varbinary":
            return f"encode({held})"
        case "tinyint" | "smallint" | "integer" | "bigint":
            return _must(scan, _whole(value, held, kind), kind)
        case "real" | "double":
            return _must(scan, f"CASE WHEN {_is_number(value)} THEN TRY_CAST({held} AS {physical(kind)}) END", kind)
        case "date" | "timestamp":
            return _must(scan, texts.scalar(f"trim({held})", kind), kind)
        case _:
            return texts.scalar(held, kind)


def _must(scan: Scan, found: str, kind: Type) -> str:
    failed = j.refused(scan, f"'Failed to parse value: not a value of {kind}'", kind)
    return f"coalesce({found}, {failed})"


def _is_number(value: str) -> str:
    marked = f"starts_with(json_extract_string({value}, '$'), {text(j.MARK)})"
    return f"(json_type({value}) NOT IN ('VARCHAR', 'BOOLEAN') OR {marked})"


def _whole(value: str, held: str, kind: Type) -> str:
    """A number cut at its point; a byte may be up to 255, and then wraps."""
    low, high = _WHOLE.get(kind.base, _LONG)
    cut = f"TRY_CAST(trunc(TRY_CAST({held} AS DOUBLE)) AS HUGEINT)"
    number = f"CASE WHEN regexp_full_match({held}, '-?[0-9]+') THEN TRY_CAST({held} AS HUGEINT) ELSE {cut} END"
    fits = f"CASE WHEN {_is_number(value)} AND ({number}) BETWEEN {low} AND {high} THEN {number} END"
    if kind.base == "tinyint":
        fits = f"(({fits}) + 128) % 256 - 128"
    return f"CAST({fits} AS {physical(kind)})"


def _key(scan: Scan, key: str, kind: Type) -> str:
    match kind.base:
        case "varchar" | "char":
            return sized(key, kind)
        case "boolean":
            return f"lower({key}) = 'true'"
        case "decimal":
            return texts.scalar(key, kind)
        case _:
            return _must(scan, texts.scalar(key, kind), kind)
