"""Measures in the plane, digit for digit as Esri's library takes them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from athena_ds.local.engine.duckdb.functions.geometry.shape import MULTI_POLYGON, POLYGON, Path, Point, Shape
from athena_ds.local.engine.duckdb.functions.geometry.sums import Kahan, kahan, ring_area, segments
from athena_ds.local.engine.duckdb.functions.geometry.sums import length as distance


def area(shape: Shape) -> float:
    """Shells less holes; zero for points and lines; a collection's members added."""
    total = 0.0
    for leaf in shape.leaves():
        if leaf.dimension == 2:
            total += kahan(map(ring_area, leaf.paths))
    return total


def length(shape: Shape) -> float:
    """Along lines, or around polygons."""
    closed = shape.dimension == 2
    return kahan(distance(*segment) for path in shape.paths for segment in segments(path, closed=closed))


def middle(first: Point, last: Point) -> Point:
    return first[0] + (last[0] - first[0]) * 0.5, first[1] + (last[1] - first[1]) * 0.5


def centroid(shape: Shape) -> Point:
    """Of what the geometry is made of: surface, else length, else points."""
    if shape.kind in (POLYGON, MULTI_POLYGON):
        return _of_surface(shape)
    return _of_points(shape) if shape.dimension == 0 else _of_lines(shape)


def _of_points(shape: Shape) -> Point:
    xs, ys = zip(*shape.points(), strict=True)
    return sum(xs) / len(xs), sum(ys) / len(ys)


def _of_lines(shape: Shape) -> Point:
    total = length(shape)
    if total == 0:
        return _of_points(shape)
    x, y = Kahan(), Kahan()
    closed = shape.dimension == 2
    for path in shape.paths:
        for segment in segments(path, closed=closed):
            half, weight = middle(*segment), distance(*segment)
            x.add(half[0] * weight)
            y.add(half[1] * weight)
    return x.total / total, y.total / total


def _of_surface(shape: Shape) -> Point:
    total = area(shape)
    if total == 0:
        return _of_lines(shape)
    x, y = Kahan(), Kahan()
    left, bottom = shape.paths[0][0]
    for ring in shape.paths:
        if len(ring) >= 3:
            _add_ring(ring, (left, bottom), x, y)
    total *= 6.0
    return x.total / total + left, y.total / total + bottom


def _add_ring(ring: Path, origin: Point, x: Kahan, y: Kahan) -> None:
    (x0, y0), offsets = ring[0], [(px - ring[0][0], py - ring[0][1]) for px, py in ring[1:]]
    for (ax, ay), (bx, by) in itertools.pairwise(offsets):
        twice = bx * ay - ax * by
        x.add((ax + bx) * twice)
        y.add((ay + by) * twice)
    weight = 6.0 * ring_area(ring)
    x.add((x0 - origin[0]) * weight)
    y.add((y0 - origin[1]) * weight)


def along(path: Sequence[Point], step: float, *, repeated: bool) -> list[Point]:
    """Points at a fraction of a line's length, once or at each multiple of it."""
    if step == 0:
        return [path[0]]
    if step == 1:
        return [path[-1]]
    count = int(1 / step) if repeated else 1
    total = kahan(distance(*segment) for segment in segments(path, closed=False))
    found: list[Point] = []
    wanted, done = step, 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise(path):
        part = distance((x0, y0), (x1, y1)) / total if total else float("nan")
        while wanted < done + part and len(found) < count:
            ratio = (wanted - done) / part
            found.append((x0 + (x1 - x0) * ratio, y0 + (y1 - y0) * ratio))
            wanted += step
        done += part
        if len(found) == count:
            break
    return found if len(found) == count else [*found, path[-1]]
