"""Which way a ring runs, and rings put the way Esri stores them: shells clockwise, holes against it."""

from __future__ import annotations

from fractions import Fraction

from athena_ds.local.engine.duckdb.functions.geometry.shape import Path, Point
from athena_ds.local.engine.duckdb.functions.geometry.sums import ring_area


def turn(p: Point, q: Point, r: Point) -> int:
    """1 where r lies to the left of the line from p to q, -1 to the right, 0 on it; exact."""
    left = (q[0] - p[0]) * (r[1] - p[1])
    right = (q[1] - p[1]) * (r[0] - p[0])
    if abs(left - right) > 4e-15 * (abs(left) + abs(right)):
        return 1 if left > right else -1
    (px, py), (qx, qy), (rx, ry) = ((Fraction(x), Fraction(y)) for x, y in (p, q, r))
    exact = (qx - px) * (ry - py) - (qy - py) * (rx - px)
    return (exact > 0) - (exact < 0)


def clockwise(ring: Path) -> bool:
    """As Esri asks: by the turn at the highest point (the rightmost of them), by the area where it is straight."""
    at = max(range(len(ring)), key=lambda i: (ring[i][1], ring[i][0]))
    found = turn(ring[at - 1], ring[at], ring[(at + 1) % len(ring)])
    return ring_area(ring) > 0 if found == 0 else found < 0


def backwards(ring: Path) -> Path:
    """The other way round, from the same point."""
    return (*ring[:1], *ring[:0:-1])


def oriented(ring: Path, *, shell: bool) -> Path:
    return ring if clockwise(ring) is shell else backwards(ring)
