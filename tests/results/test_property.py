"""Any typed table, written as Athena writes it, comes back equal through every transport, wherever it is cut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from athena_ds.aws import Door
from athena_ds.results import parts

from .athena_text import PARQUET, info, spelled
from .shelf import Shelf
from .transports import by_csv, by_pages, by_unload, in_batches, numpy_values, same, values, whole

_FLOAT32 = st.floats(width=32).map(lambda value: float(np.float32(value)))
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(['"', "\n", '","', "", "NaN"])
_MOMENTS = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59))

KINDS: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "tinyint": st.integers(-128, 127),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "float": _FLOAT32,
    "double": st.floats(),
    "decimal": st.decimals(min_value=-(10**12), max_value=10**12, places=4),
    "varchar": _TEXTS,
    "varbinary": st.binary(max_size=8),
    "date": st.dates(),
    "time": st.times(),
    "timestamp": _MOMENTS,
    "timestamp with time zone": _MOMENTS.map(lambda value: value.replace(tzinfo=dt.UTC)),
    "interval day to second": st.integers(-(10**13), 10**13).map(lambda number: dt.timedelta(milliseconds=number)),
    "interval year to month": st.integers(-(2**31) + 1, 2**31 - 1),
}
_UNLOADED = {kind: PARQUET[kind] for kind in KINDS if kind in PARQUET} | {"decimal": pa.decimal128(18, 4)}


@dataclass(frozen=True)
class Table:
    """Columns of types, and their values; None is NULL."""

    kinds: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def infos(self) -> list[dict[str, object]]:
        numbers = {"decimal": (18, 4), "float": (17, 0), "double": (17, 0)}
        made = []
        for place, kind in enumerate(self.kinds):
            precision, scale = numbers.get(kind, (0, 0))
            made.append(info(f"c{place}", kind, precision=precision, scale=scale))
        return made

    @property
    def texts(self) -> list[list[str | None]]:
        return [[spelled(value, kind) for value, kind in zip(row, self.kinds, strict=True)] for row in self.rows]

    def column(self, place: int) -> list[Any]:
        return [row[place] for row in self.rows]


@st.composite
def tables(draw: st.DrawFn, kinds: Sequence[str] = tuple(KINDS)) -> Table:
    chosen = tuple(draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=4)))
    row = st.tuples(*(st.none() | KINDS[kind] for kind in chosen))
    return Table(chosen, tuple(draw(st.lists(row, max_size=12))))


def equal(table: Table, frame: Any) -> None:
    for place in range(len(table.kinds)):
        found, expected = values(frame.iloc[:, place]), table.column(place)
        assert same(found, expected), (table.kinds[place], found, expected)


quick = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@quick
@given(table=tables(), part=st.sampled_from([17, 64, 4 << 20]))
def test_csv_and_batches(shelf: Shelf, door: Door, table: Table, part: int) -> None:
    """The CSV, in parts that end anywhere, as one frame and as batches of two rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART", part)
        patch.setattr("athena_ds.results.csv.FIRST", part)
        execution = by_csv(shelf, table.infos, table.texts)
        equal(table, whole(execution, door))
        equal(table, in_batches(execution, door))
    shelf.objects.clear()


@quick
@given(table=tables())
def test_pages(shelf: Shelf, door: Door, table: Table) -> None:
    """GetQueryResults pages, with Arrow's dtypes and with pandas' own."""
    execution = by_pages(shelf, table.infos, table.texts)
    equal(table, whole(execution, door))
    plain = whole(execution, door, "numpy")
    for place in range(len(table.kinds)):
        expected = [None if value != value else value for value in table.column(place)]
        assert same(numpy_values(plain.iloc[:, place]), expected)


@quick
@given(table=tables(kinds=tuple(_UNLOADED)), split=st.integers(0, 12))
def test_unload(shelf: Shelf, door: Door, table: Table, split: int) -> None:
    """Two Parquet files, one of them perhaps without rows."""
    columns = {f"c{place}": pa.array(table.column(place), _UNLOADED[kind]) for place, kind in enumerate(table.kinds)}
    whole_table = pa.table(columns)
    execution = by_unload(shelf, [whole_table.slice(0, split), whole_table.slice(split)])
    equal(table, whole(execution, door))
    equal(table, in_batches(execution, door))
    shelf.objects.clear()


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**27), max_value=10**27))
@quick
def test_decimals_of_38_digits(shelf: Shelf, door: Door, value: Decimal) -> None:
    """No digit is lost in the widest decimal."""
    execution = by_csv(shelf, [info("v", "decimal", precision=38, scale=10)], [(format(value, "f"),)])
    assert values(whole(execution, door)["v"]) == [value]
    shelf.objects.clear()
