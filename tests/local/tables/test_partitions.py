"""Partitions: added, found, moved, dropped, shown; and a query that names some lists no other."""

from __future__ import annotations

import json

import pytest

from tests.local.tables.running import Lake

TEXT = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"


@pytest.fixture(scope="module")
def daily(lake: Lake) -> Lake:
    for day, hour in ((1, 0), (1, 1), (2, 0)):
        lake.put(f"daily/dt=2024-01-0{day}/h={hour}/a.csv", f"{day}{hour}\n")
    lake.put("daily/DT=2024-01-09/h=0/a.csv", "90\n")
    lake.put("daily/notes.txt", "hello\n")
    lake.run(f"CREATE EXTERNAL TABLE daily (v int) PARTITIONED BY (dt date, h int) {TEXT} LOCATION 's3://lake/daily/'")
    assert lake.run("SELECT * FROM daily") == []
    return lake


def test_msck_finds_folders_of_the_tables_keys(daily: Lake) -> None:
    """It says which; a second time there is nothing to add."""
    found = daily.lines("MSCK REPAIR TABLE daily")
    paths = ["dt=2024-01-01/h=0", "dt=2024-01-01/h=1", "dt=2024-01-02/h=0"]
    assert found == [
        "Partitions not in metastore:" + "".join(f"\tdaily:{path}" for path in paths),
        *(f"Repair: Added partition to metastore daily:{path}" for path in paths),
    ]
    assert daily.lines("MSCK REPAIR TABLE daily") == []
    assert daily.lines("SHOW PARTITIONS daily") == paths
    assert daily.lines("SHOW PARTITIONS daily PARTITION (dt='2024-01-01')") == paths[:2]


def test_keys_have_their_types_and_prune(daily: Lake) -> None:
    """A range on a key, an IN, an expression: the bytes of other partitions are not read."""
    daily.run("MSCK REPAIR TABLE daily")
    assert daily.run("SELECT v, dt, h FROM daily ORDER BY v") == [
        ["10", "2024-01-01", "0"],
        ["11", "2024-01-01", "1"],
        ["20", "2024-01-02", "0"],
    ]
    for predicate, size in (
        ("dt = DATE '2024-01-01'", 6),
        ("dt > DATE '2024-01-01'", 3),
        ("h IN (1, 7)", 3),
        ("h = 5", 0),
    ):
        found = daily.execution(f"SELECT count(v) FROM daily WHERE {predicate}")
        assert found["Statistics"]["DataScannedInBytes"] == size, predicate


@pytest.mark.parametrize(
    ("predicate", "wanted"),
    [
        ("dt = DATE '2024-01-01' AND h < 7", {"dt": {"2024-01-01"}}),
        ("dt IN (DATE '2024-01-01', DATE '2024-01-02') AND dt > DATE '2024-01-01'", {"dt": {"2024-01-02"}}),
        ("h = 1", {"h": {"1"}}),
    ],
)
def test_explain_says_which_partitions_are_wanted(daily: Lake, predicate: str, wanted: dict[str, set[str]]) -> None:
    """EXPLAIN (TYPE IO): the table once, and of its keys the values a query can want, as ranges."""
    daily.run("MSCK REPAIR TABLE daily")
    rows = daily.run(f"EXPLAIN (TYPE IO, FORMAT JSON) SELECT v FROM daily WHERE {predicate}")
    (read,) = json.loads("\n".join(str(cell) for row in rows for cell in row))["inputTableColumnInfos"]
    assert read["table"] == {"catalog": "awsdatacatalog", "schemaTable": {"schema": "db", "table": "daily"}}
    assert read["constraint"]["none"] is False
    said = {column["columnName"]: column["domain"] for column in read["constraint"]["columnConstraints"]}
    for key, values in wanted.items():
        assert {each["low"]["value"] for each in said[key]["ranges"]} == values
        assert {each["high"]["value"] for each in said[key]["ranges"]} == values
        assert said[key]["nullsAllowed"] is False


def test_explain_names_no_table_that_is_not_read(daily: Lake) -> None:
    """A condition that is never true reads nothing; ranges have open ends."""
    rows = daily.run("EXPLAIN (TYPE IO, FORMAT JSON) SELECT v FROM daily WHERE 1 = 0")
    assert json.loads("\n".join(str(cell) for row in rows for cell in row))["inputTableColumnInfos"] == []


