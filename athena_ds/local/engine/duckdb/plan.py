"""From a query's text to the DuckDB SQL that answers it, and from DuckDB's answers and errors back to Trino's."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from athena_ds.local.engine.duckdb import casting, expressions, functions, relations
from athena_ds.local.engine.duckdb.functions.geometry.shape import unpack
from athena_ds.local.engine.duckdb.functions.temporal import DAY_US
from athena_ds.local.engine.duckdb.kernels import Kernels
from athena_ds.local.engine.duckdb.physical import SHAPES
from athena_ds.local.engine.duckdb.planner import Lowering, Planner, Scans
from athena_ds.local.engine.duckdb.pushed import check_pushed
from athena_ds.local.engine.duckdb.usage import used_symbols
from athena_ds.local.seam.arrow import arrow_type
from athena_ds.local.seam.engine import Catalog, Column, EngineError
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.analyse import Analysis, analyse


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """DuckDB SQL whose columns are `o0`, `o1`, ..., and what they are to Trino."""

    sql: str
    columns: tuple[Column, ...]
    analysis: Analysis
    tries: bool = False


_LOWERING = Lowering(expression=expressions.lowered, relation=relations.lowered, cast=casting.cast)


def plan(  # noqa: PLR0913
    sql: str, *, catalog: Catalog, database: str, parameters: tuple[str, ...], kernels: Kernels, scan: Scans
) -> Plan:
    """Analyse and lower a query; raises EngineError."""
    analysis = analyse(sql, catalog=catalog, database=database, parameters=parameters)
    return lower(analysis, kernels=kernels, scan=scan)


def lower(analysis: Analysis, *, kernels: Kernels, scan: Scans) -> Plan:
    functions.load()
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    check_pushed(analysis.relation)
    used = used_symbols(analysis.relation)
    planner = Planner(kernels=kernels, scan=scan, now=now, used=used, lowering=_LOWERING)
    names = [f"o{i}" for i in range(len(analysis.columns))]
    try:
        text = relations.exact(planner, analysis.relation, names)
    except RecursionError:
        raise EngineError("STATEMENT_TOO_LARGE", "statement is too large (stack overflow during planning)") from None
    return Plan(sql=text, columns=analysis.columns, analysis=analysis, tries=planner.tries)


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The seam's Arrow schema; a column may share its name with another."""
    for column in columns:
        _check_shown(column.type)
    return pa.schema([(column.name, arrow_type(column.type)) for column in columns])


def _check_shown(kind: Type) -> None:
    """A map's key of several values has no text of its own in Trino's protocol."""
    if kind.base == "map" and kind.elements[0].elements:
        raise EngineError("NOT_SUPPORTED", f"A result column of type {kind} is not supported by the local engine")
    for element in kind.elements:
        _check_shown(element)


def as_seam(batch: pa.RecordBatch, columns: tuple[Column, ...], schema: pa.Schema) -> pa.RecordBatch:
    """DuckDB's batch as the seam's types."""
    arrays = [
        _as(array, column.type, field.type) for array, column, field in zip(batch.columns, columns, schema, strict=True)
    ]
    for array, column in zip(arrays, columns, strict=True):
        _check_years(array, column.type)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


_DAYS = (-719_162, 2_932_896)
"""The first day of year 1 and the last of year 9999, counted from 1970."""


def _check_years(array: pa.Array, kind: Type) -> None:
    """Athena writes other years in its own way, and Python has none of them: refused."""
    first, last = _DAYS
    match kind.base:
        case "date":
            _check_between(array.cast(pa.int32()), first, last)
        case "timestamp" if pa.types.is_timestamp(array.type) and array.type.unit == "us":
            _check_between(array.cast(pa.int64()), first * DAY_US, (last + 1) * DAY_US - 1)
        case "timestamp with time zone":
            moments = pc.struct_field(array, [0])
            _check_between(moments.cast(pa.int64()), (first + 1) * DAY_US, last * DAY_US - 1)
        case "array":
            _check_years(array.flatten(), kind.elements[0])
        case "map":
            _check_years(array.keys, kind.elements[0])
            _check_years(array.items, kind.elements[1])
        case "row":
            for index, element in enumerate(kind.elements):
                _check_years(pc.struct_field(array, [index]), element)


def _check_between(numbers: pa.Array, least: int, most: int) -> None:
    found = pc.min_max(numbers).as_py()
    if found["min"] is not None and not (least <= found["min"] and found["max"] <= most):
        raise EngineError("NOT_SUPPORTED", "Years outside 1 to 9999 are not supported by the local engine")


