"""Trino's JSON becomes Arrow, column by column, for every type a result can have."""

from __future__ import annotations

from typing import Any

import pytest

from athena_ds.local.engine.trino.values import array_of, batch_of, columns_of
from athena_ds.local.seam.arrow import arrow_type
from athena_ds.local.seam.engine import Column, EngineError
from athena_ds.local.seam.format import text
from athena_ds.local.seam.types import parse

MOMENTS = [
    "2024-07-01 02:00:00.000 Europe/Berlin",
    None,
    "2024-01-01 05:30:00.000 +05:30",
    "2024-01-01 00:00:00.000 UTC",
]
SPELLED: list[tuple[str, list[Any], list[str | None]]] = [
    ("boolean", [True, None, False], ["true", None, "false"]),
    ("bigint", [-(2**63), None, 2**63 - 1], ["-9223372036854775808", None, "9223372036854775807"]),
    ("double", [1.5, "NaN", None, "-Infinity", 1e20], ["1.5", "NaN", None, "-Infinity", "1.0E20"]),
    ("real", [1.1, "Infinity", None], ["1.1", "Infinity", None]),
    ("decimal(38, 2)", ["1.50", None, "-" + "9" * 36 + ".99"], ["1.50", None, "-" + "9" * 36 + ".99"]),
    ("varchar", ["", None, "é'\""], ["", None, "é'\""]),
    ("varbinary", ["AP8=", None, ""], ["00 ff", None, ""]),
    ("date", ["2024-02-29", None], ["2024-02-29", None]),
    ("time(3)", ["01:02:03.123", None], ["01:02:03.123", None]),
    ("timestamp(0)", ["2024-01-01 00:00:00", None], ["2024-01-01 00:00:00", None]),
    ("timestamp(9)", ["2024-01-01 00:00:00.123456789", None], ["2024-01-01 00:00:00.123456789", None]),
    ("timestamp(3) with time zone", MOMENTS, MOMENTS),
    ("time(3) with time zone", ["01:02:03.123-05:30", None], ["01:02:03.123-05:30", None]),
    ("interval day to second", ["-1 02:03:04.567", None], ["-1 02:03:04.567", None]),
    ("interval year to month", ["-0-3", None, "1-2"], ["-0-3", None, "1-2"]),
    ("array(integer)", [[1, None], None, []], ["[1, null]", None, "[]"]),
    ("map(bigint, varchar)", [{"1": "a", "2": None}, None, {}], ["{1=a, 2=null}", None, "{}"]),
    ("map(unknown, unknown)", [{}, None], ["{}", None]),
    ("row(a integer, b array(double))", [[1, [1.5, "NaN"]], None], ["{a=1, b=[1.5, NaN]}", None]),
    ("row(a integer)", [[None]], ["{a=null}"]),
    ("unknown", [None, None], [None, None]),
    ("Geometry", ["POINT (1 2)", None], ["POINT (1 2)", None]),
    ("array(BingTile)", [[{"x": 1, "y": 2, "zoom": 3}, None]], ["[BingTile{x=1, y=2, zoom_level=3}, null]"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "expected"), SPELLED, ids=[kind for kind, _, _ in SPELLED])
def test_every_type_reads_as_it_is_spelled_in_a_result_file(kind: str, values: list[Any], expected: list[Any]) -> None:
    """Values go through the seam's own Arrow type and come out as Athena's text."""
    found = array_of(values, parse(kind))
    assert found.type == arrow_type(parse(kind))
    assert text(found, parse(kind)).to_pylist() == expected
    assert array_of([], parse(kind)).type == arrow_type(parse(kind))


def test_years_beyond_four_digits_are_read() -> None:
    """Arrow reads years 0 to 9999; Trino has others."""
    days = array_of(["+12000-01-01", "-0001-01-01", "0000-03-01"], parse("date"))
    assert days.cast("int32").to_pylist() == [3663382, -719893, -719468]
    (moment,) = array_of(["+12000-01-01 00:00:01.5"], parse("timestamp(3)")).cast("int64").to_pylist()
    assert moment == 3663382 * 86_400_000_000 + 1_500_000


def test_rows_become_columns() -> None:
    """A page's rows as a batch, types in any spelling of Trino's protocol."""
    columns = columns_of([{"name": "a", "type": "integer"}, {"name": "b", "type": 'row("A b" decimal(3, 1))'}])
    assert columns == (Column("a", parse("integer")), Column("b", parse('row("A b" decimal(3,1))')))
    batch = batch_of([[1, ["2.5"]], [None, None]], columns)
    assert batch.column(0).to_pylist() == [1, None]
    assert text(batch.column(1), columns[1].type).to_pylist() == ["{A b=2.5}", None]


def test_a_row_that_breaks_off_fails_the_query() -> None:
    """Trino does so at a value it can't spell."""
    columns = columns_of([{"name": "a", "type": "integer"}, {"name": "b", "type": "time(3)"}])
    with pytest.raises(EngineError, match="Trino broke off in the middle of a row"):
        batch_of([[1, "10:00:00.000"], [2]], columns)


@pytest.mark.parametrize(
    "kind",
    ["qdigest(real)", "timestamp(12)", "time(9)", "map(varbinary, integer)", "array(map(row(a bigint), bigint))"],
)
def test_a_type_that_can_not_be_told_is_refused(kind: str) -> None:
    """Digits or keys would be lost on the way."""
    with pytest.raises(EngineError, match=r"can't be of type|does not tell"):
        columns_of([{"name": "a", "type": kind}])
