"""JSON, an object a line: OpenX's SerDe (lenient) and Hive's own (a bad line fails the query)."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.formats import texts
from athena_ds.local.engine.duckdb.formats.convert import sized, variable
from athena_ds.local.engine.duckdb.formats.lines import Lines
from athena_ds.local.engine.duckdb.formats.source import FILE, Scan
from athena_ds.local.engine.duckdb.physical import physical, quote, text
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BOOLEAN, Type

_NUMBER = r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?"


def read_openx(scan: Scan) -> str:
    """What is no object is a row of NULLs; what starts like one and is broken fails, unless told to be ignored."""
    ignored = scan.properties.get("ignore.malformed.json", "").lower() == "true"
    looks = "starts_with(ltrim(line), '{')"
    broken = "NULL" if ignored else f"CASE WHEN {looks} THEN {_fail(scan)} END"
    return _read(scan, f"CASE WHEN json_valid(line) AND {looks} THEN CAST(line AS JSON) ELSE {broken} END", zulu=True)


def read_hive(scan: Scan) -> str:
    """Every line must be a JSON object."""
    return _read(
        scan,
        f"CASE WHEN json_valid(line) AND json_type(line) = 'OBJECT' THEN CAST(line AS JSON) ELSE {_fail(scan)} END",
    )


def _fail(scan: Scan) -> str:
    message = "'Row is not a valid JSON Object - JSONException: ' || left(line, 200)"
    return f"CAST({scan.context.fail('HIVE_CURSOR_ERROR', message, Type('varchar'))} AS JSON)"


def _read(scan: Scan, parsed: str, *, zulu: bool = False) -> str:
    """`zulu`: a timestamp may end with Z, as OpenX's SerDe writes it."""
    for unknown in ("dots.in.keys", "ConvertDotsInJsonKeysToUnderscores"):
        if scan.properties.get(unknown, "").lower() == "true":
            raise EngineError("NOT_SUPPORTED", f"{unknown} is not supported by the local engine")
    name = scan.register(Lines(scan=scan))
    columns = []
    for column in scan.wanted:
        key = scan.properties.get(f"mapping.{column.name}", column.name)
        member = _member("body", key)
        if zulu and column.type.base == "timestamp":
            member = f"to_json(regexp_replace(json_extract_string({member}, '$'), 'Z$', ''))"
        columns.append(f"{_value(member, column.type)} AS {quote(column.name)}")
    rows = f"SELECT {parsed} AS body, {quote(FILE)} FROM {name}"
    return f"SELECT {', '.join([*columns, quote(FILE)])} FROM ({rows})"


def _member(whole: str, key: str) -> str:
    """A member by its name; only where it is missing, one that differs in case."""
    entry = variable()
    path = text('$."' + key.replace('"', '\\"') + '"')
    members = f"map_entries(CAST({whole} AS MAP(VARCHAR, JSON)))"
    other = f"list_filter({members}, lambda {entry}: lower({entry}.key) = {text(key.lower())})[1].value"
    folded = f"CASE WHEN json_type({whole}) = 'OBJECT' THEN {other} END"
    return f"coalesce(json_extract({whole}, {path}), {folded})"


def _value(value: str, wanted: Type) -> str:
    match wanted.base:
        case "array":
            each = variable()
            parts = f"CASE WHEN json_type({value}) = 'ARRAY' THEN CAST({value} AS JSON[]) END"
            return f"list_transform({parts}, lambda {each}: {_value(each, wanted.elements[0])})"
        case "map":
            key, each = variable(), variable()
            entries = f"CASE WHEN json_type({value}) = 'OBJECT' THEN CAST({value} AS MAP(VARCHAR, JSON)) END"
            keys = f"list_transform(map_keys({entries}), lambda {key}: {texts.scalar(key, wanted.elements[0])})"
            values = f"list_transform(map_values({entries}), lambda {each}: {_value(each, wanted.elements[1])})"
            return f"CASE WHEN json_type({value}) = 'OBJECT' THEN map({keys}, {values}) END"
        case "row":
            fields = [
                f"{quote(f'f{at}')} := {_value(_member(value, name or ''), kind)}"
                for at, (name, kind) in enumerate(zip(wanted.names, wanted.elements, strict=True))
            ]
            return f"CASE WHEN json_type({value}) = 'OBJECT' THEN struct_pack({', '.join(fields)}) END"
        case _:
            return _scalar(value, wanted)


def _scalar(value: str, wanted: Type) -> str:
    """The text of a string, number or boolean, read as declared; an object as a string is its JSON."""
    held = f"CASE WHEN json_type({value}) <> 'NULL' THEN json_extract_string({value}, '$') END"
    match wanted.base:
        case "varchar" | "char":
            return sized(held, wanted)
        case "tinyint" | "smallint" | "integer" | "bigint":
            whole = f"TRY_CAST({held} AS {physical(wanted)})"
            cut = f"TRY_CAST(trunc(TRY_CAST({held} AS DOUBLE)) AS {physical(wanted)})"
            is_whole = f"regexp_full_match({held}, '[+-]?[0-9]+')"
            is_number = f"regexp_full_match({held}, {text(_NUMBER)})"
            return f"CASE WHEN {is_whole} THEN {whole} WHEN {is_number} THEN {cut} END"
        case "boolean" if wanted == BOOLEAN:
            return f"CASE lower({held}) WHEN 'true' THEN true WHEN 'false' THEN false END"
        case _:
            return texts.scalar(held, wanted)
