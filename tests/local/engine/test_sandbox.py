"""SQL reaches the tables and the result location, and nothing else of the machine: tried, not assumed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError

from athena_ds.local import LocalAthena
from athena_ds.local.engine.duckdb.connections import Connections, Limits
from tests.conftest import RESULTS, clients_of
from tests.local.tables.running import Lake

SECRET = "nobody may read this"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A directory beside the query's own, with a secret in it."""
    place = tmp_path / "outside"
    place.mkdir()
    (place / "secret.csv").write_text(f"{SECRET}\n")
    pq.write_table(pa.table({"s": [SECRET]}), place / "secret.parquet")
    return place


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What a query gets, with a file in its own directory."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "mine.csv").write_text("1\n")
    connections = Connections(Limits(memory_limit="500MB", threads=1))
    connections.prepare()
    found = connections.take(work, literally=False)
    yield found
    found.close()
    connections.close()


def test_a_query_sees_its_own_directory(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """And can spill there; else the refusals below would prove nothing."""
    mine = tmp_path / "work" / "mine.csv"
    assert connection.execute(f"SELECT * FROM read_csv('{mine}', header=false)").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{outside}/secret.csv')",
        "SELECT * FROM read_csv('{outside}/secret.csv')",
        "SELECT * FROM read_parquet('{outside}/secret.parquet')",
        "SELECT * FROM '{outside}/secret.parquet'",
        "SELECT * FROM read_text('{work}/../outside/secret.csv')",
        "SELECT * FROM read_blob('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SELECT * FROM read_parquet('s3://bucket/key')",
        "COPY (SELECT 1) TO '{outside}/written.csv'",
        "ATTACH '{outside}/a.db'",
        "EXPORT DATABASE '{outside}/all'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '{outside}/x.duckdb_extension'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "RESET allowed_directories",
        "SET temp_directory = '/'",
        "CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')",
    ],
)
def test_the_connection_is_shut(connection: duckdb.DuckDBPyConnection, outside: Path, sql: str) -> None:
    """Even SQL that got past the analyser, in DuckDB's own words, gets nowhere."""
    text = sql.format(outside=outside, work=outside.parent / "work")
    with pytest.raises(duckdb.Error):
        connection.execute(text).fetchall()
    assert sorted(path.name for path in outside.iterdir()) == ["secret.csv", "secret.parquet"]


@pytest.fixture(scope="module")
def lake() -> Iterator[Lake]:
    with LocalAthena(samples=False) as endpoint:
        s3 = clients_of(endpoint)("s3")
        for bucket in ("lake", RESULTS):
            s3.create_bucket(Bucket=bucket)
        made = Lake(endpoint)
        made.glue.create_database(DatabaseInput={"Name": "db"})
        yield made


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM TABLE(read_text('/etc/hostname'))",
        'SELECT * FROM "/etc/hostname"',
        "SELECT * FROM '/etc/hostname'",
        "SELECT read_text('/etc/hostname')",
        "SELECT getenv('HOME')",
        "SELECT current_setting('temp_directory')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM system.runtime.nodes",
        "COPY (SELECT 1) TO '/tmp/x'",
        "ATTACH '/tmp/x' AS y",
        "INSTALL httpfs",
        "PRAGMA version",
        "SET enable_external_access = true",
        "EXPLAIN SELECT * FROM read_text('/etc/hostname')",
        "CREATE VIEW v AS SELECT * FROM read_text('/etc/hostname')",
        "CREATE TABLE t AS SELECT * FROM read_csv('/etc/passwd')",
        "CREATE EXTERNAL TABLE t (a string) LOCATION 'file:///etc/'",
        "CREATE EXTERNAL TABLE t (a string) LOCATION '/etc/'",
        "CREATE EXTERNAL TABLE t (a string) LOCATION 'http://127.0.0.1/'",
        "UNLOAD (SELECT 1 a) TO 'file:///tmp/x/' WITH (format = 'PARQUET')",
        "UNLOAD (SELECT 1 a) TO '/tmp/x/' WITH (format = 'PARQUET')",
        "SELECT 1 AS \"a\"; SELECT * FROM read_text('/etc/hostname')",
        "SELECT '''); ATTACH ''/tmp/x'' AS y; --' FROM nothing",
    ],
)
def test_statements_that_try_fail(lake: Lake, sql: str) -> None:
    """Refused when submitted, or failed; never answered."""
    assert ended(lake, sql) in ("InvalidRequestException", "FAILED")


def ended(lake: Lake, sql: str) -> str:
    """How a statement ends: its state (an error inside the endpoint is told apart), or the code it is refused with."""
    try:
        found = lake.execution(sql)
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    inside = "INTERNAL" in found["Status"].get("StateChangeReason", "")
    return "failed inside" if inside else str(found["Status"]["State"])


@pytest.mark.parametrize(
    "name", ["a../b../passwd.parquet", "a.[1].parquet", "it's.par'quet", "a b.*.parquet", "x.{a,b}.parquet", "é.ß"]
)
def test_object_keys_are_names_not_paths(lake: Lake, name: str) -> None:
    """Whatever a key looks like, the object of that key is read, and no file is."""
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": [name]}), sink)
    folder = f"keys-{name.encode().hex()[:24]}"
    lake.put(f"{folder}/{name}", sink.getvalue())
    table = folder.replace("-", "_")
    lake.run(f"CREATE EXTERNAL TABLE {table} (a string) STORED AS PARQUET LOCATION 's3://lake/{folder}/'")
    assert lake.run(f'SELECT a, "$path" FROM {table}') == [[name, f"s3://lake/{folder}/{name}"]]
