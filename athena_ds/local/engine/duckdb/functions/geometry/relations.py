"""How two geometries lie to each other, with Esri's tolerance."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from athena_ds.local.engine.duckdb.functions.geometry import geos
from athena_ds.local.engine.duckdb.functions.geometry.near import shared
from athena_ds.local.engine.duckdb.functions.geometry.shape import COLLECTION, POINT, Box, Shape
from athena_ds.local.engine.duckdb.functions.geometry.validity import simple_areas
from athena_ds.local.engine.duckdb.functions.refusals import broken, unsupported


def boxes_meet(left: Box, right: Box) -> bool:
    return left[0] <= right[2] and right[0] <= left[2] and left[1] <= right[3] and right[1] <= left[3]


def box_holds(left: Box, right: Box) -> bool:
    return left[0] <= right[0] and left[1] <= right[1] and right[2] <= left[2] and right[3] <= left[3]


def related(name: str, left: Shape, right: Shape) -> bool:
    """`contains`, `crosses`, `disjoint`, `equals`, `overlaps` or `touches`, as GEOS names them."""
    _check(left, right)
    one, other = shared(left, right)
    return bool(getattr(geos.loaded(), name)(geos.prepared(one), geos.of(other)))


def _check(left: Shape, right: Shape) -> None:
    """Of a polygon that crosses itself it is known which points lie in it, and no more."""
    if POINT in (left.kind, right.kind) or (simple_areas(left) and simple_areas(right)):
        return
    raise unsupported("A relation of polygons that cross themselves")


def of_boxes(left: Shape, right: Shape, test: Callable[[Box, Box], bool]) -> bool:
    """What is asked of the envelopes first; an empty geometry has none."""
    first, second = left.box(), right.box()
    return first is not None and second is not None and test(first, second)


def no_collections(left: Shape, right: Shape) -> None:
    """Esri's library knows these relations of simple geometries only."""
    if COLLECTION in (left.kind, right.kind):
        raise broken("Internal error")


_PATTERN = re.compile(r"[TF*012]{9}")


def fits(left: Shape, right: Shape, pattern: str) -> bool:
    """Whether the matrix of intersections fits; raises where the pattern is none."""
    if len(pattern) != 9:
        raise broken("relation string length has to be 9 characters")
    if not _PATTERN.fullmatch(pattern):
        raise broken("relation string")
    _check(left, right)
    one, other = shared(left, right) if left.box() and right.box() else (left, right)
    found: Any = geos.loaded().relate_pattern(geos.of(one), geos.of(other), pattern)
    return bool(found)


def same(left: Shape, right: Shape) -> bool:
    """Whether they are the same set of points; an empty one is the same as none."""
    if COLLECTION in (left.kind, right.kind):
        raise unsupported("ST_Equals of a GeometryCollection")
    if left.box() is None or right.box() is None:
        return False
    return related("equals", left, right)
