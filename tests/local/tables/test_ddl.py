"""DDL changes Glue and nothing else; its errors are Hive's."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.local.tables.running import Lake

TASK = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask."


def test_databases_come_and_go(lake: Lake) -> None:
    """With comment, location, properties; a full one goes only with CASCADE, its objects stay."""
    lake.run("CREATE DATABASE shop COMMENT 'it''s' LOCATION 's3://lake/shop/' WITH DBPROPERTIES ('a'='b')")
    entry = lake.glue.get_database(Name="shop")["Database"]
    assert (entry["Description"], entry["LocationUri"], entry["Parameters"]) == ("it's", "s3://lake/shop/", {"a": "b"})
    assert lake.failure("CREATE SCHEMA shop") == f"{TASK} AlreadyExistsException(message:Database shop already exists)"
    lake.run("CREATE DATABASE IF NOT EXISTS shop")
    lake.run("ALTER DATABASE shop SET DBPROPERTIES ('b'='c', 'a'='z')")
    entry = lake.glue.get_database(Name="shop")["Database"]
    assert (entry["Description"], entry["Parameters"]) == ("it's", {"a": "z", "b": "c"})
    assert "Database does not exist: nope" in lake.failure("ALTER DATABASE nope SET DBPROPERTIES ('a'='b')")
    assert lake.lines("SHOW DATABASES LIKE 'sh.p'") == ["shop"]
    assert lake.lines("SHOW DATABASES LIKE 'SHOP'") == []
    lake.put("shop/t/a.csv", "1\n")
    lake.run("CREATE EXTERNAL TABLE shop.t (a int) LOCATION 's3://lake/shop/t/'")
    assert "Database shop is not empty" in lake.failure("DROP DATABASE shop")
    lake.run("DROP DATABASE shop CASCADE")
    assert (
        lake.failure("DROP DATABASE shop") == "FAILED: SemanticException [Error 10072]: Database does not exist: shop"
    )
    lake.run("DROP DATABASE IF EXISTS shop")
    assert lake.keys("shop/") == ["shop/t/a.csv"]


def test_a_table_is_what_was_written(lake: Lake) -> None:
    """SHOW CREATE TABLE gives a statement that makes the same table."""
    lake.run(
        "CREATE EXTERNAL TABLE same (`a` int COMMENT 'it''s', `date` map<string,int>) COMMENT 'c' "
        "PARTITIONED BY (`p` string) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' STORED AS TEXTFILE "
        "LOCATION 's3://lake/same/' TBLPROPERTIES ('skip.header.line.count'='1')"
    )
    shown = [line or "" for line in lake.lines("SHOW CREATE TABLE same")]
    assert shown[:-2] == [
        "CREATE EXTERNAL TABLE `same`(",
        "  `a` int COMMENT 'it\\'s', ",
        "  `date` map<string,int>)",
        "COMMENT 'c'",
        "PARTITIONED BY ( ",
        "  `p` string)",
        "ROW FORMAT DELIMITED ",
        "  FIELDS TERMINATED BY '\\t' ",
        "STORED AS INPUTFORMAT ",
        "  'org.apache.hadoop.mapred.TextInputFormat' ",
        "OUTPUTFORMAT ",
        "  'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'",
        "LOCATION",
        "  's3://lake/same/'",
        "TBLPROPERTIES (",
    ]
    before = lake.glue.get_table(DatabaseName="db", Name="same")["Table"]
    lake.run("DROP TABLE same")
    lake.run("\n".join(shown))
    after = lake.glue.get_table(DatabaseName="db", Name="same")["Table"]
    assert after["StorageDescriptor"] == before["StorageDescriptor"]
    assert after["PartitionKeys"] == before["PartitionKeys"]


def test_describe_is_laid_out_as_hive_does(lake: Lake) -> None:
    """Padded to twenty, the keys once more at the end; one column alone."""
    lake.run("CREATE EXTERNAL TABLE laid (a int COMMENT 'x') PARTITIONED BY (p string) LOCATION 's3://lake/laid/'")
    a, p = f"a{' ' * 19}\tint{' ' * 17}\tx{' ' * 19}", f"p{' ' * 19}\tstring{' ' * 14}\t{' ' * 20}"
    head = f"# col_name{' ' * 12}\tdata_type{' ' * 11}\tcomment{' ' * 13}"
    assert lake.lines("DESCRIBE laid") == [a, p, "\t \t ", "# Partition Information\t \t ", head, "\t \t ", p]
    assert lake.lines("DESCRIBE db.laid a") == [a]
    assert lake.lines("DESCRIBE FORMATTED laid")[:3] == [head, "\t \t ", a]
    assert lake.lines("DESCRIBE EXTENDED laid")[-1].startswith("Detailed Table Information\tTable(tableName:laid, ")
    assert lake.lines("SHOW COLUMNS IN laid IN db") == [f"a{' ' * 19}", f"p{' ' * 19}"]


def test_columns_are_added_changed_and_replaced(lake: Lake) -> None:
    """Each change is a new version of the table."""
    lake.run("CREATE EXTERNAL TABLE cols (a int, b string COMMENT 'kept') LOCATION 's3://lake/cols/'")
    lake.run("ALTER TABLE cols ADD COLUMNS (c double)")
    lake.run("ALTER TABLE cols CHANGE COLUMN b bb varchar(5) FIRST")
    columns = lake.glue.get_table(DatabaseName="db", Name="cols")["Table"]["StorageDescriptor"]["Columns"]
    assert [(c["Name"], c["Type"], c.get("Comment")) for c in columns] == [
        ("bb", "varchar(5)", "kept"), ("a", "int", None), ("c", "double", None),
    ]  # fmt: skip
    lake.run("ALTER TABLE cols REPLACE COLUMNS (z int)")
    assert lake.lines("SHOW COLUMNS FROM cols") == [f"z{' ' * 19}"]
    lake.run("ALTER TABLE cols SET LOCATION 's3://lake/other/'")
    lake.run("ALTER TABLE cols SET TBLPROPERTIES ('k'='v')")
    assert "k\tv" in lake.lines("SHOW TBLPROPERTIES cols")
    assert lake.lines("SHOW TBLPROPERTIES cols('k')") == ["v"]
    assert len(lake.glue.get_table_versions(DatabaseName="db", TableName="cols")["TableVersions"]) == 6


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SHOW CREATE TABLE nope", "FAILED: SemanticException [Error 10001]: Table not found db.nope"),
        ("SHOW TBLPROPERTIES nope.t", "FAILED: SemanticException [Error 10072]: Database does not exist: nope"),
        ("DROP TABLE nope", "SemanticException [Error 10001]: Table not found db.nope"),
        ("CREATE EXTERNAL TABLE nope.t (a int) LOCATION 's3://lake/'", "Database does not exist: nope"),
        ("CREATE EXTERNAL TABLE t (a int, A int) LOCATION 's3://lake/'", "Duplicate column name: a"),
        (
            "CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (a int) LOCATION 's3://lake/'",
            "Column repeated in partitioning",
        ),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 'file:///etc'", "Not an S3 path: file:///etc"),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://nobodys-bucket/'", "bucket does not exist: nobodys-bucket"),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://lake/*.csv'", "must not have a wildcard"),
        ("SHOW PARTITIONS flat", "Table flat is not a partitioned table"),
        ("ALTER TABLE flat ADD PARTITION (p=1)", "Table is not partitioned: flat"),
        ("ALTER TABLE flat CHANGE nope x int", "Invalid column reference nope"),
        ("ALTER TABLE flat RENAME TO round", "Table cannot be renamed"),
        (
            "ALTER TABLE flat DROP COLUMN a",
            "FAILED: ParseException line 1:22 mismatched input 'COLUMN' expecting PARTITION near 'DROP' in",
        ),
        ("SHOW DATABASES LIKE '*x'", "java.util.regex.PatternSyntaxException"),
        ("DROP TABLE IF EXISTS nope", ""),
    ],
)
def test_failures_are_hives(lake: Lake, sql: str, words: str) -> None:
    """And leave a .txt that says FAILED."""
    lake.run("CREATE EXTERNAL TABLE IF NOT EXISTS flat (a int) LOCATION 's3://lake/flat/'")
    found = lake.execution(sql)
    if not words:
        assert found["Status"]["State"] == "SUCCEEDED"
        return
    assert words in found["Status"]["StateChangeReason"]
    bucket, _, key = found["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    text = lake.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert text == found["Status"]["StateChangeReason"]


def test_views_live_in_glue(lake: Lake) -> None:
    """Made, replaced, shown, read, dropped; names inside are looked up where the view was made."""
    lake.run("CREATE DATABASE IF NOT EXISTS seen")
    lake.put("base/a.csv", "1\n2\n")
    lake.run("CREATE EXTERNAL TABLE base (v int) LOCATION 's3://lake/base/'")
    lake.run("CREATE VIEW seen.big AS SELECT v, 'x' AS s FROM base WHERE v > 1")
    entry = lake.glue.get_table(DatabaseName="seen", Name="big")["Table"]
    assert entry["TableType"] == "VIRTUAL_VIEW"
    assert [column["Type"] for column in entry["StorageDescriptor"]["Columns"]] == ["int", "varchar(1)"]
    assert lake.run("SELECT * FROM seen.big") == [["2", "x"]]
    assert lake.lines("SHOW VIEWS IN seen") == ["big"]
    for statement in ("DESCRIBE seen.big", "SHOW COLUMNS FROM seen.big"):
        assert lake.lines(statement) == ["v\tinteger", "s\tvarchar(1)"]
        assert lake.execution(statement)["SubstatementType"] == "DESC_VIEW"
    assert lake.lines("SHOW CREATE VIEW seen.big") == [
        "CREATE VIEW seen.big AS",
        "SELECT v, 'x' AS s FROM base WHERE v > 1",
    ]
    assert "TABLE_ALREADY_EXISTS" in lake.failure("CREATE VIEW seen.big AS SELECT 1 a")
    lake.run('CREATE OR REPLACE VIEW seen."big" AS SELECT 3 AS three')
    assert lake.run("SELECT * FROM seen.big") == [["3"]]
    assert "COLUMN_NOT_FOUND: line 1:28:" in lake.failure("CREATE VIEW bad AS SELECT  nope FROM base")
    assert "MISSING_COLUMN_NAME" in lake.failure("CREATE VIEW bad AS SELECT 1")
    assert "TABLE_ALREADY_EXISTS" in lake.failure("CREATE OR REPLACE VIEW base AS SELECT 1 a")
    assert "TABLE_NOT_FOUND" in lake.failure("DROP VIEW base")
    lake.run("DROP VIEW seen.big")
    lake.run("DROP VIEW IF EXISTS seen.big")
    assert lake.lines("SHOW VIEWS IN seen") == []


def test_functions_are_listed_by_a_like_pattern(lake: Lake) -> None:
    """SHOW FUNCTIONS takes SQL's own LIKE, with ESCAPE, where the other SHOW statements take Hive's patterns."""
    labels, rows = lake.answer("SHOW FUNCTIONS LIKE 'date!_tr%' ESCAPE '!'")
    assert labels[0][0] == "Function"
    assert {row[0] for row in rows} == {"date_trunc"}
    assert {row[-1] for row in rows} == {
        "Truncate to the specified precision",
        "Truncate to the specified precision in the session timezone",
    }
    assert lake.answer("SHOW FUNCTIONS LIKE 'date'")[1] != []
    assert lake.answer("SHOW FUNCTIONS LIKE 'dat'")[1] == []


def test_show_patterns_are_regular_expressions_with_stars(lake: Lake) -> None:
    """`*` reads as `.*`; the whole name must match."""
    for name in ("pat_a", "pat_b", "xpat_a"):
        lake.run(f"CREATE EXTERNAL TABLE {name} (a int) LOCATION 's3://lake/flat/'")
    assert lake.lines("SHOW TABLES 'pat_*'") == ["pat_a", "pat_b"]
    assert lake.lines("SHOW TABLES IN db LIKE 'pat_a|xpat.*'") == ["pat_a", "xpat_a"]
    assert lake.lines("SHOW TABLES 'pat'") == []


def test_a_missing_target_is_refused_at_the_start(lake: Lake) -> None:
    """DESCRIBE and SHOW COLUMNS look first; a name in another catalog is told apart (both measured)."""
    for statement in ("DESCRIBE nope", "SHOW COLUMNS IN nope", "DESC nope.t"):
        with pytest.raises(ClientError, match=r"Entity Not Found \(Service: AmazonDataCatalog") as caught:
            lake.execution(statement)
        assert caught.value.response["AthenaErrorCode"] == "INVALID_INPUT"
    with pytest.raises(ClientError, match="Catalog 'other' does not exist") as caught:
        lake.execution("DESCRIBE other.db.t")
    assert caught.value.response["AthenaErrorCode"] == "DATACATALOG_NOT_FOUND"


def test_a_table_needs_external_and_a_location(lake: Lake) -> None:
    """CREATE TABLE with columns and no query is refused when it is submitted, in Athena's words."""
    for statement, words in (
        ("CREATE TABLE t (n int)", "No location was specified for table. An S3 location must be specified"),
        ("CREATE TABLE t (n int) LOCATION 's3://lake/t/'", "External keyword required for table type HIVE"),
    ):
        with pytest.raises(ClientError) as caught:
            lake.execution(statement)
        assert (caught.value.response["AthenaErrorCode"], caught.value.response["Message"]) == (
            "MALFORMED_QUERY", words,
        )  # fmt: skip


