"""Buffers as Esri's library draws them: arcs through the corners of a 96-gon, edges moved out beside them."""

from __future__ import annotations

import math
from functools import lru_cache

from athena_ds.local.engine.duckdb.functions.geometry import geos
from athena_ds.local.engine.duckdb.functions.geometry.hull import strictly_convex
from athena_ds.local.engine.duckdb.functions.geometry.near import tolerance
from athena_ds.local.engine.duckdb.functions.geometry.operations import united
from athena_ds.local.engine.duckdb.functions.geometry.overlay import of_geos
from athena_ds.local.engine.duckdb.functions.geometry.shape import COLLECTION, POINT, POLYGON, Path, Point, Shape
from athena_ds.local.engine.duckdb.functions.geometry.sums import segments
from athena_ds.local.engine.duckdb.functions.geometry.validity import simple
from athena_ds.local.engine.duckdb.functions.refusals import unsupported

_CORNERS = 96
_QUARTER = _CORNERS // 4
_STEP = math.pi * 0.5 / _QUARTER


@lru_cache(maxsize=64)
def _turned(radius: float) -> tuple[Point, ...]:
    """The corners of a circle, clockwise from the east; each turned from the one before, as rounding goes."""
    cosine, sine = math.cos(_STEP), math.sin(_STEP)
    corners: list[Point] = [(0.0, 0.0)] * _CORNERS
    x, y = 0.0, radius
    for at in range(_QUARTER):
        corners[at], corners[at + _QUARTER] = (y, -x), (-x, -y)
        corners[at + 2 * _QUARTER], corners[at + 3 * _QUARTER] = (-y, x), (x, y)
        x, y = x * cosine + y * sine, y * cosine - x * sine
    return tuple(corners)


def buffered(shape: Shape, distance: float) -> Shape:
    """The surface within a distance of a geometry."""
    if shape.kind == COLLECTION:
        raise unsupported("ST_Buffer of a GeometryCollection")
    if shape.kind == POINT:
        return Shape(POLYGON, (_circle(shape.paths[0][0], distance),))
    if shape.dimension == 0:
        return united([Shape(POLYGON, (_circle(xy, distance),)) for xy in shape.points()])
    if shape.dimension == 2 and len(shape.paths) == 1 and strictly_convex(shape.paths[0]):
        return Shape(POLYGON, (_around(shape.paths[0], distance, tolerance(shape)),))
    return _pieces(shape, distance)


def _pieces(shape: Shape, distance: float) -> Shape:
    """All its edges' buffers and itself together."""
    ring, limit = shape.dimension == 2, tolerance(shape)
    if not simple(shape):
        raise unsupported("ST_Buffer of a geometry that crosses itself")
    edges = [edge for path in shape.paths for edge in segments(path, closed=ring) if edge[0] != edge[1]]
    _check_straight(shape, distance)
    parts = [geos.of(Shape(POLYGON, (_around(edge, distance, limit),))) for edge in edges]
    if ring:
        parts.append(geos.of(shape))
    found = of_geos(geos.loaded().union_all(parts))
    return found[0]


def _check_straight(shape: Shape, distance: float) -> None:
    """Corners that hardly turn are dropped by Esri's library first."""
    least = distance * (1 - math.cos(math.pi / _CORNERS)) * 0.25
    simpler = geos.loaded().simplify(geos.of(shape), least, preserve_topology=False)
    if geos.loaded().get_num_coordinates(simpler) != geos.loaded().get_num_coordinates(geos.of(shape)):
        raise unsupported("ST_Buffer of a geometry with corners that hardly turn")


def _circle(center: Point, distance: float) -> Path:
    corners = _turned(distance)
    return tuple((x + center[0], y + center[1]) for x, y in corners)


def _around(ring: Path, distance: float, limit: float) -> Path:
    """Each edge moved to its left, joined to the next by an arc around the corner."""
    found: list[Point] = []
    for at, start in enumerate(ring):
        corner, following = ring[(at + 1) % len(ring)], ring[(at + 2) % len(ring)]
        aside, ahead = _beside(start, corner, distance), _beside(corner, following, distance)
        found.append((aside[0] + start[0], aside[1] + start[1]))
        arrived = aside[0] + corner[0], aside[1] + corner[1]
        found.append(arrived)
        found += _arc(corner, arrived, (ahead[0] + corner[0], ahead[1] + corner[1]), distance, limit)
    return tuple(found)


def _beside(start: Point, end: Point, distance: float) -> Point:
    x, y = -(end[1] - start[1]), end[0] - start[0]
    size = math.sqrt(x * x + y * y)
    if size == 0:
        raise unsupported("ST_Buffer of a geometry with an edge of no length")
    return x / size * distance, y / size * distance


def _arc(center: Point, start: Point, end: Point, distance: float, limit: float) -> list[Point]:
    """The circle's corners between two of its points, clockwise."""
    first, last = _place(center, start, distance), _place(center, end, distance)
    last += _CORNERS if last < first else 0
    begin, finish = math.ceil(first), int(last)
    circle = [(x * distance + center[0], y * distance + center[1]) for x, y in _turned(1.0)]
    if math.dist(circle[begin % _CORNERS], start) < limit * 10:
        begin += 1
    if math.dist(circle[finish % _CORNERS], end) < limit * 10:
        finish -= 1
    return [circle[at % _CORNERS] for at in range(begin, finish + 1)]


def _place(center: Point, xy: Point, distance: float) -> float:
    """Which corner of the circle a point of it is, and how much beyond."""
    each = 1.0 / distance
    angle = math.atan2((xy[1] - center[1]) * each, (xy[0] - center[0]) * each) / _STEP
    return _CORNERS - (angle + _CORNERS if angle < 0 else angle)
