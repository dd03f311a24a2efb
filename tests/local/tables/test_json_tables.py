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
    """As Athena does; the line lies where no other test puts one."""
    lake.put("strict/a.json", '{"a":1}\nnot json\n')
    lake.run(f"CREATE EXTERNAL TABLE strict (a int) {HCATALOG} LOCATION 's3://lake/strict/'")
    assert "HIVE_CURSOR_ERROR" in lake.failure("SELECT a FROM strict")


def test_keys_can_be_mapped(lake: Lake) -> None:
    """`mapping.column`='key'."""
    lake.put("mapped/a.json", '{"@ts":"x"}\n')
    lake.run(
        f"CREATE EXTERNAL TABLE mapped (ts string) {OPENX} WITH SERDEPROPERTIES ('mapping.ts'='@ts')"
        " LOCATION 's3://lake/mapped/'"
    )
    assert lake.lines("SELECT ts FROM mapped") == ["x"]


def test_numbers_are_read_as_they_stand(lake: Lake) -> None:
    """No digit is lost: text keeps its zeros, decimals all of theirs, zero its sign; exponents as Java writes them."""
    lake.put(
        "digits/a.json",
        '{"s":1.50,"d":12345678901234567890.12,"f":-0,"n":{"p":2.50,"q":"x, 3.50"}}\n{"s":1e2,"d":"7","f":"-0"}\n',
    )
    columns = "(s string, d decimal(38,2), f double, n string)"
    lake.run(f"CREATE EXTERNAL TABLE digits {columns} {OPENX} LOCATION 's3://lake/digits/'")
    assert lake.run("SELECT * FROM digits") == [
        ["1.50", "12345678901234567890.12", "-0.0", '{"p":2.50,"q":"x, 3.50"}'],
        ["1E+2", "7.00", "-0.0", None],
    ]


def test_values_are_coerced_as_openx_does(lake: Lake) -> None:
    """Hexadecimal and octal text, what is no true is false, numbers as moments, a value as an array of itself."""
    lake.put(
        "coerced/a.json",
        '{"i":"0x1F","b":1,"t":1700000000123,"a":5}\n{"i":".5","b":"TRUE","t":1700000000,"a":""}\n'
        '{"i":"010","b":"yes","t":"2024-01-15T10:11:12+02:00","a":[1,null]}\n{"i":"1f","t":"2024-01-15 10:11:12Z"}\n',
    )
    columns = "(i int, b boolean, t timestamp, a array<int>)"
    lake.run(f"CREATE EXTERNAL TABLE coerced {columns} {OPENX} LOCATION 's3://lake/coerced/'")
    assert lake.run("SELECT * FROM coerced") == [
        ["31", "false", "2023-11-14 22:13:20.123", "[5]"],
        ["0", "true", "2023-11-14 22:13:20.000", None],
        ["8", "false", "2024-01-15 08:11:12.000", "[1, null]"],
        [None, None, None, None],
    ]
    lake.put("dated/a.json", "\n".join(f'{{"d":"{d}"}}' for d in ("2024-01-15T10:11:12Z", "2024-1-5x", "08", "9")))
    lake.run(f"CREATE EXTERNAL TABLE dated (d date) {OPENX} LOCATION 's3://lake/dated/'")
    assert lake.lines("SELECT d FROM dated") == ["2024-01-15", "2024-01-05", None, "1970-01-10"]
    lake.run(f"CREATE EXTERNAL TABLE odd (a int) {OPENX} LOCATION 's3://lake/coerced/'")
    assert "HIVE_CURSOR_ERROR" in lake.failure("SELECT a FROM odd"), "an array is no number"


def test_openx_reads_what_is_hardly_json(lake: Lake) -> None:
    """Other quotes, none, comments, other separators; arrays go by place; of equal names the last counts."""
    lines = ["{a:x}", "{'a'=>'x'}", '{"a":x;"b":1 /* no */}', '["x",1]', '{"a":1,"A":"x"}', '{"a":"x"} rest']
    lake.put("lenient/a.json", "\n".join(lines))
    lake.run(f"CREATE EXTERNAL TABLE lenient (a string, b int) {OPENX} LOCATION 's3://lake/lenient/'")
    assert lake.lines("SELECT a FROM lenient") == ["x"] * len(lines)


def test_hives_own_serde_fails_on_what_does_not_fit(lake: Lake) -> None:
    """A text is no number, an object no text; a number is cut at its point."""
    lake.put("fits/a.json", '{"a":3.7,"b":1.50,"d":"x"}\n')
    lake.run(f"CREATE EXTERNAL TABLE fits (a int, b string, d decimal(5,2)) {HCATALOG} LOCATION 's3://lake/fits/'")
    assert lake.run("SELECT * FROM fits") == [["3", "1.50", None]]
    lake.put("fits_not/a.json", '{"a":"3","b":{"c":1}}\n')
    lake.run(f"CREATE EXTERNAL TABLE fits_not (a int, b string) {HCATALOG} LOCATION 's3://lake/fits_not/'")
    for column in ("a", "b"):
        assert "HIVE_CURSOR_ERROR" in lake.failure(f"SELECT {column} FROM fits_not")
