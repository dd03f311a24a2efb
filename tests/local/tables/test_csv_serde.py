"""OpenCSVSerde: a record is a line, quotes and escapes as opencsv has them, types as Athena reads them or a failure."""

from __future__ import annotations

import pytest

from athena_ds.local.engine.duckdb.formats.opencsv import Dialect, fields
from tests.local.tables.running import Lake

SERDE = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('a,"b,c",d', ["a", "b,c", "d"]),
        ('"a ""q""",', ['a "q"', ""]),
        ('"a\\"b",c', ['a"b', "c"]),
        ('"open,x', None),
        ("  x, y ", ["x", "y "]),
        ("", [""]),
        ('"",""', ["", ""]),
    ],
)
def test_a_line_is_split_as_opencsv_does(line: str, expected: list[str] | None) -> None:
    """Doubled quotes, escaped quotes, leading blanks, and a quote left open."""
    assert fields(line, Dialect()) == expected


def test_declared_types_are_converted(lake: Lake) -> None:
    """Numbers as text; dates as days and timestamps as milliseconds since 1970."""
    lake.put("typed/a.csv", '"s","1","2.5","true","15706","1357034400123"\n')
    lake.run(
        f"CREATE EXTERNAL TABLE typed (s string, i int, d double, b boolean, dt date, t timestamp) {SERDE}"
        " LOCATION 's3://lake/typed/'"
    )
    assert lake.run("SELECT * FROM typed") == [["s", "1", "2.5", "true", "2013-01-01", "2013-01-01 10:00:00.123"]]


def test_a_value_that_is_not_of_the_type_fails(lake: Lake) -> None:
    """Unlike delimited text: Athena names value and field. Columns not asked for are not looked at."""
    lake.put("bad/a.csv", '"x",""\n')
    lake.run(f"CREATE EXTERNAL TABLE bad (s string, i int) {SERDE} LOCATION 's3://lake/bad/'")
    assert lake.failure("SELECT i FROM bad") == (
        "HIVE_BAD_DATA: Error parsing field value '' for field 1: For input string: \"\""
    )
    assert lake.run("SELECT s FROM bad") == [["x"]]


def test_newlines_end_records_even_in_quotes(lake: Lake) -> None:
    """A record whose quote is left open at the end of its line is NULL, its second half too."""
    lake.put("lines/a.csv", '"a\nb",1\n"c",2\n')
    lake.run(f"CREATE EXTERNAL TABLE lines (s string, i string) {SERDE} LOCATION 's3://lake/lines/'")
    assert lake.run("SELECT * FROM lines") == [[None, None], [None, None], ["c", "2"]]


def test_other_separators(lake: Lake) -> None:
    """separatorChar, quoteChar and escapeChar."""
    lake.put("semi/a.csv", "'a;b';c\n")
    lake.run(
        f"CREATE EXTERNAL TABLE semi (a string, b string) {SERDE} WITH SERDEPROPERTIES "
        "('separatorChar'=';', 'quoteChar'='\\'') LOCATION 's3://lake/semi/'"
    )
    assert lake.run("SELECT * FROM semi") == [["a;b", "c"]]
