"""From a value as a file holds it to the type the table declares: the widenings Trino makes, and no other."""

from __future__ import annotations

from itertools import count

import pyarrow as pa

from athena_ds.local.engine.duckdb.physical import physical, quote
from athena_ds.local.seam.types import INTEGERS, Type

_names = count()

_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_BINARIES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)


class Mismatch(Exception):  # noqa: N818 - not an error of its own: the reader words it
    """A file's type can't be read as the declared one."""


def converted(expression: str, found: pa.DataType, wanted: Type) -> str:
    """`expression`, of a file's type, as the declared type. Raises Mismatch."""
    if pa.types.is_dictionary(found):
        found = found.value_type
    match wanted.base:
        case "array":
            return _array(expression, found, wanted)
        case "map":
            return _map(expression, found, wanted)
        case "row":
            return _row(expression, found, wanted)
        case _:
            return _scalar(expression, found, wanted)


def sized(expression: str, wanted: Type) -> str:
    """Text cut to a varchar's length, or cut and padded to a char's."""
    if wanted.base == "char":
        return f"rpad(left({expression}, {wanted.precision}), {wanted.precision}, ' ')"
    return f"left({expression}, {wanted.precision})" if wanted.arguments else expression


def variable() -> str:
    """A lambda parameter nobody else uses."""
    return f"e{next(_names)}"


def _scalar(expression: str, found: pa.DataType, wanted: Type) -> str:  # noqa: C901, PLR0911
    is_text = any(check(found) for check in _TEXTS)
    is_binary = any(check(found) for check in _BINARIES)
    match wanted.base:
        case "boolean" if pa.types.is_boolean(found):
            return expression
        case "tinyint" | "smallint" | "integer" | "bigint" if pa.types.is_integer(found):
            return _integer(expression, found, wanted)
        case "real" if pa.types.is_float32(found):
            return expression
        case "double" if pa.types.is_float64(found):
            return expression
        case "double" if pa.types.is_float32(found):
            return f"CAST({expression} AS DOUBLE)"
        case "decimal" if pa.types.is_decimal(found) or pa.types.is_integer(found):
            same = pa.types.is_decimal(found) and (found.precision, found.scale) == (wanted.precision, wanted.scale)
            return expression if same else f"CAST({expression} AS {physical(wanted)})"
        case "varchar" | "char" if is_text or is_binary:
            return sized(expression if is_text else f"decode({expression})", wanted)
        case "varbinary" if is_text or is_binary:
            return f"encode({expression})" if is_text else expression
        case "date" if pa.types.is_date(found):
            return expression
        case "timestamp" if pa.types.is_timestamp(found):
            return _timestamp(expression, found)
        case _:
            raise Mismatch


def _integer(expression: str, found: pa.DataType, wanted: Type) -> str:
    """Widening, and any width that Parquet stores as INT32 among themselves."""
    width = INTEGERS[wanted.base]
    if found.bit_width == width and pa.types.is_signed_integer(found):
        return expression
    if found.bit_width > max(width, 32):
        raise Mismatch
    return f"CAST({expression} AS {physical(wanted)})"


def _timestamp(expression: str, found: pa.DataType) -> str:
    """Hive's timestamps have milliseconds; finer ones are rounded as Trino rounds them."""
    plain = expression
    if found.tz:
        # DuckDB has functions for one unit each; INT96 comes as microseconds whatever the file's schema says.
        plain = (
            f"make_timestamp({f'epoch_ns({expression}) // 1000' if found.unit == 'ns' else f'epoch_us({expression})'})"
        )
    elif found.unit == "ns":
        plain = f"CAST({expression} AS TIMESTAMP)"
    if found.unit in ("s", "ms"):
        return f"CAST({plain} AS TIMESTAMP)"
    return f"date_trunc('milliseconds', {plain} + INTERVAL 500 MICROSECONDS)"


def _array(expression: str, found: pa.DataType, wanted: Type) -> str:
    if not (pa.types.is_list(found) or pa.types.is_large_list(found) or pa.types.is_fixed_size_list(found)):
        raise Mismatch
    each = variable()
    inner = converted(each, found.value_type, wanted.elements[0])
    return expression if inner == each else f"list_transform({expression}, lambda {each}: {inner})"


def _map(expression: str, found: pa.DataType, wanted: Type) -> str:
    if not pa.types.is_map(found):
        raise Mismatch
    key, value = variable(), variable()
    keys = converted(key, found.key_type, wanted.elements[0])
    values = converted(value, found.item_type, wanted.elements[1])
    if (keys, values) == (key, value):
        return expression
    made = (
        f"map(list_transform(map_keys({expression}), lambda {key}: {keys}),"
        f" list_transform(map_values({expression}), lambda {value}: {values}))"
    )
    return f"CASE WHEN {expression} IS NULL THEN NULL ELSE {made} END"


def _row(expression: str, found: pa.DataType, wanted: Type) -> str:
    """Fields are found by name, whatever the case; one the file has not is NULL."""
    if not pa.types.is_struct(found):
        raise Mismatch
    known = {found.field(index).name.lower(): found.field(index) for index in range(found.num_fields)}
    parts = []
    for index, (name, kind) in enumerate(zip(wanted.names, wanted.elements, strict=True)):
        held = known.get((name or "").lower())
        if held is None:
            value = f"CAST(NULL AS {physical(kind)})"
        else:
            value = converted(f"struct_extract({expression}, '{_escaped(held.name)}')", held.type, kind)
        parts.append(f"{quote(f'f{index}')} := {value}")
    return f"CASE WHEN {expression} IS NULL THEN NULL ELSE struct_pack({', '.join(parts)}) END"


def _escaped(name: str) -> str:
    return name.replace("'", "''")
