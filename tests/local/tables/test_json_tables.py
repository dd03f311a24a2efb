"""JSON lines: OpenX's SerDe is lenient, Hive's own fails on a bad line."""

from __future__ import annotations

from tests.local.tables.running import Lake

OPENX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
HCATALOG = "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'"


def test_values_are_read_as_declared(lake: Lake) -> None:
    """Keys whatever their case, 3.7 as 3, text as numbers, objects as their text, nested types, missing members."""
    lake.put(
        "openx/a.json",
        '{"A":1,"b":"x","c":{"x":1,"Y":[1,2]},"m":{"k":1.5},"t":"2013-01-01 01:02:03.4567"}\n'
        '{"a":3.7,"b":{"o":[1]},"c":null}\n'
        '{"a":"2","b":12.5,"m":{}}\n',
    )
    lake.run(
        "CREATE EXTERNAL TABLE openx (a int, b string, c struct<x:int,y:array<int>>, m map<string,double>, t timestamp)"
        f" {OPENX} LOCATION 's3://lake/openx/'"
    )
    assert lake.run("SELECT a, b, c.x, c.y, m, t FROM openx") == [
        ["1", "x", "1", "[1, 2]", "{k=1.5}", "2013-01-01 01:02:03.457"],
        ["3", '{"o":[1]}', None, None, None, None],
        ["2", "12.5", None, None, "{}", None],
    ]


def test_what_is_no_object_is_a_row_of_nulls(lake: Lake) -> None:
    """A blank line and plain text, with OpenX; a broken object fails unless told to be ignored."""
    lake.put("loose/a.json", '{"a":1}\n\nnot json\n')
    lake.run(f"CREATE EXTERNAL TABLE loose (a int) {OPENX} LOCATION 's3://lake/loose/'")
    assert lake.lines("SELECT a FROM loose") == ["1", None, None]
    lake.put("cut/a.json", '{"a":1}\n{"a":\n')
    lake.run(f"CREATE EXTERNAL TABLE cut (a int) {OPENX} LOCATION 's3://lake/cut/'")
    assert "HIVE_CURSOR_ERROR: Row is not a valid JSON Object" in lake.failure("SELECT a FROM cut")
    lake.run(
        f"CREATE EXTERNAL TABLE cut2 (a int) {OPENX} WITH SERDEPROPERTIES ('ignore.malformed.json'='true')"
        " LOCATION 's3://lake/cut/'"
    )
    assert lake.lines("SELECT a FROM cut2") == ["1", None]


def test_hives_own_serde_fails_on_a_bad_line(lake: Lake) -> None:
    """As Athena does."""
    lake.run(f"CREATE EXTERNAL TABLE strict (a int) {HCATALOG} LOCATION 's3://lake/loose/'")
    assert "HIVE_CURSOR_ERROR" in lake.failure("SELECT a FROM strict")


def test_keys_can_be_mapped(lake: Lake) -> None:
    """`mapping.column`='key'."""
    lake.put("mapped/a.json", '{"@ts":"x"}\n')
    lake.run(
        f"CREATE EXTERNAL TABLE mapped (ts string) {OPENX} WITH SERDEPROPERTIES ('mapping.ts'='@ts')"
        " LOCATION 's3://lake/mapped/'"
    )
    assert lake.lines("SELECT ts FROM mapped") == ["x"]
