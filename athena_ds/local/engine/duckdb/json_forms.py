"""The SQL/JSON forms computed: paths over documents, documents from values."""

from __future__ import annotations

import datetime
import functools
import json
import math
import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from athena_ds.local.engine.duckdb.functions.cast_json import quoted
from athena_ds.local.engine.duckdb.functions.java_numbers import (
    decimal_of_double,
    double_scientific,
    double_text,
    rescale,
)
from athena_ds.local.engine.duckdb.json_paths import PathFailure, found
from athena_ds.local.engine.duckdb.planner import Planner
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, Type
from athena_ds.local.sql.jsonpath import Path
from athena_ds.local.sql.tree import Form


class _Failure(Exception):  # noqa: N818 - it may be none: ON ERROR decides
    """What a form's ON ERROR decides about."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.error = EngineError(name, message)


def lowered(planner: Planner, form: Form) -> str:
    """A kernel call: what the text says of the form is bound to the function."""
    function = _bound(form.op, form.detail, form.type)
    arguments = tuple((planner.expression(a), a.type) for a in form.arguments)
    return planner.kernels.call(function, arguments, form.type, strict=False)


@functools.lru_cache(maxsize=512)
def _bound(op: str, detail: Any, kind: Type) -> Any:
    return {
        "json_exists": functools.partial(_exists, detail),
        "json_value": functools.partial(_value, detail, kind),
        "json_query": functools.partial(_query, detail),
        "json_object": functools.partial(_object, detail),
        "json_array": functools.partial(_array, detail),
    }[op]


def _document(text: str) -> Any:
    try:
        return json.loads(text, parse_int=_integer)
    except ValueError:
        raise _Failure("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: ") from None


def _integer(text: str) -> int:
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise EngineError("NOT_SUPPORTED", "JSON numbers beyond bigint are not supported by the local engine")
    return value


def _items(path: Path, text: str, passed: tuple[Any, ...]) -> list[Any]:
    document = _document(text)
    given = {
        name: _document(value) if name in path.documents and value is not None else value
        for name, value in zip(path.names, passed, strict=True)
    }
    try:
        return found(path, document, given)
    except PathFailure as failure:
        raise _Failure("PATH_EVALUATION_ERROR", f"path evaluation failed: {failure}") from None


def _exists(detail: tuple[Path, str], text: str | None, *passed: Any) -> bool | None:
    path, word = detail
    if text is None:
        return None
    try:
        return bool(_items(path, text, passed))
    except _Failure as failure:
        if word == "ERROR":
            raise failure.error from None
        return {"TRUE": True, "FALSE": False}.get(word)


def _value(detail: tuple[Path, str, str], kind: Type, text: str | None, empty: Any, other: Any, *passed: Any) -> Any:
    path, on_empty, on_error = detail
    if text is None:
        return None
    try:
        items = _items(path, text, passed)
        if not items:
            missing = _Failure(
                "JSON_VALUE_RESULT_ERROR", "cannot extract SQL scalar from JSON: JSON path found no items"
            )
            return _otherwise(on_empty, empty, missing)
        if len(items) > 1 or isinstance(items[0], (list, dict)):
            raise _Failure(  # noqa: TRY301
                "JSON_VALUE_RESULT_ERROR", "cannot extract SQL scalar from JSON: JSON path found multiple items"
            )
        return None if items[0] is None else _as(items[0], kind)
    except _Failure as failure:
        return _otherwise(on_error, other, failure)


def _otherwise(word: str, default: Any, failure: _Failure) -> Any:
    if word == "ERROR":
        raise failure.error
    return default if word == "DEFAULT" else None


def _as(item: Any, kind: Type) -> Any:
    match kind.base:
        case "varchar" | "char":
            return _as_text(item, kind)
        case "boolean":
            return _as_boolean(item)
        case "decimal":
            return _as_decimal(item, kind)
        case "date":
            return _as_date(item)
        case _:
            return _as_integer(item, kind) if kind.base in INTEGERS else _as_double(item)


def _as_text(item: Any, kind: Type) -> str:
    """A text is cut to its type's length; anything else has to fit."""
    if isinstance(item, bool):
        text = "true" if item else "false"
    else:
        text = double_scientific(item) if isinstance(item, float) else str(item)
    if not kind.arguments:
        return text
    size = int(kind.arguments[0])
    if len(text) > size and not isinstance(item, str):
        raise _unfit()
    return text[:size].ljust(size) if kind.base == "char" else text[:size]


def _as_decimal(item: Any, kind: Type) -> Decimal:
    if isinstance(item, bool):
        raise EngineError("NOT_SUPPORTED", f"JSON_VALUE of a boolean as {kind} is not supported by the local engine")
    if isinstance(item, str) and not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", item):
        raise _unfit()
    value = rescale(decimal_of_double(item) if isinstance(item, float) else Decimal(item), kind.scale)
    if abs(value) >= Decimal(10) ** (kind.precision - kind.scale):
        raise _unfit()
    return value


