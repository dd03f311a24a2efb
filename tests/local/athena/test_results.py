"""Result objects and GetQueryResults, byte by byte as measured on real Athena."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from athena_ds.local.seam.engine import Column, EngineError
from athena_ds.local.seam.types import BIGINT, INTEGER, VARBINARY, VARCHAR, array
from tests.local.athena.calls import OUTPUT, Calls, refused
from tests.local.athena.scripted import Scripted

COLUMNS = tuple(
    Column(name, kind)
    for name, kind in (
        ("i", INTEGER),
        ("s", VARCHAR),
        ("q", VARCHAR),
        ("n", VARCHAR),
        ("empty", VARCHAR),
        ("a", array(INTEGER)),
        ("vb", VARBINARY),
    )
)
ROW = (1, "it's", 'a"b', None, "", [1, 2], b"\x01\x02")


def object_of(s3: Any, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def test_the_csv_is_athenas(engine: Scripted, calls: Calls, s3: Any) -> None:
    """Every value quoted, NULL an empty field, the empty string a pair of quotes, LF after each line."""
    engine.on("SELECT * FROM t", columns=COLUMNS, rows=[ROW])
    found = calls.run("SELECT * FROM t")
    assert object_of(s3, found["ResultConfiguration"]["OutputLocation"]) == (
        b'"i","s","q","n","empty","a","vb"\n"1","it\'s","a""b",,"","[1, 2]","01 02"\n'
    )


def test_get_query_results_tells_null_from_the_empty_string(engine: Scripted, calls: Calls) -> None:
    """The first row is the column labels; NULL has no VarCharValue."""
    engine.on("SELECT * FROM t", columns=COLUMNS, rows=[ROW])
    rows = calls.rows(calls.run("SELECT * FROM t")["QueryExecutionId"])
    assert rows == [[column.name for column in COLUMNS], ["1", "it's", 'a"b', None, "", "[1, 2]", "01 02"]]


@pytest.mark.parametrize(
    ("rows", "text"),
    [([], b'"x"\n'), ([(None,)], b'"x"\n\n'), ([("a\nb",), ("",)], b'"x"\n"a\nb"\n""\n'), ([('"',)], b'"x"\n""""\n')],
)
def test_the_edges_of_one_column(
    engine: Scripted, calls: Calls, s3: Any, rows: list[tuple[str | None]], text: bytes
) -> None:
    """No rows: the header alone; a NULL row: an empty line; newlines and quotes stay inside."""
    engine.on("SELECT x", columns=(Column("x", VARCHAR),), rows=rows)
    found = calls.run("SELECT x")
    assert object_of(s3, found["ResultConfiguration"]["OutputLocation"]) == text
    assert calls.rows(found["QueryExecutionId"]) == [["x"], *[[value] for (value,) in rows]]


def test_the_metadata_lies_beside_it(engine: Scripted, calls: Calls, s3: Any) -> None:
    """Protobuf: the query id, then a message a column with name, type, precision, nullability and case."""
    engine.on("SELECT i", columns=(Column("i", INTEGER),))
    found = calls.run("SELECT i")
    data = object_of(s3, found["ResultConfiguration"]["OutputLocation"] + ".metadata")
    identifier = found["QueryExecutionId"].encode()
    column = b"\n\x04hive\x22\x01i*\x01i2\x07integer8\x0a@\x00H\x03P\x00"
    assert data == b"\n" + bytes([len(identifier)]) + identifier + b"\x22" + bytes([len(column)]) + column


def test_column_info(engine: Scripted, calls: Calls) -> None:
    """Catalog `hive`, base type name, precision by type, only text is case-sensitive."""
    engine.on("SELECT * FROM t", columns=COLUMNS, rows=[ROW])
    identifier = calls.run("SELECT * FROM t")["QueryExecutionId"]
    answer = calls.client.get_query_results(QueryExecutionId=identifier)
    told = {
        one["Name"]: (one["Type"], one["Precision"], one["CaseSensitive"])
        for one in answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    }
    assert told["i"] == ("integer", 10, False)
    assert told["s"] == ("varchar", 2147483647, True)
    assert told["a"] == ("array", 0, False)
    assert told["vb"] == ("varbinary", 1073741824, False)
    assert answer["UpdateCount"] == 0


