"""A Trino that is away, frozen, cut off or started anew: queries fail by name, nothing is left, the next one works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from athena_ds.local import LocalAthena
from athena_ds.local.engine.trino import protocol
from athena_ds.local.faults import Late
from athena_ds.local.staging import BUCKET, DATABASE
from tests.conftest import RESULTS
from tests.local.tables.running import ENDED, Lake
from tests.local.trino.between import Between, asked, catalogs, kill_queries_of

pytestmark = pytest.mark.trino

USER = "cut_off"
LONG = "SELECT a.flight, b.flight AS other FROM nyc.flights a CROSS JOIN nyc.flights b"
"""A hundred thousand million rows."""


@pytest.fixture(scope="module")
def wire(trino_url: str) -> Iterator[Between]:
    made = Between(trino_url)
    yield made
    made.away()
    kill_queries_of(trino_url, USER)


@pytest.fixture(scope="module")
def far(wire: Between) -> Iterator[Lake]:
    """An endpoint whose Trino is at the other end of the wire."""
    with LocalAthena(engine=f"trino={wire.url}?timeout=30&user={USER}") as endpoint:
        made = Lake(endpoint)
        for bucket in (RESULTS, "lake"):
            made.s3.create_bucket(Bucket=bucket)
        made.run("CREATE DATABASE db")
        yield made


def unfinished(trino_url: str, *states: str) -> int:
    """How many of this module's queries are in one of these states there."""
    among = ", ".join(f"'{state}'" for state in states)
    counted = f"SELECT count(*) FROM system.runtime.queries WHERE \"user\" = '{USER}' AND state IN ({among})"
    return int(asked(trino_url, counted)[0][0])


def started(lake: Lake, trino_url: str, sql: str) -> str:
    """The id of a statement that Trino is running."""
    identifier: str = lake.athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": "db"},
        ResultConfiguration={"OutputLocation": f"s3://{RESULTS}/q/"},
    )["QueryExecutionId"]
    _until(lambda: unfinished(trino_url, "RUNNING"))
    return identifier


def state(lake: Lake, identifier: str) -> dict[str, str]:
    """The Status of an execution."""
    found: dict[str, str] = lake.athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]
    return found


def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(0.05)


def reason(lake: Lake, identifier: str) -> str:
    """Why a statement FAILED."""
    _until(lambda: state(lake, identifier)["State"] in ENDED)
    assert state(lake, identifier)["State"] == "FAILED"
    return state(lake, identifier)["StateChangeReason"]


def catalog_of(endpoint: LocalAthena) -> str:
    """What an endpoint's catalog is called at its Trino."""
    return str(endpoint._engine._name)  # type: ignore[attr-defined]


def left(lake: Lake) -> list[str]:
    """What lies in the results bucket, in the table's place, in Glue, and in the staging account."""
    staging = lake.endpoint._engine.guest.staging  # type: ignore[union-attr]
    found = [key for key in lake.keys("", RESULTS) if not key.endswith((".csv", ".txt", ".metadata"))]
    found += [table["Name"] for table in lake.glue.get_tables(DatabaseName="db")["TableList"]]
    found += staging.objects(f"s3://{BUCKET}/")
    return [*found, *staging.glue.databases[DATABASE].tables] if DATABASE in staging.glue.databases else found


def test_a_trino_that_is_away_fails_the_query_by_name(far: Lake, wire: Between) -> None:
    """The reason names it; when it is back the next query works."""
    wire.away()
    said = far.failure("SELECT 1")
    assert said.startswith(f"REMOTE_HOST_GONE: Trino at {wire.url} did not answer the query: ")
    wire.back()
    assert far.run("SELECT 1") == [["1"]]


