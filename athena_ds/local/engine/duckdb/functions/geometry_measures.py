"""Lengths, areas, distances, centroids, and points along lines."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.geography import check_degrees
from athena_ds.local.engine.duckdb.functions.geometry import geos, planar, spherical, sums
from athena_ds.local.engine.duckdb.functions.geometry.checks import as_jts_reads, only, only_spherical
from athena_ds.local.engine.duckdb.functions.geometry.shape import (
    COLLECTION,
    KINDS,
    LINE,
    MULTI_LINE,
    MULTI_POLYGON,
    POINT,
    POLYGON,
    Shape,
    point,
)
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel


@kernel("st_area", "geometry")
def st_area(shape: Shape) -> float:
    return planar.area(shape)


@kernel("st_area", "sphericalgeography")
def st_area_spherical(shape: Shape) -> float | None:
    if shape.empty:
        return None
    only_spherical("ST_Area", shape, POLYGON, MULTI_POLYGON)
    return spherical.area(shape)


@kernel("st_length", "geometry")
def st_length(shape: Shape) -> float:
    only("ST_Length", shape, LINE, MULTI_LINE)
    return planar.length(shape)


@kernel("st_length", "sphericalgeography")
def st_length_spherical(shape: Shape) -> float | None:
    if shape.empty:
        return None
    only_spherical("ST_Length", shape, LINE, MULTI_LINE)
    return spherical.length(shape.paths)


@kernel("st_distance", "geometry,geometry")
def st_distance(left: Shape, right: Shape) -> float | None:
    if left.empty or right.empty:
        return None
    if left.kind == right.kind == POINT:
        return sums.length(left.paths[0][0], right.paths[0][0])
    return geos.distance(left, right)


@kernel("st_distance", "sphericalgeography,sphericalgeography")
def st_distance_spherical(left: Shape, right: Shape) -> float | None:
    if left.empty or right.empty:
        return None
    for shape in (left, right):
        only_spherical("ST_Distance", shape, POINT)
    return spherical.distance(left.paths[0][0], right.paths[0][0])


@kernel("st_centroid")
def st_centroid(shape: Shape) -> Shape:
    only("ST_Centroid", shape, *(kind for kind in KINDS if kind != COLLECTION))
    if shape.kind == POINT:
        return shape
    return Shape(POINT) if shape.empty else point(*planar.centroid(shape))


@kernel("line_locate_point")
def line_locate_point(line: Shape, other: Shape) -> float | None:
    if as_jts_reads(line).box() is None or as_jts_reads(other).box() is None:
        return None
    if line.kind not in (LINE, MULTI_LINE):
        words = "First argument to line_locate_point must be a LineString or a MultiLineString."
        raise invalid(f"{words} Got: {line.kind}")
    if other.kind != POINT:
        raise invalid(f"Second argument to line_locate_point must be a Point. Got: {other.kind}")
    return geos.located(line, other)


@kernel("line_interpolate_point")
def line_interpolate_point(shape: Shape, fraction: float) -> Shape | None:
    found = _interpolated(shape, fraction, repeated=False)
    return None if found is None else found[0]


@kernel("line_interpolate_points")
def line_interpolate_points(shape: Shape, fraction: float) -> list[Shape] | None:
    return _interpolated(shape, fraction, repeated=True)


def _interpolated(shape: Shape, fraction: float, *, repeated: bool) -> list[Shape] | None:
    if shape.empty:
        return None
    only("line_interpolate_point", shape, LINE)
    if fraction < 0 or fraction > 1:
        raise invalid("fraction must be between 0 and 1")
    return [point(*xy) for xy in planar.along(shape.paths[0], fraction, repeated=repeated)]


@kernel("to_spherical_geography")
def to_spherical_geography(shape: Shape) -> Shape:
    for y in (box := shape.box() or (0.0, 0.0, 0.0, 0.0))[1::2]:
        check_degrees("Latitude", y, 90)
    for x in box[::2]:
        check_degrees("Longitude", x, 180)
    return shape


@kernel("to_geometry")
def to_geometry(shape: Shape) -> Shape:
    return shape
