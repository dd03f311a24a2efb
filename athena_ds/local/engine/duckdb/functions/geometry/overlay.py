"""Union, intersection and differences: GEOS finds them, and they are told as Esri's library tells them.

A ring begins at its lowest point (the leftmost of those), lines run as in the geometry they come from, points are
sorted from below. Coordinates that come about may differ from Trino's in their last digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from athena_ds.local.engine.duckdb.functions.geometry import geos
from athena_ds.local.engine.duckdb.functions.geometry.lines import joined
from athena_ds.local.engine.duckdb.functions.geometry.orientation import oriented
from athena_ds.local.engine.duckdb.functions.geometry.shape import (
    LINE,
    MULTI_LINE,
    MULTI_POINT,
    MULTI_POLYGON,
    POINT,
    POLYGON,
    Path,
    Point,
    Shape,
)
from athena_ds.local.engine.duckdb.functions.refusals import unsupported

_MULTI = (MULTI_POINT, MULTI_LINE, MULTI_POLYGON)
_SINGLE = (POINT, LINE, POLYGON)


def lowest(xy: Point) -> tuple[float, float]:
    return xy[1], xy[0]


def made(dimension: int, paths: Sequence[Path]) -> Shape:
    """One geometry of these paths, a multiple one unless it is a single."""
    if dimension == 0:
        points = tuple(xy for path in paths for xy in path)
        return Shape(MULTI_POINT, (points,)) if len(points) > 1 else Shape(POINT, (points,) if points else ())
    shape = Shape(_MULTI[dimension], tuple(paths))
    single = len(shape.shells()) == 1 if dimension == 2 else len(paths) == 1
    return Shape(_SINGLE[dimension], shape.paths) if single else shape


def of_geos(found: Any, sources: Sequence[Shape] = ()) -> list[Shape]:
    """What GEOS found as shapes, one a dimension, in Esri's order; empty ones left out."""
    parts: dict[int, list[Any]] = {0: [], 1: [], 2: []}
    for part in _parts(found):
        parts[geos.loaded().get_dimensions(part)].append(part)
    paths = {
        0: sorted({tuple(part.coords) for part in parts[0]}, key=lambda path: lowest(path[0])),
        1: joined([tuple(line.coords) for line in parts[1]], sources),
        2: _rings(parts[2], sources),
    }
    return [made(dimension, found) for dimension, found in paths.items() if found]


def _parts(found: Any) -> Iterable[Any]:
    for part in getattr(found, "geoms", (found,)):
        if hasattr(part, "geoms"):
            yield from _parts(part)
        elif not part.is_empty:
            yield part


def _rings(polygons: list[Any], sources: Sequence[Shape]) -> list[Path]:
    found = []
    origins = [set(source.points()) for source in sources]
    for polygon in polygons:
        rings = [_started(polygon.exterior.coords, outer=True)]
        rings += sorted((_started(hole.coords, outer=False) for hole in polygon.interiors), key=_top)
        if len(rings) > 2 and not any(known.issuperset(xy for ring in rings[1:] for xy in ring) for known in origins):
            raise unsupported("An operation on polygons that leaves holes of several of them")
        places = [xy for ring in rings for xy in ring]
        if len(set(places)) < len(places):
            raise unsupported("An operation on polygons that leaves a hole that touches another ring")
        found.append(rings)
    return [ring for rings in sorted(found, key=lambda rings: _place(rings[0])) for ring in rings]


def _top(ring: Path) -> tuple[float, float]:
    """Holes are told from above."""
    x, y = max(ring, key=lowest)
    return -y, x


def _place(ring: Path) -> tuple[float, float, float]:
    """Its lowest point, and which of several that meet there it is: the one most to the right."""
    (x, y), *others = ring
    return y, x, min(math.atan2(b - y, a - x) for a, b in (others[0], others[-1]))


def _started(coordinates: Any, *, outer: bool) -> Path:
    ring: Path = tuple((x, y) for x, y in coordinates)[:-1]
    at = min(range(len(ring)), key=lambda i: lowest(ring[i]))
    return oriented((*ring[at:], *ring[:at]), shell=outer)
