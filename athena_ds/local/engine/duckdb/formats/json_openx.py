"""OpenX's JSON SerDe as Trino has it (`OpenXJsonDeserializer`): lenient, and what can't be read is mostly NULL.

Numbers may stand as text and text as numbers: `0x1F` is 31, `010` 8, `.5` cut to 0; anything but `true` is false;
a timestamp may be seconds or, from thirteen digits on, milliseconds; what is no array is an array of one.
"""

from __future__ import annotations

from athena_ds.local.engine.duckdb.formats import json_lines as j
from athena_ds.local.engine.duckdb.formats import texts
from athena_ds.local.engine.duckdb.formats.convert import sized
from athena_ds.local.engine.duckdb.formats.json_lenient import InvalidJson, canonical, document, written
from athena_ds.local.engine.duckdb.formats.source import Scan
from athena_ds.local.engine.duckdb.physical import physical, text
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, VARCHAR, Type

_DIGITS = "-?(?:0|[1-9][0-9]{0,17})"
_SHORT = r"-?(?:0|[1-9][0-9]*)\.[0-9]{1,6}"
_ZERO = r"-0(?:\.0+)?"
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_OFFSET = "(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})"
_ZONED = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]{{1,9}})?)?{_OFFSET}"
_DATE = r"^\s*(\+?[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2})(?:[^0-9]|$)"
"""Whatever comes after a date is not looked at."""

_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?"
_MILLIS = 13


def read(scan: Scan) -> str:
    """What is neither object nor array is a row of NULLs; what starts like one and is broken fails, unless ignored."""
    ignored = scan.properties.get("ignore.malformed.json", "").lower() == "true"
    exactly = scan.properties.get("case.insensitive", "").lower() == "false"
    looks = r"regexp_matches(line, '^[\x00-\x20]*[{\[]')"
    slow = scan.context.call(_DOCUMENTS[ignored, exactly], (("line", VARCHAR),), VARCHAR)
    names = "json_keys(line)"
    folded = f"list_transform({names}, lambda key: lower(key))"
    simple = f"(json_type(line) = 'ARRAY' OR list_unique({folded}) = len({names}))"
    whole = f"CASE WHEN NOT {j.plain('line')} THEN {slow} WHEN {simple} THEN {j.marked('line')} ELSE {slow} END"
    return j.read(scan, f"CASE WHEN {looks} THEN {whole} END", _value)


def _lenient(line: str, *, ignored: bool, exactly: bool) -> str | None:
    try:
        return document(line, exactly=exactly)
    except InvalidJson as error:
        if ignored:
            return None
        message = f"Row is not a valid JSON Object - JSONException: {error}"
        raise EngineError("HIVE_CURSOR_ERROR", message, kind="EXTERNAL") from None


def _documents(*, ignored: bool, exactly: bool):  # type: ignore[no-untyped-def]
    def documents(line: str) -> str | None:
        return _lenient(line, ignored=ignored, exactly=exactly)

    return documents


_DOCUMENTS = {(a, b): _documents(ignored=a, exactly=b) for a in (True, False) for b in (True, False)}


def _value(scan: Scan, value: str, kind: Type) -> str:
    match kind.base:
        case "array":
            return _array(scan, value, kind)
        case "map":
            return _map(scan, value, kind)
        case "row":
            return _row(scan, value, kind)
        case "varchar" | "char":
            return sized(_text(scan, value), kind)
        case "boolean":
            return f"CASE WHEN NOT {j.absent(value)} THEN coalesce(lower({j.held(value)}) = 'true', false) END"
        case _:
            failed = j.refused(scan, f"'{_name(kind)} can not be coerced to a value of {kind}'", kind)
            return f"CASE WHEN {j.nested(value)} THEN {failed} ELSE {_scalar(scan, j.held(value), value, kind)} END"


def _name(kind: Type) -> str:
    return f"A JSON object or array for {kind.base}"


def _array(scan: Scan, value: str, kind: Type) -> str:
    one = _value(scan, value, kind.elements[0])
    return (
        f"CASE WHEN {j.absent(value)} OR {j.held(value)} = '' THEN NULL WHEN json_type({value}) = 'ARRAY'"
        f" THEN {j.items(scan, value, kind.elements[0], _value)} ELSE [{one}] END"
    )


def _map(scan: Scan, value: str, kind: Type) -> str:
    failed = j.refused(scan, "'Primitive can not be coerced to a MAP'", kind)
    return (
        f"CASE WHEN {j.absent(value)} OR trim({j.held(value)}) = '' THEN NULL WHEN json_type({value}) = 'OBJECT'"
        f" THEN {j.entries(scan, value, kind, _value, lambda key, inner: _key(scan, key, inner))} ELSE {failed} END"
    )


def _key(scan: Scan, key: str, kind: Type) -> str:
    if kind.base in ("varchar", "char"):
        return sized(key, kind)
    return _scalar(scan, key, None, kind)


def _row(scan: Scan, value: str, kind: Type) -> str:
    failed = j.refused(scan, "'Primitive can not be coerced to a ROW'", kind)
    blank = f"trim({j.held(value)}) = ''"
    return (
        f"CASE WHEN {j.absent(value)} THEN NULL WHEN {j.nested(value)} OR {blank}"
        f" THEN {j.fields(scan, value, kind, _value)} ELSE {failed} END"
    )


