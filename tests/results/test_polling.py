"""The polling schedule on a virtual clock: near the best that any schedule can do, within its budget of calls."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from athena_ds.execution import Clock, wait
from athena_ds.execution.polling import SECOND, next_wait, still_to_wait

Array = npt.NDArray[np.float64]
WORTH = 0.02
"""Seconds of delay that one status call is worth."""


@dataclass(frozen=True)
class Law:
    """How long queries take: the share that has ended by a time, and a time by which all have."""

    ended: Callable[[Array], Array]
    last: float


def _lognormal(median: float, sigma: float) -> Callable[[Array], Array]:
    erf = np.vectorize(math.erf)

    def ended(at: Array) -> Array:
        found: Array = 0.5 * (1 + erf(np.log(np.maximum(at, 1e-12) / median) / (sigma * math.sqrt(2))))
        return found

    return ended


def _power(low: float, high: float, index: float) -> Callable[[Array], Array]:
    def ended(at: Array) -> Array:
        share: Array = (1 - (low / np.maximum(at, low)) ** index) / (1 - (low / high) ** index)
        return np.clip(share, 0, 1)

    return ended


LAWS = {
    "lognormal, median 2 s": Law(_lognormal(2, 1.35), 800),
    "lognormal, median 5 s": Law(_lognormal(5, 1.1), 1000),
    "power law from 0.25 to 150 s": Law(_power(0.25, 150, 0.87), 150),
}


def optimum(law: Law) -> float:
    """Delay + worth x calls of the best schedule there is, by dynamic programming from the end back to the start."""
    grid = np.concatenate([np.arange(0, 1, 0.01), np.exp(np.linspace(0, math.log(law.last), 700))])
    ended = law.ended(grid)
    ended[0] = 0
    area = np.concatenate([[0], np.cumsum((ended[1:] + ended[:-1]) / 2 * np.diff(grid))])
    ahead = np.zeros(len(grid))
    for now in range(len(grid) - 2, -1, -1):
        left = 1 - ended[now]
        if left > 1e-9:
            then = np.arange(now + 1, len(grid))
            delay = area[then] - area[now] - ended[now] * (grid[then] - grid[now])
            ahead[now] = (WORTH + (delay + (1 - ended[then]) * ahead[then]) / left).min()
    return float(ahead[0])


def schedule(last: float) -> list[float]:
    """When the statuses are asked for, without jitter."""
    found = [0.0]
    while found[-1] < last:
        found.append(found[-1] + next_wait(found[-1]))
    return found


def cost(law: Law) -> float:
    """What the schedule costs on average: delay after the end, and its calls."""
    total, before, before_ended = 0.0, 0.0, 0.0
    for at in schedule(law.last):
        between = np.linspace(before, at, 41)
        ended = law.ended(between)
        waiting = float(np.sum((ended[1:] + ended[:-1]) / 2 * np.diff(between)) - before_ended * (at - before))
        total += WORTH * (1 - before_ended) + waiting
        before, before_ended = at, float(ended[-1])
    return total


@pytest.mark.parametrize("name", LAWS)
def test_the_schedule_is_within_a_fifth_of_the_optimum(name: str) -> None:
    """On each of three laws of query times, against the exact optimum for that very law."""
    assert cost(LAWS[name]) <= 1.20 * optimum(LAWS[name])


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1, 3, 10, 60, 600])
def test_the_calls_stay_within_ten_times_the_square_root(seconds: float) -> None:
    """At most 10 x sqrt(T) + 2 status calls for a query of T seconds."""
    calls, at = 1, 0.0
    while at < seconds:
        at += next_wait(at)
        calls += 1
    assert calls <= 10 * math.sqrt(seconds) + 2


def test_little_is_added_to_the_query_itself() -> None:
    """Submission to frame less query time, averaged around T: calls of 40 ms, 20 ms of our own, and the waiting.

    A status is decided when it arrives, so a query that ends on its way is seen.
    """
    trip, own = 0.04, 0.02
    for seconds, promised in {0.2: 0.17, 0.5: 0.2, 1.0: 0.25, 3.0: 0.4, 10.0: 0.65}.items():
        asked = np.array(schedule(20))
        ends = np.linspace(0.9 * seconds, 1.1 * seconds, 201)
        late = [asked[asked >= end - trip][0] - end for end in ends]
        assert np.mean(late) + 3 * trip + own <= promised, (seconds, np.mean(late))


def test_what_has_ended_is_seen_at_once() -> None:
    """A reused result, DDL and SHOW may have ended before the submission was answered; then a while nothing does."""
    assert schedule(1)[:2] == [0.0, SECOND]
    assert followed(0.0) == [0.0]


def test_the_schedule_is_what_is_done() -> None:
    """On a clock of the test's own, where a status takes 40 ms: questions are asked when the schedule says."""
    asked = schedule(3)
    assert followed(2.5) == pytest.approx(asked[: len(followed(2.5))])


def followed(seconds: float) -> list[float]:
    """When a query of so many seconds is asked about."""
    now, asked = 0.0, []

    def sleep(pause: float) -> None:
        nonlocal now
        now += pause

    class Answers:
        """A door behind which the query ends in time."""

        def call(self, operation: str, **_: object) -> dict[str, object]:
            nonlocal now
            assert operation == "athena:GetQueryExecution"
            asked.append(now)
            now += 0.04
            state = "SUCCEEDED" if now > seconds else "RUNNING"
            return {"QueryExecution": {"QueryExecutionId": "a", "Status": {"State": state}}}

    door: Any = Answers()
    wait(door, "a", clock=Clock(now=lambda: now, sleep=sleep, luck=lambda: 0.5))
    return asked


def test_the_interval_stays_in_its_bounds_and_is_spread() -> None:
    """From a seventh of a second to five, whatever luck does within a tenth."""
    steps = [next_wait(elapsed / 10) for elapsed in range(2, 100_000)]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0.14, 5.0)
    rolled = [next_wait(4.0, luck=number / 200) for number in range(200)]
    assert min(rolled) == pytest.approx(0.9 * next_wait(4.0))
    assert max(rolled) == pytest.approx(1.1 * next_wait(4.0), rel=0.01)


def test_the_way_of_a_question_is_a_part_of_the_interval() -> None:
    """Questions are as far apart as the schedule says; a slow service still has half of it to itself."""
    assert still_to_wait(0.3, took=0.04) == pytest.approx(0.26)
    assert still_to_wait(0.3, took=2.0) == pytest.approx(0.15)


def test_many_are_asked_about_more_often_within_twelve_calls() -> None:
    """Fifty queries, the last of which ends after 1.4 s, its start a tenth of a second late."""
    at, calls = SECOND, 1
    while at < 1.5:
        at += next_wait(at - 0.08, queries=50)
        calls += 1
    assert calls <= 12
    assert next_wait(1.4, queries=50) == pytest.approx(next_wait(1.4) / 2, rel=0.1)
