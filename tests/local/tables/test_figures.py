"""What a query tells of its cost: bytes scanned, rows, stages; and how executions are listed."""

from __future__ import annotations

import pyarrow as pa

from tests.local.tables.running import Lake
from tests.local.tables.test_parquet_tables import parquet


def test_counting_rows_of_parquet_scans_nothing(lake: Lake) -> None:
    """count(*) reads footers, as Athena's does: 0 bytes, by partition too; a column costs its part, text the object."""
    body = parquet({"a": pa.array(range(5000)), "b": pa.array([f"text {n}" for n in range(5000)])})
    lake.put("counted/p=1/a", body)
    lake.run(
        "CREATE EXTERNAL TABLE counted (a bigint, b string) PARTITIONED BY (p int) STORED AS PARQUET "
        "LOCATION 's3://lake/counted/'"
    )
    lake.run("MSCK REPAIR TABLE counted")
    lake.put("words/a.csv", "1\n2\n")
    lake.run("CREATE EXTERNAL TABLE words (a int) LOCATION 's3://lake/words/'")

    def scanned(sql: str) -> int:
        return int(lake.execution(sql)["Statistics"]["DataScannedInBytes"])

    assert scanned("SELECT count(*) FROM counted") == 0
    assert scanned("SELECT p, count(*) FROM counted GROUP BY p") == 0
    assert 0 < scanned("SELECT sum(a * a) FROM counted") < scanned("SELECT a, b FROM counted")
    assert scanned("SELECT count(*) FROM words") == 4


def test_runtime_statistics_count_rows_and_bytes(lake: Lake) -> None:
    """Input is what was read, output what was answered; one stage, as one machine runs it."""
    lake.put("lines/a.csv", "".join(f"{n}\n" for n in range(100)))
    lake.run("CREATE EXTERNAL TABLE lines (n int) LOCATION 's3://lake/lines/'")
    found = lake.execution("SELECT n FROM lines WHERE n < 7")
    told = lake.athena.get_query_runtime_statistics(QueryExecutionId=found["QueryExecutionId"])
    figures = told["QueryRuntimeStatistics"]
    assert figures["Rows"] == {"InputRows": 100, "InputBytes": 290, "OutputRows": 7, "OutputBytes": len('"n"\n' * 8)}
    assert figures["OutputStage"]["State"] == "FINISHED"
    assert figures["Timeline"]["TotalExecutionTimeInMillis"] == found["Statistics"]["TotalExecutionTimeInMillis"]


def test_executions_come_newest_first_and_in_batches(lake: Lake) -> None:
    """ListQueryExecutions in pages of at most 50; BatchGetQueryExecution tells the ids it does not know."""
    ran = [lake.execution(f"SELECT {n}")["QueryExecutionId"] for n in range(3)]
    first = lake.athena.list_query_executions(MaxResults=2)
    assert first["QueryExecutionIds"] == ran[:0:-1]
    assert lake.athena.list_query_executions(NextToken=first["NextToken"])["QueryExecutionIds"][0] == ran[0]
    answer = lake.athena.batch_get_query_execution(QueryExecutionIds=[ran[2], "unknown", ran[0]])
    assert [one["QueryExecutionId"] for one in answer["QueryExecutions"]] == [ran[2], ran[0]]
    (missing,) = answer["UnprocessedQueryExecutionIds"]
    assert (missing["QueryExecutionId"], missing["ErrorCode"]) == ("unknown", "QUERY_EXECUTION_NOT_FOUND")
