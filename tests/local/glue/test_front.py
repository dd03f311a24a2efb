"""Glue as engines and the SDK need it: folded names, pages, segments, statistics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import clients_of
from tests.local.athena.calls import refused

KEYS = [{"Name": "p", "Type": "string"}]
STORAGE = {"Columns": [{"Name": "Id", "Type": "int"}], "Location": "s3://lake/t/", "SerdeInfo": {}}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[LocalAthena]:
    with LocalAthena(samples=False) as running:
        yield running


@pytest.fixture(scope="module")
def glue(endpoint: LocalAthena) -> Any:
    made = clients_of(endpoint)("glue")
    made.create_database(DatabaseInput={"Name": "MyDb"})
    for name in ("T1", "t2", "T3", "other", "views"):
        made.create_table(
            DatabaseName="MYDB",
            TableInput={
                "Name": name,
                "PartitionKeys": KEYS,
                "StorageDescriptor": STORAGE,
                "TableType": "EXTERNAL_TABLE",
            },
        )
    rows = [{"Values": [str(number)], "StorageDescriptor": STORAGE} for number in range(40)]
    made.batch_create_partition(DatabaseName="mydb", TableName="T1", PartitionInputList=rows)
    return made


def test_names_are_stored_and_found_in_lower_case(glue: Any) -> None:
    """However they were written."""
    assert glue.get_database(Name="MYDB")["Database"]["Name"] == "mydb"
    assert glue.get_table(DatabaseName="MyDb", Name="t1")["Table"]["Name"] == "t1"
    assert glue.get_table(DatabaseName="mydb", Name="T1")["Table"]["DatabaseName"] == "mydb"
    assert (
        refused(glue.create_table, DatabaseName="mydb", TableInput={"Name": "T2"})["Code"] == "AlreadyExistsException"
    )


@pytest.mark.parametrize(
    ("operation", "request_", "key"),
    [
        ("get_tables", {"DatabaseName": "mydb"}, "TableList"),
        ("get_partitions", {"DatabaseName": "mydb", "TableName": "t1"}, "Partitions"),
        ("get_databases", {}, "DatabaseList"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_pages_give_everything_once(glue: Any, operation: str, request_: dict[str, str], key: str, size: int) -> None:
    """By MaxResults and NextToken, no page larger than asked."""
    whole = getattr(glue, operation)(**request_)[key]
    pages = list(glue.get_paginator(operation).paginate(**request_, PaginationConfig={"PageSize": size}))
    assert all(len(page[key]) <= size for page in pages)
    assert [one for page in pages for one in page[key]] == whole
    assert len(whole) == {"TableList": 5, "Partitions": 40, "DatabaseList": 1}[key]


def test_a_token_of_somebody_else_is_refused(glue: Any) -> None:
    """InvalidInputException."""
    assert refused(glue.get_tables, DatabaseName="mydb", NextToken="zz")["Code"] == "InvalidInputException"


@pytest.mark.parametrize("total", [1, 3, 5, 10])
def test_segments_share_the_partitions(glue: Any, total: int) -> None:
    """Every partition belongs to exactly one segment."""
    where = {"DatabaseName": "mydb", "TableName": "t1"}
    seen = [
        one["Values"][0]
        for number in range(total)
        for one in glue.get_partitions(**where, Segment={"SegmentNumber": number, "TotalSegments": total})["Partitions"]
    ]
    assert sorted(seen, key=int) == [str(number) for number in range(40)]


def test_columns_can_be_left_out(glue: Any) -> None:
    """ExcludeColumnSchema keeps the location."""
    found = glue.get_partitions(DatabaseName="mydb", TableName="t1", ExcludeColumnSchema=True, MaxResults=1)
    assert "Columns" not in found["Partitions"][0]["StorageDescriptor"]
    assert found["Partitions"][0]["StorageDescriptor"]["Location"] == "s3://lake/t/"


def test_only_the_attributes_asked_for(glue: Any) -> None:
    """AttributesToGet: the name without the columns."""
    found = glue.get_tables(DatabaseName="mydb", AttributesToGet=["NAME"])["TableList"]
    assert all("StorageDescriptor" not in table for table in found)
    assert sorted(table["Name"] for table in found) == ["other", "t1", "t2", "t3", "views"]


@pytest.mark.parametrize(
    ("expression", "count"),
    [("p = '7'", 1), ("p in ('1', '2')", 2), ("p >= '8'", 2), ("p between '10' and '19'", 10), ("p like '3%'", 11)],
)
def test_partition_expressions(glue: Any, expression: str, count: int) -> None:
    """Glue's own filter language, on text partition keys."""
    found = glue.get_partitions(DatabaseName="mydb", TableName="t1", Expression=expression)["Partitions"]
    assert len(found) == count


