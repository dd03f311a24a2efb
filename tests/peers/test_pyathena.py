"""PyAthena, unchanged, on the endpoint: every cursor gives the same rows, given AWS_ENDPOINT_URL and keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from pyarrow import fs
from pyathena import connect
from pyathena.arrow.cursor import ArrowCursor
from pyathena.async_cursor import AsyncCursor
from pyathena.cursor import DictCursor
from pyathena.error import DatabaseError, OperationalError
from pyathena.pandas.async_cursor import AsyncPandasCursor
from pyathena.pandas.cursor import PandasCursor
from pyathena.s3fs.cursor import S3FSCursor

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS

SQL = "SELECT carrier, name FROM airlines ORDER BY carrier LIMIT 3"
ROWS = [("9E", "Endeavor Air Inc."), ("AA", "American Airlines Inc."), ("AS", "Alaska Airlines Inc.")]


@pytest.fixture
def connection(local: LocalAthena, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in local.environment.items():
        monkeypatch.setenv(name, value)
    return connect(s3_staging_dir=f"s3://{RESULTS}/pyathena/", schema_name="nyc", poll_interval=0.02)


def plain(connection: Any) -> Any:
    return connection.cursor().execute(SQL).fetchall()


def dicts(connection: Any) -> Any:
    return [tuple(row.values()) for row in connection.cursor(DictCursor).execute(SQL).fetchall()]


def futures(connection: Any) -> Any:
    cursor = connection.cursor(AsyncCursor)
    _, future = cursor.execute(SQL)
    rows = future.result().fetchall()
    cursor.close()
    return rows


def frame(connection: Any) -> Any:
    return list(connection.cursor(PandasCursor).execute(SQL).as_pandas().itertuples(index=False, name=None))


def frame_unloaded(connection: Any) -> Any:
    found = connection.cursor(PandasCursor, unload=True).execute(SQL).as_pandas()
    return sorted(found.itertuples(index=False, name=None))


def frame_later(connection: Any) -> Any:
    cursor = connection.cursor(AsyncPandasCursor)
    _, future = cursor.execute(SQL)
    rows = list(future.result().as_pandas().itertuples(index=False, name=None))
    cursor.close()
    return rows


def files(connection: Any) -> Any:
    return connection.cursor(S3FSCursor).execute(SQL).fetchall()


@pytest.mark.parametrize("read", [plain, dicts, futures, frame, frame_unloaded, frame_later, files])
def test_every_cursor_gives_the_same_rows(connection: Any, read: Callable[[Any], Any]) -> None:
    """Rows by GetQueryResults, from the CSV, and from an UNLOAD's Parquet."""
    assert read(connection) == ROWS


@pytest.mark.parametrize("unload", [False, True])
def test_the_arrow_cursor_as_far_as_pyarrow_lets_it(
    connection: Any, local: LocalAthena, monkeypatch: pytest.MonkeyPatch, unload: bool
) -> None:
    """It makes a pyarrow S3 client, which reads no endpoint from the environment; told one, its rows are the same."""
    here = partial(fs.S3FileSystem, endpoint_override=local.endpoint_url.removeprefix("http://"), scheme="http")
    monkeypatch.setattr(fs, "S3FileSystem", here)
    table = connection.cursor(ArrowCursor, unload=unload).execute(SQL).as_arrow()
    assert sorted(zip(*table.to_pydict().values(), strict=True)) == ROWS


def test_chunks(connection: Any) -> None:
    """A frame at a time, no row lost."""
    sql = "SELECT flight, carrier, air_time FROM flights WHERE month = 1"
    sizes = [len(one) for one in connection.cursor(PandasCursor).execute(sql, chunksize=10_000).as_pandas()]
    assert sizes == [10_000, 10_000, 7_004]