def many(count: int) -> Any:
    def batches() -> Any:
        for start in range(0, count, 700):
            yield pa.RecordBatch.from_pydict({"n": pa.array(range(start, min(start + 700, count)), pa.int64())})

    return batches


@pytest.mark.parametrize("count", [0, 1, 998, 999, 1000, 1001, 2500])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pages_give_every_row_once(engine: Scripted, calls: Calls, count: int, size: int) -> None:
    """The header counts as a row of the first page; a full page has a token, so the last page may be empty."""
    if count > 999 and size == 1:
        size = 999
    sql = f"SELECT n FROM r{count}"
    engine.on(sql, columns=(Column("n", BIGINT),), batches=many(count))
    identifier = calls.run(sql)["QueryExecutionId"]
    seen: list[str | None] = []
    token: dict[str, str] = {}
    while True:
        answer = calls.client.get_query_results(QueryExecutionId=identifier, MaxResults=size, **token)
        rows = answer["ResultSet"]["Rows"]
        assert len(rows) <= size
        assert ("NextToken" in answer) == (len(rows) == size)
        seen += [row["Data"][0].get("VarCharValue") for row in rows]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert seen == ["n", *map(str, range(count))]


def test_the_order_of_the_checks(engine: Scripted, calls: Calls) -> None:
    """Bounds of the model, the id, MaxResults, the state, the token: as measured."""
    read = calls.client.get_query_results
    found = refused(read, QueryExecutionId="nope", MaxResults=0)
    assert "1 validation error detected: Value at 'maxResults' failed to satisfy constraint" in found["Message"]
    assert refused(read, QueryExecutionId="nope", MaxResults=2000)["AthenaErrorCode"] == "QUERY_EXECUTION_NOT_FOUND"
    engine.on("SELECT bad", error=EngineError("DIVISION_BY_ZERO", "Division by zero"))
    failed = calls.run("SELECT bad")["QueryExecutionId"]
    found = refused(read, QueryExecutionId=failed, MaxResults=1001)
    assert found["Message"] == "MaxResults is more than maximum allowed length 1000"
    found = refused(read, QueryExecutionId=failed, NextToken="x")
    assert found["AthenaErrorCode"] == "INVALID_QUERY_EXECUTION_STATE"
    assert found["Message"] == "Query did not finish successfully. Final query state: FAILED"
    fine = calls.run("SELECT 1")["QueryExecutionId"]
    assert refused(read, QueryExecutionId=fine, NextToken="x")["Message"] == "Malformed nextPageToken x"


def test_rows_of_a_query_under_way_are_refused(engine: Scripted, calls: Calls) -> None:
    """INVALID_QUERY_EXECUTION_STATE names the state."""
    waiting = engine.on("SELECT 'later'", waits=True)
    identifier = calls.start("SELECT 'later'")
    waiting.runs()
    found = refused(calls.client.get_query_results, QueryExecutionId=identifier)
    assert found["Message"] == "Query has not yet finished. Current state: RUNNING"
    calls.client.stop_query_execution(QueryExecutionId=identifier)
    calls.finished(identifier)


def test_a_deleted_object_takes_the_rows_with_it(calls: Calls, s3: Any) -> None:
    """Rows are read from the object; without it there are none."""
    found = calls.run("SELECT 1")
    bucket, _, key = found["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    s3.delete_object(Bucket=bucket, Key=key)
    answer = refused(calls.client.get_query_results, QueryExecutionId=found["QueryExecutionId"])
    assert answer["AthenaErrorCode"] == "RESULT_NOT_FOUND"


def test_a_failed_select_leaves_nothing(engine: Scripted, calls: Calls, s3: Any) -> None:
    """No object, no metadata."""
    engine.on("SELECT bad", error=EngineError("DIVISION_BY_ZERO", "Division by zero"))
    identifier = calls.run("SELECT bad")["QueryExecutionId"]
    prefix = OUTPUT.removeprefix("s3://").partition("/")[2]
    assert s3.list_objects_v2(Bucket=OUTPUT.split("/")[2], Prefix=prefix + identifier)["KeyCount"] == 0
