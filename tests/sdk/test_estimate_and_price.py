"""What a query costs: by Athena's rule afterwards, at most this much beforehand."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict, HTTPResponse

from athena_ds import AthenaDataSource, Price
from athena_ds.catalog.mentioned import tables_in
from athena_ds.errors import AccessDeniedError, NotFoundError
from athena_ds.execution import QueryExecution, Statistics
from athena_ds.local.server import LocalAthena


def execution(scanned: int, **facts: str) -> QueryExecution:
    statistics = Statistics(data_scanned_in_bytes=scanned)
    return QueryExecution(**{"query_execution_id": "x", "state": "SUCCEEDED", "statistics": statistics, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scanned", "dollars"),
    [(0, 0.0), (1, 0.00005), (10_000_000, 0.00005), (10_000_001, 0.000055), (10**12, 5.0), (10**12 + 1, 5.000005)],
)
def test_bytes_are_rounded_up_to_a_megabyte_ten_at_least(scanned: int, dollars: float) -> None:
    """Athena's published rule; the dollars are an estimate."""
    assert Price().of(execution(scanned, statement_type="DML")) == pytest.approx(dollars)


def test_ddl_and_failed_queries_are_free_and_cancelled_ones_are_not() -> None:
    """What was scanned before a stop is charged."""
    price = Price(usd_per_tb=10.0)
    assert price.of(execution(10**9, statement_type="DDL")) == 0
    assert price.of(execution(10**9, state="FAILED", statement_type="DML")) == 0
    assert price.of(execution(10**9, state="CANCELLED", statement_type="DML")) == pytest.approx(0.01)


def test_a_price_of_ones_own_counts_from_the_next_query_on(ds: AthenaDataSource) -> None:
    """Regions differ."""
    ds.price = Price(usd_per_tb=9.0, region="sa-east-1")
    assert ds.query("SELECT 1").attrs["athena"]["estimated_cost_usd"] == pytest.approx(0.00009)


@pytest.fixture(scope="module")
def lake(endpoint: LocalAthena) -> Iterator[AthenaDataSource]:
    """A plain table of 300 bytes, a partitioned one of 70 elsewhere, a view over both, neighbours not theirs."""
    made = AthenaDataSource.local(endpoint, database="lake")
    call, bucket = made.door.call, made.config.results_bucket
    call("glue:CreateDatabase", DatabaseInput={"Name": "lake"})
    for key, size in (("a/1", 100), ("a/2", 200), ("ab/3", 999), ("elsewhere/p1/x", 70), ("b/stray", 999)):
        call("s3:PutObject", Bucket=bucket, Key=f"lake/{key}", Body=b"x" * size)
    place = f"s3://{bucket}/lake"
    plain = {"Name": "a", "StorageDescriptor": {"Location": f"{place}/a"}}
    parted = {"Name": "b", "StorageDescriptor": {"Location": f"{place}/b/"}, "PartitionKeys": [{"Name": "p"}]}
    view = {"Name": "v", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": "SELECT * FROM a JOIN lake.b ON true"}
    for table in (plain, parted, view):
        call("glue:CreateTable", DatabaseName="lake", TableInput=table)
    partition = {"Values": ["1"], "StorageDescriptor": {"Location": f"{place}/elsewhere/p1/"}}
    call("glue:CreatePartition", DatabaseName="lake", TableName="b", PartitionInput=partition)
    yield made
    call("glue:DeleteDatabase", Name="lake")


@pytest.mark.parametrize(
    ("sql", "size"), [("SELECT * FROM a", 300), ("SELECT * FROM b", 70), ("SELECT * FROM v", 370), ("SELECT 1", 0)]
)
def test_an_estimate_is_all_that_lies_under_the_tables(lake: AthenaDataSource, sql: str, size: int) -> None:
    """Partitions where they really are, views down to their tables, neighbours with a longer name left out."""
    found = lake.estimate(sql)
    assert found.at_most_bytes == size
    assert found.at_most_usd == Price().of_bytes(size)


def test_an_estimate_of_an_unknown_table_is_an_error(lake: AthenaDataSource) -> None:
    """Not zero."""
    with pytest.raises(NotFoundError):
        lake.estimate("SELECT * FROM nothing")


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM a", [("d", "a")]),
        ('SELECT * FROM "A" JOIN e."b" ON x', [("d", "a"), ("e", "b")]),
        ("WITH c AS (SELECT * FROM a) SELECT * FROM c", [("d", "a")]),
        ("WITH c AS (SELECT 1), e (x) AS (SELECT * FROM a) SELECT * FROM c, e", [("d", "a")]),
        ("SELECT * FROM awsdatacatalog.e.b", [("e", "b")]),
        ("SELECT 1", []),
        (
            "SELECT * FROM a x, e.b AS y, UNNEST(z) AS t(c, f), g WHERE h IN (SELECT i FROM j, k)",
            [("d", "a"), ("e", "b"), ("d", "g"), ("d", "j"), ("d", "k")],
        ),
        ("SELECT * FROM (a CROSS JOIN b), (SELECT 1 FROM c) x ORDER BY y, z", [("d", "a"), ("d", "b"), ("d", "c")]),
        ("SELECT EXTRACT(year FROM ts), TRIM(BOTH 'x' FROM t), a IS DISTINCT FROM b FROM c", [("d", "c")]),
        ("SELECT ' FROM x' -- FROM y\n /* FROM z */ FROM c", [("d", "c")]),
        ("WITH a AS (SELECT * FROM a) SELECT * FROM a", [("d", "a")]),
        ("WITH RECURSIVE a (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a) SELECT n FROM a", []),
        ("SELECT a, b FROM t GROUP BY a, b UNION SELECT c, e FROM u", [("d", "t"), ("d", "u")]),
        ("SELECT 1 FROM t TABLESAMPLE BERNOULLI (10) JOIN LATERAL (SELECT 2 FROM u) ON true", [("d", "t"), ("d", "u")]),
        ("TABLE t", [("d", "t")]),
        ("SELECT * FROM a UNION ALL (TABLE t)", [("d", "a"), ("d", "t")]),
        ("UNLOAD (SELECT * FROM t) TO 's3://x/' WITH (format = 'PARQUET')", [("d", "t")]),
    ],
)
def test_tables_are_found_in_a_statement(sql: str, tables: list[tuple[str, str]]) -> None:
    """Those of its own WITH left out."""
    assert tables_in(sql, "d") == tables