def test_python_values(connection: Any) -> None:
    """Each type as PyAthena's converter reads Athena's text."""
    sql = (
        "SELECT 1, 1.5, DECIMAL '1.50', TIMESTAMP '2020-01-01 00:00:00.123', DATE '2020-01-01', ARRAY[1, 2], "
        "MAP(ARRAY['k'], ARRAY[1]), true, X'0102', CAST(NULL AS varchar), '', JSON '{\"a\": 1}'"
    )
    assert connection.cursor().execute(sql).fetchone() == (
        1,
        1.5,
        Decimal("1.50"),
        dt.datetime(2020, 1, 1, 0, 0, 0, 123000),
        dt.date(2020, 1, 1),
        [1, 2],
        {"k": "1"},
        True,
        b"\x01\x02",
        None,
        "",
        {"a": 1},
    )


def test_parameters(connection: Any) -> None:
    """Formatted into the text, sent as ExecutionParameters, and through a prepared statement."""
    sql = "SELECT name FROM airlines WHERE carrier = "
    cursor = connection.cursor()
    assert cursor.execute(sql + "%(carrier)s", {"carrier": "AA"}).fetchall() == [ROWS[1][1:]]
    assert cursor.execute(sql + "?", ["'AA'"], paramstyle="qmark").fetchall() == [ROWS[1][1:]]
    cursor.execute(f"PREPARE by_carrier FROM {sql}?")
    assert cursor.execute("EXECUTE by_carrier USING 'AA'").fetchall() == [ROWS[1][1:]]


def test_statements_without_rows_and_with_text(connection: Any) -> None:
    """DDL, CTAS, SHOW, DESCRIBE, EXPLAIN."""
    cursor = connection.cursor()
    cursor.execute("CREATE DATABASE IF NOT EXISTS pyathena_made")
    cursor.execute("CREATE TABLE pyathena_made.copy AS SELECT * FROM airlines")
    assert cursor.execute("SELECT count(*) FROM pyathena_made.copy").fetchone() == (16,)
    assert cursor.execute("SHOW TABLES IN pyathena_made").fetchall() == [("copy",)]
    assert cursor.execute("DESCRIBE airlines").fetchone()[0].split("\t")[0] == "carrier".ljust(20)
    assert cursor.execute("EXPLAIN SELECT 1").fetchall()[0] != ("Query Plan",)
    cursor.execute("DROP TABLE pyathena_made.copy")
    cursor.execute("DROP DATABASE pyathena_made")


def test_metadata(connection: Any) -> None:
    """Tables and columns as PyAthena lists them."""
    cursor = connection.cursor()
    found = {table.name: table for table in cursor.list_table_metadata(schema_name="nyc")}
    assert {"airlines", "flights", "weather"} <= set(found)
    assert [column.name for column in found["airlines"].columns] == ["carrier", "name"]


def test_errors(connection: Any) -> None:
    """A meaning error fails the query, a syntax error the submit."""
    with pytest.raises(OperationalError, match="COLUMN_NOT_FOUND: line 1:8"):
        connection.cursor().execute("SELECT nope FROM airlines")
    with pytest.raises(DatabaseError, match="mismatched input 'SELEC'"):
        connection.cursor().execute("SELEC 1")


def test_reuse(connection: Any) -> None:
    """The second time the rows are the first's."""
    sql = "SELECT count(*) AS reused FROM airlines"
    connection.cursor().execute(sql)
    again = connection.cursor().execute(sql, result_reuse_enable=True)
    assert again.reused_previous_result is True
    assert again.fetchone() == (16,)


def test_sqlalchemy(connection: Any, local: LocalAthena) -> None:
    """The dialect reflects tables and reads rows."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(
        f"awsathena+rest://@athena.{local.region}.amazonaws.com:443/nyc?s3_staging_dir=s3://{RESULTS}/sa/"
    )
    assert "airlines" in sqlalchemy.inspect(engine).get_table_names()
    with engine.connect() as opened:
        assert opened.execute(sqlalchemy.text("SELECT count(*) FROM airlines")).scalar() == 16
