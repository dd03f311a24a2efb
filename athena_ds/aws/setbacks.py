"""What calls had to be made again, and how long that took: so that whoever waits sees why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """A call that will be made again.

    Attributes:
        operation: As in `athena:GetQueryExecution`.
        said: What went wrong, as in `was throttled`.
        wait: Seconds until it is made again.
    """

    operation: str
    said: str
    wait: float


@dataclass(slots=True, eq=False, weakref_slot=True)
class Setbacks:
    """Those of a stretch of time.

    Attributes:
        told: Called with each, by the thread whose call it was.
        calls: How many there were.
        seconds: How long was waited between tries, all threads together.
        latest: The last one; None where there was none.
    """

    told: Callable[[Setbacks], object] | None = None
    calls: int = 0
    seconds: float = 0.0
    latest: Setback | None = None
    _reasons: Counter[str] = field(default_factory=Counter)
    _ended: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, setback: Setback) -> None:
        """One more."""
        with self._lock:
            if self._ended:
                return
            self.calls += 1
            self.seconds += setback.wait
            self.latest = setback
            self._reasons[f"{setback.operation} {setback.said}"] += 1
        if self.told:
            self.told(self)

    def end(self) -> None:
        """What comes now is not of this stretch any more."""
        with self._lock:
            self._ended = True

    @property
    def reasons(self) -> dict[str, int]:
        """What went wrong with which operation, and how often."""
        with self._lock:
            return dict(sorted(self._reasons.items()))

    def __str__(self) -> str:
        """As a person reads it beside a query that takes its time; empty where nothing went wrong."""
        if self.latest is None:
            return ""
        calls = "1 call" if self.calls == 1 else f"{self.calls:,} calls"
        return f"{self.latest.operation} {self.latest.said}: {calls} made again, {self.seconds:.1f} s waited"
