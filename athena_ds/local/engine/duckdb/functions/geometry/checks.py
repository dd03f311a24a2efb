"""What a geospatial function refuses of its arguments, in Trino's words."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.geometry.shape import KINDS, Shape
from athena_ds.local.engine.duckdb.functions.geometry.sums import ring_area
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid

_SPELLED = {
    "Point": "POINT",
    "MultiPoint": "MULTI_POINT",
    "LineString": "LINE_STRING",
    "MultiLineString": "MULTI_LINE_STRING",
    "Polygon": "POLYGON",
    "MultiPolygon": "MULTI_POLYGON",
    "GeometryCollection": "GEOMETRY_COLLECTION",
}


def only(function: str, shape: Shape, *kinds: str) -> None:
    """Raises unless the geometry is of one of these kinds."""
    if shape.kind not in kinds:
        raise invalid(f"{function} only applies to {_either(kinds)}. Input type is: {_SPELLED[shape.kind]}")


def only_spherical(function: str, shape: Shape, *kinds: str) -> None:
    if shape.kind not in kinds:
        words = f"When applied to SphericalGeography inputs, {function} only supports {_either(kinds)}."
        raise invalid(f"{words} Input type is: {_SPELLED[shape.kind]}")


def _either(kinds: tuple[str, ...]) -> str:
    return " or ".join(_SPELLED[kind] for kind in KINDS if kind in kinds)


def as_jts_reads(shape: Shape) -> Shape:
    """The shape, where JTS's library reads it too: it wants a polygon's first ring to be a shell."""
    for leaf in shape.leaves():
        if leaf.dimension == 2 and leaf.paths and ring_area(leaf.paths[0]) < 0:
            raise broken("shell is null but hole found")
    return shape
