"""ONE table: Athena type -> Arrow type -> pandas dtype, the same whichever way the rows came.

Pure: no AWS, and pyarrow and pandas only inside the functions that make their types. The table is `TYPES`;
`docs/decisions/0060-one-dtype-for-one-athena-type.md` says why each row is what it is.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Backend = Literal["numpy", "pyarrow"]
"""How pandas stores the columns: numpy and pandas' own arrays, or Arrow's for every column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a result as GetQueryResults describes it (`ColumnInfo`): base type name, no element types.

    Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_ColumnInfo.html
    """

    name: str
    type: str
    precision: int = 0
    scale: int = 0
    as_json: bool = False
    """Whether it is nested and comes as JSON, because the query was rewritten so."""

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> Column:
        """A `ColumnInfo` of an API answer as a value. The label is what the SELECT calls the column."""
        return cls(
            name=str(info.get("Label") or info["Name"]),
            type=str(info["Type"]),
            precision=int(info.get("Precision", 0)),
            scale=int(info.get("Scale", 0)),
        )

    @property
    def kind(self) -> Kind:
        """The row of the table for this column's type; a type the table does not know comes as its text."""
        return _AS_JSON if self.as_json else TYPES.get(self.type.lower(), _TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A row of the table. `arrow` and `pandas` are spelled as Arrow and pandas print them.

    `note` says what a reader of the column should know; it goes into `df.attrs["athena"]["columns"]`.
    """

    arrow: str
    pandas: str
    note: str = ""


_TEXT = Kind(arrow="large_string", pandas="str", note="text: Athena has no other form of this type in a result")
_NESTED = Kind(arrow="large_string", pandas="str", note="nested, as Athena's ambiguous text")
_AS_JSON = Kind(arrow="large_string", pandas="object", note="lists and dicts, by way of JSON")
_TIMESTAMP = Kind(arrow="timestamp[us]", pandas="datetime64[us]")

TYPES: Mapping[str, Kind] = {
    "boolean": Kind(arrow="bool", pandas="boolean"),
    "tinyint": Kind(arrow="int8", pandas="Int8"),
    "smallint": Kind(arrow="int16", pandas="Int16"),
    "integer": Kind(arrow="int32", pandas="Int32"),
    "int": Kind(arrow="int32", pandas="Int32"),
    "bigint": Kind(arrow="int64", pandas="Int64"),
    "float": Kind(arrow="float", pandas="float32"),
    "real": Kind(arrow="float", pandas="float32"),
    "double": Kind(arrow="double", pandas="float64"),
    "decimal": Kind(arrow="decimal128(p, s)", pandas="decimal128(p, s)[pyarrow]"),
    "varchar": Kind(arrow="large_string", pandas="str"),
    "char": Kind(arrow="large_string", pandas="str"),
    "string": Kind(arrow="large_string", pandas="str"),
    "varbinary": Kind(arrow="large_binary", pandas="large_binary[pyarrow]"),
    "date": Kind(arrow="date32[day]", pandas="date32[day][pyarrow]"),
    "time": Kind(arrow="time64[us]", pandas="time64[us][pyarrow]"),
    "time with time zone": Kind(
        arrow="large_string", pandas="str", note="text: pandas has no time of day with an offset"
    ),
    "timestamp": _TIMESTAMP,
    "timestamp with time zone": Kind(arrow="timestamp[us, tz=UTC]", pandas="datetime64[us, UTC]"),
    "interval day to second": Kind(arrow="duration[ms]", pandas="timedelta64[ms]"),
    "interval year to month": Kind(arrow="int32", pandas="Int32", note="a number of months"),
    "json": Kind(arrow="large_string", pandas="str", note="JSON text"),
    "uuid": Kind(arrow="large_string", pandas="str"),
    "ipaddress": Kind(arrow="large_string", pandas="str"),
    "geometry": Kind(arrow="large_string", pandas="str", note="well-known text"),
    "array": _NESTED,
    "map": _NESTED,
    "row": _NESTED,
    "unknown": Kind(arrow="null", pandas="object", note="only NULL"),
}
"""Lower-case `ColumnInfo.Type` -> how the column is held. `float` is what Athena calls SQL's `real`."""


def arrow_type(column: Column) -> pa.DataType:
    """The Arrow type of a column: `decimal` takes its precision and scale, all else stands in `TYPES`."""
    import pyarrow as pa  # noqa: PLC0415 - `import athena_ds` must not load pyarrow

    spelled = column.kind.arrow
    match spelled:
        case "decimal128(p, s)":
            return pa.decimal128(column.precision or 38, column.scale)
        case "timestamp[us, tz=UTC]":
            return pa.timestamp("us", tz="UTC")
        case "large_binary":
            return pa.large_binary()
        case "time64[us]":
            return pa.time64("us")
        case "null":
            return pa.null()
        case _:
            return pa.type_for_alias(spelled.replace("date32[day]", "date32"))


def canonical(found: pa.DataType) -> pa.DataType:
    """The Arrow type this library gives to what a Parquet file of an UNLOAD holds; nested types keep their shape."""
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_dictionary(found):
        return canonical(found.value_type)
    if pa.types.is_string(found) or pa.types.is_large_string(found):
        return pa.large_string()
    if pa.types.is_binary(found) or pa.types.is_large_binary(found) or pa.types.is_fixed_size_binary(found):
        return pa.large_binary()
    if pa.types.is_timestamp(found):
        return pa.timestamp("us", tz=None if found.tz is None else "UTC")
    if pa.types.is_time(found):
        return pa.time64("us")
    return found


_PANDAS = {
    "bool": "boolean",
    **{f"{sign}int{bits}": f"{sign.upper()}Int{bits}" for bits in (8, 16, 32, 64) for sign in ("", "u")},
    "float": "float32",
    "double": "float64",
    "null": "object",
    "duration[ms]": "timedelta64[ms]",
    **{f"timestamp[{unit}]": f"datetime64[{unit}]" for unit in ("us", "ns")},
    **{f"timestamp[{unit}, tz=UTC]": f"datetime64[{unit}, UTC]" for unit in ("us", "ns")},
}


def pandas_dtype(found: pa.DataType, backend: Backend = "numpy") -> Any:
    """The pandas dtype of a column of this Arrow type: it never depends on the rows."""
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    if backend == "pyarrow":
        return pd.ArrowDtype(found)
    if pa.types.is_large_string(found):
        return text_dtype()
    if pa.types.is_nested(found):
        return pd.api.types.pandas_dtype("object")
    return pd.api.types.pandas_dtype(_PANDAS[str(found)]) if str(found) in _PANDAS else pd.ArrowDtype(found)


def text_dtype() -> Any:
    """The dtype of text: `str` (missing is NaN) from pandas 3, `string` (missing is NA) before; both over Arrow."""
    pd: Any = importlib.import_module("pandas")
    if int(pd.__version__.split(".")[0]) < 3:
        return pd.StringDtype("pyarrow")
    return pd.StringDtype("pyarrow", na_value=float("nan"))


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names in order, each once: a second `id` becomes `id.1`, as pandas names them when it reads a CSV."""
    taken: set[str] = set()
    wanted = list(names)
    reserved = set(wanted)
    found = []
    for name in wanted:
        given, number = name, 0
        while given in taken or (number and given in reserved):
            number += 1
            given = f"{name}.{number}"
        taken.add(given)
        found.append(given)
    return tuple(found)
