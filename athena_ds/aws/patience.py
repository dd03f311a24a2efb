"""How long to try, how often, how fast: full jitter, a budget, a deadline, and AWS's published rates."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from ..errors import CallError, EndpointError, ServiceError, ThrottledError
from .setbacks import Setback

_logger = logging.getLogger("athena_ds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What one call may cost before its error is raised.

    Attributes:
        attempts: Tries in all.
        unreachable_attempts: Tries in all when nobody answers.
        deadline: Seconds from the first try to the last.
        longest_wait: Seconds between two tries at most; the wait is random below a doubling ceiling.
        connect_timeout: Seconds for a connection.
        read_timeout: Seconds without a byte.
    """

    attempts: int = 12
    unreachable_attempts: int = 4
    deadline: float = 60.0
    longest_wait: float = 8.0
    connect_timeout: float = 4.0
    read_timeout: float = 20.0


# A second try of these could leave a second thing behind when only the answer was lost.
_NOT_REPEATABLE = frozenset({"s3:CreateMultipartUpload", "sts:AssumeRole"})


def passing(error: BaseException) -> bool:
    """Whether the same call may succeed a moment later, and may be made again safely."""
    if isinstance(error, ThrottledError):
        return True
    if isinstance(error, CallError) and error.operation in _NOT_REPEATABLE:
        return False
    return isinstance(error, ServiceError | EndpointError)


class Budget:
    """Retries a process may make: a burst, then one for every two calls that succeed; so an outage is not fed."""

    def __init__(self, *, burst: float = 200.0, refill: float = 0.5) -> None:
        self._burst, self._refill, self._left = burst, refill, burst
        self._lock = Lock()

    def earn(self) -> None:
        """A call succeeded."""
        with self._lock:
            self._left = min(self._burst, self._left + self._refill)

    def spend(self) -> bool:
        """Take one retry; False when none is left."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


class Pace:
    """A token bucket: how long to wait so that calls stay below a rate.

    Args:
        rate: Calls a second.
        burst: Calls at once.
        clock: Seconds, monotonic.
    """

    def __init__(self, *, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._seen = burst, clock()
        self._lock = Lock()

    def wait(self) -> float:
        """Take a place; the seconds until it comes."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._rate)
            self._seen = now
            self._tokens -= 1
            return max(0.0, -self._tokens / self._rate)


# Published defaults per account and region (Athena's service quotas), of which one process takes less than all.
RATES: Mapping[str, tuple[float, float]] = {
    "athena:StartQueryExecution": (18, 70),
    "athena:StopQueryExecution": (18, 70),
    "athena:GetQueryExecution": (80, 160),
    "athena:GetQueryResults": (80, 160),
    "athena:BatchGetQueryExecution": (16, 32),
    "athena:ListQueryExecutions": (2.5, 5),
    "athena:ListNamedQueries": (2.5, 5),
    "athena:BatchGetNamedQuery": (2.5, 5),
    "athena:CreateNamedQuery": (2.5, 10),
    "athena:DeleteNamedQuery": (2.5, 10),
    "athena:GetNamedQuery": (2.5, 10),
    # AWS publishes no rate for Glue. Two lists of ten thousand tables pass at once; what Glue throttles is repeated.
    "glue:GetTables": (100, 300),
    "glue:GetPartitions": (100, 300),
}


def retrying(
    patience: Patience, *, budget: Budget, sleep: Callable[[float], None], heard: Callable[[Setback], None]
) -> Retrying:
    """Tenacity's loop for one call: full jitter, and the first of attempts, budget and deadline ends it."""
    return Retrying(
        retry=retry_if_exception(passing),
        wait=wait_random_exponential(multiplier=0.1, max=patience.longest_wait),
        stop=lambda state: _enough(state, patience) or not budget.spend(),
        before_sleep=lambda state: _tell(state, heard),
        sleep=sleep,
        reraise=True,
    )


def _enough(state: RetryCallState, patience: Patience) -> bool:
    error = state.outcome.exception() if state.outcome else None
    attempts = patience.unreachable_attempts if isinstance(error, EndpointError) else patience.attempts
    # Tenacity asks before it waits: what it is about to wait counts as well.
    spent = (state.seconds_since_start or 0.0) + state.upcoming_sleep
    return state.attempt_number >= attempts or spent >= patience.deadline


def _tell(state: RetryCallState, heard: Callable[[Setback], None]) -> None:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, CallError):
        return
    heard(Setback(operation=error.operation, said=error.said, wait=state.upcoming_sleep))
    loud = state.attempt_number >= 4 or (state.seconds_since_start or 0) > 3
    _logger.log(
        logging.WARNING if loud else logging.INFO,
        "%s %s; try %d follows in %.1f s",
        *(error.operation, error.said, state.attempt_number + 1, state.upcoming_sleep),
    )
