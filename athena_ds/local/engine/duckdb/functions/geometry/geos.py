"""Shapes as GEOS knows them, through shapely: imported when the first statement needs it."""

from __future__ import annotations

import importlib
from functools import cache, lru_cache
from typing import Any

from athena_ds.local.engine.duckdb.functions.geometry.checks import as_jts_reads
from athena_ds.local.engine.duckdb.functions.geometry.orientation import oriented
from athena_ds.local.engine.duckdb.functions.geometry.shape import COLLECTION, MULTI_POINT, POLYGON, Path, Shape, point
from athena_ds.local.engine.duckdb.functions.refusals import broken, unsupported


@cache
def loaded() -> Any:
    """The shapely module, from the first time it is asked for."""
    return importlib.import_module("shapely")


@lru_cache(maxsize=4096)
def of(shape: Shape) -> Any:
    """The shape as a shapely geometry; refused where GEOS can't hold it (a ring of two points)."""
    try:
        return _made(shape)
    except (ValueError, loaded().errors.GEOSException) as failure:
        raise unsupported(f"This geometry ({failure})") from failure


def _made(shape: Shape) -> Any:  # noqa: PLR0911 - one a kind
    shapely = loaded()
    match shape.kind:
        case "Point":
            return shapely.Point(shape.paths[0][0]) if shape.paths else shapely.Point()
        case "MultiPoint":
            return shapely.MultiPoint(shape.paths[0] if shape.paths else [])
        case "LineString":
            return shapely.LineString(shape.paths[0] if shape.paths else [])
        case "MultiLineString":
            return shapely.MultiLineString(shape.paths)
        case "Polygon" if len(shape.shells()) < 2:
            return _polygon(list(shape.paths)) if shape.paths else shapely.Polygon()
        case "Polygon" | "MultiPolygon":
            return shapely.MultiPolygon([_polygon(rings) for rings in shape.shells()])
        case _:
            return shapely.GeometryCollection([_made(member) for member in shape.members])


def _polygon(rings: list[Path]) -> Any:
    return loaded().Polygon(rings[0], rings[1:])


@lru_cache(maxsize=1024)
def prepared(shape: Shape) -> Any:
    """The same, indexed for many questions about it."""
    found = of(shape)
    loaded().prepare(found)
    return found


def distance(left: Shape, right: Shape) -> float:
    return float(loaded().distance(of(left), of(right)))


def located(line: Shape, other: Shape) -> float:
    """Where along a line its nearest place to a point lies, as a part of its length."""
    shapely = loaded()
    return float(shapely.line_locate_point(of(line), of(other)) / shapely.length(of(line)))


def nearest(left: Shape, right: Shape) -> tuple[Shape, Shape]:
    """Where two geometries come closest."""
    (x0, y0), (x1, y1) = loaded().shortest_line(of(left), of(right)).coords
    return point(x0, y0), point(x1, y1)


def simplified(shape: Shape, tolerance: float) -> Shape:
    """With fewer points, none further off than the tolerance."""
    if shape.kind == COLLECTION and any(leaf.empty and leaf.dimension == 2 for leaf in shape.leaves()):
        raise broken("Internal error")
    return _shape(loaded().simplify(of(as_jts_reads(shape)), tolerance, preserve_topology=True))


def _shape(geometry: Any) -> Shape:
    """What GEOS made of a shape, ring by ring as it has them."""
    parts = list(getattr(geometry, "geoms", ()))
    kind = str(geometry.geom_type)
    if kind == COLLECTION:
        return Shape(kind, members=tuple(map(_shape, parts)))
    if geometry.is_empty:
        return Shape(kind)
    if parts:
        found = [_shape(part) for part in parts if not part.is_empty]
        paths = tuple(path for each in found for path in each.paths)
        return Shape(kind, (tuple(xy for path in paths for xy in path),) if kind == MULTI_POINT else paths)
    if kind == POLYGON:
        rings = (geometry.exterior, *geometry.interiors)
        return Shape(kind, tuple(oriented(_points(ring)[:-1], shell=at == 0) for at, ring in enumerate(rings)))
    return Shape(kind, (_points(geometry),))


def _points(geometry: Any) -> Path:
    return tuple((x, y) for x, y in geometry.coords)
