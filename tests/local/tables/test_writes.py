"""CTAS, INSERT INTO and UNLOAD: files, partitions, Glue entries; what is refused leaves nothing behind."""

from __future__ import annotations

import io
import json

import pyarrow.parquet as pq
import pytest

from tests.conftest import RESULTS
from tests.local.tables.running import Lake

EVERY = (
    "SELECT true b, TINYINT '1' t, SMALLINT '2' s, 3 i, BIGINT '4' l, REAL '1.5' r, 2.5 d,"
    " CAST(1.25 AS decimal(10,2)) m,"
    " 'x''\"é' v, CAST('ab' AS varchar(3)) n, DATE '2024-01-31' dt, TIMESTAMP '2024-01-31 10:00:00.123' ts,"
    " ARRAY[1,NULL] a, MAP(ARRAY['k'],ARRAY[1.5]) mp, CAST(ROW(1,'y') AS ROW(p int,q varchar)) rw, X'0102' bin"
    " UNION ALL SELECT NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL"
)


@pytest.mark.parametrize("kind", ["PARQUET", "ORC", "JSON", "TEXTFILE"])
def test_every_type_comes_back_from_every_format(lake: Lake, kind: str) -> None:
    """A table made of a query holds what the query answered."""
    found = lake.execution(f"CREATE TABLE every_{kind} WITH (format='{kind}') AS {EVERY}")
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    first, second = lake.run(f"SELECT * FROM every_{kind} ORDER BY b NULLS LAST")
    assert first == [
        *("true", "1", "2", "3", "4", "1.5", "2.5", "1.25", "x'\"é", "ab", "2024-01-31", "2024-01-31 10:00:00.123"),
        *("[1, null]", "{k=1.5}", "{p=1, q=y}", "01 02"),
    ]
    assert set(second) == {None}
    columns = lake.glue.get_table(DatabaseName="db", Name=f"every_{kind.lower()}")["Table"]["StorageDescriptor"][
        "Columns"
    ]
    assert " ".join(column["Type"] for column in columns) == (
        "boolean tinyint smallint int bigint float double decimal(10,2) varchar(4) varchar(3) date timestamp "
        "array<int> map<varchar(1),double> struct<p:int,q:string> binary"
    )


def test_data_lie_under_the_executions_own_prefix(lake: Lake) -> None:
    """`<output>/tables/<id>/`, with a manifest of the files and the number of rows; DROP leaves them."""
    found = lake.execution("CREATE TABLE placed AS SELECT 1 a UNION ALL SELECT 2")
    folder = f"q/tables/{found['QueryExecutionId']}"
    keys = lake.keys(f"{folder}/", RESULTS)
    manifest = lake.s3.get_object(Bucket=RESULTS, Key=f"{folder}-manifest.csv")["Body"].read().decode()
    assert manifest.split() == [f"s3://{RESULTS}/{key}" for key in keys]
    assert keys
    assert lake.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["UpdateCount"] == 2
    lake.run("DROP TABLE placed")
    assert lake.keys(f"{folder}/", RESULTS) == keys


def test_parquet_is_gzip_by_default_and_has_int96_timestamps(lake: Lake) -> None:
    """As Athena writes it; another compression on request."""
    for compression, expected in (("", "GZIP"), (", write_compression='SNAPPY'", "SNAPPY")):
        name = f"packed_{expected.lower()}"
        lake.run(
            f"CREATE TABLE {name} WITH (external_location='s3://lake/{name}/'{compression}) AS "
            "SELECT TIMESTAMP '2024-01-31 10:00:00.123' t"
        )
        body = lake.s3.get_object(Bucket="lake", Key=lake.keys(f"{name}/")[0])["Body"].read()
        chunk = pq.ParquetFile(io.BytesIO(body)).metadata.row_group(0).column(0)
        assert (chunk.compression, chunk.physical_type) == (expected, "INT96")


