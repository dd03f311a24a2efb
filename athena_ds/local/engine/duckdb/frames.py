"""Window frames to DuckDB SQL: how far a row's frame reaches, in rows, groups or distances of the sort key."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.comparison import sort_key
from athena_ds.local.engine.duckdb.functions.temporal import DAY_MS
from athena_ds.local.engine.duckdb.planner import Planner
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import NUMBERS, Type
from athena_ds.local.sql.tree import Constant, Expression, Frame, SortKey

_INVALID = "Window frame offset value must not be negative or null"
_INTERVALS = ("interval day to second", "interval year to month")


def framed(planner: Planner, frame: Frame, order: tuple[SortKey, ...]) -> str:
    """`ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`."""
    bounds = [_bound(planner, bound, frame.unit, order) for bound in (frame.start, frame.end)]
    return f"{frame.unit} BETWEEN {bounds[0]} AND {bounds[1]}"


def _bound(planner: Planner, bound: tuple[str, Expression | None], unit: str, order: tuple[SortKey, ...]) -> str:
    word, value = bound
    if value is None:
        return word
    size = _checked(planner, value)
    return f"{_distance(planner, size, value.type, order[0], word) if unit == 'RANGE' else size} {word}"


def _checked(planner: Planner, value: Expression) -> str:
    """The offset; a negative one fails for each row it is asked for, and so does NULL."""
    sql = planner.expression(value)
    if isinstance(value, Constant) and value.value is not None and value.value >= 0:
        return sql
    failed = planner.fail("INVALID_WINDOW_FRAME", f"'{_INVALID}'", value.type)
    below = f"({sql}) < 0" + (f" OR isnan({sql})" if value.type.base in ("real", "double") else "")
    return f"(CASE WHEN ({sql}) IS NULL OR {below} THEN {failed} ELSE {sql} END)"


def _distance(planner: Planner, size: str, kind: Type, key: SortKey, word: str) -> str:
    """The offset of a RANGE frame, so that DuckDB's key less the offset is what Trino's is."""
    kinds = key.expression.type.base, kind.base
    if all(one in NUMBERS for one in kinds) or (kinds[0] == kinds[1] and kinds[0] in _INTERVALS):
        return size
    match kinds:
        case "date", "interval day to second":
            value = sort_key(planner.expression(key.expression), key.expression.type, planner.kernels)
            backwards = (word == "PRECEDING") is not key.descending
            verb = "subtract hour, minutes or seconds from" if backwards else "add hour, minutes or seconds to"
            failed = planner.fail("INVALID_FUNCTION_ARGUMENT", f"'Cannot {verb} a date'", kind)
            uneven = f"{value} IS NOT NULL AND ({size}) % {DAY_MS} <> 0"
            return f"to_microseconds((CASE WHEN {uneven} THEN {failed} ELSE {size} END) * 1000)"
        case (("timestamp" | "timestamp with time zone"), "interval day to second"):
            return f"to_microseconds(({size}) * 1000)"
        case (("date" | "timestamp"), "interval year to month"):
            return f"to_months({size})"
        case _:
            message = f"RANGE frames of {kind} over {key.expression.type} are not supported by the local engine"
            raise EngineError("NOT_SUPPORTED", message)
