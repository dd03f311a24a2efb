"""Reading typed values from text as Hive's LazySimpleSerDe does: what can't be read is NULL, never an error."""

from __future__ import annotations

from collections.abc import Sequence

from athena_ds.local.engine.duckdb.formats.convert import sized, variable
from athena_ds.local.engine.duckdb.physical import physical, quote, text
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, Type

_FLOAT = r"\s*[+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?)\s*"
_DECIMAL = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_DAY = r"\+?([0-9]{1,4})-([0-9]{1,2})-([0-9]{1,2})"
_DATE = rf"\s*{_DAY}(?:\s.*)?"
_TIMESTAMP = _DAY + r"[ T]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{1,9}))?"
_FRACTION = r"[+-]?\.[0-9]+"
_NUMBER = rf"[+-]?[0-9]+(?:\.[0-9]*)?|{_FRACTION}"
_BASE64 = r"[-_A-Za-z0-9+/= \t\r\n]*"


def scalar(value: str, wanted: Type) -> str:  # noqa: PLR0911
    """A text expression as a scalar type; NULL where the text is not one."""
    match wanted.base:
        case "varchar" | "char":
            return sized(value, wanted)
        case "boolean":
            return f"CASE lower({value}) WHEN 'true' THEN true WHEN 'false' THEN false END"
        case "tinyint" | "smallint" | "integer" | "bigint":
            return _guarded(value, "[+-]?[0-9]+", f"TRY_CAST({value} AS {physical(wanted)})")
        case "real" | "double":
            number = f"regexp_replace(trim({value}), '[fFdD]$', '')"
            return _guarded(value, _FLOAT, f"TRY_CAST({number} AS {physical(wanted)})")
        case "decimal":
            return _guarded(value, _DECIMAL, f"TRY_CAST({value} AS {physical(wanted)})")
        case "date":
            return _guarded(value, _DATE, f"coalesce(TRY_CAST({value} AS DATE), {_lenient_date(value, _DATE)})")
        case "timestamp":
            return _guarded(value, _TIMESTAMP, _moment(value))
        case "varbinary":
            return f"CASE WHEN regexp_full_match({value}, '{_BASE64}') THEN {_decoded(value)} ELSE encode({value}) END"
        case _:
            raise EngineError("NOT_SUPPORTED", f"Type not supported in text files by the local engine: {wanted}")


def _decoded(value: str) -> str:
    """Base64 of either alphabet: blanks are skipped, what is behind a `=` and bits that fill no byte are dropped."""
    digits = f"translate(split_part(regexp_replace({value}, '\\s', '', 'g'), '=', 1), '-_', '+/')"
    whole = f"left({digits}, len({digits}) - (len({digits}) % 4 = 1)::INTEGER)"
    return f"from_base64(rpad({whole}, ((len({whole}) + 3) // 4 * 4)::INTEGER, '='))"


def _lenient_date(value: str, shape: str) -> str:
    """The 30th of February is the 2nd of March, month 13 the next January, day 0 the day before the 1st."""
    year, month, day = (f"CAST(regexp_extract({value}, {text(shape)}, {at}) AS INTEGER)" for at in (1, 2, 3))
    return f"CAST(make_date({year}, 1, 1) + to_months({month} - 1) + to_days({day} - 1) AS DATE)"


def _moment(value: str) -> str:
    """A timestamp rounded to milliseconds; hours, minutes and seconds past their end go on, as days do."""
    hour, minute, second = (f"CAST(regexp_extract({value}, {text(_TIMESTAMP)}, {at}) AS INTEGER)" for at in (4, 5, 6))
    fraction = f"CAST(rpad(left(regexp_extract({value}, {text(_TIMESTAMP)}, 7), 6), 6, '0') AS BIGINT)"
    clock = f"to_hours({hour}) + to_minutes({minute}) + to_seconds({second}) + to_microseconds({fraction})"
    lenient = f"{_lenient_date(value, _TIMESTAMP)} + {clock}"
    exact = f"TRY_CAST(replace({value}, 'T', ' ') AS TIMESTAMP)"
    return f"date_trunc('milliseconds', coalesce({exact}, {lenient}) + INTERVAL 500 MICROSECONDS)"


def nested(value: str, wanted: Type, *, separators: Sequence[str], level: int, null: str) -> str:
    """A text expression as any type: collections are split at the separator of their depth."""
    whole = f"nullif({value}, {text(null)})"
    if wanted.base in INTEGERS:
        return _whole_number(whole, wanted)
    if wanted.base not in ("array", "map", "row"):
        return scalar(whole, wanted)
    if level >= len(separators) - (wanted.base == "map"):
        raise EngineError("HIVE_INVALID_METADATA", f"Invalid number of separators for {wanted}")
    parts = f"CASE WHEN {whole} = '' THEN [] ELSE string_split({whole}, {text(separators[level])}) END"
    match wanted.base:
        case "array":
            each = variable()
            inner = nested(each, wanted.elements[0], separators=separators, level=level + 1, null=null)
            return f"list_transform({parts}, lambda {each}: {inner})"
        case "map":
            return _map(parts, wanted, separators=separators, level=level, null=null)
        case _:
            parts = f"string_split({whole}, {text(separators[level])})"
            fields = [
                f"{quote(f'f{at}')} := "
                + nested(f"{parts}[{at + 1}]", kind, separators=separators, level=level + 1, null=null)
                for at, kind in enumerate(wanted.elements)
            ]
            return f"CASE WHEN {whole} IS NULL THEN NULL ELSE struct_pack({', '.join(fields)}) END"


def _map(parts: str, wanted: Type, *, separators: Sequence[str], level: int, null: str) -> str:
    """Entries without a key are left out; of a key named twice the first counts."""
    entry, key, value, other = variable(), variable(), variable(), variable()
    between = text(separators[level + 1])
    name = nested(
        f"string_split({entry}, {between})[1]", wanted.elements[0], separators=separators, level=level + 2, null=null
    )
    after = f"substr({value}, strpos({value}, {between}) + {len(separators[level + 1])})"
    rest = f"CASE WHEN contains({value}, {between}) THEN {after} END"
    held = nested(rest, wanted.elements[1], separators=separators, level=level + 2, null=null)
    first = name.replace(entry, key)
    kept = (
        f"list_filter({parts}, lambda {other}, i{other}: list_position(list_transform({parts}, lambda {key}: {first}), "
        f"{name.replace(entry, other)}) = i{other})"
    )
    made = f"map(list_transform({kept}, lambda {entry}: {name}), list_transform({kept}, lambda {value}: {held}))"
    return f"CASE WHEN {parts} IS NULL THEN NULL ELSE {made} END"


def _whole_number(value: str, wanted: Type) -> str:
    """What is behind a point is cut off: `1.9` is 1, `.5` is 0."""
    cut = f"CASE WHEN regexp_full_match({value}, {text(_FRACTION)}) THEN '0' ELSE split_part({value}, '.', 1) END"
    return _guarded(value, _NUMBER, f"TRY_CAST({cut} AS {physical(wanted)})")


def _guarded(value: str, shape: str, parsed: str) -> str:
    return f"CASE WHEN regexp_full_match({value}, {text(shape)}) THEN {parsed} END"
