"""When to ask about an execution again: at once, then ever slower, by about the square root of the time that passed.

With cost = delay + worth x calls, and query times heavy-tailed (the chance of ending now falls as 1/t), the best
interval grows as the square root of the elapsed time; `tests/results/test_polling.py` compares it with the optimum.
"""

from __future__ import annotations

import math

SECOND = 0.2
"""Seconds from submission to the second question: less than that, few queries have ended.

The first is asked at once: DDL, SHOW and reused results may have ended before the submission was answered.
"""

_SHORTEST, _LONGEST = 0.14, 5.0
# sqrt(2 x worth x elapsed) is 0.2 t^0.5 where a call is worth 20 ms; these suit three laws of query times at once.
_PACE, _POWER = 0.26, 0.45
_JITTER = 0.1
# A call about four queries or more is made at most twice as often.
_MOST_SHARED = 2.0


def next_wait(elapsed: float, *, queries: int = 1, luck: float = 0.5) -> float:
    """Seconds from one question to the next.

    Args:
        elapsed: Seconds from submission to the one.
        queries: How many are asked about in one call, which is then worth more.
        luck: A random number in [0, 1) that spreads many clients by a tenth either way.
    """
    elapsed = max(elapsed, 0.0)
    paced = _PACE * math.pow(elapsed, _POWER) / min(math.sqrt(max(queries, 1)), _MOST_SHARED)
    interval = max(SECOND - elapsed, min(max(paced, _SHORTEST), _LONGEST))
    return interval * (1 - _JITTER + 2 * _JITTER * luck)


def still_to_wait(interval: float, *, took: float) -> float:
    """Seconds to sleep after an answer: the way of the question counts, but half of the interval is always left."""
    return max(interval - took, interval / 2)
