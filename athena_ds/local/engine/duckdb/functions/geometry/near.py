"""Esri's tolerance: what lies within it of an edge lies on the edge.

GEOS asks exactly. So before it is asked, a vertex of one geometry that lies within the tolerance of an edge of the
other becomes a vertex of that edge, and two vertices that close become one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from athena_ds.local.engine.duckdb.functions.geometry.shape import Path, Point, Shape
from athena_ds.local.engine.duckdb.functions.geometry.sums import segments

_FACTOR = sys.float_info.epsilon * 100.0


def tolerance(*shapes: Shape) -> float:
    boxes = [box for shape in shapes if (box := shape.box())]
    left, bottom = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, top = max(b[2] for b in boxes), max(b[3] for b in boxes)
    return (abs(left) + abs(right) + abs(bottom) + abs(top) + 1) * _FACTOR


def shared(left: Shape, right: Shape) -> tuple[Shape, Shape]:
    """The two with the same points where they all but meet; as they are where they meet exactly or not at all."""
    limit = tolerance(left, right)
    if not (_grazes(left, right, limit) or _grazes(right, left, limit)):
        return left, right
    moved = _onto(left, right, limit)
    return _split(moved, right, limit), _split(right, moved, limit)


def edges_along(left: Shape, right: Shape) -> tuple[bool, bool]:
    """Whether rings of the two run along each other the same way, and against each other."""
    limit = tolerance(left, right)
    first, second = (set(_steps(_split(a, b, limit))) for a, b in ((left, right), (right, left)))
    return bool(first & second), bool(first & {(end, start) for start, end in second})


def split_at(shape: Shape, places: Shape) -> Shape:
    """With the places that lie on its edges among its points."""
    return _split(shape, places, tolerance(shape, places))


def _steps(shape: Shape) -> Iterator[tuple[Point, Point]]:
    for path in shape.paths:
        yield from segments(path, closed=True)


@lru_cache(maxsize=4096)
def _vertices(shape: Shape) -> Any:
    return np.array(list(shape.points()), dtype=np.float64).reshape(-1, 2)


@lru_cache(maxsize=4096)
def _edges(shape: Shape) -> tuple[Any, Any]:
    """Starts of the edges and the steps along them."""
    starts: list[Point] = []
    ends: list[Point] = []
    for leaf in shape.leaves():
        for path in leaf.paths:
            if leaf.dimension == 0:
                starts += path
                ends += path
            else:
                follow = (*path[1:], path[0]) if leaf.dimension == 2 else path[1:]
                starts += path[: len(follow)]
                ends += follow
    first = np.array(starts, dtype=np.float64).reshape(-1, 2)
    return first, np.array(ends, dtype=np.float64).reshape(-1, 2) - first


def _distances(points: Any, lines: tuple[Any, Any]) -> Any:
    """Of each point (down) from each edge (across)."""
    starts, steps = lines
    offsets = points[:, None, :] - starts[None, :, :]
    square = (steps * steps).sum(axis=1)
    along = (offsets * steps).sum(axis=2) / np.where(square == 0, 1.0, square)
    away = offsets - np.clip(along, 0.0, 1.0)[:, :, None] * steps[None, :, :]
    return np.hypot(away[:, :, 0], away[:, :, 1])


def _grazes(shape: Shape, other: Shape, limit: float) -> bool:
    """Whether a vertex lies near an edge, and isn't a vertex there."""
    points, lines = _vertices(shape), _edges(other)
    if not len(points) or not len(lines[0]):
        return False
    close = points[(_distances(points, lines) <= limit).any(axis=1)]
    if not len(close):
        return False
    known = set(map(tuple, _vertices(other).tolist()))
    return any(tuple(xy) not in known for xy in close.tolist())


def _onto(shape: Shape, other: Shape, limit: float) -> Shape:
    """With vertices that near another geometry's moved onto them."""
    targets = _vertices(other)

    def moved(xy: Point) -> Point:
        gaps = np.hypot(targets[:, 0] - xy[0], targets[:, 1] - xy[1])
        at = int(gaps.argmin())
        return (float(targets[at, 0]), float(targets[at, 1])) if gaps[at] <= limit else xy

    return _changed(shape, lambda path, _: tuple(map(moved, path)))


def _split(shape: Shape, other: Shape, limit: float) -> Shape:
    """With the other's vertices that lie on its edges among its own."""
    points = _vertices(other)

    def split(path: Path, closed: bool) -> Path:
        found: list[Point] = []
        follow = (*path[1:], path[0]) if closed else path[1:]
        for start, end in zip(path, follow, strict=False):
            found.append(start)
            found += _between(start, end, points, limit)
        return tuple(found) if closed else (*found, path[-1])

    return _changed(shape, split)


def _between(start: Point, end: Point, points: Any, limit: float) -> list[Point]:
    first = np.array([start])
    step = np.array([end]) - first
    on = points[_distances(points, (first, step))[:, 0] <= limit]
    ordered = sorted(map(tuple, on.tolist()), key=lambda xy: (xy[0] - start[0]) ** 2 + (xy[1] - start[1]) ** 2)
    return [xy for xy in dict.fromkeys(ordered) if xy not in (start, end)]


def _changed(shape: Shape, change: Any) -> Shape:
    if shape.members:
        return Shape(shape.kind, members=tuple(_changed(member, change) for member in shape.members))
    if shape.dimension == 0 and change.__name__ == "split":
        return shape
    return Shape(shape.kind, tuple(change(path, shape.dimension == 2) for path in shape.paths))
