r"""Rows as lines: Hive's delimited text (`\N` for NULL, \002 and \003 inside) and JSON objects."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from athena_ds.local.seam.engine import Column, EngineError
from athena_ds.local.seam.format import java, text
from athena_ds.local.seam.types import Type

_SEPARATORS = tuple(chr(code) for code in range(2, 9))


def delimited(batch: pa.RecordBatch, columns: Sequence[Column], *, delimiter: str) -> bytes:
    """The lines of a text table; nothing is quoted or escaped, as LazySimpleSerDe writes it."""
    spelled = [_texts(values, column.type) for values, column in zip(batch.columns, columns, strict=True)]
    lines = pc.binary_join_element_wise(*spelled, delimiter, null_handling="replace", null_replacement=r"\N")
    return _joined(lines)


def json_lines(batch: pa.RecordBatch, columns: Sequence[Column]) -> bytes:
    """A JSON object a row; a NULL member is written as null."""
    texts = [
        [f"{_quoted(column.name)}:{text}" for text in map(_or_null(column.type), values.to_pylist())]
        for column, values in zip(columns, batch.columns, strict=True)
    ]
    lines = [f"{{{','.join(members)}}}\n" for members in zip(*texts, strict=True)]
    return "".join(lines).encode()


def _joined(lines: pa.Array) -> bytes:
    if not len(lines):
        return b""
    # One string of the whole batch: a list of one row, joined by Arrow.
    whole = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)
    return bytes(pc.binary_join(whole, "\n")[0].as_buffer()) + b"\n"


def _texts(values: pa.Array, kind: Type) -> pa.Array:
    if kind.base in ("array", "map", "row"):
        spell = _nested(kind, 0)
        return pa.array([None if value is None else spell(value) for value in values.to_pylist()], pa.string())
    if kind.base == "varbinary":
        spelled = [None if value is None else base64.b64encode(value).decode() for value in values.to_pylist()]
        return pa.array(spelled, pa.string())
    return text(values, kind)


def _nested(kind: Type, level: int) -> Callable[[Any], str]:
    """Collections joined by the separator of their depth."""
    match kind.base:
        case "array":
            item = _held(kind.elements[0], level + 1)
            return lambda values: _SEPARATORS[level].join(item(value) for value in values)
        case "map":
            key, value = (_held(element, level + 2) for element in kind.elements)
            return lambda pairs: _SEPARATORS[level].join(
                f"{key(name)}{_SEPARATORS[level + 1]}{value(held)}" for name, held in pairs
            )
        case "row":
            items = [_held(element, level + 1) for element in kind.elements]
            return lambda fields: _SEPARATORS[level].join(
                item(value) for item, value in zip(items, fields.values(), strict=True)
            )
        case _:
            return lambda value: _plain(value, kind)


def _held(kind: Type, level: int) -> Callable[[Any], str]:
    spell = _nested(kind, level)
    return lambda value: r"\N" if value is None else spell(value)


def _plain(value: Any, kind: Type) -> str:
    match kind.base:
        case "boolean":
            return "true" if value else "false"
        case "real" | "double":
            return java(value)
        case "timestamp":
            return str(value.isoformat(sep=" ", timespec="milliseconds"))
        case "varbinary":
            return str(value.decode("utf-8", "replace"))
        case _:
            return str(value)


def _or_null(kind: Type) -> Callable[[Any], str]:
    spell = _json(kind)
    return lambda value: "null" if value is None else spell(value)


def _json(kind: Type) -> Callable[[Any], str]:
    """A value's JSON: decimals as numbers with their digits, dates and timestamps as text, binary as the text it is.

    What is no UTF-8 is lost, as with Hive's SerDe.
    """
    match kind.base:
        case "array":
            item = _or_null(kind.elements[0])
            found: Callable[[Any], str] = lambda values: f"[{','.join(map(item, values))}]"  # noqa: E731
        case "map":
            key, held = kind.elements[0], _or_null(kind.elements[1])
            found = lambda pairs: _object((_plain(name, key), held(value)) for name, value in pairs)  # noqa: E731
        case "row":
            items = [_or_null(element) for element in kind.elements]
            names = [name or f"field{at}" for at, name in enumerate(kind.names)]
            found = lambda fields: _object(  # noqa: E731
                (name, item(value)) for name, item, value in zip(names, items, fields.values(), strict=True)
            )
        case "boolean" | "tinyint" | "smallint" | "integer" | "bigint":
            found = json.dumps
        case "real" | "double":
            found = _json_number
        case "decimal":
            found = "{:f}".format
        case _:
            found = lambda value: _quoted(_plain(value, kind))  # noqa: E731
    return found


def _object(members: Iterable[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{_quoted(name)}:{value}" for name, value in members) + "}"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_number(value: float) -> str:
    """JSON has no NaN and no Infinity; raises EngineError as Trino does."""
    if value - value != 0:
        raise EngineError("HIVE_UNSERIALIZABLE_JSON_VALUE", f"Invalid value to Insert: {java(value)}")
    return java(value)
