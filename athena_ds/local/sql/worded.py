"""How forms with words inside are read: TRIM, POSITION, SUBSTRING, NORMALIZE, EXTRACT, AT TIME ZONE, clocks."""

from __future__ import annotations

from collections.abc import Sequence

from athena_ds.local.seam import types
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.expressions import string_value
from athena_ds.local.sql.functions import resolve
from athena_ds.local.sql.parse import Node, label, place
from athena_ds.local.sql.reader import Reader, coerced, error, form, reads
from athena_ds.local.sql.tree import Call, Constant, Expression


def _called(name: str, arguments: Sequence[Expression], at: tuple[int, int]) -> Expression:
    found = resolve(name, [a.type for a in arguments])
    taken = tuple(coerced(a, kind) for a, kind in zip(arguments, found.arguments, strict=True))
    return Call(type=found.result, place=at, name=name, signature=found.signature.text, arguments=taken)


@reads("Trim")
def _trim(reader: Reader, node: Node) -> Expression:
    side = node.trimsSpecification().getText().upper() if node.trimsSpecification() is not None else "BOTH"
    name = {"BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side]
    parts = [reader.read(node.trimSource)] + ([reader.read(node.trimChar)] if node.trimChar is not None else [])
    return _called(name, parts, place(node))


@reads("Position")
def _position(reader: Reader, node: Node) -> Expression:
    needle, hay = reader.read_all(node.valueExpression())
    return _called("strpos", (hay, needle), place(node))


@reads("Substring")
def _substring(reader: Reader, node: Node) -> Expression:
    return _called("substring", reader.read_all(node.valueExpression()), place(node))


@reads("Normalize")
def _normalize(reader: Reader, node: Node) -> Expression:
    shape = node.normalForm().getText().upper() if node.normalForm() is not None else "NFC"
    constant = Constant(type=Type("varchar", (len(shape),)), value=shape)
    return _called("normalize", (reader.read(node.valueExpression()), constant), place(node))


_EXTRACTS = {
    "YEAR": "year", "QUARTER": "quarter", "MONTH": "month", "WEEK": "week", "DAY": "day",
    "DAY_OF_MONTH": "day_of_month",
    "DAY_OF_WEEK": "day_of_week", "DOW": "day_of_week", "DAY_OF_YEAR": "day_of_year", "DOY": "day_of_year",
    "YEAR_OF_WEEK": "year_of_week", "YOW": "year_of_week", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second",
    "TIMEZONE_MINUTE": "timezone_minute", "TIMEZONE_HOUR": "timezone_hour",
}  # fmt: skip


_DAYS = frozenset(("date", "timestamp", "timestamp with time zone"))
_CLOCKS = frozenset(("timestamp", "timestamp with time zone", "time", "time with time zone", "interval day to second"))
_ZONES = frozenset(("timestamp with time zone", "time with time zone"))
_EXTRACTED_FROM = {
    **dict.fromkeys(("YEAR", "MONTH"), _DAYS | {"interval year to month"}),
    "DAY": _DAYS | {"interval day to second"},
    **dict.fromkeys(("HOUR", "MINUTE", "SECOND"), _CLOCKS),
    **dict.fromkeys(("TIMEZONE_HOUR", "TIMEZONE_MINUTE"), _ZONES),
}
"""Where EXTRACT takes less than the function of the same name: `hour(DATE '2024-01-01')` is 0, EXTRACT fails."""


@reads("Extract")
def _extract(reader: Reader, node: Node) -> Expression:
    word = node.identifier().getText().upper()
    if word not in _EXTRACTS:
        words = f"Invalid EXTRACT field {node.identifier().getText()}, valid fields are: {', '.join(_EXTRACTS)}"
        raise error("SYNTAX_ERROR", words, node)
    value = reader.read(node.valueExpression())
    if value.type.base not in _EXTRACTED_FROM.get(word, _DAYS):
        raise error("TYPE_MISMATCH", f"Cannot extract {word} from {value.type}", node.valueExpression())
    try:
        return _called(_EXTRACTS[word], (value,), place(node))
    except EngineError:
        raise error("TYPE_MISMATCH", f"Cannot extract {word} from {value.type}", node.valueExpression()) from None


@reads("AtTimeZone")
def _at_time_zone(reader: Reader, node: Node) -> Expression:
    value = reader.read(node.valueExpression())
    if value.type.base in ("timestamp", "time"):
        value = coerced(value, Type(f"{value.type.base} with time zone", value.type.arguments))
    if value.type.base not in ("timestamp with time zone", "time with time zone"):
        raise error(
            "TYPE_MISMATCH",
            f"Type of value must be a time or timestamp with or without time zone (actual {value.type})",
            node,
        )
    specifier = node.timeZoneSpecifier()
    zone = reader.read(specifier.getChild(2)) if label(specifier) == "TimeZoneInterval" else None
    if zone is None:
        text = string_value(specifier.string())
        zone = Constant(type=Type("varchar", (len(text),)), value=text, place=place(specifier))
    signature = (
        f"{value.type.base.replace(' with', '(p) with')},{'varchar(x)' if zone.type.base == 'varchar' else zone.type}"
    )
    return Call(type=value.type, place=place(node), name="at_timezone", signature=signature, arguments=(value, zone))


@reads("SpecialDateTimeFunction")
def _clock(_: Reader, node: Node) -> Expression:
    precision = int(node.precision.text) if node.precision is not None else 3
    kinds = {
        "current_date": types.DATE,
        "current_time": types.time_tz(precision),
        "current_timestamp": types.timestamp_tz(precision),
        "localtime": types.time(precision),
        "localtimestamp": types.timestamp(precision),
    }
    word = node.name.text.lower()
    return form(word, kinds[word], at=place(node))