def test_partitions_are_folders_and_known_to_glue(lake: Lake) -> None:
    """The last columns; NULL and empty text are Hive's default partition."""
    lake.run(
        "CREATE TABLE parts WITH (format='JSON', external_location='s3://lake/parts/', partitioned_by=ARRAY['y','p'])"
        " AS "
        "SELECT * FROM (VALUES (1, 2024, 'a b'), (2, 2024, NULL), (3, 2023, 'x/y'), (4, 2024, 'a b')) AS t(v, y, p)"
    )
    assert lake.lines("SHOW PARTITIONS parts") == [
        "y=2023/p=x%2Fy",
        "y=2024/p=__HIVE_DEFAULT_PARTITION__",
        "y=2024/p=a b",
    ]
    assert lake.run("SELECT * FROM parts ORDER BY v") == [
        ["1", "2024", "a b"],
        ["2", "2024", None],
        ["3", "2023", "x/y"],
        ["4", "2024", "a b"],
    ]
    lake.run("INSERT INTO parts SELECT 5, 2025, 'z'")
    lake.run("INSERT INTO parts (y, p, v) VALUES (2025, 'z', 6)")
    lake.run("INSERT INTO parts (p, v) VALUES ('n', 7)")
    assert lake.run("SELECT v, y, p FROM parts WHERE v > 4 ORDER BY v") == [
        ["5", "2025", "z"],
        ["6", "2025", "z"],
        ["7", None, "n"],
    ]


def test_insert_writes_where_a_partition_lies(lake: Lake) -> None:
    """A partition with a location of its own keeps it."""
    lake.run(
        "CREATE EXTERNAL TABLE afar (v int) PARTITIONED BY (p string) STORED AS PARQUET LOCATION 's3://lake/afar/'"
    )
    lake.run("ALTER TABLE afar ADD PARTITION (p='a') LOCATION 's3://lake/elsewhere/'")
    lake.run("INSERT INTO afar VALUES (1, 'a'), (2, 'b')")
    assert lake.run("SELECT v, p FROM afar ORDER BY v") == [["1", "a"], ["2", "b"]]
    assert len(lake.keys("elsewhere/")) == 1
    assert [key.split("/")[1] for key in lake.keys("afar/")] == ["p=b"]


def test_insert_coerces_what_trino_coerces(lake: Lake) -> None:
    """Widening; text that fits; anything else is a type mismatch naming both lists."""
    lake.run(
        "CREATE EXTERNAL TABLE target (l bigint, d double, v varchar(3), m decimal(10,2)) STORED AS ORC LOCATION 's3://lake/target/'"
    )
    lake.run("INSERT INTO target SELECT TINYINT '1', 2, 'abc', SMALLINT '3'")
    lake.run("INSERT INTO target (v, l) SELECT 'ab   ', 5")
    assert lake.run("SELECT * FROM target ORDER BY l") == [["1", "2.0", "abc", "3.00"], ["5", None, "ab ", None]]
    assert lake.failure("INSERT INTO target SELECT 'x', 1, 'a', 1").startswith(
        "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: "
        "Table: [bigint, double, varchar(3), decimal(10,2)], Query: [varchar(1), integer, varchar(1), integer]"
    )
    assert "TYPE_MISMATCH" in lake.failure("INSERT INTO target SELECT 1")
    assert "Cannot truncate non-space characters" in lake.failure("INSERT INTO target (v) SELECT 'abcd'")
    assert "COLUMN_NOT_FOUND" in lake.failure("INSERT INTO target (nope) SELECT 1")


def test_text_tables_take_rows_in_their_own_delimiter(lake: Lake) -> None:
    """And a table with a header line none at all."""
    lake.run(
        "CREATE EXTERNAL TABLE tsv (a int, b string) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' LOCATION 's3://lake/tsv/'"
    )
    lake.run("INSERT INTO tsv VALUES (1, 'x'), (NULL, NULL)")
    assert lake.run("SELECT * FROM tsv ORDER BY a") == [["1", "x"], [None, None]]
    assert lake.keys("tsv/")[0].endswith(".gz")
    lake.run("ALTER TABLE tsv SET TBLPROPERTIES ('skip.header.line.count'='1')")
    assert "skip.header.line.count" in lake.failure("INSERT INTO tsv VALUES (1, 'x')")