def test_other_catalogs_are_not_taken_for_glue(lake: Lake) -> None:
    """A table of a catalog that isn't there fails; DDL and SHOW run in Athena's own all the same (measured)."""
    lake.run("CREATE EXTERNAL TABLE IF NOT EXISTS flat (a int) LOCATION 's3://lake/flat/'")
    assert lake.failure("SELECT * FROM other.db.flat") == "CATALOG_NOT_FOUND: line 1:15: Catalog 'other' not found"
    assert lake.run("SELECT * FROM AwsDataCatalog.db.flat") == []
    elsewhere = {"Database": "db", "Catalog": "other"}
    for sql, state in (
        ("SELECT * FROM flat", "FAILED"),
        ("CREATE TABLE made AS SELECT 1 a", "FAILED"),
        ("INSERT INTO flat VALUES 1", "FAILED"),
        ("SELECT * FROM awsdatacatalog.db.flat", "SUCCEEDED"),
        ("SHOW TABLES", "SUCCEEDED"),
        ("DESCRIBE flat", "SUCCEEDED"),
        ("SELECT 1", "SUCCEEDED"),
    ):
        found = lake.execution(sql, context=elsewhere)
        assert found["Status"]["State"] == state, sql
        assert found["QueryExecutionContext"] == {"Database": "db", "Catalog": "other"}


