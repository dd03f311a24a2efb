"""Casts to and from JSON, scalars and whole arrays, maps and rows (`io.trino.util.JsonUtil`).

A JSON value is its canonical text. Map keys are sorted as Java sorts strings, a row keeps its order and its names (the
empty one where it has none), characters beyond the BMP are written as escaped surrogates.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from athena_ds.local.engine.duckdb.functions import cast_numbers as numbers
from athena_ds.local.engine.duckdb.functions import java_numbers as java
from athena_ds.local.engine.duckdb.functions import temporal
from athena_ds.local.engine.duckdb.functions.cast_text import fitted
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, template
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, UNBOUNDED, Type

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Number(str):
    """A number of a JSON text with a point or an exponent, as written."""

    __slots__ = ()


class Members(list[tuple[str, Any]]):
    """An object's members in order, duplicates kept."""


def quoted(text: str) -> str:
    """A JSON string as Jackson writes it to bytes."""
    return '"' + "".join(_escaped(c) for c in text) + '"' if _needs_escape(text) else f'"{text}"'


def _needs_escape(text: str) -> bool:
    return any(c < " " or c in '"\\' or c > "\uffff" for c in text)


def _escaped(c: str) -> str:
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c > "\uffff":
        high, low = divmod(ord(c) - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04X}\\u{0xDC00 + low:04X}"
    return f"\\u{ord(c):04X}" if c < " " else c


def _java_order(text: str) -> bytes:
    """Java compares strings by UTF-16 units."""
    return text.encode("utf-16-be", "surrogatepass")


def to_json(value: Any, kind: Type) -> str:
    """A value of a Trino type as JSON text."""
    if value is None:
        return "null"
    match kind.base:
        case "array":
            return f"[{','.join(to_json(item, kind.elements[0]) for item in value)}]"
        case "map":
            members = sorted(((_key(k, kind.elements[0]), v) for k, v in value), key=lambda pair: _java_order(pair[0]))
            return f"{{{','.join(f'{quoted(k)}:{to_json(v, kind.elements[1])}' for k, v in members)}}}"
        case "row":
            fields = zip(kind.names, kind.elements, value, strict=True)
            return f"{{{','.join(f'{quoted(n or str())}:{to_json(v, t)}' for n, t, v in fields)}}}"
        case _:
            return _scalar_json(value, kind)


def _scalar_json(value: Any, kind: Type) -> str:
    match kind.base:
        case "boolean":
            return "true" if value else "false"
        case "real" | "double":
            text = java.real_text(value) if kind.base == "real" else java.double_text(value)
            return text if math.isfinite(value) else f'"{text}"'
        case "varchar":
            return quoted(value)
        case "date" | "timestamp":
            return f'"{_date_text(value, kind)}"'
        case _:
            return str(value)


def _date_text(value: datetime.date, kind: Type) -> str:
    if isinstance(value, datetime.datetime):
        return temporal.timestamp_text(value, kind.precision)
    return value.isoformat()


def _key(value: Any, kind: Type) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if kind.base == "varchar" else _scalar_json(value, kind).strip('"')


template("cast", *(f"{base} -> json" for base in INTEGERS), "boolean -> json", sql="CAST({0} AS VARCHAR)")


@kernel(
    "cast",
    *(
        f"{base} -> json"
        for base in ["real", "double", "decimal", "varchar", "date", "timestamp", "array", "map", "row"]
    ),
    typed=True,
)
def value_to_json(value: Any, *, call: Call) -> str:
    return to_json(value, call.arguments[0])


def parse_json(text: str) -> Any:
    """A canonical JSON text as Python values: integers as int, other numbers as `Number`, objects as `Members`."""
    return json.loads(text, parse_float=Number, object_pairs_hook=Members, parse_constant=Number)


def written(value: Any) -> str:
    """The JSON text of a parsed value."""
    if isinstance(value, Members):
        return f"{{{','.join(f'{quoted(k)}:{written(v)}' for k, v in value)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(written, value))}]"
    if isinstance(value, Number):
        return java.double_text(float(value))
    return quoted(value) if isinstance(value, str) else json.dumps(value)


class _UnexpectedError(Exception):
    """A token that can't become the wanted type."""


def _token(value: Any) -> str:
    """The token a value starts with, as Trino names it in its words."""
    if isinstance(value, list):
        return "{" if isinstance(value, Members) else "["
    return value if isinstance(value, str) else written(value)


def _integer(value: Any, kind: Type) -> int:
    base = kind.base
    low, high = numbers.limits(base)
    match value:
        case bool():
            return int(value)
        case int() if low <= value <= high:
            return value
        case Number():
            return numbers.integer_of_double(float(value), base)
        case str():
            return numbers.parse_integer(value, base)
        case _:
            raise _UnexpectedError(_token(value))


def _floating(value: Any, kind: Type) -> float:
    parse = numbers.parse_real if kind.base == "real" else numbers.parse_double
    if isinstance(value, list):
        raise _UnexpectedError(_token(value))
    return parse(value) if isinstance(value, str) else parse(str(int(value)))


