"""Load: two hundred at once, rates below Athena's, memory that does not grow with the rows or with the hours."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from athena_ds import AthenaDataSource
from athena_ds.aws.patience import RATES, Pace
from athena_ds.errors import QueryTimeoutError
from athena_ds.execution import Submission, Submit
from athena_ds.execution.follow import Clock
from athena_ds.local.server import LocalAthena
from benchmarks.stream import measured
from tests.sdk.scripted import WAIT, Scripted, ScriptedExecution

from .conftest import FULL, runs_of

AT_ONCE, RUNNING = 200, 20
HOURS = 24.0 if FULL else 0.5

# Calls a second and in a burst (Athena's service quotas; docs/reliability.md names the page).
PUBLISHED = {
    "athena:StartQueryExecution": (20, 80),
    "athena:StopQueryExecution": (20, 80),
    "athena:GetQueryExecution": (100, 200),
    "athena:GetQueryResults": (100, 200),
    "athena:BatchGetQueryExecution": (20, 40),
    "athena:ListQueryExecutions": (5, 10),
    "athena:ListNamedQueries": (5, 10),
    "athena:BatchGetNamedQuery": (5, 10),
    "athena:CreateNamedQuery": (5, 20),
    "athena:DeleteNamedQuery": (5, 20),
    "athena:GetNamedQuery": (5, 20),
}


class Counting(Scripted):
    """Notes how many statements run at one time, and lets the first ones meet."""

    def __init__(self) -> None:
        super().__init__()
        self.running = self.most = 0
        self.lock = threading.Lock()
        self.full = threading.Event()

    def submit(self, query: object, catalog: object, storage: object) -> ScriptedExecution:
        made = super().submit(query, catalog, storage)  # type: ignore[arg-type]
        rows = made.batches

        def batches() -> Iterator[pa.RecordBatch]:
            with self.lock:
                self.running += 1
                self.most = max(self.most, self.running)
            if self.running >= RUNNING:
                self.full.set()
            self.full.wait(20)
            yield from rows()
            with self.lock:
                self.running -= 1

        made.batches = batches  # type: ignore[method-assign]
        return made


@pytest.fixture
def busy() -> Iterator[tuple[AthenaDataSource, LocalAthena, Counting]]:
    """A workgroup that runs twenty at once."""
    engine = Counting()
    with LocalAthena(samples=False, engine=engine, workers=RUNNING) as running:  # type: ignore[arg-type]
        ds = AthenaDataSource.local(running)
        ds.door.call("glue:CreateDatabase", DatabaseInput={"Name": "nyc"})
        yield ds, running, engine


def by_query_many(ds: AthenaDataSource, numbers: range) -> list[int]:
    outcomes = ds.query_many([f"SELECT {number}" for number in numbers], concurrency=AT_ONCE)
    return [outcome.result().n.item() for outcome in outcomes]


def by_threads(ds: AthenaDataSource, numbers: range) -> list[int]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda number: ds.query(f"SELECT {number}").n.item(), numbers))


@pytest.mark.parametrize("way", [by_query_many, by_threads])
def test_two_hundred_at_once_are_all_answered(
    busy: tuple[AthenaDataSource, LocalAthena, Counting], way: Callable[[AthenaDataSource, range], list[int]]
) -> None:
    """By a workgroup that runs twenty: each once, with its own row, and none more than twenty at a time."""
    ds, endpoint, engine = busy
    numbers = range(AT_ONCE)
    assert way(ds, numbers) == list(numbers)
    assert runs_of(endpoint, *numbers) == [1] * AT_ONCE
    assert engine.most == RUNNING
    assert endpoint.calls["athena:StartQueryExecution"] == AT_ONCE


@pytest.mark.parametrize("operation", PUBLISHED)
def test_calls_stay_below_athenas_published_rates(operation: str) -> None:
    """Ten minutes of calls as fast as one process can: in any stretch of time fewer than Athena allows an account."""
    at, sent = 0.0, []
    rate, burst = RATES[operation]
    pace = Pace(rate=rate, burst=burst, clock=lambda: at)
    while at < 600:
        at += pace.wait()
        sent.append(at)
        at += 0.001
    allowed_rate, allowed_burst = PUBLISHED[operation]
    assert rate < allowed_rate
    for stretch in (1, 10, 100):
        first = 0
        for last, moment in enumerate(sent):
            while sent[first] < moment - stretch:
                first += 1
            assert last - first + 1 <= allowed_burst + allowed_rate * stretch


@pytest.mark.timeout(3600)
def test_batches_of_a_result_larger_than_memory_stay_small() -> None:
    """Ten gigabytes with ATHENA_DS_FIRE=full, a fifth of one without: every row, its checksum, and less than 500 MB."""
    found = measured(10 * 10**9 if FULL else 200 * 10**6)
    assert found["peak_mb"] < 500


def test_two_hundred_results_at_once_hold_little_beside_their_frames() -> None:
    """Eight are read at a time: what is held beside the frames is far less than the two hundred results would be."""
    size = 4 if FULL else 1
    found = measured(size * 10**6, at_once=AT_ONCE)
    beside = found["peak_mb"] - found["before_mb"] - found["frames_mb"]
    assert found["frames_mb"] > AT_ONCE * size / 4
    assert beside < AT_ONCE * size * 0.6 + 20


@pytest.mark.timeout(3600)
def test_following_a_query_for_a_day_keeps_nothing(quick: AthenaDataSource) -> None:
    """Twenty-four hours on a clock of the test's own (half an hour without ATHENA_DS_FIRE=full): no object more."""
    now, objects = 0.0, []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        if now > HOURS * 3600 * (len(objects) + 1) / 5:
            gc.collect()
            objects.append(len(gc.get_objects()))

    submission = Submission(
        quick.door,
        Submit(sql=WAIT, database="nyc", destination=quick.contract.destination()),
        clock=Clock(now=lambda: now, sleep=sleep),
    )
    submission.begin()
    with pytest.raises(QueryTimeoutError):
        submission.wait(timeout=HOURS * 3600)
    assert now >= HOURS * 3600
    assert len(objects) >= 4
    assert objects[3] - objects[1] < 500