def test_tables_by_pattern_and_by_search(glue: Any) -> None:
    """GetTables takes a regular expression, SearchTables a text."""
    found = glue.get_tables(DatabaseName="mydb", Expression="t[12]")["TableList"]
    assert sorted(table["Name"] for table in found) == ["t1", "t2"]
    assert [table["Name"] for table in glue.search_tables(SearchText="t3")["TableList"]] == ["t3"]


COUNTED = {
    "ColumnName": "id",
    "ColumnType": "int",
    "AnalyzedTime": 0,
    "StatisticsData": {"Type": "LONG", "LongColumnStatisticsData": {"NumberOfNulls": 1, "NumberOfDistinctValues": 2}},
}


@pytest.mark.parametrize(("kind", "more"), [("table", {}), ("partition", {"PartitionValues": ["1"]})])
def test_column_statistics_are_kept(glue: Any, kind: str, more: dict[str, Any]) -> None:
    """Of a table and of each partition, as Trino writes and reads them; deleting what is not there is fine."""
    update, get, delete = (
        getattr(glue, f"{verb}_column_statistics_for_{kind}") for verb in ("update", "get", "delete")
    )
    where = {"DatabaseName": "MYDB", "TableName": "T1", **more}
    assert get(**where, ColumnNames=["id"])["ColumnStatisticsList"] == []
    assert update(**where, ColumnStatisticsList=[COUNTED])["Errors"] == []
    found = get(**{**where, "TableName": "t1", "DatabaseName": "mydb"}, ColumnNames=["id", "x"])
    assert found["ColumnStatisticsList"][0]["StatisticsData"] == COUNTED["StatisticsData"]
    assert [error["ColumnName"] for error in found["Errors"]] == ["x"]
    others = glue.get_column_statistics_for_partition(**{**where, "PartitionValues": ["2"]}, ColumnNames=["id"])
    assert others["ColumnStatisticsList"] == []
    delete(**where, ColumnName="id")
    delete(**where, ColumnName="id")
    assert get(**where, ColumnNames=["id"])["ColumnStatisticsList"] == []
    delete(**{**where, "TableName": "gone"}, ColumnName="id")
    missing = refused(get, **{**where, "TableName": "gone"}, ColumnNames=["id"])
    assert missing["Code"] == "EntityNotFoundException"


def test_a_table_made_anew_has_no_statistics(glue: Any) -> None:
    """Those of the dropped one of its name told of other rows."""
    where = {"DatabaseName": "mydb", "TableName": "again"}
    for _ in range(2):
        glue.create_table(DatabaseName="mydb", TableInput={"Name": "again", "StorageDescriptor": STORAGE})
        assert glue.get_column_statistics_for_table(**where, ColumnNames=["id"])["ColumnStatisticsList"] == []
        glue.update_column_statistics_for_table(**where, ColumnStatisticsList=[COUNTED])
        glue.delete_table(DatabaseName="mydb", Name="again")


def test_batches_tell_their_errors_also_when_there_are_none(glue: Any) -> None:
    """`Errors: []`, which callers read without looking whether it is there."""
    row = {"Values": ["new"], "StorageDescriptor": STORAGE}
    where = {"DatabaseName": "mydb", "TableName": "t2"}
    assert glue.batch_create_partition(**where, PartitionInputList=[row])["Errors"] == []
    assert len(glue.batch_create_partition(**where, PartitionInputList=[row])["Errors"]) == 1
    assert glue.batch_delete_partition(**where, PartitionsToDelete=[{"Values": ["new"]}])["Errors"] == []


def test_there_are_no_functions(glue: Any) -> None:
    """An empty list, which SHOW FUNCTIONS of an engine needs."""
    assert glue.get_user_defined_functions(DatabaseName="mydb", Pattern="*")["UserDefinedFunctions"] == []


def test_what_is_not_implemented_is_told(glue: Any) -> None:
    """An error that names the operation, in Glue's protocol; the server goes on."""
    found = refused(glue.list_usage_profiles)
    assert (found["Code"], found["status"]) == ("NotImplemented", 501)
    assert "glue:ListUsageProfiles" in found["Message"]
    assert glue.get_databases()["DatabaseList"]