def test_unload_leaves_files_and_a_manifest_and_no_table(lake: Lake) -> None:
    """JSON here; a second UNLOAD to the same place is refused."""
    before = lake.lines("SHOW TABLES")
    where = "TO 's3://lake/unloaded' WITH (format='JSON', compression='none')"
    sql = f"UNLOAD (SELECT 1 a, NULL b, CAST(1.10 AS decimal(3,2)) c) {where}"
    assert "Column type is unknown" in lake.failure(sql)
    sql = sql.replace("NULL b", "CAST(NULL AS int) b")
    found = lake.execution(sql)
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    (key,) = lake.keys("unloaded/")
    body = lake.s3.get_object(Bucket="lake", Key=key)["Body"].read()
    assert body == b'{"a":1,"b":null,"c":1.10}\n'
    assert json.loads(body)["c"] == 1.1
    bucket, _, place = found["Statistics"]["DataManifestLocation"].removeprefix("s3://").partition("/")
    manifest = lake.s3.get_object(Bucket=bucket, Key=place)["Body"].read().decode()
    assert manifest.strip() == f"s3://lake/{key}"
    assert lake.failure(sql).startswith("HIVE_PATH_ALREADY_EXISTS: ")
    assert lake.lines("SHOW TABLES") == before


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE TABLE no AS SELECT TIME '10:00:00' t", "NOT_SUPPORTED: Unsupported Hive type: time(0)"),
        ("CREATE TABLE no AS SELECT now() t", "NOT_SUPPORTED: Unsupported Hive type: timestamp(3) with time zone"),
        ("CREATE TABLE no AS SELECT 1", "MISSING_COLUMN_NAME: Column name not specified at position 1"),
        ("CREATE TABLE no AS SELECT 1 a, 2 A", "DUPLICATE_COLUMN_NAME: Column name 'a' specified more than once"),
        ("CREATE TABLE no AS SELECT TIMESTAMP '2024-01-01 00:00:00.123456' t", "Incorrect timestamp precision"),
        ("CREATE TABLE no WITH (partitioned_by=ARRAY['a']) AS SELECT 1 a, 2 b", "HIVE_COLUMN_ORDER_MISMATCH: "),
        ("CREATE TABLE no WITH (partitioned_by=ARRAY['z']) AS SELECT 1 a, 2 b", "Partition columns [z] not present"),
        ("CREATE TABLE no WITH (bucketed_by=ARRAY['a'], bucket_count=2) AS SELECT 1 a", "NOT_SUPPORTED: bucketed_by"),
        ("CREATE TABLE no WITH (format='XML') AS SELECT 1 a", "Invalid value for property 'format'"),
        ("CREATE TABLE no WITH (colour='red') AS SELECT 1 a", "property 'colour' does not exist"),
        ("CREATE TABLE no WITH (format='PARQUET', write_compression='LZO') AS SELECT 1 a", "Compression LZO"),
        ("CREATE TABLE no AS SELECT a / 0 x FROM (VALUES 1) t(a)", "DIVISION_BY_ZERO"),
        (
            "CREATE TABLE no WITH (partitioned_by=ARRAY['p']) AS SELECT 1 a, p FROM UNNEST(sequence(1, 101)) t(p)",
            "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets",
        ),
        ("UNLOAD (SELECT 1 a, 2 a) TO 's3://lake/dup/' WITH (format='PARQUET')", "DUPLICATE_COLUMN_NAME"),
        ("UNLOAD (SELECT 1 a) TO 's3://nowhere-at-all/x/' WITH (format='PARQUET')", "bucket does not exist"),
        ("UNLOAD (SELECT 1 a) TO 's3://lake/u/' WITH (compression='gzip')", "needs the property 'format'"),
    ],
)  # fmt: skip
def test_refused_writes_leave_nothing(lake: Lake, sql: str, words: str) -> None:
    """No table, no object."""
    before = lake.keys("q/tables/", RESULTS)
    assert words in lake.failure(sql)
    assert "no" not in lake.lines("SHOW TABLES")
    assert lake.keys("q/tables/", RESULTS) == before
    assert lake.keys("dup/") == []


def test_a_hundred_partitions_are_fine(lake: Lake) -> None:
    """The limit is inclusive."""
    lake.run(
        "CREATE TABLE hundred WITH (partitioned_by=ARRAY['p']) AS SELECT 1 a, p FROM UNNEST(sequence(1, 100)) t(p)"
    )
    assert lake.run("SELECT count(DISTINCT p), count(*) FROM hundred") == [["100", "100"]]


def test_a_table_that_exists_is_not_made_again(lake: Lake) -> None:
    """Unless IF NOT EXISTS says to leave it."""
    lake.run("CREATE TABLE twice AS SELECT 1 a")
    assert lake.failure("CREATE TABLE twice AS SELECT 2 a").startswith(
        "TABLE_ALREADY_EXISTS: line 1:1: Table 'awsdatacatalog.db.twice' already exists. You may need to manually clean"
    )
    lake.run("CREATE TABLE IF NOT EXISTS twice AS SELECT 2 a")
    assert lake.run("SELECT a FROM twice") == [["1"]]


