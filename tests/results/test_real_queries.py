"""Real SQL from end to end: the same query as CSV, Parquet, JSON and batches, on the embedded endpoint's own engine."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pandas as pd
import pytest

from athena_ds import AthenaDataSource
from athena_ds.errors import InvalidRequestError, QuerySyntaxError
from athena_ds.local.server import LocalAthena

UGLY = """
-- a comment; with a semicolon
SELECT * FROM (VALUES
  (1, true, bigint '9007199254740993', nan(), DECIMAL '123456789012345678901234567890.12', 'a
"b", c', X'00ff', DATE '9999-12-31', TIMESTAMP '2020-02-29 01:02:03.456'),
  (2, NULL, NULL, NULL, NULL, '', X'', NULL, NULL),
  (3, false, bigint '-1', infinity(), DECIMAL '-0.01', NULL, NULL, DATE '0001-01-01', TIMESTAMP '0001-01-01 00:00:00.0')
) AS t (id, flag, big, number, exact, text, bytes, day, moment) /* the end */ ;
"""


@pytest.fixture(scope="module")
def real() -> Iterator[AthenaDataSource]:
    with LocalAthena(samples=False) as running:
        made = AthenaDataSource.local(running)
        made.door.call("glue:CreateDatabase", DatabaseInput={"Name": "nyc"})
        yield made


def by_id(frame: pd.DataFrame) -> pd.DataFrame:
    """In order of `id`, as UNLOAD keeps none."""
    return frame.sort_values("id", ignore_index=True)


@pytest.mark.parametrize("backend", ["numpy", "pyarrow"])
def test_csv_parquet_and_batches_give_one_frame(real: AthenaDataSource, backend: str) -> None:
    """Values and dtypes, with comments and a semicolon in the query."""
    whole = by_id(real.query(UGLY, dtype_backend=backend))  # type: ignore[arg-type]
    assert whole["big"][0] == 2**53 + 1
    assert whole["exact"][0] == Decimal("123456789012345678901234567890.12")
    assert (whole["text"][0], whole["text"][1], whole["bytes"][0]) == ('a\n"b", c', "", b"\x00\xff")
    assert whole["text"].isna().tolist() == [False, False, True]
    unloaded = by_id(real.query(UGLY, unload=True, dtype_backend=backend))  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(unloaded, whole)
    batches = list(real.query_batches(UGLY, rows=2, dtype_backend=backend))  # type: ignore[arg-type]
    assert [len(batch) for batch in batches] == [2, 1]
    pd.testing.assert_frame_equal(by_id(pd.concat(batches)), whole)


def test_nested_values_are_the_same_by_json_and_by_parquet(real: AthenaDataSource) -> None:
    """Lists and dicts in both, and each column says what it holds."""
    sql = """SELECT 1 AS id, ARRAY['a, b', NULL, ''] AS a, MAP(ARRAY['k'], ARRAY[2]) AS m,
        CAST(ROW(1, 'x') AS ROW(n integer, s varchar)) AS r"""
    wanted = {"id": 1, "a": ["a, b", None, ""], "m": {"k": 2}, "r": {"n": 1, "s": "x"}}
    for frame in (real.query(sql, nested="json"), real.query(sql, unload=True), real.unload(sql).frame()):
        assert frame.iloc[0].to_dict() == wanted
        assert all("lists and dicts" in frame.athena.notes[name] for name in "amr")
    assert real.query(sql)["a"][0] == "[a, b, null, ]"


def test_every_way_to_run_a_query_unloads(real: AthenaDataSource) -> None:
    """Not query() alone: an option that is taken does what it says."""
    sql = "SELECT ARRAY[1, NULL] AS a"
    frames = [real.submit(sql, unload=True).result(), *real.query_batches(sql, unload=True)]
    frames.append(real.query_many([sql], unload=True)[0].result())
    assert [frame["a"].tolist() for frame in frames] == [[[1, None]]] * 3
    assert real.submit(sql, unload=True).arrow()["a"].to_pylist() == [[1, None]]
    none = "SELECT 1 AS a, 2 AS b WHERE false"
    assert real.submit(none, unload=True).arrow().column_names == ["a", "b"]
    assert [list(frame.columns) for frame in real.query_batches(none, unload=True)] == [["a", "b"]]


def test_an_unload_without_rows_has_its_columns(real: AthenaDataSource) -> None:
    """Athena writes no file then; a query that reads nothing tells what they are."""
    sql = "SELECT id, id AS other, ARRAY[text] AS a FROM (VALUES (1, 'x')) AS t (id, text) WHERE id = ?"
    frame = real.query(sql, [7], unload=True)
    assert len(frame) == 0
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {"id": "Int32", "other": "Int32", "a": "object"}
    assert frame.attrs["athena"]["statement_type"] == "UNLOAD"


def test_statements_without_rows_of_their_own_give_what_a_person_expects(real: AthenaDataSource) -> None:
    """CTAS and INSERT how many they wrote, DDL nothing, duplicate and unnamed columns each a name."""
    assert real.query("CREATE TABLE made AS SELECT 1 AS a UNION ALL SELECT 2")["rows"].tolist() == [2]
    assert real.query("INSERT INTO made VALUES 3, 4, 5")["rows"].tolist() == [3]
    assert real.query("SHOW TABLES")["tab_name"].tolist() == ["made"]
    assert real.query("DROP TABLE made").shape == (0, 0)
    assert list(real.query("SELECT 1 AS a, 2 AS a, 3, NULL").columns) == ["a", "a.1", "_col2", "_col3"]
    assert real.query("SELECT 1 AS a WHERE false").dtypes.astype(str).to_dict() == {"a": "Int32"}


def test_values_that_are_missing_are_asked_for(real: AthenaDataSource) -> None:
    """Athena's own words do not say how to give them."""
    with pytest.raises(InvalidRequestError, match=r"Give a value for \?: query\(sql, \[\.\.\.\]\)"):
        real.query("SELECT ?")
    with pytest.raises(QuerySyntaxError, match=r"Give a value for :a: query\(sql, \{'a': \.\.\.\}\)"):
        real.query("SELECT :a")
