"""Trino's JSON rows as Arrow, a column at a time.

Decimals, dates, times and intervals are text there, varbinary is base64, a row is an array, a map is an object whose
keys are text, NaN and the infinities are text among numbers.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from athena_ds.local.seam.arrow import arrow_type
from athena_ds.local.seam.engine import Column, EngineError
from athena_ds.local.seam.types import Type, parse

Values = Sequence[Any]

_FINEST = {"timestamp": 9, "time": 6, "timestamp with time zone": 6, "time with time zone": 6}
_LISTED_KEYS = frozenset({"varbinary", "array", "map", "row", "hyperloglog"})
"""Kinds of map keys that Trino's protocol spells in a way that can't be read back."""


def columns_of(described: Sequence[Any]) -> tuple[Column, ...]:
    """The columns of a page; raises EngineError for a type no result can hold."""
    return tuple(Column(one["name"], _type(one["type"])) for one in described)


def batch_of(rows: Sequence[Values], columns: tuple[Column, ...]) -> pa.RecordBatch:
    """A page's rows as a batch; raises EngineError where Trino broke off in the middle of one.

    It does where it can't spell a value it made itself, such as `CAST(TIMESTAMP '1969-12-31 23:59:59.999' AS time)`.
    """
    if any(len(row) != len(columns) for row in rows):
        raise EngineError("GENERIC_INTERNAL_ERROR", "Trino broke off in the middle of a row", kind="INTERNAL")
    arrays = [array_of(values, column.type) for values, column in zip(zip(*rows, strict=True), columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def array_of(values: Values, kind: Type) -> pa.Array:
    """Values of one type."""
    make = _MAKERS.get(kind.base)
    return pa.array(values, arrow_type(kind)) if make is None else make(values, kind)


def _type(text: str) -> Type:
    try:
        kind = parse(text)
        arrow_type(kind)
    except ValueError:
        raise EngineError("NOT_SUPPORTED", f"A result column can't be of type {text}") from None
    _readable(kind)
    return kind


def _readable(kind: Type) -> None:
    if kind.precision > _FINEST.get(kind.base, kind.precision):
        raise EngineError("NOT_SUPPORTED", f"A result column can't be of type {kind}")
    if kind.base == "map" and kind.elements[0].base in _LISTED_KEYS:
        raise EngineError("NOT_SUPPORTED", f"Trino's protocol does not tell the keys of {kind}")
    for element in kind.elements:
        _readable(element)


def _floats(values: Values, kind: Type) -> pa.Array:
    try:
        return pa.array(values, arrow_type(kind))
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if one is None else float(one) for one in values], arrow_type(kind))


def _parsed(values: Values, kind: Type) -> pa.Array:
    return pa.array(values, pa.string()).cast(arrow_type(kind))


def _nothing(values: Values, _: Type) -> pa.Array:
    return pa.nulls(len(values))


def _bytes(values: Values, _: Type) -> pa.Array:
    return pa.array([None if one is None else b64decode(one) for one in values], pa.binary())


def _tiles(values: Values, _: Type) -> pa.Array:
    """An object there, a tile's own text in Athena's results."""
    shown = "BingTile{{x={x}, y={y}, zoom_level={zoom}}}".format
    return pa.array([None if one is None else shown(**one) for one in values], pa.string())


def _dates(values: Values, kind: Type) -> pa.Array:
    try:
        return _parsed(values, kind)
    except pa.ArrowInvalid:
        return pa.array([None if one is None else _day(one) for one in values], pa.int32()).cast(pa.date32())


def _timestamps(values: Values, kind: Type) -> pa.Array:
    try:
        return _parsed(values, kind)
    except pa.ArrowInvalid:
        moments = [None if one is None else _moment(one) for one in values]
        return pa.array(moments, pa.int64()).cast(pa.timestamp("us")).cast(arrow_type(kind))


_CIVIL = re.compile(r"([+-]?\d+)-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?")


def _day(text: str) -> int:
    """Days since 1970 of a date of any year, which Arrow reads from 0 to 9999 only.

    https://howardhinnant.github.io/date_algorithms.html#days_from_civil
    """
    found = _CIVIL.fullmatch(text)
    if found is None:
        raise ValueError(f"not a date: {text!r}")
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def _moment(text: str) -> int:
    """Microseconds since 1970."""
    found = _CIVIL.fullmatch(text)
    if found is None or found[4] is None:
        raise ValueError(f"not a timestamp: {text!r}")
    seconds = (_day(text.partition(" ")[0]) * 24 + int(found[4])) * 3600 + int(found[5]) * 60 + int(found[6])
    return seconds * 1_000_000 + int((found[7] or "").ljust(6, "0")[:6])


def _times(values: Values, _: Type) -> pa.Array:
    """Arrow reads no time alone."""
    moments = pc.binary_join_element_wise("1970-01-01", pa.array(values, pa.string()), " ")
    return moments.cast(pa.timestamp("us")).cast(pa.time64("us"))


def _zoned(values: Values, kind: Type) -> pa.Array:
    """`2024-01-01 02:00:00.000 Europe/Berlin`: the wall clock there, and the zone."""
    parts = [(None, None) if one is None else tuple(one.rsplit(" ", 1)) for one in values]
    zones = pa.array([zone for _, zone in parts], pa.string())
    wall = _timestamps([clock for clock, _ in parts], Type("timestamp", (6,)))
    utc = wall
    for zone in pc.unique(zones).drop_null().to_pylist():
        if zone != "UTC":
            here = pc.fill_null(pc.equal(zones, zone), fill_value=False)
            utc = pc.if_else(here, _from_zone(wall, zone), utc)
    return _struct([utc, zones], values, arrow_type(kind))


def _from_zone(wall: pa.Array, zone: str) -> pa.Array:
    if zone[0] in "+-":
        return pc.subtract(wall, pa.scalar(_minutes(zone) * 60_000_000, pa.duration("us")))
    moments = pc.assume_timezone(wall, zone, ambiguous="earliest", nonexistent="earliest")
    return moments.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))


def _minutes(offset: str) -> int:
    hours, _, minutes = offset[1:].partition(":")
    return (int(hours) * 60 + int(minutes or 0)) * (-1 if offset[0] == "-" else 1)


def _zoned_times(values: Values, kind: Type) -> pa.Array:
    clocks = _times([None if one is None else one[:-6] for one in values], kind)
    offsets = pa.array([None if one is None else _minutes(one[-6:]) for one in values], pa.int16())
    return _struct([clocks, offsets], values, arrow_type(kind))


def _day_time(text: str) -> int:
    """`-1 02:03:04.567` in milliseconds."""
    days, _, clock = text.lstrip("-").partition(" ")
    hours, minutes, seconds = clock.split(":")
    whole, _, fraction = seconds.partition(".")
    total = ((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60_000 + int(whole) * 1000 + int(fraction or 0)
    return -total if text.startswith("-") else total


def _year_month(text: str) -> int:
    years, _, months = text.lstrip("-").partition("-")
    total = int(years) * 12 + int(months)
    return -total if text.startswith("-") else total


def _intervals(read: Callable[[str], int]) -> Callable[[Values, Type], pa.Array]:
    return lambda values, kind: pa.array([None if one is None else read(one) for one in values], arrow_type(kind))


def _arrays(values: Values, kind: Type) -> pa.Array:
    inside = array_of([*chain.from_iterable(one for one in values if one is not None)], kind.elements[0])
    return pa.ListArray.from_arrays(_offsets(values), inside, type=arrow_type(kind), mask=_nulls(values))


def _maps(values: Values, kind: Type) -> pa.Array:
    held = [one for one in values if one is not None]
    names = [*chain.from_iterable(held)]
    keys = _keys(names, kind.elements[0])
    items = array_of([*chain.from_iterable(one.values() for one in held)], kind.elements[1])
    return pa.MapArray.from_arrays(_offsets(values), keys, items, type=arrow_type(kind), mask=_nulls(values))


def _keys(names: Sequence[str], kind: Type) -> pa.Array:
    match kind.base:
        case "unknown":
            return pa.array([], pa.int32())
        case "boolean":
            return pa.array([name == "true" for name in names], pa.bool_())
        case "tinyint" | "smallint" | "integer" | "bigint":
            return pa.array([int(name) for name in names], arrow_type(kind))
        case _:
            return array_of(names, kind)


def _rows(values: Values, kind: Type) -> pa.Array:
    empty = (None,) * len(kind.elements)
    columns = zip(*(empty if one is None else one for one in values), strict=True) if values else [()] * len(empty)
    children = [array_of(column, element) for column, element in zip(columns, kind.elements, strict=True)]
    return _struct(children, values, arrow_type(kind))


def _struct(children: list[pa.Array], values: Values, kind: pa.DataType) -> pa.Array:
    return pa.StructArray.from_arrays(children, fields=list(kind), mask=_nulls(values))


def _offsets(values: Values) -> pa.Array:
    return pa.array([0, *accumulate(0 if one is None else len(one) for one in values)], pa.int32())


def _nulls(values: Values) -> pa.Array:
    return pa.array([one is None for one in values], pa.bool_())


_MAKERS: dict[str, Callable[[Values, Type], pa.Array]] = {
    "unknown": _nothing,
    "real": _floats,
    "double": _floats,
    "decimal": _parsed,
    "varbinary": _bytes,
    "date": _dates,
    "time": _times,
    "timestamp": _timestamps,
    "timestamp with time zone": _zoned,
    "time with time zone": _zoned_times,
    "interval day to second": _intervals(_day_time),
    "interval year to month": _intervals(_year_month),
    "array": _arrays,
    "map": _maps,
    "row": _rows,
    "bingtile": _tiles,
}
