"""Constants of a plan: as DuckDB literals, and as the Python values rules and kernels know."""

from __future__ import annotations

import math
from typing import Any

from athena_ds.local.engine.duckdb.functions.registry import Unknown
from athena_ds.local.engine.duckdb.physical import physical, text
from athena_ds.local.seam.types import Type
from athena_ds.local.seam.zones import OffsetTime, Zoned
from athena_ds.local.sql.tree import Cast, Constant, Expression


def known(expression: Expression) -> Any:
    """The value of an argument, `Unknown` where it isn't a constant."""
    if isinstance(expression, Cast) and not expression.explicit and isinstance(expression.argument, Constant):
        if expression.argument.value is None:
            return None
        return Unknown
    if not isinstance(expression, Constant):
        return Unknown
    if expression.value is not None and expression.type.base == "timestamp with time zone":
        return Zoned(*expression.value)
    if expression.value is not None and expression.type.base == "time with time zone":
        return OffsetTime(*expression.value)
    return expression.value


def literal(value: Any, kind: Type) -> str:  # noqa: PLR0911
    """A DuckDB literal of exactly the physical type of `kind`."""
    target = physical(kind)
    if value is None:
        return f"CAST(NULL AS {target})"
    match kind.base:
        case "boolean":
            return "true" if value else "false"
        case (
            "varchar"
            | "char"
            | "json"
            | "uuid"
            | "ipaddress"
            | "joniregexp"
            | "jsonpath"
            | "codepoints"
            | "likepattern"
        ):
            return _string(value)
        case "varbinary":
            return f"from_hex('{value.hex()}')"
        case "real" | "double":
            return f"CAST('{_float(value)}' AS {target})"
        case "timestamp with time zone":
            return f"struct_pack(utc := CAST('{value[0]}' AS TIMESTAMP), zone := {text(value[1])})"
        case "time with time zone":
            return f'struct_pack("local" := CAST(\'{value[0]}\' AS TIME), "offset" := CAST({value[1]} AS SMALLINT))'
        case "decimal":
            return f"CAST('{value:f}' AS {target})"
        case _:
            return f"CAST('{value}' AS {target})"


def _string(value: str) -> str:
    """NUL can't stand in a DuckDB literal; it is spelled chr(0)."""
    if "\x00" not in value:
        return text(value)
    return "(" + " || chr(0) || ".join(text(part) for part in value.split("\x00")) + ")"


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)
