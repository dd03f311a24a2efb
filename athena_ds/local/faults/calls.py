"""How often each operation was called."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase


class Calls:
    """How often each operation was called: `calls["athena:StartQueryExecution"]`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._seconds: dict[str, tuple[int, int]] = {}
        self._peaks: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"Calls({self.snapshot()})"

    def __getitem__(self, operation: str) -> int:
        """The number of calls of one operation (0 where none)."""
        return self._counts.get(operation, 0)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._counts))

    def count(self, pattern: str = "*") -> int:
        """The number of calls of all operations a pattern names."""
        return sum(number for name, number in self.snapshot().items() if fnmatchcase(name, pattern))

    def peak(self, operation: str) -> int:
        """The most calls of an operation within one second of the clock."""
        return self._peaks.get(operation, 0)

    def snapshot(self) -> dict[str, int]:
        """All counts, as they are now."""
        with self._lock:
            return dict(sorted(self._counts.items()))

    def clear(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._counts.clear()
            self._seconds.clear()
            self._peaks.clear()

    def add(self, operation: str) -> None:
        """Count one call."""
        with self._lock:
            self._counts[operation] = self._counts.get(operation, 0) + 1
            second, number = self._seconds.get(operation, (0, 0))
            this = int(time.monotonic())
            number = number + 1 if second == this else 1
            self._seconds[operation] = (this, number)
            self._peaks[operation] = max(self._peaks.get(operation, 0), number)
