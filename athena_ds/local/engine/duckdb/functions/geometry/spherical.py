"""Measures on the earth, taken for a sphere of 6371.01 kilometres."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from athena_ds.local.engine.duckdb.functions.geography import EARTH_RADIUS_KM, great_circle_distance
from athena_ds.local.engine.duckdb.functions.geometry.shape import Path, Point, Shape
from athena_ds.local.engine.duckdb.functions.geometry.sums import ring_area
from athena_ds.local.engine.duckdb.functions.refusals import invalid

_RADIUS_M = EARTH_RADIUS_KM * 1000.0
_TURN = 2 * math.pi


def distance(left: Point, right: Point) -> float:
    """Metres between two points."""
    return float(great_circle_distance(left[1], left[0], right[1], right[0])) * 1000


def length(paths: Sequence[Path]) -> float:
    """Metres along the paths."""
    total = 0.0
    for path in paths:
        for (x0, y0), (x1, y1) in itertools.pairwise(path):
            total += great_circle_distance(y0, x0, y1, x1)
    return total * 1000


def area(shape: Shape) -> float:
    """Square metres; a hole is a ring that runs against the clock."""
    excess = 0.0
    for ring in shape.paths:
        excess += (1.0 if ring_area(ring) > 0 else -1.0) * abs(_excess(ring))
    return abs(excess * _RADIUS_M * _RADIUS_M)


def _excess(ring: Path) -> float:
    """Twice a sum of half angles along the edges; a ring around a pole is told by its course, which doesn't turn."""
    points = ring[:-1] if ring[-1] == ring[0] else ring
    if len(points) < 3:
        raise invalid("Polygon is not valid: a loop contains less then 3 vertices.")
    excess = turned = 0.0
    first = arrived = None
    before = points[-1]
    for here in points:
        part, leaving, arriving = _edge(before, here)
        excess += part
        if arrived is None:
            first = leaving
        else:
            turned += _course(leaving - arrived)
        turned += _course(arriving - leaving)
        arrived, before = arriving, here
    assert first is not None
    assert arrived is not None
    turned += _course(first - arrived)
    return abs(excess) - _TURN if abs(turned) < math.pi / 4 else excess


def _edge(before: Point, here: Point) -> tuple[float, float, float]:
    """What an edge adds to the excess, and the bearings at its start and its end."""
    longitude0, latitude0, longitude1, latitude1 = map(math.radians, (*before, *here))
    if longitude0 == longitude1 and latitude0 == latitude1:
        raise invalid("Polygon is not valid: it has two identical consecutive vertices")
    across = longitude1 - longitude0
    tan0, tan1 = math.tan(latitude0 / 2), math.tan(latitude1 / 2)
    part = 2 * math.atan2(math.tan(across / 2) * (tan0 + tan1), 1 + tan0 * tan1)
    (sin0, cos0), (sin1, cos1) = ((math.sin(a), math.cos(a)) for a in (latitude0, latitude1))
    ahead, aside = math.cos(across), math.sin(across)
    leaving = math.fmod(math.atan2(aside * cos1, cos0 * sin1 - sin0 * cos1 * ahead) + _TURN, _TURN)
    arriving = math.fmod(math.atan2(-aside * cos0, sin0 * cos1 - cos0 * sin1 * ahead) + math.pi, _TURN)
    return part, leaving, arriving


def _course(difference: float) -> float:
    return math.fmod(difference + 3 * math.pi, _TURN) - math.pi