def test_partitions_may_lie_anywhere(lake: Lake) -> None:
    """ADD with a LOCATION, SET LOCATION, RENAME, DROP with a comparison; the objects stay."""
    lake.put("here/a.csv", "1\n")
    lake.put("there/a.csv", "2\n")
    lake.run(f"CREATE EXTERNAL TABLE moved (v int) PARTITIONED BY (p string) {TEXT} LOCATION 's3://lake/moved/'")
    lake.run("ALTER TABLE moved ADD PARTITION (p='a') LOCATION 's3://lake/here/' PARTITION (p='b')")
    assert lake.run("SELECT v, p FROM moved") == [["1", "a"]]
    assert "AlreadyExistsException" in lake.failure("ALTER TABLE moved ADD PARTITION (p='a')")
    lake.run("ALTER TABLE moved ADD IF NOT EXISTS PARTITION (p='a')")
    lake.run("ALTER TABLE moved PARTITION (p='b') SET LOCATION 's3://lake/there'")
    lake.run("ALTER TABLE moved PARTITION (p='b') RENAME TO PARTITION (p='x/y')")
    assert lake.run("SELECT v, p FROM moved ORDER BY v") == [["1", "a"], ["2", "x/y"]]
    assert lake.lines("SHOW PARTITIONS moved") == ["p=a", "p=x%2Fy"]
    lake.run("ALTER TABLE moved DROP PARTITION (p < 'b')")
    assert "Partition not found" in lake.failure("ALTER TABLE moved DROP PARTITION (p='a')")
    lake.run("ALTER TABLE moved DROP IF EXISTS PARTITION (p='a')")
    assert lake.run("SELECT v FROM moved") == [["2"]]
    assert lake.keys("here/") == ["here/a.csv"]


def test_a_value_that_is_not_of_the_keys_type_fails(lake: Lake) -> None:
    """Naming value and key."""
    lake.put("odd/k=x/a.csv", "1\n")
    lake.run(f"CREATE EXTERNAL TABLE oddkey (v int) PARTITIONED BY (k int) {TEXT} LOCATION 's3://lake/odd/'")
    lake.run("MSCK REPAIR TABLE oddkey")
    assert lake.failure("SELECT k FROM oddkey") == (
        "HIVE_INVALID_PARTITION_VALUE: Invalid partition value 'x' for INTEGER partition key: k=x"
    )


def test_hives_default_partition_is_null(lake: Lake) -> None:
    """`__HIVE_DEFAULT_PARTITION__`."""
    lake.put("dflt/k=__HIVE_DEFAULT_PARTITION__/a.csv", "1\n")
    lake.run(f"CREATE EXTERNAL TABLE dflt (v int) PARTITIONED BY (k int) {TEXT} LOCATION 's3://lake/dflt/'")
    lake.run("MSCK REPAIR TABLE dflt")
    assert lake.run("SELECT v, k FROM dflt WHERE k IS NULL") == [["1", None]]


def test_columns_of_one_partition_are_added_to_it_alone(lake: Lake) -> None:
    """ALTER TABLE ... PARTITION ... ADD COLUMNS, as AWS's page has it: the table's columns stay, and so do the rows."""
    lake.put("grown/p=a/a.csv", "1,2\n")
    lake.run(f"CREATE EXTERNAL TABLE grown (v int) PARTITIONED BY (p string) {TEXT} LOCATION 's3://lake/grown/'")
    lake.run("ALTER TABLE grown ADD PARTITION (p='a')")
    lake.run("ALTER TABLE grown PARTITION (p='a') ADD COLUMNS (w int)")
    stored = lake.glue.get_partition(DatabaseName="db", TableName="grown", PartitionValues=["a"])["Partition"]
    assert [column["Name"] for column in stored["StorageDescriptor"]["Columns"]] == ["v", "w"]
    assert lake.run("SELECT * FROM grown") == [["1", "a"]]
    assert "Partition not found" in lake.failure("ALTER TABLE grown PARTITION (p='b') ADD COLUMNS (w int)")