@given(st.text(alphabet="FROMJINSELCTWHAD ,.()\"'`ax-\n", max_size=60))
def test_any_text_is_read_without_an_error(sql: str) -> None:
    """It is a bound, not a judge."""
    tables_in(sql, "d")


def _refuse_who_does_not_pay(request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
    """As S3 answers another account that asks a requester-pays bucket and does not agree to pay."""
    if request.headers.get("x-amz-request-payer") == b"requester":
        return None
    body = io.BytesIO(b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
    raw = HTTPResponse(body=body, status=403, preload_content=False)
    return AWSResponse(request.url, 403, HTTPHeaderDict(), raw)


@pytest.fixture
def where_readers_pay(lake: AthenaDataSource) -> Iterator[AthenaDataSource]:
    """The lake as somebody sees it whose account does not own its bucket."""
    lake.door.warm("s3")
    events = lake.door._clients["s3"].meta.events
    events.register("before-send.s3.ListObjectsV2", _refuse_who_does_not_pay)
    yield lake
    events.unregister("before-send.s3.ListObjectsV2", _refuse_who_does_not_pay)


def _in_workgroup(ds: AthenaDataSource, *, pays: bool) -> str:
    name = "agreed" if pays else "did-not-agree"
    ds.door.call("athena:CreateWorkGroup", Name=name, Configuration={"RequesterPaysEnabled": pays})
    return name


def test_where_readers_pay_an_estimate_counts_objects_if_the_workgroup_agreed_to(
    where_readers_pay: AthenaDataSource,
) -> None:
    """S3 refuses a list that does not say who pays."""
    group = _in_workgroup(where_readers_pay, pays=True)
    found = where_readers_pay.estimate("SELECT * FROM a JOIN b ON true", workgroup=group)
    assert (found.at_most_bytes, [each.by for each in found.tables]) == (370, ["objects", "objects"])


def test_a_workgroup_that_did_not_agree_to_pay_is_put_to_no_expense(where_readers_pay: AthenaDataSource) -> None:
    """Its queries would be refused as well."""
    group = _in_workgroup(where_readers_pay, pays=False)
    with pytest.raises(AccessDeniedError, match="ListBucket"):
        where_readers_pay.estimate("SELECT * FROM a", workgroup=group)
