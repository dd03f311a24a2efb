"""For each kind of statement: its type, where its files go, what is in them, what GetQueryResults says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS, clients_of
from tests.local.athena.calls import OUTPUT, Calls

PREFIX = OUTPUT.removeprefix(f"s3://{RESULTS}/")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[LocalAthena]:
    """The real engine, and one small database."""
    with LocalAthena(samples=False) as running:
        s3 = clients_of(running)("s3")
        s3.create_bucket(Bucket=RESULTS)
        s3.put_object(Bucket=RESULTS, Key="lake/people/a.csv", Body=b"1,anna\n2,bo\n")
        calls = Calls(clients_of(running)("athena"))
        for sql in (
            "CREATE DATABASE shop",
            f"CREATE EXTERNAL TABLE shop.people (id int, name string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
            f"LOCATION 's3://{RESULTS}/lake/people/'",
        ):
            found = calls.run(sql)
            assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        yield running


def left(s3: Any, found: dict[str, Any]) -> dict[str, bytes]:
    """The objects of one execution, by what follows its id."""
    identifier = found["QueryExecutionId"]
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=RESULTS, Prefix=PREFIX).get("Contents", [])]
    mine = [key for key in keys if identifier in key]
    return {
        key.replace(identifier, "ID").removeprefix(PREFIX): s3.get_object(Bucket=RESULTS, Key=key)["Body"].read()
        for key in mine
    }


def test_select(calls: Calls, s3: Any) -> None:
    """`.csv` and its metadata; labels first; UpdateCount 0."""
    found = calls.run("SELECT * FROM shop.people ORDER BY id")
    files = left(s3, found)
    assert set(files) == {"ID.csv", "ID.csv.metadata"}
    assert files["ID.csv"] == b'"id","name"\n"1","anna"\n"2","bo"\n'
    assert calls.rows(found["QueryExecutionId"]) == [["id", "name"], ["1", "anna"], ["2", "bo"]]
    assert found["Statistics"]["DataScannedInBytes"] == 12


@pytest.mark.parametrize("sql", ["WITH x AS (SELECT 1) SELECT * FROM x", "VALUES 1, 2", "TABLE shop.people"])
def test_other_queries_are_selects(calls: Calls, s3: Any, sql: str) -> None:
    """WITH, VALUES and TABLE: DML, SELECT, CSV; comments and blanks before do not matter."""
    found = calls.run(f"  -- a comment\n /* another */ {sql}")
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "SELECT")
    assert set(left(s3, found)) == {"ID.csv", "ID.csv.metadata"}


def test_explain(calls: Calls, s3: Any) -> None:
    """`.txt` that begins with its label; the first row is the label; no UpdateCount."""
    found = calls.run("EXPLAIN SELECT * FROM shop.people")
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "EXPLAIN")
    files = left(s3, found)
    assert set(files) == {"ID.txt", "ID.txt.metadata"}
    assert files["ID.txt"].startswith(b"Query Plan\n")
    answer = calls.client.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    assert "UpdateCount" not in answer
    rows = [row["Data"][0]["VarCharValue"] for row in answer["ResultSet"]["Rows"]]
    assert "\n".join(rows).encode() == files["ID.txt"]
    assert rows[-1] == "", "the plan's text and one newline, cut at the newlines"


def test_show_and_describe(calls: Calls, s3: Any) -> None:
    """UTILITY, `.txt` with the rows joined, no header anywhere, several columns in one Datum."""
    found = calls.run("SHOW TABLES IN shop")
    assert (found["StatementType"], found["SubstatementType"]) == ("UTILITY", "SHOW_TABLES")
    assert left(s3, found)["ID.txt"] == b"people"
    assert calls.rows(found["QueryExecutionId"]) == [["people"]]
    found = calls.run("DESCRIBE shop.people")
    assert found["SubstatementType"] == "DESCRIBE_TABLE"
    line = f"{'id':20}\t{'int':20}\t{'':20}"
    text = left(s3, found)["ID.txt"].decode()
    assert text.split("\n")[0] == line
    assert not text.endswith("\n")
    answer = calls.client.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    assert answer["ResultSet"]["Rows"][0] == {"Data": [{"VarCharValue": line}]}
    told = [(one["Name"], one["Type"]) for one in answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
    assert told == [("col_name", "string"), ("data_type", "string"), ("comment", "string")]
    assert "UpdateCount" not in answer


def test_ddl_leaves_an_empty_text(calls: Calls, s3: Any) -> None:
    """No metadata, no columns, no rows, no UpdateCount."""
    found = calls.run("CREATE DATABASE made_by_ddl")
    assert (found["StatementType"], found["SubstatementType"]) == ("DDL", "CREATE_DATABASE")
    assert left(s3, found) == {"ID.txt": b""}
    answer = calls.client.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    assert answer["ResultSet"] == {"Rows": [], "ResultSetMetadata": {"ColumnInfo": []}}
    assert "UpdateCount" not in answer


def test_ddl_that_fails_tells_why_in_its_text(calls: Calls, s3: Any) -> None:
    """The reason, which is Hive's and begins with `FAILED: `; GetQueryResults answers an empty set without metadata."""
    found = calls.run("DROP TABLE shop.nothing_here")
    assert found["Status"]["State"] == "FAILED"
    assert found["Status"]["StateChangeReason"].startswith("FAILED: ")
    assert left(s3, found) == {"ID.txt": found["Status"]["StateChangeReason"].encode()}
    answer = calls.client.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    assert answer["ResultSet"] == {"Rows": []}


