"""describe(): tables, columns, partitions and views as the catalog knows them; many in parallel, none said so."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest
from moto.glue.models import glue_backends

from athena_ds import AthenaDataSource
from athena_ds.aws import recording
from athena_ds.catalog.value import Table
from athena_ds.errors import NotFoundError, NothingVisibleWarning
from athena_ds.local.server import LocalAthena

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
VIEW = base64.b64encode(json.dumps({"originalSql": "SELECT 1 AS one", "catalog": "awsdatacatalog"}).encode()).decode()
ORDERS = {
    "Name": "orders",
    "Description": "what was bought",
    "TableType": "EXTERNAL_TABLE",
    "PartitionKeys": [{"Name": "year", "Type": "int"}, {"Name": "month", "Type": "string", "Comment": "two digits"}],
    "StorageDescriptor": {
        "Columns": [
            {"Name": "id", "Type": "bigint"},
            {"Name": "price", "Type": "decimal(10,2)", "Comment": "in euros"},
        ],
        "Location": "s3://acme-lake/orders/",
        "SerdeInfo": {"SerializationLibrary": PARQUET},
    },
    "Parameters": {"totalSize": "12345", "numRows": "100", "projection.enabled": "true"},
}


@pytest.fixture(scope="module")
def shop(endpoint: LocalAthena) -> Iterator[AthenaDataSource]:
    """A database with a table, a view, and a table that says little of itself."""
    made = AthenaDataSource.local(endpoint, database="shop")
    call = made.door.call
    call("glue:CreateDatabase", DatabaseInput={"Name": "shop"})
    call("glue:CreateTable", DatabaseName="shop", TableInput=ORDERS)
    call("glue:CreateTable", DatabaseName="shop", TableInput={"Name": "bare"})
    view = {"Name": "ones", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": f"/* Presto View: {VIEW} */"}
    view |= {"StorageDescriptor": {"Columns": [{"Name": "one", "Type": "int"}]}, "Parameters": {"presto_view": "true"}}
    call("glue:CreateTable", DatabaseName="shop", TableInput=view)
    for year, month in (("2024", "02"), ("2023", "12"), ("2024", "01")):
        place = {"Values": [year, month], "StorageDescriptor": {"Location": f"s3://acme-lake/orders/{year}/{month}/"}}
        call("glue:CreatePartition", DatabaseName="shop", TableName="orders", PartitionInput=place)
    yield made
    call("glue:DeleteDatabase", Name="shop")


def test_a_database_has_a_row_a_table(shop: AthenaDataSource) -> None:
    """With what a person asks first."""
    frame = shop.describe().set_index("table")
    assert list(frame.index) == ["bare", "ones", "orders"]
    orders = frame.loc["orders"]
    assert orders["type"] == "table"
    assert orders["format"] == "parquet"
    assert orders["columns"] == 4
    assert orders["partition_keys"] == "year, month"
    assert orders["projection"]
    assert orders["location"] == "s3://acme-lake/orders/"
    assert (orders["size_bytes"], orders["rows"]) == (12345, 100)
    assert orders["comment"] == "what was bought"
    assert orders["created"].tzinfo is not None


def test_a_view_shows_its_sql(shop: AthenaDataSource) -> None:
    """In the list and with its columns."""
    frame = shop.describe().set_index("table")
    assert frame.loc["ones", "sql"] == "SELECT 1 AS one"
    assert frame.loc["ones", "type"] == "view"
    assert shop.describe("ones").attrs["athena"]["sql"] == "SELECT 1 AS one"


def test_what_the_catalog_does_not_say_is_missing_not_made_up(shop: AthenaDataSource) -> None:
    """No zero for a size nobody knows."""
    bare = shop.describe().set_index("table").loc["bare"]
    assert pd.isna(bare["size_bytes"])
    assert pd.isna(bare["rows"])
    assert pd.isna(bare["location"])
    assert bare["columns"] == 0


@pytest.mark.parametrize("name", ["orders", "shop.orders", "ORDERS", '"orders"', "shop.`orders`"])
def test_a_table_has_a_row_a_column_partition_keys_last(shop: AthenaDataSource, name: str) -> None:
    """However the name is written."""
    frame = shop.describe(name)
    assert frame.to_dict("list")["column"] == ["id", "price", "year", "month"]
    assert frame.to_dict("list")["type"] == ["bigint", "decimal(10,2)", "int", "string"]
    assert list(frame["partition_key"]) == [False, False, True, True]
    assert frame["comment"][1] == "in euros"


def test_partitions_come_with_values_and_locations_each_once(shop: AthenaDataSource) -> None:
    """In order of their values, read in parallel segments."""
    frame = shop.partitions("orders")
    assert list(frame.columns) == ["year", "month", "location", "created"]
    assert list(zip(frame["year"], frame["month"], strict=True)) == [("2023", "12"), ("2024", "01"), ("2024", "02")]
    assert frame["location"][0] == "s3://acme-lake/orders/2023/12/"


def test_nothing_visible_is_a_sentence(ds: AthenaDataSource) -> None:
    """About permissions, not an empty success."""
    ds.door.call("glue:CreateDatabase", DatabaseInput={"Name": "hollow"})
    with pytest.warns(NothingVisibleWarning, match="Lake Formation"):
        frame = ds.describe(database="hollow")
    ds.door.call("glue:DeleteDatabase", Name="hollow")
    assert len(frame) == 0
    assert "table" in frame.columns


def test_a_missing_database_and_a_missing_table_are_told_apart(shop: AthenaDataSource) -> None:
    """From each other, and from emptiness."""
    with pytest.raises(NotFoundError, match=r"There are databases: .*nyc, shop"):
        shop.describe(database="nowhere")
    with pytest.raises(NotFoundError, match="Close names: orders"):
        shop.describe("ordres")
    with pytest.raises(NotFoundError, match="Close names: orders"):
        shop.partitions("ordres")
    with pytest.raises(NotFoundError, match="Close names: shop"):
        shop.describe("shopp.orders")


def test_databases_are_named_in_order(shop: AthenaDataSource) -> None:
    """Those of this identity."""
    assert shop.databases() == sorted(shop.databases())
    assert {"nyc", "shop"} <= set(shop.databases())


def test_another_data_catalog_is_read_through_athena(shop: AthenaDataSource) -> None:
    """Glue knows only its own."""
    through = AthenaDataSource(
        config=replace(shop.config, data_catalog="awsdatacatalog_"), credentials=shop.credentials
    )
    with recording() as calls, pytest.raises((NotFoundError, ValueError)):
        through.describe()
    assert {call.operation for call in calls} == {"athena:ListTableMetadata"}


@pytest.fixture(scope="module")
def crowded(endpoint: LocalAthena) -> AthenaDataSource:
    """A database of seven hundred tables that begin alike."""
    backend = glue_backends[endpoint.account_id][endpoint.region]
    backend.create_database("crowded", {"Name": "crowded"})
    for each in range(700):
        name = f"daily_{'abcxyz0189_é'[each % 12]}{each:05d}"
        backend.create_table("crowded", name, {"Name": name, "StorageDescriptor": {}})
    return AthenaDataSource.local(endpoint, database="crowded")


def test_many_tables_come_whole_and_each_once(crowded: AthenaDataSource) -> None:
    """Pages side by side, parted by what names begin with."""
    with recording() as calls:
        frame = crowded.describe()
    assert len(frame) == frame["table"].nunique() == 700
    assert list(frame["table"]) == sorted(frame["table"])
    assert Counter(call.operation for call in calls)["glue:GetTables"] < 7 + 3 + 37 + 10


def test_the_first_page_is_one_call(crowded: AthenaDataSource) -> None:
    """However many tables there are; a limit says how many rows come."""
    with recording() as calls:
        frame = crowded.describe(limit=100)
    assert len(frame) == 100
    assert len(calls) == 1
    assert len(crowded.describe(limit=130)) == 130
    with pytest.raises(ValueError, match="1 table or more"):
        crowded.describe(limit=0)


def test_names_are_asked_for_alone(crowded: AthenaDataSource, shop: AthenaDataSource) -> None:
    """Glue leaves out columns and all else of a table."""
    assert crowded.tables() == list(crowded.describe()["table"])
    assert shop.tables() == ["bare", "ones", "orders"]
    assert crowded.tables(database="shop") == shop.tables()


@pytest.mark.parametrize("operation", ["get_tables", "get_partitions"])
def test_long_lists_are_read_as_botocore_reads_them(shop: AthenaDataSource, operation: str) -> None:
    """They pass by its models for speed; every value is the same, and so is an error."""
    client = shop.session.client("glue")
    given = {"DatabaseName": "shop"} | ({"TableName": "orders"} if operation == "get_partitions" else {})
    name = {"get_tables": "GetTables", "get_partitions": "GetPartitions"}[operation]
    theirs, ours = getattr(client, operation)(**given), shop.door.call(f"glue:{name}", **given)
    for answer in (theirs, ours):
        answer.pop("ResponseMetadata")
    assert ours == theirs
    assert next(iter(ours.values()))
    with pytest.raises(NotFoundError, match="EntityNotFoundException"):
        shop.door.call(f"glue:{name}", **{**given, "DatabaseName": "nowhere"})


def test_a_small_database_costs_one_call(shop: AthenaDataSource) -> None:
    """No parallel machinery for a screenful."""
    with recording() as calls:
        shop.describe()
    assert [call.operation for call in calls] == ["glue:GetTables"]


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        (f"/* Presto View: {VIEW} */", "SELECT 1 AS one"),
        ("/* Presto View: not base64! */", "/* Presto View: not base64! */"),
        ("/* Presto View: AAAA */", "/* Presto View: AAAA */"),
        ("SELECT 2", "SELECT 2"),
        (None, ""),
    ],
)
def test_a_view_that_cannot_be_decoded_is_shown_as_it_is(text: str | None, sql: str) -> None:
    """Hive's own views are plain text; damage is not an error."""
    said = {"Name": "v", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": text}
    assert Table.from_glue(said, database="d").view_sql == sql


@pytest.mark.parametrize(
    ("serde", "parameters", "name"),
    [
        (PARQUET, {}, "parquet"),
        ("org.apache.hadoop.hive.ql.io.orc.OrcSerde", {}, "orc"),
        ("org.openx.data.jsonserde.JsonSerDe", {}, "json"),
        ("org.apache.hive.hcatalog.data.JsonSerDe", {}, "json"),
        ("org.apache.hadoop.hive.serde2.OpenCSVSerde", {}, "csv"),
        ("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", {}, "text"),
        ("", {"table_type": "ICEBERG"}, "iceberg"),
        ("com.example.Other", {"classification": "xml"}, "xml"),
    ],
)
def test_a_format_is_called_as_people_call_it(serde: str, parameters: dict[str, str], name: str) -> None:
    """Not by its SerDe's class."""
    said = {"Name": "t", "StorageDescriptor": {"SerdeInfo": {"SerializationLibrary": serde}}, "Parameters": parameters}
    assert Table.from_glue(said, database="d").format == name
