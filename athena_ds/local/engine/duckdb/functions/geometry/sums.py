"""Sums over paths as Esri's library takes them: compensated, in the order of the points, so that digits agree."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence


class Kahan:
    """A compensated sum."""

    __slots__ = ("_lost", "total")

    def __init__(self) -> None:
        self.total = self._lost = 0.0

    def add(self, value: float) -> None:
        exact = value - self._lost
        total = self.total + exact
        self._lost = (total - self.total) - exact
        self.total = total


def kahan(values: Iterable[float]) -> float:
    found = Kahan()
    for value in values:
        found.add(value)
    return found.total


def segments(
    path: Sequence[tuple[float, float]], *, closed: bool
) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    """The segments of a path, a ring's closing one included."""
    yield from itertools.pairwise(path)
    if closed and len(path) > 1:
        yield path[-1], path[0]


def ring_area(ring: Sequence[tuple[float, float]]) -> float:
    """The area of a ring without its closing point, positive where it runs clockwise."""
    if not ring:
        return 0.0
    x, y = ring[0]
    return kahan(
        (x1 - x - (x0 - x)) * ((y1 - y) + (y0 - y)) * 0.5 for (x0, y0), (x1, y1) in segments(ring, closed=True)
    )


def length(first: tuple[float, float], last: tuple[float, float]) -> float:
    dx, dy = first[0] - last[0], first[1] - last[1]
    return math.sqrt(dx * dx + dy * dy)