def test_iceberg_is_refused_in_every_spelling(lake: Lake) -> None:
    """NOT_SUPPORTED, saying so."""
    for statement in (
        "CREATE TABLE ice (a int) LOCATION 's3://lake/ice/' TBLPROPERTIES ('table_type'='ICEBERG')",
        "CREATE TABLE ice WITH (table_type='ICEBERG', location='s3://lake/ice/', is_external=false) AS SELECT 1 a",
        "OPTIMIZE ice REWRITE DATA USING BIN_PACK",
        "VACUUM ice",
        "DELETE FROM ice",
        "UPDATE ice SET a = 1",
        "MERGE INTO ice USING ice2 ON ice.a = ice2.a WHEN MATCHED THEN DELETE",
    ):
        assert "NOT_SUPPORTED" in lake.failure(statement), statement
        assert "iceberg" in lake.failure(statement).lower(), statement


def test_a_table_of_a_load_balancers_log_is_made_as_aws_writes_it(lake: Lake) -> None:
    """`time` is a column's name without backticks there, though the same guide lists it among the reserved words."""
    lake.put("alb/2024/01/02/a.log", "http 2024-01-02T03:04:05Z app/x 10.0.0.1:4711\n")
    lake.run(
        "CREATE EXTERNAL TABLE IF NOT EXISTS alb_access_logs (type string, time string, elb string, client_ip string,"
        " client_port int) PARTITIONED BY (day STRING) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'"
        " WITH SERDEPROPERTIES ('serialization.format' = '1',"
        " 'input.regex' = '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*)')"
        ' LOCATION \'s3://lake/alb/\' TBLPROPERTIES ("projection.enabled" = "true",'
        ' "projection.day.type" = "date", "projection.day.range" = "2022/01/01,NOW",'
        ' "projection.day.format" = "yyyy/MM/dd", "projection.day.interval" = "1",'
        ' "projection.day.interval.unit" = "DAYS", "storage.location.template" = "s3://lake/alb/${day}")'
    )
    found = lake.run("SELECT time, client_ip, client_port FROM alb_access_logs WHERE day = '2024/01/02'")
    assert found == [["2024-01-02T03:04:05Z", "10.0.0.1", "4711"]]
