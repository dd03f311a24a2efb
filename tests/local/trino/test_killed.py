"""A Trino that is really killed in the middle of a write, and started again: by hand, as it takes a minute or two."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.tables.running import Lake
from tests.local.trino.test_faults import LONG, USER, left, reason, started

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "trino"
PORT = "8184"


def script(command: str) -> str:
    """scripts/trino for a server of this test's own."""
    around = {**os.environ, "TRINO_PORT": PORT, "TRINO_URL": "", "TRINO_MEMORY": "2G"}
    return subprocess.run([SCRIPT, command], env=around, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def url() -> Iterator[str]:
    yield script("start")
    script("stop")


@pytest.mark.trino
@pytest.mark.slow
def test_a_killed_trino_leaves_nothing_and_serves_again(trino_url: str, url: str) -> None:
    """SIGKILL while a table is written; meanwhile queries fail by name; started anew, the next one works."""
    with LocalAthena(engine=f"trino={url}?user={USER}") as endpoint:
        lake = Lake(endpoint)
        lake.s3.create_bucket(Bucket=RESULTS)
        lake.run("CREATE DATABASE db")
        lake.run("CREATE TABLE kept AS SELECT 1 AS flight, 2 AS other")
        before = left(lake)
        for write in (f"CREATE TABLE made AS {LONG}", f"INSERT INTO kept {LONG}"):
            identifier = started(lake, url, write)
            os.kill(int(script("pid")), signal.SIGKILL)
            assert reason(lake, identifier).startswith(f"REMOTE_HOST_GONE: Trino at {url} did not answer the query: ")
            assert lake.failure("SELECT 1").startswith(f"REMOTE_HOST_GONE: Trino at {url} ")
            assert left(lake) == before
            script("start")
            assert lake.run("SELECT * FROM kept") == [["1", "2"]]
