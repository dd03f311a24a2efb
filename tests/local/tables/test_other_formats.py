"""ORC by position, Regex by group, and formats that are refused rather than guessed."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pyarrow import orc

from tests.local.tables.running import Lake


def test_orc_columns_go_by_position(lake: Lake) -> None:
    """Athena's default; a column past the file's is NULL."""
    sink = pa.BufferOutputStream()
    orc.write_table(pa.table({"q": pa.array([1, 2], pa.int32()), "w": ["a", None]}), sink)
    lake.put("orc/a.orc", bytes(sink.getvalue()))
    lake.run("CREATE EXTERNAL TABLE orcs (x bigint, y string, z int) STORED AS ORC LOCATION 's3://lake/orc/'")
    assert lake.run("SELECT * FROM orcs") == [["1", "a", None], ["2", None, None]]
    lake.run(
        "CREATE EXTERNAL TABLE named (w string, q int) ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.orc.OrcSerde' "
        "WITH SERDEPROPERTIES ('orc.column.index.access'='false') STORED AS ORC LOCATION 's3://lake/orc/'"
    )
    assert lake.run("SELECT q, w FROM named") == [["1", "a"], ["2", None]]


@pytest.fixture(scope="module")
def orc_rows(lake: Lake) -> None:
    """Three rows in two files."""
    for name, rows in (("a", [1, 2]), ("b", [3])):
        sink = pa.BufferOutputStream()
        orc.write_table(pa.table({"q": pa.array(rows, pa.int32())}), sink)
        lake.put(f"orc_rows/{name}.orc", bytes(sink.getvalue()))
    lake.run("CREATE EXTERNAL TABLE orc_rows (q int) STORED AS ORC LOCATION 's3://lake/orc_rows/'")


@pytest.mark.usefixtures("orc_rows")
def test_rows_of_orc_are_counted_where_no_column_is_read(lake: Lake) -> None:
    """As many as there are, alone and beside another table."""
    assert lake.run("SELECT count(*) FROM orc_rows") == [["3"]]
    assert lake.run("SELECT a.q FROM orc_rows a CROSS JOIN orc_rows b WHERE a.q = 3") == [["3"]] * 3


@pytest.mark.usefixtures("orc_rows")
def test_counting_rows_of_orc_scans_nothing(lake: Lake) -> None:
    found = lake.execution("SELECT 'x' FROM orc_rows")
    assert found["Statistics"]["DataScannedInBytes"] == 0


def test_orc_timestamps_of_other_centuries_are_read(lake: Lake) -> None:
    """Also those beyond the years 1678 to 2261, where pyarrow's nanoseconds end; other columns stay beside them."""
    moments = pa.array([253402300799999, None, -62135596800000, 1], pa.timestamp("ms"))
    sink = pa.BufferOutputStream()
    orc.write_table(pa.table({"n": [1, 2, 3, 4], "t": moments, "s": ["a", None, "c", "d"]}), sink)
    lake.put("orc_late/a.orc", bytes(sink.getvalue()))
    columns = "n bigint, t timestamp, s string, u timestamp"
    lake.run(f"CREATE EXTERNAL TABLE orc_late ({columns}) STORED AS ORC LOCATION 's3://lake/orc_late/'")
    assert lake.run("SELECT * FROM orc_late") == [
        ["1", "9999-12-31 23:59:59.999", "a", None],
        ["2", None, None, None],
        ["3", "0001-01-01 00:00:00.000", "c", None],
        ["4", "1970-01-01 00:00:00.001", "d", None],
    ]
    assert lake.run("SELECT max(t), count(*) FROM orc_late WHERE year(t) = 9999") == [["9999-12-31 23:59:59.999", "1"]]


def test_orc_timestamps_of_other_centuries_inside_of_others_are_refused(lake: Lake) -> None:
    """There pyarrow alone knows the way."""
    moments = pa.array([[253402300799999]], pa.list_(pa.timestamp("ms")))
    sink = pa.BufferOutputStream()
    orc.write_table(pa.table({"t": moments}), sink)
    lake.put("orc_deep/a.orc", bytes(sink.getvalue()))
    lake.run("CREATE EXTERNAL TABLE orc_deep (t array<timestamp>) STORED AS ORC LOCATION 's3://lake/orc_deep/'")
    for sql in ("SELECT t FROM orc_deep", "SELECT t FROM orc_deep UNION ALL SELECT t FROM orc_deep"):
        assert lake.failure(sql).startswith("NOT_SUPPORTED: ORC timestamps before 1677-09-22 and after 2262-04-11")


def test_regex_groups_are_columns(lake: Lake) -> None:
    """A line that does not match is a row of NULLs."""
    lake.put("log/a", "GET 12\nnonsense\n")
    lake.run(
        "CREATE EXTERNAL TABLE log (m string, n int) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' "
        "WITH SERDEPROPERTIES ('input.regex'='(\\\\w+) (\\\\d+)') LOCATION 's3://lake/log/'"
    )
    assert lake.run("SELECT m, n FROM log") == [["GET", "12"], [None, None]]


@pytest.mark.parametrize(
    "stored",
    ["STORED AS AVRO", "STORED AS RCFILE", "STORED AS SEQUENCEFILE", "STORED AS ION", "ROW FORMAT SERDE 'a.B'"],
)
def test_other_formats_are_refused(lake: Lake, stored: str) -> None:
    """The table may be made, reading it says NOT_SUPPORTED."""
    name = "other_" + "".join(character for character in stored.lower() if character.isalnum())
    lake.run(f"CREATE EXTERNAL TABLE {name} (a int) {stored} LOCATION 's3://lake/log/'")
    assert lake.failure(f"SELECT a FROM {name}").startswith("NOT_SUPPORTED: ")


def test_iceberg_is_refused(lake: Lake) -> None:
    """In CREATE TABLE, in CTAS, and where Glue has such a table."""
    assert "Iceberg" in lake.failure(
        "CREATE TABLE ice (a int) LOCATION 's3://lake/i/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    assert "ICEBERG" in lake.failure("CREATE TABLE ice WITH (table_type='ICEBERG') AS SELECT 1 a")
    lake.glue.create_table(
        DatabaseName="db",
        TableInput={"Name": "ice", "Parameters": {"table_type": "ICEBERG"}, "StorageDescriptor": {"Columns": []}},
    )
    assert "ICEBERG tables are not supported" in lake.failure("SELECT * FROM ice")
    lake.glue.delete_table(DatabaseName="db", Name="ice")
