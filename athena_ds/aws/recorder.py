"""Calls seen: lets a test prove that every call made is granted by the policy generated, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from .actions import Call

_lock = Lock()
_open: list[list[Call]] = []


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Collect every call this process makes through any door while the block runs, retries counted once each."""
    calls: list[Call] = []
    with _lock:
        _open.append(calls)
    try:
        yield calls
    finally:
        with _lock:
            # By identity: two recordings may hold equal calls.
            _open[:] = [each for each in _open if each is not calls]


def saw(call: Call) -> None:
    """Tell every open recording."""
    with _lock:
        for calls in _open:
            calls.append(call)


def listening() -> bool:
    """Whether anyone records, so that nothing is computed for nobody."""
    return bool(_open)
