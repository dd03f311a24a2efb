"""When to ask about an execution again: quick at first, then ever slower, as the square root of the time that passed.

With cost = delay + worth x calls, and query times heavy-tailed (the chance of ending now falls as 1/t), the best
interval grows as the square root of the elapsed time; `tests/results/test_polling.py` compares it with the optimum.
"""

from __future__ import annotations

import math

FIRST = 0.22
"""Seconds from submission to the first question: less than that, few queries have ended."""

FIRST_QUICK = 0.0
"""The same for statements that read no data: DDL, SHOW, DESCRIBE, and results to be reused: asked at once."""

_SHORTEST, _LONGEST = 0.1, 5.0
# Twice the seconds of delay that one call is worth: the interval is sqrt(2 x worth x elapsed).
_TWICE_WORTH = 0.06
_JITTER = 0.1


def first_wait(sql: str, *, reuse: bool = False) -> float:
    """Seconds until the first question about this statement."""
    word = sql.lstrip().split(None, 1)[0].upper() if sql.strip() else ""
    quick = reuse or word in {"SHOW", "DESCRIBE", "DESC", "CREATE", "DROP", "ALTER", "MSCK", "EXPLAIN"}
    return FIRST_QUICK if quick else FIRST


def next_wait(elapsed: float, *, luck: float = 0.5) -> float:
    """Seconds until the next question.

    Args:
        elapsed: Seconds since submission.
        luck: A random number in [0, 1) that spreads many clients by a tenth either way.
    """
    interval = min(max(math.sqrt(_TWICE_WORTH * max(elapsed, 0.0)), _SHORTEST), _LONGEST)
    return interval * (1 - _JITTER + 2 * _JITTER * luck)