def _as(array: pa.Array, kind: Type, target: pa.DataType) -> pa.Array:
    if array.type == target:
        return array
    if kind.base == "unknown":
        return pa.nulls(len(array))
    if (show := _shown(kind)) is not None:
        return pa.array([None if v is None else show(v) for v in array.to_pylist()], target)
    if _has_unknown(kind):
        return (
            pa.nulls(len(array), target) if array.null_count == len(array) else pa.array(array.to_pylist(), type=target)
        )
    return array.cast(target)


def _shown(kind: Type) -> Callable[[Any], Any] | None:  # noqa: PLR0911 - one a kind
    """How a geometry, a tile or a colour shows itself, wherever in a value it stands; None where there is none."""
    if kind.base in SHAPES:
        from athena_ds.local.engine.duckdb.functions.geometry import wkt  # noqa: PLC0415 - seldom needed

        return lambda data: wkt.shown(unpack(data))
    if kind.base == "bingtile":
        from athena_ds.local.engine.duckdb.functions.geometry.tiles import Tile  # noqa: PLC0415 - seldom needed

        return lambda number: str(Tile.unpacked(number))
    if kind.base == "color":
        from athena_ds.local.engine.duckdb.functions import colors  # noqa: PLC0415 - seldom needed

        return colors.shown
    inner = [_shown(element) for element in kind.elements]
    if not any(inner):
        return None

    def part(at: int, value: Any) -> Any:
        show = inner[at]
        return value if show is None or value is None else show(value)

    match kind.base:
        case "row":
            return lambda row: {f"f{i}": part(i, row[f"f{i}"]) for i in range(len(inner))}
        case "map":
            return lambda pairs: [(part(0, key), part(1, value)) for key, value in pairs]
        case _:
            return lambda items: [part(0, item) for item in items]


def _has_unknown(kind: Type) -> bool:
    return kind.base == "unknown" or any(map(_has_unknown, kind.elements))


_OVERFLOW = re.compile(r"Overflow in (addition|subtraction|multiplication) of INT(8|16|32|64) \((.*)\)!")
_INTEGERS = {"8": "tinyint", "16": "smallint", "32": "integer", "64": "bigint"}


_KNOWN = {
    "Division by zero": ("DIVISION_BY_ZERO", "Division by zero"),
    "Overflow in SUM of DECIMAL": ("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow"),
    "Overflow in HUGEINT addition": ("NOT_SUPPORTED", "A sum of decimals that has more than 38 digits on the way"),
    "More than one row returned by a subquery": (
        "SUBQUERY_MULTIPLE_ROWS",
        "Scalar sub-query has returned multiple rows",
    ),
}
"""What DuckDB says, whatever the kind of its error, and what Trino calls it."""


def _overflow(words: str) -> str:
    """`integer addition overflow: 2147483647 + 1`."""
    found = _OVERFLOW.search(words)
    return f"{_INTEGERS[found[2]]} {found[1]} overflow: {found[3]}" if found else words


def translated(failure: Exception, kernels: Kernels) -> EngineError:  # noqa: PLR0911
    """Trino's error for DuckDB's: the one of ours it carries, else by its kind."""
    message = str(failure)
    carried = kernels.failure(message)
    if carried is not None:
        return carried
    first = message.split("\n", 1)[0]
    if (known := next((told for words, told in _KNOWN.items() if words in message), None)) is not None:
        return EngineError(*known)
    match failure:
        case duckdb.InterruptException():
            return EngineError("USER_CANCELED", "Query was canceled")
        case duckdb.OutOfMemoryException():
            return EngineError(
                "EXCEEDED_LOCAL_MEMORY_LIMIT", "Query exceeded the local engine's memory limit", kind="RESOURCES"
            )
        case duckdb.OutOfRangeException():
            return EngineError("NUMERIC_VALUE_OUT_OF_RANGE", _overflow(first.removeprefix("Out of Range Error: ")))
        case duckdb.ConversionException():
            return EngineError("INVALID_CAST_ARGUMENT", first.removeprefix("Conversion Error: "))
        case duckdb.ProgrammingError() | duckdb.NotSupportedError():
            return EngineError("NOT_SUPPORTED", f"The local engine can't run this query: {first}")
        case _:
            return EngineError("GENERIC_INTERNAL_ERROR", first, kind="INTERNAL")