def test_with_no_data_makes_an_empty_table(lake: Lake) -> None:
    """With the query's columns."""
    lake.run("CREATE TABLE bare AS SELECT 1 a, 'x' b WITH NO DATA")
    assert lake.run("SELECT count(*), max(b) FROM bare") == [["0", None]]


def test_an_enforcing_workgroup_refuses_external_location(lake: Lake) -> None:
    """In Athena's words."""
    location = f"s3://{RESULTS}/central/"
    lake.athena.create_work_group(
        Name="central",
        Configuration={"EnforceWorkGroupConfiguration": True, "ResultConfiguration": {"OutputLocation": location}},
    )
    started = lake.athena.start_query_execution(
        QueryString="CREATE TABLE db.central WITH (external_location='s3://lake/central/') AS SELECT 1 a",
        WorkGroup="central",
    )
    identifier = started["QueryExecutionId"]
    while (found := lake.athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"])["Status"][
        "State"
    ] not in ("SUCCEEDED", "FAILED"):
        pass
    assert "enforces a centralized output location" in found["Status"]["StateChangeReason"]


def test_a_failed_write_says_where_data_may_be_left(lake: Lake) -> None:
    """The sentence Athena adds to a failed CTAS or INSERT, with the place of this very query (both measured)."""
    found = lake.execution("CREATE TABLE no AS SELECT TIME '10:00:00' t")
    place = found["ResultConfiguration"]["OutputLocation"]
    assert found["Status"]["StateChangeReason"] == (
        f"NOT_SUPPORTED: Unsupported Hive type: time(0). You may need to manually clean the data at location '{place}' "
        "before retrying. Athena will not delete data in your account."
    )
    assert found["Status"]["AthenaError"]["ErrorMessage"] == found["Status"]["StateChangeReason"]
    found = lake.execution("INSERT INTO nowhere SELECT 1")
    place = found["ResultConfiguration"]["OutputLocation"]
    assert found["Status"]["StateChangeReason"].endswith(
        f" If a data manifest file was generated at '{place}-manifest.csv', you may need to manually clean the data "
        "from locations specified in the manifest. Athena will not delete data in your account."
    )


def test_insert_takes_wider_numbers_whose_values_fit(lake: Lake) -> None:
    """A count is a bigint, and the table's column may be an int; a value too large fails, nothing is written."""
    lake.run(
        "CREATE EXTERNAL TABLE narrow (i int, f float, m decimal(4,1), d date, a array<int>, t varchar(2))"
        " STORED AS PARQUET LOCATION 's3://lake/narrow/'"
    )
    lake.run(
        "INSERT INTO narrow SELECT count(*), 1.25e0, 7.26e0, TIMESTAMP '2024-02-29 10:00:00.000',"
        " ARRAY[BIGINT '7', NULL], 'ab ' FROM (VALUES 1, 2)"
    )
    row = ["2", "1.25", "7.3", "2024-02-29", "[7, null]", "ab"]
    assert lake.run("SELECT * FROM narrow") == [row]
    assert "Out of range for integer: 2147483648" in lake.failure("INSERT INTO narrow (i) SELECT BIGINT '2147483648'")
    assert "TYPE_MISMATCH" in lake.failure("INSERT INTO narrow (d) SELECT 1")
    assert lake.run("SELECT * FROM narrow") == [row]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("WITH (format='JSON') AS SELECT nan() a", "HIVE_UNSERIALIZABLE_JSON_VALUE: Invalid value to Insert: NaN"),
        (
            "WITH (partitioned_by=ARRAY['p']) AS SELECT 1 a, 'é' p",
            "HIVE_INVALID_PARTITION_VALUE: Hive partition keys can only contain printable ASCII characters"
            " (0x20 - 0x7E). Invalid value: C3 A9",
        ),
        ("WITH (format='ORC') AS SELECT ARRAY[''] a", "NOT_SUPPORTED: Unsupported Hive type: array(varchar(0))"),
    ],
)
def test_values_no_file_or_folder_can_hold(lake: Lake, sql: str, words: str) -> None:
    """They fail as they do at Trino, and leave nothing."""
    assert lake.failure(f"CREATE TABLE unheld {sql}").startswith(words)
    assert "unheld" not in lake.lines("SHOW TABLES")
