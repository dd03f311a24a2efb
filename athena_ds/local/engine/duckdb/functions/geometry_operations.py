"""Geometries made of geometries: unions, intersections, differences, hulls, buffers."""

from __future__ import annotations

import math

from athena_ds.local.engine.duckdb.functions.geometry import envelopes, geos, operations
from athena_ds.local.engine.duckdb.functions.geometry.buffer import buffered
from athena_ds.local.engine.duckdb.functions.geometry.hull import hull
from athena_ds.local.engine.duckdb.functions.geometry.shape import Shape
from athena_ds.local.engine.duckdb.functions.geometry.validity import simple_areas
from athena_ds.local.engine.duckdb.functions.refusals import invalid, unsupported
from athena_ds.local.engine.duckdb.functions.registry import kernel


@kernel("st_union")
def st_union(left: Shape, right: Shape) -> Shape:
    return operations.union([left, right])


@kernel("geometry_union")
def geometry_union(shapes: list[Shape | None]) -> Shape | None:
    return operations.union([shape for shape in shapes if shape is not None]) if shapes else None


@kernel("geometry_union_agg")
def geometry_union_agg(shapes: list[Shape | None]) -> Shape | None:
    """One after the other, as they come; an empty one counts as the first only."""
    found: Shape | None = None
    for shape in shapes:
        if shape is not None and found is None:
            found = shape
        elif shape is not None and found is not None and not shape.empty:
            found = operations.added(found, shape)
    return found


@kernel("convex_hull_agg")
def convex_hull_agg(shapes: list[Shape | None]) -> Shape | None:
    found: Shape | None = None
    for shape in shapes:
        if shape is not None and found is None:
            found = hull(shape) if not shape.empty else operations.made_anew(shape)
        elif shape is not None and found is not None and not shape.empty:
            if {found.dimension, shape.dimension} == {1, 2}:
                raise unsupported("convex_hull_agg of lines with polygons")
            found = hull(operations.added(found, shape))
    return found


@kernel("st_intersection")
def st_intersection(left: Shape, right: Shape) -> Shape:
    if left.boxed and right.boxed:
        return envelopes.intersection(left, right)
    return operations.intersection(left, right)


@kernel("st_difference")
def st_difference(left: Shape, right: Shape) -> Shape:
    return operations.difference(left, right)


@kernel("st_symdifference")
def st_symdifference(left: Shape, right: Shape) -> Shape:
    return operations.symmetric_difference(left, right)


@kernel("st_convexhull")
def st_convexhull(shape: Shape) -> Shape:
    return hull(shape)


@kernel("st_buffer")
def st_buffer(shape: Shape, distance: float) -> Shape | None:
    if math.isnan(distance):
        raise invalid("distance is NaN")
    if distance < 0:
        raise invalid("distance is negative")
    if distance == 0:
        return shape
    return None if shape.empty else buffered(shape, distance)


@kernel("simplify_geometry")
def simplify_geometry(shape: Shape, tolerance: float) -> Shape:
    if math.isnan(tolerance):
        raise invalid("distanceTolerance is NaN")
    if tolerance < 0:
        raise invalid("distanceTolerance is negative")
    return shape if tolerance == 0 else geos.simplified(shape, tolerance)


@kernel("geometry_nearest_points")
def geometry_nearest_points(left: Shape, right: Shape) -> tuple[Shape, Shape] | None:
    if not (simple_areas(left) and simple_areas(right)):
        raise unsupported("geometry_nearest_points of polygons that cross themselves")
    if left.box() is None or right.box() is None:
        return None
    return geos.nearest(left, right)
