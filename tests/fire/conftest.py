"""An endpoint with faults on demand and a scripted engine, a shelf of exact bytes, data sources that do not wait."""

from __future__ import annotations

import gc
import itertools
import os
import threading
from collections.abc import Callable, Iterator

import pytest

from athena_ds import AthenaDataSource
from athena_ds.aws import Door, Patience
from athena_ds.aws.patience import Budget
from athena_ds.execution.polling import next_wait
from athena_ds.local.server import LocalAthena
from tests.results.conftest import door, shelf, shelf_door, shelf_server
from tests.sdk.conftest import clean_environment, ds, endpoint, scripted

__all__ = ["clean_environment", "door", "ds", "endpoint", "scripted", "shelf", "shelf_door", "shelf_server"]

FULL = os.environ.get("ATHENA_DS_FIRE") == "full"
"""`ATHENA_DS_FIRE=full` runs every schedule and size that docs/reliability.md states; without it, a share runs."""

_numbers = itertools.count(10_000)


def unhurried(made: AthenaDataSource, patience: Patience | None = None) -> AthenaDataSource:
    """The data source with a door of its own, whose retries do not wait."""
    fresh = Door(
        credentials=made.credentials,
        region=made.config.region,
        endpoint_url=made.config.endpoint_url,
        patience=patience or Patience(attempts=30, unreachable_attempts=30),
    )
    fresh.sleep = lambda _: None
    made.door = fresh
    made.contract.destination()
    return made


@pytest.fixture(scope="module")
def warm(endpoint: LocalAthena) -> AthenaDataSource:
    """The one that `quick` gives out; its clients are made once."""
    return unhurried(AthenaDataSource.local(endpoint))


@pytest.fixture
def quick(warm: AthenaDataSource, endpoint: LocalAthena, monkeypatch: pytest.MonkeyPatch) -> Iterator[AthenaDataSource]:
    """A data source whose retries do not wait, that asks about a query soon, with all of its retries to spend."""
    monkeypatch.setattr("athena_ds.execution.follow.next_wait", soon)
    endpoint.faults.clear()
    fresh_budget(warm)
    yield warm
    endpoint.faults.clear()


def soon(elapsed: float, **given: float) -> float:
    """Seconds to the next question: few at first, then as usual."""
    return 0.02 if elapsed < 1 else next_wait(elapsed, luck=given["luck"])


def fresh_budget(source: AthenaDataSource) -> None:
    """As in a process that has just begun: one schedule's retries are not another's."""
    source.door._budget = Budget()


@pytest.fixture
def number() -> int:
    """A number that no other statement of this endpoint selects."""
    return next(_numbers)


@pytest.fixture
def numbers() -> Callable[[], int]:
    """Such numbers, one a call."""
    return lambda: next(_numbers)


def runs_of(endpoint: LocalAthena, *chosen: int) -> list[int]:
    """How many executions the endpoint has of the statement that selects each of these numbers."""
    statements = [execution.sql for execution in endpoint.athena.region(endpoint.region).executions.of("primary")]
    return [statements.count(f"SELECT {each}") for each in chosen]


def no_thread_left() -> bool:
    """Every thread of ours ends by itself."""
    gc.collect()
    for each in threading.enumerate():
        if each.name.startswith("athena_ds-"):
            each.join(timeout=20)
            if each.is_alive():
                return False
    return True
