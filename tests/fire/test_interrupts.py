"""Ctrl-C: whenever it comes, the query is stopped and its end confirmed, and the next query works."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from athena_ds import AthenaDataSource, results
from athena_ds.aws import Door
from athena_ds.errors import AthenaDSError
from athena_ds.execution import status
from athena_ds.local.faults import Late
from athena_ds.local.server import LocalAthena
from athena_ds.queries.running import RunningQuery
from tests.results.shelf import Shelf
from tests.results.transports import whole
from tests.sdk.scripted import WAIT, Scripted

from .conftest import FULL, no_thread_left
from .interruption import Line, interrupt_at, lines_of, text_of
from .test_never_short import large, small_parts

__all__ = ["small_parts"]

# What one client keeps open between calls; each service has a client of its own.
CONNECTIONS = 10


def ctrl_c_when(ready: Callable[[], object]) -> None:
    """Press Ctrl-C as soon as `ready` returns."""

    def press() -> None:
        ready()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()


def test_while_it_runs_the_query_is_stopped_and_confirmed(ds: AthenaDataSource, scripted: Scripted) -> None:
    """KeyboardInterrupt goes on to the caller, with a note about the query, which is all that a notebook shows."""
    ctrl_c_when(lambda: scripted.waiting.acquire(timeout=20))
    with pytest.raises(KeyboardInterrupt) as raised:
        ds.query(WAIT)
    stopped = scripted.stopped[-1]
    assert status(ds.door, stopped).state == "CANCELLED"
    assert any(stopped in note and "stopped" in note for note in raised.value.__notes__)
    shown = raised.value._render_traceback_()  # type: ignore[attr-defined]  # IPython asks for it
    assert shown == [f"KeyboardInterrupt: The query {stopped} was stopped (CANCELLED, 1,000,000 bytes scanned)."]
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


def points(lines: list[Line], share: int) -> list[Line]:
    """All of them with ATHENA_DS_FIRE=full; otherwise every so many, the first and the last among them."""
    return lines if FULL else [*lines[::share], lines[-1]]


def nothing_left(endpoint: LocalAthena) -> bool:
    """No execution goes on, and no thread of ours but such as are ending."""
    return no_thread_left() and not endpoint.athena.region(endpoint.region).executions.unfinished()


def sockets() -> int:
    gc.collect()
    found = (file for file in Path("/proc/self/fd").iterdir() if file.is_symlink())
    return sum(os.readlink(file).startswith("socket:") for file in found)


Work = Callable[[AthenaDataSource], object]
WAYS: dict[str, tuple[Work, int]] = {
    "query": (lambda ds: ds.query("SELECT 5"), 20),
    "batches": (lambda ds: list(ds.query_batches("SELECT 5")), 40),
    "query with a limit": (lambda ds: ds.query("SELECT 5 FROM days WHERE day = 'x'", max_scan="1 GB"), 40),
    "many": (lambda ds: ds.query_many(["SELECT 5"] * 6), 40),
}


@pytest.mark.timeout(3600)
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open sockets are counted in /proc")
@pytest.mark.parametrize("way", WAYS)
def test_at_any_line_nothing_is_left(
    quick: AthenaDataSource, endpoint: LocalAthena, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the start, on the way, while rows are read: no query, thread, socket, temporary file or upload remains."""
    work, share = WAYS[way]
    days = {"Name": "days", "PartitionKeys": [{"Name": "day", "Type": "string"}]}
    with suppress(AthenaDSError):
        quick.door.call("glue:CreateTable", DatabaseName="nyc", TableInput=days)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    work(quick)
    lines = points(lines_of(lambda: work(quick)), share)
    assert nothing_left(endpoint)
    before = sockets()
    for line in lines:
        interrupt_at(line, lambda: work(quick))
        assert nothing_left(endpoint), line
    assert quick.query("SELECT 2").n.item() == 2
    assert sockets() <= before + 2 * CONNECTIONS
    assert not list(temporary.iterdir())
    assert "Uploads" not in quick.door.call("s3:ListMultipartUploads", Bucket=quick.config.results_bucket)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", ["query", "submit"])
def test_at_any_line_a_query_that_would_run_on_is_stopped(
    quick: AthenaDataSource, endpoint: LocalAthena, way: str
) -> None:
    """One that never ends by itself, interrupted at each line from the call to the first answer that it runs."""
    handles: list[RunningQuery] = []
    ended: Work = (
        (lambda ds: ds.query("SELECT 5")) if way == "query" else (lambda ds: handles.append(ds.submit("SELECT 5")))
    )
    ended(quick)
    lines = lines_of(lambda: ended(quick))
    for each in handles:
        each.wait()
    assert nothing_left(endpoint)
    # From here on only an execution that has ended leads.
    waited = [at for at, line in enumerate(lines) if text_of(line).startswith("journal.ended(")]
    running: Work = (lambda ds: ds.query(WAIT)) if way == "query" else (lambda ds: ds.submit(WAIT))
    for line in points(lines[: waited[0]] if waited else lines[:-1], 20):
        pressed = interrupt_at(line, lambda: running(quick))
        assert pressed, line
        assert nothing_left(endpoint), line


@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("way", ["whole", "batches"])
def test_at_any_line_of_a_download_no_stream_is_left(shelf: Shelf, door: Door, way: str) -> None:
    """A result of thirty parts, fetched and parsed by threads."""
    execution = large(shelf)

    def work() -> int:
        frames = [whole(execution, door)] if way == "whole" else results.batches(execution, door, rows=50)
        return sum(len(frame) for frame in frames)

    assert work() == 400
    for line in points(lines_of(work), 12):
        interrupt_at(line, work)
        assert no_thread_left(), line
    assert work() == 400
