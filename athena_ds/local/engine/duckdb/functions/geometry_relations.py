"""Questions about two geometries, or the form of one."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.geometry import operations, relations, validity
from athena_ds.local.engine.duckdb.functions.geometry.checks import only
from athena_ds.local.engine.duckdb.functions.geometry.relations import box_holds, boxes_meet, of_boxes, related
from athena_ds.local.engine.duckdb.functions.geometry.shape import LINE, Shape
from athena_ds.local.engine.duckdb.functions.registry import kernel


@kernel("st_contains")
def st_contains(left: Shape, right: Shape) -> bool:
    return _contains(left, right)


@kernel("st_within")
def st_within(left: Shape, right: Shape) -> bool:
    return _contains(right, left)


def _contains(left: Shape, right: Shape) -> bool:
    return of_boxes(left, right, box_holds) and operations.contains(left, right)


@kernel("st_crosses")
def st_crosses(left: Shape, right: Shape) -> bool:
    return _asked("crosses", left, right)


@kernel("st_overlaps")
def st_overlaps(left: Shape, right: Shape) -> bool:
    return _asked("overlaps", left, right)


@kernel("st_touches")
def st_touches(left: Shape, right: Shape) -> bool:
    return _asked("touches", left, right)


def _asked(name: str, left: Shape, right: Shape) -> bool:
    if not of_boxes(left, right, boxes_meet):
        return False
    relations.no_collections(left, right)
    return related(name, left, right)


@kernel("st_intersects")
def st_intersects(left: Shape, right: Shape) -> bool:
    return _intersects(left, right)


@kernel("st_disjoint")
def st_disjoint(left: Shape, right: Shape) -> bool:
    return not _intersects(left, right)


def _intersects(left: Shape, right: Shape) -> bool:
    return of_boxes(left, right, boxes_meet) and related("intersects", left, right)


@kernel("st_equals")
def st_equals(left: Shape, right: Shape) -> bool:
    return relations.same(left, right)


@kernel("st_relate")
def st_relate(left: Shape, right: Shape, pattern: str) -> bool:
    relations.no_collections(left, right)
    return relations.fits(left, right, pattern)


@kernel("st_issimple")
def st_is_simple(shape: Shape) -> bool:
    return validity.simple(shape)


@kernel("st_isvalid")
def st_is_valid(shape: Shape) -> bool:
    return validity.simple(shape)


@kernel("st_isring")
def st_is_ring(shape: Shape) -> bool:
    only("ST_IsRing", shape, LINE)
    return not shape.empty and shape.paths[0][0] == shape.paths[0][-1] and validity.simple(shape)


@kernel("geometry_invalid_reason")
def geometry_invalid_reason(shape: Shape) -> str | None:
    return validity.reason(shape)
