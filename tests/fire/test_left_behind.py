"""A kernel that dies leaves the id of its query on disk; its successor finds it and can stop it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from athena_ds import AthenaDataSource
from athena_ds.execution import journal
from athena_ds.local.server import LocalAthena
from tests.sdk.scripted import WAIT, Scripted


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_killed_process_leaves_its_query_to_be_found_and_stopped(
    ds: AthenaDataSource, endpoint: LocalAthena, scripted: Scripted
) -> None:
    """What cannot be stopped in time is not lost sight of."""
    script = textwrap.dedent(
        f"""
        from athena_ds import AthenaDataSource
        AthenaDataSource.from_access_key(
            access_key_id={endpoint.access_key_id!r}, secret_access_key={endpoint.secret_access_key!r},
            region={endpoint.region!r}, database="nyc", results_bucket={ds.config.results_bucket!r},
            results_path="killed", endpoint_url={endpoint.endpoint_url!r},
        ).query({WAIT!r})
        """
    )
    child = subprocess.Popen([sys.executable, "-W", "ignore", "-c", script])
    assert scripted.waiting.acquire(timeout=60)
    while not list(journal.directory().glob("*.json")):
        assert child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()
    left = ds.unfinished()
    assert list(left["state"]) == ["RUNNING"]
    assert ds.stop(left["query_execution_id"][0]) == "CANCELLED"
    assert len(ds.unfinished()) == 0
    assert not list(journal.directory().glob("*.json"))


def test_a_query_that_ended_leaves_nothing(ds: AthenaDataSource) -> None:
    """And neither does this process's own running one count."""
    ds.query("SELECT 1")
    assert not list(journal.directory().glob("*.json"))
    running = ds.submit(WAIT)
    assert running.query_execution_id
    assert len(ds.unfinished()) == 0
    running.stop()


def test_a_note_holds_no_sql_and_cannot_lead_out_of_its_directory(tmp_path: Path) -> None:
    """The id comes from an endpoint."""
    journal.begun("../../x/y", region="eu-west-1", endpoint_url=None)
    (file,) = journal.directory().iterdir()
    assert set(json.loads(file.read_text())) == {"query_execution_id", "region", "endpoint_url", "pid", "process"}
    journal.ended("../../x/y")
    assert not list(journal.directory().iterdir())


def test_a_disk_that_cannot_be_written_stops_no_query(ds: AthenaDataSource, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note is a courtesy."""
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)
    assert ds.query("SELECT 1").n.item() == 1


@pytest.mark.parametrize("other", ["since", "machine"])
def test_a_process_that_has_the_number_of_one_that_is_gone_is_not_taken_for_it(other: str) -> None:
    """A container that is started again gives its kernel the number it had; a home may be shared by machines."""
    journal.begun("a", region="eu-west-1", endpoint_url=None)
    assert journal.left_behind(region="eu-west-1", endpoint_url=None) == []
    (file,) = journal.directory().iterdir()
    noted = json.loads(file.read_text())
    machine, since = noted["process"].rsplit(" ", 1)
    noted["process"] = f"{machine} 1{since}" if other == "since" else f"not-{machine} {since}"
    file.write_text(json.dumps(noted))
    assert journal.left_behind(region="eu-west-1", endpoint_url=None) == ["a"]


def test_a_damaged_note_is_passed_over(ds: AthenaDataSource) -> None:
    """As is one of another region."""
    journal.begun("a", region="eu-west-1", endpoint_url=None)
    (journal.directory() / "b.json").write_text("not json")
    (journal.directory() / "c.json").write_text('{"strange": 1}')
    assert len(ds.unfinished()) == 0
