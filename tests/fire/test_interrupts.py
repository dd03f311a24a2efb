"""Ctrl-C: whenever it comes, the query is stopped and its end confirmed, and the next query works."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable

import pytest

from athena_ds import AthenaDataSource
from athena_ds.execution import status
from athena_ds.local.faults import Late
from athena_ds.local.server import LocalAthena

from .scripted import WAIT, Scripted


def ctrl_c_when(ready: Callable[[], object]) -> None:
    """Press Ctrl-C as soon as `ready` returns."""

    def press() -> None:
        ready()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()


def test_while_it_runs_the_query_is_stopped_and_confirmed(ds: AthenaDataSource, scripted: Scripted) -> None:
    """KeyboardInterrupt goes on to the caller, with a note about the query."""
    ctrl_c_when(lambda: scripted.waiting.acquire(timeout=20))
    with pytest.raises(KeyboardInterrupt) as raised:
        ds.query(WAIT)
    stopped = scripted.stopped[-1]
    assert status(ds.door, stopped).state == "CANCELLED"
    assert any(stopped in note and "stopped" in note for note in raised.value.__notes__)
    assert ds.query("SELECT 1").n.item() == 1


def test_before_its_id_is_known_the_query_is_stopped_too(
    ds: AthenaDataSource, endpoint: LocalAthena, scripted: Scripted
) -> None:
    """The start runs on in its thread, so that its answer is not lost."""
    ds.query("SELECT 1")
    before = endpoint.faults.calls["athena:StartQueryExecution"]
    rule = endpoint.faults.add("athena:StartQueryExecution", Late(seconds=0.5), times=1)
    pressed = threading.Event()

    def started() -> None:
        while endpoint.faults.calls["athena:StartQueryExecution"] == before:
            pressed.wait(0.01)

    ctrl_c_when(started)
    with pytest.raises(KeyboardInterrupt):
        ds.query(WAIT)
    assert rule.struck == 1
    assert status(ds.door, scripted.stopped[-1]).state == "CANCELLED"


def test_no_thread_is_left(ds: AthenaDataSource, scripted: Scripted) -> None:
    """Nothing of this package runs on after an interrupt."""
    ctrl_c_when(lambda: scripted.waiting.acquire(timeout=20))
    with pytest.raises(KeyboardInterrupt):
        ds.query(WAIT)
    ours = [each for each in threading.enumerate() if each.name.startswith("athena_ds")]
    for each in ours:
        each.join(timeout=10)
    assert not [each for each in ours if each.is_alive()]


@pytest.mark.parametrize("seed", range(24))
def test_at_any_moment_nothing_is_left_running(ds: AthenaDataSource, scripted: Scripted, seed: int) -> None:
    """Before the start, on the way, while rows are read: whenever it comes, the next query finds all in order."""
    chance = random.Random(seed)
    sql = WAIT if seed % 2 else "SELECT 1"
    ds.query("SELECT 1")
    timer = threading.Timer(chance.uniform(0.0, 0.35), os.kill, (os.getpid(), signal.SIGINT))
    interrupted = threading.Event()
    try:
        timer.start()
        ds.query(sql)
        # It came too late for this query; it must not come into the next test.
        interrupted.wait(10)
    except KeyboardInterrupt:
        interrupted.set()
    assert interrupted.is_set()
    latest = ds.history(limit=5)
    assert not set(latest["state"]) & {"QUEUED", "RUNNING"}
    assert ds.query("SELECT 2").n.item() == 2
    ours = [each for each in threading.enumerate() if each.name.startswith("athena_ds-start")]
    assert not ours
