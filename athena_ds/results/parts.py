"""An object in ranges: parts fetched by a few streams at once, handed over in order, never more of them than a window.

A few streams begin; more are added only while each doubling made it faster and the reader had to wait, because on a
slow link more streams only make every part finish late, and on a fast one the reader is what takes the time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Condition, RLock, Thread
from typing import Protocol

from ..errors import ResultError

PART = 4 << 20
"""Bytes of a part: soon there, and small enough to recycle (`docs/decisions/0061`)."""

_SMALL = 8
"""Parts of this size; later ones may be larger, which takes fewer calls."""

_PATIENCE = 5.0
"""Seconds that closing waits for streams in the middle of a part; one that hangs ends with its call, for nobody."""

_GREW = 1.25
_FAR, _NEAR = 30e6, 300e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A range of an object: its bytes, the whole object's size, and the entity tag that the rest must have too."""

    data: bytes
    size: int
    etag: str = ""


class Read(Protocol):
    """Bytes from the first to the last index, both included, of an object with this entity tag ("" for any)."""

    def __call__(self, first: int, last: int, *, etag: str) -> Piece:
        """Read them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """How many ranges are asked for at once: at first, and at most; and how many times larger the later ones are."""

    first: int = 2
    most: int = 16
    growth: int = 2

    def after(self, rate: float) -> Streams:
        """What to do when a first range came at so many bytes a second, its delay included.

        Faster than `_NEAR`, the reader's processors are the limit, and these are enough; slower than `_FAR`, the link
        itself may be. Between the two a single connection is what is slow, as with S3, and eight do better at once.
        """
        if rate > _NEAR:
            return replace(self, most=max(self.first, self.most // 4))
        return replace(self, first=min(8, self.most)) if rate > _FAR else self


class Parts:
    """The parts of an object after its first, in order. Closing it, or leaving the `with`, ends its threads."""

    def __init__(self, read: Read, first: Piece, *, streams: Streams | None = None) -> None:
        self._read, self._etag, self._size = read, first.etag, first.size
        self._limits = streams or Streams()
        self._starts = _starts(len(first.data), first.size, growth=self._limits.growth)
        self._lock = RLock()
        self._changed = Condition(self._lock)
        self._threads: list[Thread] = []
        self._done: dict[int, bytes | BaseException] = {}
        self._asked = self._given = 0
        self._hungry = self._closed = False
        self._rate = 0.0
        self._since, self._arrived = time.monotonic(), 0

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Begin to fetch; parts beyond the window wait until earlier ones are taken."""
        with self._changed:
            self._grow(self._limits.first - len(self._threads))

    def __iter__(self) -> Iterator[bytes]:
        """Every part in order; raises what a part's reading raised."""
        self.start()
        for number in range(len(self._starts) - 1):
            yield self._part(number)

    def let_go(self) -> None:
        """Ask for nothing more; the streams end by themselves."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def close(self) -> None:
        """Ask for nothing more and wait for the streams to end; one that hangs holds nobody up for long."""
        self.let_go()
        # An interrupt in the moment of acquiring leaves the lock with this thread, and every stream waiting for it.
        with suppress(RuntimeError):
            while True:
                self._lock.release()
        until = time.monotonic() + _PATIENCE
        for thread in self._threads:
            # One that an interrupt kept from starting has no identity, and nothing to wait for.
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
        self._done.clear()

    def _part(self, number: int) -> bytes:
        with self._changed:
            while number not in self._done:
                self._hungry = True
                self._changed.wait()
            found = self._done.pop(number)
            self._given = number + 1
            self._changed.notify_all()
        if isinstance(found, BaseException):
            raise found
        return found

    def _stream(self) -> None:
        while (number := self._next()) is not None:
            try:
                found: bytes | BaseException = self._fetch(number)
            except BaseException as error:
                found = error
            with self._changed:
                self._done[number] = found
                self._learn(len(found) if isinstance(found, bytes) else 0)
                self._changed.notify_all()
            # Not held while the next one is fetched.
            del found

    def _next(self) -> int | None:
        """The next part to ask for; waits while the window is full, None when there is nothing left to do."""
        with self._changed:
            while not self._closed and self._asked >= self._given + len(self._threads) + 1:
                self._changed.wait()
            if self._closed or self._asked >= len(self._starts) - 1:
                return None
            self._asked += 1
            return self._asked - 1

    def _fetch(self, number: int) -> bytes:
        start, last = self._starts[number], self._starts[number + 1] - 1
        piece = self._read(start, last, etag=self._etag)
        if len(piece.data) != last - start + 1 or piece.size != self._size:
            raise ResultError(reason=f"bytes {start} to {last} came as {len(piece.data)} bytes of {piece.size}")
        return piece.data

    def _learn(self, size: int) -> None:
        """After as many parts as there are streams: was it faster than before, and did the reader have to wait?"""
        self._arrived += size
        elapsed = time.monotonic() - self._since
        if self._arrived < len(self._threads) * PART or elapsed <= 0:
            return
        rate, self._since, self._arrived = self._arrived / elapsed, time.monotonic(), 0
        hungry, self._hungry = self._hungry, False
        if hungry and rate > self._rate * _GREW:
            self._rate = rate
            self._grow(min(len(self._threads), self._limits.most - len(self._threads)))

    def _grow(self, more: int) -> None:
        left = len(self._starts) - 1 - self._asked
        for _ in range(max(0, min(more, left))):
            thread = Thread(target=self._stream, name="athena_ds-part", daemon=True)
            self._threads.append(thread)
            thread.start()


def _starts(first: int, size: int, *, growth: int) -> list[int]:
    """Where each part begins, and the last one ends."""
    found = list(range(first, size, PART))
    later = range(found[_SMALL], size, growth * PART) if len(found) > _SMALL else ()
    return [*found[:_SMALL], *later, size]


def cores() -> int:
    """Processors this process may use."""
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
