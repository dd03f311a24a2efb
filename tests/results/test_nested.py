"""Arrays, maps and rows: Athena's text and marked by default; lists and dicts by JSON or UNLOAD; never a mixture."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from athena_ds import results
from athena_ds.aws import Door
from athena_ds.errors import ParameterError
from athena_ds.results import ReadOptions
from athena_ds.results.nested import decoded, places, probe, wrapped
from athena_ds.results.types import Column

from .athena_text import info
from .shelf import Shelf
from .transports import by_csv, by_pages, by_unload, whole

COLUMNS = [Column(name="id", type="bigint"), Column(name="tags", type="array"), Column(name="id", type="map")]


def test_by_default_they_are_text_and_marked(shelf: Shelf, door: Door) -> None:
    """Every cell is Athena's text, also one that looks empty or like JSON."""
    texts = ["[a, b]", "[]", None, '["a"]']
    for lay in (by_csv, by_pages):
        found = whole(lay(shelf, [info("v", "array")], [(text,) for text in texts]), door, "numpy")
        assert found["v"].astype(object).where(found["v"].notna(), None).tolist() == texts
        assert found.athena.notes == {"v": "nested, as Athena's ambiguous text"}


@pytest.mark.parametrize("backend", ["numpy", "pyarrow"])
@pytest.mark.parametrize("lay", [by_csv, by_pages])
def test_as_json_they_are_lists_and_dicts(shelf: Shelf, door: Door, lay: Any, backend: results.Backend) -> None:
    """Only the nested columns are decoded: a column that was JSON in the query stays text."""
    rows = [("[1,null]", '{"a":"x, y"}', "[1]"), (None, "{}", "null"), ("[]", '{"k":null}', '"t"')]
    execution = lay(shelf, [info("a", "json"), info("m", "json"), info("j", "json")], rows)
    options = ReadOptions(dtype_backend=backend, nested={0: "array", 1: "map"})
    found = results.read(execution, door, options=options)
    assert found["a"].tolist() == [[1, None], None, []]
    assert found["m"].tolist() == [{"a": "x, y"}, {}, {"k": None}]
    assert found["j"].tolist() == ["[1]", "null", '"t"']
    assert [found[name].dtype for name in "am"] == [object, object]
    assert found.athena.types == {"a": "array", "m": "map", "j": "json"}


def test_from_an_unload_they_are_lists_and_dicts(shelf: Shelf, door: Door) -> None:
    """Parquet holds them as they are; a map is a dict as by JSON."""
    kinds = {"a": pa.list_(pa.string()), "m": pa.map_(pa.string(), pa.int32()), "r": pa.struct([("p", pa.date32())])}
    values = {"a": [["x, y"], None, []], "m": [[("k", 1)], [], None], "r": [{"p": None}, None, {"p": 3}]}
    table = pa.table({name: pa.array(values[name], kind) for name, kind in kinds.items()})
    found = whole(by_unload(shelf, [table]), door, "numpy")
    assert found["a"].tolist() == [["x, y"], None, []]
    assert found["m"].tolist() == [{"k": 1}, {}, None]
    assert found.athena.types == {"a": "array", "m": "map", "r": "row"}
    arrow = whole(by_unload(shelf, [table]), door, "pyarrow")
    assert [pa.array(arrow[name].array).type.id for name in "amr"] == [kind.id for kind in kinds.values()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1.1,1.0E20]", [1.1, 1e20]),
        ("[12345678901234567890.1234567890]", [Decimal("12345678901234567890.1234567890")]),
        ("[9007199254740993]", [9007199254740993]),
        ('{"":1,"":"x"}', {"field0": 1, "field1": "x"}),
        ('{"a":1,"a":2,"b":3}', {"field0": 1, "field1": 2, "b": 3}),
        ('["NaN"]', ["NaN"]),
        ('"null"', "null"),
    ],
)
def test_json_is_decoded_exactly(text: str, value: Any) -> None:
    """No digit is lost, and fields without names keep their place."""
    assert decoded(text) == value
    assert [type(each) for each in decoded(text)] == [type(each) for each in value]


def test_the_query_is_wrapped_by_place() -> None:
    """Two columns of one name, unnamed columns and a comment at the end are no obstacle."""
    sql = "SELECT 1 AS id, tags, m AS id FROM t -- all"
    assert wrapped(sql, COLUMNS) == (
        'SELECT c0 AS "id", CAST(c1 AS JSON) AS "tags", CAST(c2 AS JSON) AS "id" FROM (\n'
        "SELECT 1 AS id, tags, m AS id FROM t -- all\n) AS t (c0, c1, c2)"
    )
    assert places(COLUMNS) == {1: "array", 2: "map"}
    assert wrapped(sql, COLUMNS[:1]) == sql
    assert wrapped("SELECT x;", [Column(name='a"b', type="row")]) == (
        'SELECT CAST(c0 AS JSON) AS "a""b" FROM (\nSELECT x\n) AS t (c0)'
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT x FROM t ORDER BY 1",
        "SELECT x FROM t order /* by */ by x LIMIT 3",
        "(SELECT x FROM t ORDER BY x)",
        "WITH a AS (SELECT 1) SELECT x FROM t\nORDER -- c\nBY x",
    ],
)
def test_an_order_that_would_be_lost_is_refused(sql: str) -> None:
    """Better than rows in another order without a word."""
    with pytest.raises(ParameterError, match="ORDER BY"):
        wrapped(sql, COLUMNS)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT row_number() OVER (ORDER BY x) FROM t",
        "SELECT 'ORDER BY', \"ORDER BY\" FROM t -- ORDER BY x",
        "SELECT x FROM (SELECT x FROM t ORDER BY x LIMIT 3)",
        "SELECT array_agg(x ORDER BY y) FROM t",
    ],
)
def test_an_order_inside_is_no_obstacle(sql: str) -> None:
    """Windows, aggregates, texts, comments and subqueries may have one."""
    assert wrapped(sql, COLUMNS).startswith("SELECT c0")


@pytest.mark.parametrize(
    "sql", ["SHOW TABLES", "DESCRIBE t", "EXPLAIN SELECT 1", "CREATE TABLE x AS SELECT 1", " -- x"]
)
def test_what_is_no_query_is_left_alone(sql: str) -> None:
    """Only what can stand in brackets is asked about."""
    assert probe(sql) is None


def test_the_probe_reads_nothing() -> None:
    """LIMIT 0 around the query."""
    assert probe("/* a */ SELECT 1; ") == "SELECT * FROM (\n/* a */ SELECT 1\n) LIMIT 0"
