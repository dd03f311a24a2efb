"""awswrangler, unchanged, on the endpoint: its three ways to read, its catalog, its Parquet datasets."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.peers.environments import environment, variables

pytestmark = pytest.mark.peers

THREE = [["9E", "Endeavor Air Inc."], ["AA", "American Airlines Inc."], ["AS", "Alaska Airlines Inc."]]


@pytest.fixture(scope="module")
def found(local: LocalAthena) -> Any:
    """What tests/peers/wrangler.py saw."""
    home = environment("awswrangler", "awswrangler==3.17.1")
    done = subprocess.run(
        [str(home / "bin" / "python"), str(Path(__file__).with_name("wrangler.py")), RESULTS],
        env=variables(local),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("way", ["csv", "ctas", "unload"])
def test_read_sql_query_in_its_three_ways(found: Any, way: str) -> None:
    """From the CSV, through a CTAS, through an UNLOAD: the same rows."""
    assert found[way] == THREE


def test_chunks_and_tables(found: Any) -> None:
    """Every row once."""
    assert sum(found["chunks"]) == 16
    assert found["table"] == 16


def test_catalog(found: Any) -> None:
    """describe_table, show_create_table, repair_table, databases."""
    assert found["describe"] == ["carrier", "name"]
    assert found["show"] is True
    assert found["repair"] == "SUCCEEDED"
    assert "nyc" in found["databases"]


def test_a_dataset_written_with_its_catalog(found: Any) -> None:
    """to_parquet makes the table and its partitions; Athena reads them (awswrangler takes '' of a CSV for missing)."""
    assert found["types"] == {"id": "bigint", "name": "string", "day": "string"}
    assert found["written"] == [[1, "a", "x"], [2, None, "x"], [3, None, "y"]]
    assert found["partitions"] == [["x"], ["y"]]