def _boolean(value: Any, _kind: Type) -> bool:
    match value:
        case Number():
            return float(value) != 0
        case str():
            return bool(numbers.varchar_to_boolean(value))
        case list():
            raise _UnexpectedError(_token(value))
        case _:
            return bool(value)


def _varchar(value: Any, kind: Type) -> str:
    match value:
        case Number():
            text = java.double_scientific(float(value))
        case list():
            raise _UnexpectedError(_token(value))
        case _:
            text = value if isinstance(value, str) else written(value)
    return fitted(text, kind.arguments[0] if kind.arguments else UNBOUNDED)


def _decimal(value: Any, kind: Type) -> Decimal:
    name = str(kind).upper()
    if isinstance(value, list):
        raise _UnexpectedError(_token(value))
    if isinstance(value, str) and not isinstance(value, Number):
        try:
            return numbers.varchar_to_decimal_value(value, kind)
        except EngineError:
            raise numbers.bad_cast(f"Cannot cast '{written(value)}' to {name}") from None
    digits = Decimal(value if isinstance(value, Number) else int(value))
    return numbers.decimal_of(digits, kind, lambda: numbers.bad_cast(f"Cannot cast input json to {name}"))


def from_json(value: Any, kind: Type) -> Any:
    """A parsed JSON value as a value of a Trino type; raises EngineError or `_UnexpectedError`."""
    if kind.base == "json":
        return written(value)
    if value is None:
        return None
    read: Callable[[Any, Type], Any] = _READERS.get(kind.base, _integer)
    return read(value, kind)


def _element(value: Any, kind: Type) -> Any:
    try:
        return from_json(value, kind)
    except _UnexpectedError as error:
        raise numbers.bad_cast(f"Unexpected token when cast to {kind}: {error}") from None


def _array(value: Any, kind: Type) -> list[Any]:
    if isinstance(value, Members) or not isinstance(value, list):
        raise numbers.bad_cast(f"Expected a json array, but got {_token(value)}")
    return [_element(item, kind.elements[0]) for item in value]


def _map(value: Any, kind: Type) -> list[tuple[Any, Any]]:
    if not isinstance(value, Members):
        raise numbers.bad_cast(f"Expected a json object, but got {_token(value)}")
    pairs = [(_element(key, kind.elements[0]), _element(item, kind.elements[1])) for key, item in value]
    if len({key for key, _ in pairs}) < len(pairs):
        raise numbers.bad_cast("Duplicate map keys are not allowed")
    return pairs


def _row(value: Any, kind: Type) -> tuple[Any, ...]:
    if isinstance(value, Members):
        return _row_of_object(value, kind)
    if not isinstance(value, list):
        raise numbers.bad_cast(f"Expected a json array or object, but got {_token(value)}")
    if len(value) > len(kind.elements):
        raise numbers.bad_cast(f"Expected json array ending, but got {_token(value[len(kind.elements)])}")
    fields = tuple(_element(item, element) for item, element in zip(value, kind.elements, strict=False))
    if len(fields) < len(kind.elements):
        raise numbers.bad_cast(f"Unexpected token when cast to {kind.elements[len(fields)]}: ]")
    return fields


def _row_of_object(value: Members, kind: Type) -> tuple[Any, ...]:
    if None in kind.names:
        words = "Cannot cast a JSON object to anonymous row type. Input must be a JSON array."
        raise numbers.bad_cast(words)
    places = {(name or "").lower(): i for i, name in enumerate(kind.names)}
    fields: dict[int, Any] = {}
    for name, item in value:
        place = places.get(name.lower())
        if place is None:
            continue
        if place in fields:
            raise numbers.bad_cast(f"Duplicate field: {name.lower()}")
        fields[place] = _element(item, kind.elements[place])
    return tuple(fields.get(i) for i in range(len(kind.elements)))


_READERS: dict[str, Callable[[Any, Type], Any]] = {
    "boolean": _boolean,
    "real": _floating,
    "double": _floating,
    "decimal": _decimal,
    "varchar": _varchar,
    "array": _array,
    "map": _map,
    "row": _row,
}


@kernel("cast", *(f"json -> {base}" for base in ["array", "map", "row"]), typed=True)
def json_to_nested(text: str, *, call: Call) -> Any:
    try:
        return from_json(parse_json(text), call.result)
    except EngineError as error:
        if error.name != "INVALID_CAST_ARGUMENT":
            raise
        raise numbers.bad_cast(f"Cannot cast to {call.result}. {error.message}\n{text}") from error


@kernel(
    "cast",
    *(f"json -> {base}" for base in (*INTEGERS, "boolean", "real", "double", "decimal", "varchar")),
    typed=True,
)
def json_to_scalar(text: str, *, call: Call) -> Any:
    try:
        return from_json(parse_json(text), call.result)
    except _UnexpectedError as error:
        raise numbers.bad_cast(f"Cannot cast '{text}' to {call.result}") from error
