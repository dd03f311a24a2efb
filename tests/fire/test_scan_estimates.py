"""Before a query runs: what it scans lies between the two bounds, and one that surely scans too much is not begun."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import pytest

from athena_ds import AthenaDataSource
from athena_ds.errors import AccessDeniedError, NotFoundError, ParameterError, ScanLimitError, ScanLimitWarning
from athena_ds.local.faults import Denied, ServerError
from athena_ds.local.server import LocalAthena

DAYS = ("2024-01-01", "2024-01-02", "2024-02-01")
LINES = b'{"v":"x"}\n' * 10


@pytest.fixture(scope="module")
def real() -> Iterator[LocalAthena]:
    """An endpoint with its own engine, which counts the bytes it reads."""
    with LocalAthena(samples=False) as running:
        yield running


@pytest.fixture(scope="module")
def lake(real: LocalAthena) -> AthenaDataSource:
    """Text by day and number, JSON with projected partitions, text without any, Parquet, and views."""
    ds = AthenaDataSource.local(real, database="lake")
    place = f"s3://{ds.config.results_bucket}/lake"

    def put(key: str, body: bytes = LINES) -> None:
        ds.door.call("s3:PutObject", Bucket=ds.config.results_bucket, Key=f"lake/{key}", Body=body)

    ds.door.call("glue:CreateDatabase", DatabaseInput={"Name": "lake"})
    ds.query(
        "CREATE EXTERNAL TABLE logs (v string) PARTITIONED BY (day string, n int, d date) "
        f"STORED AS TEXTFILE LOCATION '{place}/logs/'"
    )
    for day in DAYS:
        added = [f"PARTITION (day='{day}', n={n}, d='{day}')" for n in (1, 2, 10)]
        ds.query(f"ALTER TABLE logs ADD {' '.join(added)}")
        for n in (1, 2, 10):
            put(f"logs/day={day}/n={n}/d={day}/x")
    ds.query(
        "CREATE EXTERNAL TABLE events (v string) PARTITIONED BY (region string, day string) "
        f"ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION '{place}/events/' TBLPROPERTIES ("
        "'projection.enabled'='true', 'projection.region.type'='enum', 'projection.region.values'='eu,us', "
        "'projection.day.type'='date', 'projection.day.format'='yyyy/MM/dd', 'projection.day.range'='2024/01/01,NOW', "
        f"'storage.location.template'='{place}/events/${{region}}/${{day}}')"
    )
    for day in DAYS:
        for region in ("eu", "us"):
            put(f"events/{region}/{day.replace('-', '/')}/x")
    put("events/eu/readme/x")
    ds.query(f"CREATE EXTERNAL TABLE plain (v string, w string) STORED AS TEXTFILE LOCATION '{place}/plain'")
    for key in ("plain/a", "plain/deep/b"):
        put(key)
    for key in ("plain/_SUCCESS", "plain/.hidden/x", "plainer/x"):
        put(key, b"x" * 1000)
    numbers = (
        "SELECT a + 1000 * b AS v, random() AS w FROM UNNEST(sequence(1, 1000)) t(a), UNNEST(sequence(1, 100)) u(b)"
    )
    ds.query(f"CREATE TABLE wide WITH (external_location = '{place}/wide/') AS {numbers}")
    ds.query("CREATE VIEW january AS SELECT v, n FROM logs WHERE day < '2024-02'")
    ds.query("CREATE VIEW some AS SELECT v FROM logs LIMIT 1")
    return ds


STATEMENTS = {
    "SELECT * FROM logs": (900, 900),
    "SELECT v FROM logs WHERE day = '2024-01-02'": (300, 300),
    "SELECT count(*) FROM logs WHERE day > '2024-01-01' AND n < 10": (400, 400),
    "SELECT v FROM logs WHERE n IN (2, 10) AND d >= DATE '2024-01-02'": (400, 400),
    "SELECT v FROM logs WHERE day BETWEEN '2024-01-02' AND '2025' AND n = 2;": (200, 200),
    "SELECT v FROM logs WHERE day = 'no such day'": (0, 0),
    "SELECT v FROM logs WHERE false": (0, 0),
    "SELECT v FROM logs WHERE 1 = 0": (0, 0),
    "SELECT v FROM logs WHERE day = NULL": (0, 0),
    "SELECT max(day) FROM logs": (0, 900),
    "SELECT v FROM logs LIMIT 1": (0, 900),
    "SELECT v FROM some": (0, 900),
    "SELECT v FROM january": (600, 600),
    "SELECT v FROM january WHERE n = 10": (200, 200),
    "SELECT v FROM logs WHERE \"$path\" LIKE '%n=2%'": (0, 900),
    "SELECT a.v FROM logs a JOIN logs b ON a.n = b.n WHERE a.day = '2024-01-01'": (0, 1200),
    "SELECT v FROM logs WHERE day = (SELECT max(day) FROM logs)": (0, 1800),
    "WITH x AS (SELECT * FROM plain) SELECT * FROM x UNION ALL SELECT * FROM x": (0, 400),
    "WITH x AS (SELECT * FROM plain WHERE v > '') SELECT count(*) FROM x": (200, 200),
    "SELECT v FROM plain": (200, 200),
    "SELECT v FROM events": (0, 600),
    "SELECT v FROM events WHERE region = 'eu' AND day = '2024/01/02'": (100, 100),
    "SELECT v FROM events WHERE day >= '2024/01/02'": (0, 400),
    "SELECT v FROM wide": (0, None),
    "SELECT 1": (0, 0),
    "SHOW TABLES": (0, 0),
    "EXPLAIN SELECT * FROM logs": (0, 0),
    "UNLOAD (SELECT v FROM logs WHERE n = 1) TO '{place}/out/{number}/' WITH (format = 'PARQUET')": (300, 300),
}


@pytest.mark.parametrize("sql", STATEMENTS)
def test_what_a_query_scans_lies_between_its_bounds(
    lake: AthenaDataSource, numbers: Callable[[], int], sql: str
) -> None:
    """The bounds are the ones stated here, and what the engine then counts is neither less nor more."""
    least, most = STATEMENTS[sql]
    sql = sql.format(place=f"s3://{lake.config.results_bucket}/lake", number=numbers())
    found = lake.estimate(sql)
    scanned = lake.submit(sql).wait().statistics.data_scanned_in_bytes
    assert found.at_least_bytes == least
    assert found.at_most_bytes == (found.at_most_bytes if most is None else most)
    assert least <= scanned <= found.at_most_bytes
    assert found.at_most_bytes == sum(table.size_bytes for table in found.tables)


def test_an_estimate_says_which_partitions_and_how_often(lake: AthenaDataSource) -> None:
    """What a person wants to know of a figure."""
    (table,) = lake.estimate("SELECT v FROM logs WHERE day = ?", ["2024-01-01"]).tables
    assert (table.table, table.objects, table.partitions, table.scans, table.by) == ("lake.logs", 3, 3, 1, "objects")
    (twice,) = lake.estimate("SELECT a.v FROM plain a, plain b").tables
    assert (twice.objects, twice.partitions, twice.scans) == (4, None, 2)


def test_a_prepared_statement_is_estimated_by_its_text(lake: AthenaDataSource) -> None:
    """EXECUTE names no table itself."""
    lake.prepare("of_day", "SELECT v FROM logs WHERE day = ?")
    assert lake.estimate("EXECUTE of_day", ["2024-01-02"]).at_most_bytes == 300
    lake.delete_prepared("of_day", confirm=True)


WAYS: dict[str, Callable[[AthenaDataSource, str], object]] = {
    "query": lambda ds, sql: ds.query(sql, max_scan=500),
    "submit": lambda ds, sql: ds.submit(sql, max_scan=500),
    "batches": lambda ds, sql: list(ds.query_batches(sql, max_scan=500)),
    "many": lambda ds, sql: ds.query_many([sql], max_scan=500)[0].result(),
    "unload option": lambda ds, sql: ds.query(sql, max_scan=500, unload=True),
    "unload": lambda ds, sql: ds.unload(sql, max_scan=500),
    "nested": lambda ds, sql: ds.query(sql, max_scan=500, nested="json"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_query_that_surely_scans_more_is_not_begun(lake: AthenaDataSource, real: LocalAthena, way: str) -> None:
    """Whichever way it is run: nothing but its plan was asked for, and nothing is charged."""
    before = set(lake.history()["query_execution_id"])
    with pytest.raises(ScanLimitError) as raised:
        WAYS[way](lake, "SELECT * FROM logs")
    begun = lake.history().set_index("query_execution_id").drop(index=list(before))
    assert all("EXPLAIN" in query or "LIMIT 0" in query for query in begun["query"])
    assert begun["data_scanned_in_bytes"].sum() == 0
    assert (raised.value.scanned, raised.value.limit, raised.value.query_execution_id) == (0, 500, "")
    assert "was not started" in str(raised.value)
    assert "nothing is charged" in str(raised.value)


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("SELECT v FROM logs WHERE day = '2024-01-02'", 300),
        ("SELECT v FROM logs WHERE n = 1", "1 kB"),
        ("SELECT v FROM plain", 200),
        ("SELECT v FROM logs LIMIT 1", 1000),
    ],
)
def test_a_query_that_keeps_within_its_limit_runs_and_says_so(
    lake: AthenaDataSource, recwarn: pytest.WarningsRecorder, sql: str, limit: int | str
) -> None:
    """What was known, what was allowed and what it was stand together."""
    facts = lake.query(sql, max_scan=limit).attrs["athena"]
    least, most = facts["estimated_at_least_bytes"], facts["estimated_at_most_bytes"]
    assert least <= facts["data_scanned_in_bytes"] <= most <= facts["max_scan_bytes"]
    assert not [each for each in recwarn if issubclass(each.category, ScanLimitWarning)]


@pytest.mark.parametrize("sql", ["SELECT v FROM wide", "SELECT v FROM logs LIMIT 1", "SELECT max(day) FROM logs"])
def test_a_query_that_may_scan_less_is_begun_and_watched(lake: AthenaDataSource, sql: str) -> None:
    """Its upper bound alone is no reason to refuse it."""
    found = lake.estimate(sql)
    assert (found.at_least_bytes, found.at_most_bytes > 50) == (0, True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            facts = lake.query(sql, max_scan=50).attrs["athena"]
        except ScanLimitError as error:
            # A question came while it ran.
            facts, begun = {}, error.query_execution_id
    if not facts:
        assert begun
        return
    assert ScanLimitWarning in [each.category for each in caught]
    # None: counted no further than to the limit.
    assert facts["estimated_at_most_bytes"] is None or facts["estimated_at_most_bytes"] > 50


def test_a_result_to_be_reused_is_not_refused(lake: AthenaDataSource) -> None:
    """It may scan nothing."""
    sql = "SELECT v FROM logs WHERE n < 10"
    first = lake.query(sql, reuse_minutes=60)
    again = lake.query(sql, reuse_minutes=60, max_scan=100)
    assert len(again) == len(first)
    assert again.attrs["athena"]["data_scanned_in_bytes"] == 0


def test_tables_smaller_than_the_limit_need_no_plan(lake: AthenaDataSource, real: LocalAthena) -> None:
    """One statement is begun: the query."""
    before = real.calls["athena:StartQueryExecution"]
    lake.query("SELECT v FROM plain", max_scan=200)
    assert real.calls["athena:StartQueryExecution"] == before + 1


def test_without_a_plan_every_partition_counts_and_nothing_is_refused(
    lake: AthenaDataSource, real: LocalAthena
) -> None:
    """A plan that cannot be had is no reason to stop anybody."""
    real.faults.add("athena:StartQueryExecution", Denied(), times=1)
    found = lake.estimate("SELECT v FROM logs WHERE n = 1")
    assert (found.at_most_bytes, found.at_least_bytes, found.pruned) == (900, 0, False)
    real.faults.add("athena:StartQueryExecution", Denied(), times=1)
    facts = lake.query("SELECT v FROM logs", max_scan=900).attrs["athena"]
    assert (facts["estimated_at_least_bytes"], facts["estimated_at_most_bytes"]) == (0, 900)


def test_where_objects_may_not_be_listed_the_catalog_counts(lake: AthenaDataSource, real: LocalAthena) -> None:
    """With Lake Formation a query reads what its caller may not list; nothing is sure then, and nothing refused."""
    call, bucket = lake.door.call, lake.config.results_bucket
    storage = {"Location": f"s3://{bucket}/lake/plain", "Columns": [{"Name": "v", "Type": "string"}]}
    table = {"Name": "counted", "StorageDescriptor": storage, "Parameters": {"sizeKey": "12345"}}
    call("glue:CreateTable", DatabaseName="lake", TableInput=table)
    rule = real.faults.add("s3:ListObjectsV2", Denied())
    found = lake.estimate("SELECT v FROM counted")
    assert (found.at_most_bytes, found.at_least_bytes, found.tables[0].by) == (12345, 0, "catalog")
    with pytest.raises(AccessDeniedError):
        lake.estimate("SELECT v FROM logs")
    assert rule.struck
    real.faults.clear()
    call("glue:DeleteTable", DatabaseName="lake", Name="counted")


def test_what_cannot_be_measured_is_told_or_run(lake: AthenaDataSource, real: LocalAthena) -> None:
    """An estimate asked for says why it cannot be made; a query goes on, to Athena's own words."""
    with pytest.raises(NotFoundError):
        lake.estimate("SELECT * FROM nothing")
    with pytest.raises(ParameterError, match="Glue's own data catalog"):
        lake.estimate("SELECT * FROM t", data_catalog="dynamo")
    real.faults.add("s3:ListObjectsV2", ServerError(), times=1)
    assert len(lake.query("SELECT v FROM plain", max_scan=1000)) == 20
