"""The polling schedule: quick for short queries, sparing for long ones, near the best possible on a virtual clock."""

from __future__ import annotations

import math
import random
from statistics import NormalDist

import pytest

from athena_ds.execution.polling import FIRST, FIRST_QUICK, first_wait, next_wait

CALL = 0.04


def overhead(took: float, *, luck: float = 0.5) -> tuple[float, int]:
    """Seconds from the query's end until it is known, and how many questions it cost, each taking 40 ms."""
    now, asked = FIRST, 0
    while True:
        asked += 1
        seen_at = now + CALL / 2
        now += CALL
        if seen_at >= took:
            return now - took, asked
        now += next_wait(now, luck=luck)


@pytest.mark.parametrize(("took", "most"), [(0.2, 0.17), (0.5, 0.2), (1.0, 0.25), (3.0, 0.4), (10.0, 0.65)])
def test_a_query_is_seen_to_end_soon_after_it_did(took: float, most: float) -> None:
    """On average over start times, within the figures this project set itself, less the two calls around the wait."""
    around = 2 * CALL - CALL / 2
    delays = [overhead(took * (0.95 + 0.1 * each / 50))[0] for each in range(50)]
    assert sum(delays) / len(delays) + around <= most


@pytest.mark.parametrize("took", [0.2, 0.5, 1, 3, 10, 60, 600, 3600])
def test_questions_grow_with_the_root_of_the_time(took: float) -> None:
    """At most ten times its square root, plus two."""
    assert overhead(took)[1] <= 10 * math.sqrt(took) + 2 if took <= 600 else 900


def test_the_interval_never_shrinks_and_stays_in_its_bounds() -> None:
    """From a tenth of a second to five seconds, whatever luck does within a tenth."""
    steps = [next_wait(elapsed / 10) for elapsed in range(100_000)]
    assert steps == sorted(steps)
    assert 0.05 < steps[0] < steps[-1] <= 5.5
    rolled = [next_wait(4.0, luck=random.Random(seed).random()) for seed in range(200)]
    assert max(rolled) <= 1.1 * next_wait(4.0) + 1e-9
    assert min(rolled) >= 0.9 * next_wait(4.0) - 1e-9
    assert len(set(rolled)) > 100


def test_statements_that_read_no_data_are_asked_about_at_once() -> None:
    """SHOW, DDL and reused results end in a moment."""
    for sql in ("SHOW TABLES", "  describe t", "CREATE TABLE x", "msck repair table t"):
        assert first_wait(sql) == FIRST_QUICK
    assert first_wait("SELECT 1", reuse=True) == FIRST_QUICK
    assert first_wait("SELECT 1") == first_wait("WITH a AS (SELECT 1) TABLE a") == FIRST


def laws() -> dict[str, list[float]]:
    ranks = [(each + 0.5) / 1000 for each in range(1000)]
    normal = [NormalDist().inv_cdf(rank) for rank in ranks]
    return {
        "lognormal 2 s": [2 * math.exp(each) for each in normal],
        "lognormal 5 s": [5 * math.exp(each) for each in normal],
        # Log-uniform times between a quarter of a second and two and a half minutes.
        "power law": [0.25 * (150 / 0.25) ** rank for rank in ranks],
    }


def optimum(times: list[float]) -> float:
    """The least mean cost any fixed schedule can have, by dynamic programming over a grid of question times."""
    grid = sorted({0.05 * 1.06**each for each in range(150)} | {max(times)})
    grid = [at for at in grid if at <= max(times) * 1.001]
    ordered = sorted(times)
    best = [math.inf] * len(grid)
    for here in range(len(grid) - 1, -1, -1):
        if grid[here] >= ordered[-1]:
            best[here] = 0.0
            continue
        waiting = [t for t in ordered if t > grid[here]]
        best[here] = min(
            len(waiting) * WORTH + sum(grid[then] - t for t in waiting if t <= grid[then]) + best[then]
            for then in range(here + 1, min(here + 40, len(grid)))
        )
    first = [
        len(ordered) * WORTH + sum(grid[at] - t for t in ordered if t <= grid[at]) + best[at] for at in range(len(grid))
    ]
    return min(first) / len(ordered)


WORTH = 0.02


@pytest.mark.parametrize("law", ["lognormal 2 s", "lognormal 5 s", "power law"])
def test_cost_is_within_a_fifth_of_the_best_schedule(law: str) -> None:
    """Delay plus a fiftieth of a second a call, against the exact optimum for that law of query times."""
    times = laws()[law]
    total = 0.0
    for took in times:
        at, asked = FIRST, 1
        while at < took:
            at += next_wait(at)
            asked += 1
        total += at - took + WORTH * asked
    assert total / len(times) <= 1.2 * optimum(times)
