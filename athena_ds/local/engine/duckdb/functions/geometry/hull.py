"""The convex hull, point by point as Esri's library builds it: where it begins depends on the points' order."""

from __future__ import annotations

from collections.abc import Iterable

from athena_ds.local.engine.duckdb.functions.geometry.orientation import turn
from athena_ds.local.engine.duckdb.functions.geometry.shape import (
    COLLECTION,
    LINE,
    POINT,
    POLYGON,
    Path,
    Point,
    Shape,
    point,
)


def hull(shape: Shape) -> Shape:
    if shape.empty or shape.kind == POINT:
        return shape
    if shape.kind == COLLECTION:
        return _of_collection(shape)
    if shape.dimension == 2 and len(shape.paths) == 1 and strictly_convex(shape.paths[0]):
        return Shape(POLYGON, shape.paths)
    if shape.dimension == 1 and len(shape.paths) == 1 and len(set(shape.paths[0])) == len(shape.paths[0]) == 2:
        return Shape(LINE, shape.paths)
    return around(shape.points())


def _of_collection(shape: Shape) -> Shape:
    """The hulls of the members, and the hull of these: points and lines first."""
    hulls = [hull(leaf) for leaf in shape.leaves() if not leaf.empty]
    if not hulls:
        return Shape(POINT)
    loose = [xy for found in hulls if found.dimension < 2 for xy in found.points()]
    areas = [xy for found in hulls if found.dimension == 2 for xy in found.points()]
    if not loose:
        found = [one for one in hulls if one.dimension == 2]
        return hull(Shape(POLYGON, found[0].paths)) if len(found) == 1 else around(areas)
    first = around(loose)
    return around((*first.points(), *areas)) if areas else first


def around(points: Iterable[Point]) -> Shape:
    """The hull of points as a point, a line or a polygon."""
    found: list[Point] = []
    for xy in points:
        _add(found, xy)
    if len(found) == 1:
        return point(*found[0])
    return Shape(POLYGON if len(found) > 2 else LINE, (tuple(found),))


def _add(found: list[Point], xy: Point) -> None:
    """The hull so far runs clockwise; the new point goes behind its last one, or between two."""
    if len(found) < 2:
        if xy not in found:
            found.append(xy)
        return
    side = turn(found[-1], xy, found[0])
    if side < 0:
        found.append(xy)
        _forget_backward(found, len(found) - 1)
        _forget_forward(found, len(found) - 1, 0)
    elif side > 0:
        _between(found, xy)
    else:
        _in_line(found, xy)


def _between(found: list[Point], xy: Point) -> None:
    low, high = 0, len(found) - 1
    while low != high - 1:
        middle = (low + high) // 2
        if turn(found[middle], xy, found[0]) > 0:
            high = middle
        else:
            low = middle
    if low != 0 and turn(found[low], xy, found[high]) >= 0:
        return
    if low == 0 and turn(found[0], xy, found[high]) >= 0:
        return
    found.insert(high, xy)
    _forget_forward(found, high, high + 1, last=True)
    _forget_backward(found, found.index(xy))


def _in_line(found: list[Point], xy: Point) -> None:
    last, first = found[-1], found[0]
    axis = (
        0
        if last[1] == first[1]
        else 1
        if last[0] == first[0]
        else int(abs(last[1] - first[1]) > abs(last[0] - first[0]))
    )
    low, high = sorted((last[axis], first[axis]))
    if low <= xy[axis] <= high:
        return
    if (xy[axis] > last[axis]) is (last[axis] > first[axis]):
        found[-1] = xy
        _forget_backward(found, len(found) - 1)
    else:
        found[0] = xy
        _forget_forward(found, 0, 1, last=True)


def _forget_backward(found: list[Point], at: int) -> None:
    """Points before a new one that it leaves inside."""
    xy = found[at]
    while at > 1 and len(found) > 2 and turn(found[at - 1], xy, found[at - 2]) >= 0:
        del found[at - 1]
        at -= 1


def _forget_forward(found: list[Point], at: int, start: int, *, last: bool = False) -> None:
    """Points after a new one that it leaves inside."""
    xy = found[at]
    while (
        len(found) > 2 and start + 1 < len(found) - (0 if last else 1) and turn(found[start + 1], xy, found[start]) >= 0
    ):
        del found[start]


def strictly_convex(ring: Path) -> bool:
    """Strictly, and clockwise."""
    if len(ring) < 3:
        return False
    first, second = ring[0], ring[1]
    for at in range(2, len(ring)):
        before, here = ring[at - 1], ring[at]
        sides = (turn(before, here, first), turn(second, here, first) if at > 2 else -1)
        back = turn(before, here, ring[at - 2]) if at > 2 else -1
        if sides[0] >= 0 or sides[1] >= 0 or back >= 0:
            return False
    return True