def test_a_frozen_trino_fails_the_query_after_the_time_given(
    far: Lake, wire: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer at all for that long; one that only takes long answers that it runs."""
    engine = far.endpoint._engine._engine
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_address", replace(engine._address, timeout=0.5))  # type: ignore[union-attr]
        wire.freeze()
        assert far.failure("SELECT 2").endswith("no answer for 0.5 seconds")
    wire.back()
    assert far.run("SELECT 2") == [["2"]]


def test_a_query_that_outlasts_the_time_given_succeeds(far: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow Trino is no frozen one: it answers that it runs, here while it waits for an object longer than that."""
    far.run("CREATE TABLE slow AS SELECT 1 AS a")
    far.run("SELECT * FROM slow")
    engine, faults = far.endpoint._engine._engine, far.endpoint.faults
    rule = faults.add("s3:GetObject", Late(seconds=5), times=1, key="*tables/*")
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_address", replace(engine._address, timeout=3))  # type: ignore[union-attr]
        patch.setattr(faults, "spared", None)  # the Trino's own calls are struck too
        found = far.execution("SELECT a + 1 FROM slow")
    faults.clear()
    far.run("DROP TABLE slow")
    assert rule.struck == 1
    assert found["Status"]["State"] == "SUCCEEDED"
    assert found["Statistics"]["EngineExecutionTimeInMillis"] > 3000


@pytest.mark.parametrize("sql", [LONG, f"CREATE TABLE made AS {LONG}", f"INSERT INTO kept {LONG}"])
def test_a_trino_that_restarts_fails_what_ran_and_serves_again(
    far: Lake, wire: Between, trino_url: str, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    """Refused, then 503 while it starts, then back with no catalog: by name, nothing left, and the next query works."""
    monkeypatch.setattr(protocol, "_PATIENCE", 0.3)
    far.run("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS flight, 2 AS other")
    before = left(far)
    identifier = started(far, trino_url, sql)
    wire.starting()
    assert reason(far, identifier).startswith(f"REMOTE_HOST_GONE: Trino at {wire.url} did not answer the query: ")
    wire.away()
    assert far.failure("SELECT 3").startswith(f"REMOTE_HOST_GONE: Trino at {wire.url} did not answer the query: ")
    wire.starting()
    assert far.failure("SELECT 3").endswith("did not answer the query: HTTP 503")
    kill_queries_of(trino_url, USER)
    asked(trino_url, f"DROP CATALOG {catalog_of(far.endpoint)}")
    wire.back()
    assert far.run("SELECT * FROM kept") == [["1", "2"]]
    assert left(far) == before


@pytest.mark.parametrize(
    "sql",
    [
        f"CREATE TABLE made AS {LONG}",
        f"CREATE TABLE made WITH (external_location = 's3://{RESULTS}/made/') AS {LONG}",
        f"INSERT INTO kept {LONG}",
        f"UNLOAD ({LONG}) TO 's3://{RESULTS}/made/' WITH (format = 'PARQUET')",
        LONG,
    ],
)
def test_a_trino_lost_in_the_middle_leaves_nothing(far: Lake, wire: Between, trino_url: str, sql: str) -> None:
    """Neither under the output location, nor in Glue, nor, after the next write, where it was staged."""
    far.run("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS flight, 2 AS other")
    before = left(far)
    identifier = started(far, trino_url, sql)
    wire.away()
    assert "REMOTE_HOST_GONE: Trino at" in reason(far, identifier)
    wire.back()
    kill_queries_of(trino_url, USER)
    far.run("UNLOAD (SELECT 1 a) TO 's3://lake/after/' WITH (format = 'PARQUET')")
    for key in far.keys("after/"):
        far.s3.delete_object(Bucket="lake", Key=key)
    assert left(far) == before
    assert far.run("SELECT * FROM kept") == [["1", "2"]]


def test_a_stopped_write_leaves_nothing_and_stops_at_the_trino(far: Lake, trino_url: str) -> None:
    """StopQueryExecution reaches Trino: its query ends too."""
    before = left(far)
    identifier = started(far, trino_url, f"CREATE TABLE made AS {LONG}")
    far.athena.stop_query_execution(QueryExecutionId=identifier)
    _until(lambda: state(far, identifier)["State"] == "CANCELLED")
    _until(lambda: not unfinished(trino_url, "QUEUED", "PLANNING", "STARTING", "RUNNING", "FINISHING"))
    assert left(far) == before


def test_a_trino_started_anew_is_told_the_catalog_again(far: Lake, trino_url: str) -> None:
    """Catalogs are kept in its memory; the query that finds none makes it and goes on."""
    far.run("SELECT 1")
    own = catalog_of(far.endpoint)
    assert own in catalogs(trino_url)
    asked(trino_url, f"DROP CATALOG {own}")
    assert far.run("SELECT count(*) FROM nyc.airlines") == [["16"]]
    assert own in catalogs(trino_url)


def test_something_else_at_the_address_is_told() -> None:
    """An address where HTTP is spoken, but not Trino's protocol."""
    other = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    with LocalAthena(samples=False, engine=f"trino=http://127.0.0.1:{other.server_port}") as endpoint:
        lake = Lake(endpoint)
        lake.s3.create_bucket(Bucket=RESULTS)
        assert "did not answer the query: HTTP 501" in lake.failure("SELECT 1")
    other.shutdown()
    other.server_close()


def test_two_endpoints_share_one_trino(trino_url: str) -> None:
    """Each sees its own tables, and takes its catalog away when it goes."""
    engine = f"trino={trino_url}"
    with LocalAthena(samples=False, engine=engine) as one, LocalAthena(samples=False, engine=engine) as two:
        lakes = {"one": Lake(one), "two": Lake(two)}
        for name, lake in lakes.items():
            lake.s3.create_bucket(Bucket=RESULTS)
            lake.run("CREATE DATABASE db")
            lake.run(f"CREATE TABLE t AS SELECT '{name}' AS whose")
        for name, lake in lakes.items():
            assert lake.run("SELECT whose FROM awsdatacatalog.db.t") == [[name]]
        own = {catalog_of(one), catalog_of(two)}
        assert len(own) == 2
        assert own <= set(catalogs(trino_url))
    assert not own & set(catalogs(trino_url))