def _text(scan: Scan, value: str) -> str:
    """Text as it is; a number that wasn't in quotes as Java's BigDecimal writes it, an object or array as its JSON."""
    plain = f"json_extract_string({value}, '$')"
    number = f"substr({plain}, 2)"
    simple = (
        f"(regexp_full_match({number}, {text(_DIGITS)}) OR regexp_full_match({number}, {text(_SHORT)}))"
        f" AND NOT regexp_full_match({number}, {text(_ZERO)})"
    )
    odd = scan.context.call(canonical, ((number, VARCHAR),), VARCHAR)
    whole = scan.context.call(written, ((f"CAST({value} AS VARCHAR)", VARCHAR),), VARCHAR)
    return (
        f"CASE WHEN {j.absent(value)} THEN NULL WHEN {j.nested(value)} THEN {whole}"
        f" WHEN NOT starts_with({plain}, {text(j.MARK)}) THEN {plain} WHEN {simple} THEN {number} ELSE {odd} END"
    )


def _scalar(scan: Scan, value: str, quoted: str | None, kind: Type) -> str:
    """A text, NULL where it can't be read; `quoted` is the JSON value it is from."""
    match kind.base:
        case base if base in INTEGERS:
            return _whole(value, kind)
        case "boolean":
            return f"lower({value}) = 'true'"
        case "date":
            begun = f"regexp_extract({value}, {text(_DATE)}, 1)"
            days = f"TRY_CAST(DATE '1970-01-01' + TRY_CAST({_long(value)} AS INTEGER) AS DATE)"
            return f"coalesce({texts.scalar(begun, kind)}, {days})"
        case "timestamp":
            return _timestamp(scan, value, kind)
        case "varbinary":
            failed = j.refused(scan, "'Illegal base64 character'", kind)
            padded = f"{value} || repeat('=', (4 - len({value}) % 4) % 4)"
            fits = f"regexp_full_match({value}, {text(_BASE64)})"
            if quoted is not None:
                bare = f"starts_with(json_extract_string({quoted}, '$'), {text(j.MARK)})"
                fits += f" AND json_type({quoted}) = 'VARCHAR' AND NOT {bare}"
            return f"CASE WHEN {value} IS NULL THEN NULL WHEN {fits} THEN from_base64({padded}) ELSE {failed} END"
        case _:
            return texts.scalar(value, kind)


def _long(value: str) -> str:
    """`Long.parseLong`, of hexadecimal and octal digits too."""
    return (
        f"CASE WHEN regexp_full_match({value}, '0[xX][0-9a-fA-F]{{1,15}}') THEN CAST(lower({value}) AS BIGINT)"
        f" WHEN regexp_matches({value}, '^0[0-8]') THEN CASE WHEN regexp_full_match({value}, '0[0-7]{{1,20}}')"
        f" THEN list_reduce(list_transform(string_split({value}, ''), lambda digit: CAST(digit AS BIGINT)),"
        " lambda high, low: high * 8 + low) END"
        f" WHEN regexp_full_match({value}, '[+-]?[0-9]+') THEN TRY_CAST({value} AS BIGINT) END"
    )


def _whole(value: str, kind: Type) -> str:
    """Cut at the point; NULL beyond the type's range."""
    double = f"TRY_CAST({value} AS DOUBLE)"
    point = rf"regexp_full_match({value}, '[+-]?[0-9]*\.[0-9]*') AND {value} <> '.'"
    before = f"coalesce(nullif(regexp_replace(split_part({value}, '.', 1), '^[+-]$', ''), ''), '0')"
    cut = (
        f"CASE WHEN {point} THEN TRY_CAST({before} AS BIGINT) WHEN regexp_full_match({value}, {text(_NUMBER)})"
        f" AND abs({double}) < 9e15 THEN CAST(trunc({double}) AS BIGINT) END"
    )
    found = f"coalesce({_long(value)}, {cut})"
    return found if kind.base == "bigint" else f"TRY_CAST({found} AS {physical(kind)})"


def _timestamp(scan: Scan, value: str, kind: Type) -> str:
    """With a colon: text, in UTC where it names an offset; without one, a number of seconds or milliseconds."""
    offset = f"regexp_replace(upper({value}), '([+-][0-9]{{2}})([0-9]{{2}})$', '\\1:\\2')"
    instant = f"make_timestamp(epoch_us(CAST({offset} AS TIMESTAMPTZ)))"
    rounded = f"date_trunc('milliseconds', {instant} + INTERVAL 500 MICROSECONDS)"
    odd = j.refused(scan, f"'A timestamp in another form is not supported by the local engine: ' || {value}", kind)
    known = f"regexp_full_match({value}, {text(_ZONED)})"
    zoned = f"CASE WHEN {known} THEN {rounded} WHEN contains(upper({value}), 'T') THEN {odd} END"
    return (
        f"CASE WHEN NOT contains({value}, ':') THEN make_timestamp(({_millis(value)}) * 1000)"
        f" WHEN regexp_matches({value}, {text(f':[0-9.:]*{_OFFSET}$')}) THEN {zoned}"
        f" ELSE {texts.scalar(f'trim({value})', kind)} END"
    )


def _millis(value: str) -> str:
    """From thirteen digits on milliseconds, else seconds."""
    seconds = f"CAST(trunc(TRY_CAST({value} AS DECIMAL(38, 9)) * 1000) AS BIGINT)"
    number = f"TRY_CAST({value} AS BIGINT)"
    return (
        rf"CASE WHEN regexp_full_match({value}, '[+-]?[0-9]*\.[0-9]*') THEN {seconds}"
        f" WHEN NOT regexp_full_match({value}, '[+-]?[0-9]+') THEN NULL"
        f" WHEN len({value}) >= {_MILLIS} THEN {number} ELSE {number} * 1000 END"
    )