def test_create_table_as(calls: Calls, s3: Any) -> None:
    """Data under tables/<id>/, metadata and manifest beside; UpdateCount counts the rows."""
    found = calls.run("CREATE TABLE shop.made AS SELECT * FROM shop.people")
    assert (found["StatementType"], found["SubstatementType"]) == ("DDL", "CREATE_TABLE_AS_SELECT")
    identifier = found["QueryExecutionId"]
    assert found["ResultConfiguration"]["OutputLocation"] == f"{OUTPUT}tables/{identifier}"
    files = left(s3, found)
    data = sorted(name for name in files if name.startswith("tables/ID/"))
    assert set(files) == {"tables/ID.metadata", "tables/ID-manifest.csv", *data}
    listed = files["tables/ID-manifest.csv"].decode().splitlines()
    assert sorted(one.replace(identifier, "ID").removeprefix(OUTPUT) for one in listed) == data
    assert found["Statistics"]["DataManifestLocation"] == f"{OUTPUT}tables/{identifier}-manifest.csv"
    answer = calls.client.get_query_results(QueryExecutionId=identifier)
    assert answer["UpdateCount"] == 2
    assert answer["ResultSet"]["Rows"] == []
    assert [one["Name"] for one in answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]] == ["rows"]
    manifest = calls.client.get_query_results(QueryExecutionId=identifier, QueryResultType="DATA_MANIFEST")
    assert [row["Data"][0]["VarCharValue"] for row in manifest["ResultSet"]["Rows"]] == listed


def test_insert_and_unload(calls: Calls, s3: Any) -> None:
    """`<id>.metadata` and `<id>-manifest.csv` in the output location, the rows where they belong."""
    calls.run("CREATE TABLE shop.target AS SELECT * FROM shop.people WHERE id < 0")
    found = calls.run("INSERT INTO shop.target SELECT * FROM shop.people")
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "INSERT")
    assert found["ResultConfiguration"]["OutputLocation"] == OUTPUT + found["QueryExecutionId"]
    assert {"ID.metadata", "ID-manifest.csv"} <= set(left(s3, found))
    assert b"INSERT" in left(s3, found)["ID.metadata"]
    assert calls.client.get_query_results(QueryExecutionId=found["QueryExecutionId"])["UpdateCount"] == 2
    place = f"s3://{RESULTS}/unloaded/"
    found = calls.run(f"UNLOAD (SELECT * FROM shop.people) TO '{place}' WITH (format = 'PARQUET')")
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "UNLOAD")
    assert left(s3, found)["ID-manifest.csv"].startswith(place.encode())
