"""Tables that tell of tables: `information_schema` as AWS's pages query it, and `"table$partitions"`."""

from __future__ import annotations

import pytest

from tests.local.tables.running import Lake

COLUMNS = (
    "SELECT column_name, ordinal_position, data_type, is_nullable, comment, extra_info FROM information_schema.columns"
)


@pytest.fixture(scope="module")
def shop(lake: Lake) -> Lake:
    lake.run("CREATE DATABASE shop")
    lake.run(
        "CREATE EXTERNAL TABLE shop.sales (Id bigint COMMENT 'which', parts array<struct<n:int>>)"
        " PARTITIONED BY (day date, region string) STORED AS PARQUET LOCATION 's3://lake/sales/'"
    )
    lake.run("CREATE VIEW shop.totals AS SELECT count(*) AS n, CAST(1 AS decimal(5,2)) AS rate FROM shop.sales")
    lake.run(
        "ALTER TABLE shop.sales ADD PARTITION (day='2024-01-02', region='eu') PARTITION (day='2024-01-01', region='us')"
    )
    return lake


def test_databases_and_tables_are_listed(shop: Lake) -> None:
    """Databases, then tables and views with their kind; the information schema lists itself, as Trino's does."""
    found = shop.lines("SELECT schema_name FROM information_schema.schemata ORDER BY 1")
    assert found == ["db", "default", "information_schema", "shop"] or found == ["db", "information_schema", "shop"]
    asked = "SELECT table_catalog, table_name, table_type FROM {}tables WHERE table_schema = 'shop' ORDER BY 2"
    told = [["awsdatacatalog", "sales", "BASE TABLE"], ["awsdatacatalog", "totals", "VIEW"]]
    assert shop.run(asked.format("information_schema.")) == told
    assert shop.run(asked.format('"awsdatacatalog"."information_schema".')) == told
    own = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'information_schema'"
    assert sorted(map(str, shop.lines(own))) == ["columns", "schemata", "tables", "views"]
    assert shop.run("SELECT view_definition FROM information_schema.views WHERE table_name = 'totals'") == [
        ["SELECT count(*) AS n, CAST(1 AS decimal(5,2)) AS rate FROM shop.sales"]
    ]


def test_columns_are_told_with_their_types(shop: Lake) -> None:
    """In order, partition keys last; the comment is there by name, not among `*`."""
    assert shop.run(f"{COLUMNS} WHERE table_schema = 'shop' ORDER BY table_name, ordinal_position") == [
        ["id", "1", "bigint", "YES", "which", None],
        ["parts", "2", "array(row(n integer))", "YES", None, None],
        ["day", "3", "date", "YES", None, "partition key"],
        ["region", "4", "varchar", "YES", None, "partition key"],
        ["n", "1", "bigint", "YES", None, None],
        ["rate", "2", "decimal(5,2)", "YES", None, None],
    ]
    columns, _ = shop.answer("SELECT * FROM information_schema.columns WHERE false")
    assert [name for name, *_ in columns] == [
        *("table_catalog", "table_schema", "table_name", "column_name"),
        *("ordinal_position", "column_default", "is_nullable", "data_type"),
    ]
    common = (
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'shop' GROUP BY 1 HAVING count(*) > 1"
    )
    assert shop.run(common) == []


def test_partitions_are_rows_of_their_keys(shop: Lake) -> None:
    """Each key has its type; a table without partitions has no such table beside it."""
    columns, rows = shop.answer('SELECT * FROM shop."sales$partitions" ORDER BY day')
    assert [(name, kind) for name, kind, *_ in columns] == [("day", "date"), ("region", "varchar")]
    assert rows == [["2024-01-01", "us"], ["2024-01-02", "eu"]]
    assert shop.run("SELECT max(p.day) FROM shop.\"sales$partitions\" p WHERE region = 'us'") == [["2024-01-01"]]
    shop.run("CREATE EXTERNAL TABLE shop.flat (a int) STORED AS PARQUET LOCATION 's3://lake/flat/'")
    shop.run("CREATE EXTERNAL TABLE shop.bare (a int) PARTITIONED BY (d date) LOCATION 's3://lake/bare/'")
    words = shop.failure('SELECT * FROM shop."flat$partitions"')
    told = "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.shop.\"flat$partitions\"' does not exist"
    assert words.startswith(told)
    assert shop.run('SELECT * FROM shop."bare$partitions"') == []


def test_a_table_that_is_not_told_of_is_not_found(shop: Lake) -> None:
    """Only what Glue can tell is there."""
    words = shop.failure("SELECT * FROM information_schema.roles")
    assert words.startswith(
        "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.information_schema.roles' does not exist"
    )
