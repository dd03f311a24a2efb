"""What PyAthena 4.2.1 and awswrangler 3.17.1 are documented to get wrong, as cases that pass here."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from athena_ds import results
from athena_ds.aws import Door

from .athena_text import info
from .shelf import Shelf
from .transports import by_csv, by_pages, by_unload, values, whole


def column(shelf: Shelf, door: Door, kind: str, texts: list[str | None], **numbers: int) -> Any:
    return whole(by_csv(shelf, [info("v", kind, **numbers)], [(text,) for text in texts]), door, "numpy")["v"]


def test_null_and_empty_text_and_the_text_nan_are_three(shelf: Shelf, door: Door) -> None:
    """PyAthena's PandasCursor and ArrowCursor make two of them one; awswrangler all three."""
    found = column(shelf, door, "varchar", ["", None, "NaN"])
    assert found.isna().tolist() == [False, True, False]
    assert found.dropna().tolist() == ["", "NaN"]


def test_a_double_may_be_nan(shelf: Shelf, door: Door) -> None:
    """PyAthena's PandasCursor raises OperationalError; awswrangler makes it NULL."""
    found = whole(by_csv(shelf, [info("v", "double")], [("NaN",), (None,), ("-Infinity",)]), door, "pyarrow")
    nan, null, infinity = values(found["v"])
    assert nan != nan
    assert null is None
    assert infinity == float("-inf")


def test_a_decimal_keeps_its_digits(shelf: Shelf, door: Door) -> None:
    """PyAthena's ArrowCursor leaves text; awswrangler with dtype_backend="pyarrow" makes a double."""
    found = column(shelf, door, "decimal", ["12345678901234567890.1234567890"], precision=38, scale=10)
    assert found[0] == Decimal("12345678901234567890.1234567890")


def test_a_bigint_with_null_keeps_its_digits(shelf: Shelf, door: Door) -> None:
    """Through a float, 2^53 + 1 would lose one."""
    assert column(shelf, door, "bigint", ["9007199254740993", None])[0] == 9007199254740993


def test_varbinary_is_bytes(shelf: Shelf, door: Door) -> None:
    """awswrangler gives the bytes of the hexadecimal text; PyAthena's ArrowCursor and PolarsCursor the text."""
    assert column(shelf, door, "varbinary", ["68 69"])[0] == b"hi"


def test_a_timestamp_with_time_zone_is_an_instant(shelf: Shelf, door: Door) -> None:
    """awswrangler gives text or DateParseError, PyAthena's ArrowCursor text."""
    found = column(shelf, door, "timestamp with time zone", ["2026-09-17 12:34:56.789 Europe/Paris"])
    assert found[0] == dt.datetime(2026, 9, 17, 10, 34, 56, 789000, tzinfo=dt.UTC)


def test_a_time_keeps_its_microseconds(shelf: Shelf, door: Door) -> None:
    """awswrangler cuts them to milliseconds."""
    assert column(shelf, door, "time", ["23:59:59.999999"])[0] == dt.time(23, 59, 59, 999999)


@pytest.mark.parametrize("kind", ["uuid", "ipaddress", "interval day to second", "unknown"])
def test_rare_types_do_not_lose_the_result(shelf: Shelf, door: Door, kind: str) -> None:
    """awswrangler raises UnsupportedType for a single such column."""
    assert len(column(shelf, door, kind, [None, None])) == 2


def test_two_columns_of_one_name_keep_their_own_types(shelf: Shelf, door: Door) -> None:
    """awswrangler gives both the last one's: an int came back as text."""
    found = whole(by_csv(shelf, [info("x", "integer"), info("x", "varchar")], [("1", "1")]), door, "numpy")
    assert found.iloc[0].tolist() == [1, "1"]


def test_the_first_row_of_show_survives(shelf: Shelf, door: Door) -> None:
    """awswrangler drops it always; PyAthena where it equals the label, as in a database called database_name."""
    from .shelf import Result

    result = Result(columns=[info("database_name", "string")], rows=[("database_name",), ("b",)], labelled=False)
    show = shelf.lay("show", result, statement="UTILITY", substatement="SHOW_DATABASES", location="s3://bucket/r/s.txt")
    assert whole(show, door, "numpy")["database_name"].tolist() == ["database_name", "b"]


def test_managed_results_are_read_and_keep_null_from_empty(shelf: Shelf, door: Door) -> None:
    """awswrangler's fallback for them writes NULL as an empty text."""
    found = whole(by_pages(shelf, [info("v", "varchar")], [("",), (None,)]), door, "numpy")["v"]
    assert found.isna().tolist() == [False, True]


def test_an_empty_result_keeps_its_columns(shelf: Shelf, door: Door) -> None:
    """aws-sdk-pandas#659."""
    assert list(whole(by_csv(shelf, [info("a", "bigint")], []), door, "numpy").columns) == ["a"]


def test_a_year_past_2262_does_not_wrap(shelf: Shelf, door: Door) -> None:
    """aws-sdk-pandas#592: nanoseconds end there, and INT96 from Parquet wrapped to wrong dates."""
    moment = dt.datetime(3900, 1, 1, 12)
    assert column(shelf, door, "timestamp", ["3900-01-01 12:00:00.000"])[0] == moment
    unloaded = by_unload(shelf, [pa.table({"v": pa.array([moment], pa.timestamp("us"))})])
    assert whole(unloaded, door, "numpy")["v"][0] == moment


def test_the_dtype_is_the_same_by_every_way(shelf: Shelf, door: Door) -> None:
    """Elsewhere integers with NULL become float64 and dates datetime64 by UNLOAD only."""
    infos = [info("i", "bigint"), info("d", "date"), info("b", "boolean"), info("s", "varchar")]
    texts = [("1", "2020-01-01", "true", "x"), (None, None, None, None)]
    table = pa.table(
        {
            "i": pa.array([1, None]),
            "d": pa.array([dt.date(2020, 1, 1), None]),
            "b": pa.array([True, None]),
            "s": pa.array(["x", None]),
        }
    )
    frames = [whole(each, door, "numpy") for each in (by_csv(shelf, infos, texts), by_pages(shelf, infos, texts))]
    frames.append(whole(by_unload(shelf, [table]), door, "numpy"))
    frames += list(results.batches(by_csv(shelf, infos, texts), door, rows=1))
    assert len({tuple(map(str, frame.dtypes)) for frame in frames}) == 1
    assert frames[0].equals(frames[2])