def _as_date(item: Any) -> datetime.date:
    match = re.fullmatch(r"\s*(\d{1,4})-(\d{1,2})-(\d{1,2})\s*", item) if isinstance(item, str) else None
    try:
        return datetime.date(*(int(part) for part in match.groups())) if match else _none()
    except ValueError:
        raise _unfit() from None


def _none() -> datetime.date:
    raise _unfit()


def _as_boolean(item: Any) -> bool:
    if isinstance(item, str):
        if item.lower() not in ("true", "t", "1", "false", "f", "0"):
            raise _unfit()
        return item.lower() in ("true", "t", "1")
    return bool(item)


def _as_integer(item: Any, kind: Type) -> int:
    if isinstance(item, str):
        if not re.fullmatch(r"\s*[+-]?\d+\s*", item):
            raise _unfit()
        item = int(item)
    if isinstance(item, float):
        item = int(abs(item) + 0.5) * (1 if item >= 0 else -1)
    bound = 2 ** (INTEGERS[kind.base] - 1)
    if not -bound <= item < bound:
        raise _unfit()
    return int(item)


def _as_double(item: Any) -> float:
    if isinstance(item, str) and not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", item):
        raise _unfit()
    return float(item)


def _unfit() -> _Failure:
    return _Failure("JSON_VALUE_RESULT_ERROR", "cannot extract SQL scalar from JSON: cannot cast value")


def _query(detail: tuple[Path, str, bool, str, str], text: str | None, *passed: Any) -> str | None:
    path, wrapper, omit, on_empty, on_error = detail
    if text is None:
        return None
    try:
        items = _items(path, text, passed)
        if not items:
            return _instead(on_empty, _Failure("JSON_OUTPUT_CONVERSION_ERROR", "JSON path found no items"))
        if wrapper == "WITH" or (
            wrapper == "CONDITIONAL" and not (len(items) == 1 and isinstance(items[0], (list, dict)))
        ):
            return _written(items)
        if len(items) > 1:
            raise _Failure("JSON_OUTPUT_CONVERSION_ERROR", "JSON path found multiple items")  # noqa: TRY301
        return items[0] if omit and isinstance(items[0], str) else _written(items[0])
    except _Failure as failure:
        return _instead(on_error, failure)


def _instead(word: str, failure: _Failure) -> str | None:
    if word == "ERROR":
        raise failure.error
    return {"EMPTYARRAY": "[]", "EMPTYOBJECT": "{}"}.get(word)


def _written(value: Any) -> str:
    """As Jackson writes it: characters beyond the basic plane as two escapes, hexadecimal digits large."""
    match value:
        case dict():
            return "{" + ",".join(f"{quoted(key)}:{_written(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
        case str():
            return quoted(value)
        case float():
            return double_text(value) if math.isfinite(value) else quoted(double_text(value))
        case Decimal():
            return str(value)
        case _:
            return json.dumps(value)


def _object(detail: tuple[tuple[str, ...], bool, bool], *parts: Any) -> str:
    kinds, absent, unique = detail
    made: dict[str, Any] = {}
    for key, value, kind in zip(parts[::2], parts[1::2], kinds, strict=True):
        if key is None:
            raise EngineError(
                "INVALID_FUNCTION_ARGUMENT", "null value passed for JSON object key to JSON_OBJECT function"
            )
        if key in made and unique:
            raise EngineError("INVALID_FUNCTION_ARGUMENT", "duplicate key passed to JSON_OBJECT function")
        if key in made:
            raise EngineError("INVALID_FUNCTION_ARGUMENT", "duplicate key passed to JSON_OBJECT function")
        if value is not None or not absent:
            made[key] = _given(value, kind)
    return _written({key: made[key] for key in _hashed(made)})


def _hashed(keys: Collection[str]) -> list[str]:
    """The order in which Java's HashMap shows these keys: Trino builds the object in one."""
    size = 16
    while len(keys) > 0.75 * size:
        size *= 2
    return sorted(keys, key=lambda key: _bucket(key, size))


def _bucket(key: str, size: int) -> int:
    units = key.encode("utf-16-le")
    code = functools.reduce(lambda h, i: (31 * h + units[i] + 256 * units[i + 1]) % 2**32, range(0, len(units), 2), 0)
    return (code ^ code >> 16) & (size - 1)


def _array(detail: tuple[tuple[str, ...], bool], *parts: Any) -> str:
    kinds, absent = detail
    pairs = zip(parts, kinds, strict=False)
    return _written([_given(value, kind) for value, kind in pairs if value is not None or not absent])


def _given(value: Any, kind: str) -> Any:
    if value is None or kind != "json":
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise EngineError("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: ") from None
