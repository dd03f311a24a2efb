"""Geometries made of points, and what they are made of: points, rings, members, extents."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.geometry.checks import as_jts_reads, only
from athena_ds.local.engine.duckdb.functions.geometry.orientation import backwards
from athena_ds.local.engine.duckdb.functions.geometry.shape import (
    COLLECTION,
    LINE,
    MULTI_LINE,
    MULTI_POINT,
    POINT,
    POLYGON,
    Path,
    Point,
    Shape,
    boxed,
    point,
)
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel

_STANDARD = {COLLECTION: "ST_GeomCollection"}


@kernel("st_point")
def st_point(x: float, y: float) -> Shape:
    return point(x, y)


@kernel("st_linestring")
def st_line_string(shapes: list[Shape | None]) -> Shape:
    points: list[Point] = []
    for at, shape in enumerate(shapes, 1):
        if shape is None:
            raise invalid(f"Invalid input to ST_LineString: null point at index {at}")
        if shape.kind != POINT:
            raise invalid(f"ST_LineString takes only an array of valid points, {shape.kind} was passed")
        if shape.empty:
            raise invalid(f"Invalid input to ST_LineString: empty point at index {at}")
        xy = shape.paths[0][0]
        if points and points[-1] == xy:
            raise invalid(f"Invalid input to ST_LineString: consecutive duplicate points at index {at}")
        points.append(xy)
    return Shape(LINE, (tuple(points),) if len(points) > 1 else ())


@kernel("st_multipoint")
def st_multi_point(shapes: list[Shape | None]) -> Shape | None:
    points: list[Point] = []
    for at, shape in enumerate(shapes, 1):
        if shape is None:
            raise invalid(f"Invalid input to ST_MultiPoint: null at index {at}")
        if shape.kind != POINT:
            raise invalid(f"Invalid input to ST_MultiPoint: geometry is not a point: {shape.kind} at index {at}")
        if shape.empty:
            raise invalid(f"Invalid input to ST_MultiPoint: empty point at index {at}")
        points += shape.paths[0]
    return Shape(MULTI_POINT, (tuple(points),)) if points else None


@kernel("st_x")
def st_x(shape: Shape) -> float | None:
    only("ST_X", shape, POINT)
    return None if shape.empty else shape.paths[0][0][0]


@kernel("st_y")
def st_y(shape: Shape) -> float | None:
    only("ST_Y", shape, POINT)
    return None if shape.empty else shape.paths[0][0][1]


@kernel("st_xmin")
def st_x_min(shape: Shape) -> float | None:
    return box[0] if (box := shape.box()) else None


@kernel("st_ymin")
def st_y_min(shape: Shape) -> float | None:
    return box[1] if (box := shape.box()) else None


@kernel("st_xmax")
def st_x_max(shape: Shape) -> float | None:
    return box[2] if (box := shape.box()) else None


@kernel("st_ymax")
def st_y_max(shape: Shape) -> float | None:
    return box[3] if (box := shape.box()) else None


@kernel("st_envelope")
def st_envelope(shape: Shape) -> Shape:
    return boxed(box) if (box := shape.box()) else Shape(POLYGON)


@kernel("st_envelopeaspts")
def st_envelope_as_pts(shape: Shape) -> list[Shape] | None:
    box = shape.box()
    return None if box is None else [point(*box[:2]), point(*box[2:])]


@kernel("st_isempty")
def st_is_empty(shape: Shape) -> bool:
    return shape.box() is None


@kernel("st_geometrytype")
def st_geometry_type(shape: Shape) -> str:
    return _STANDARD.get(shape.kind, f"ST_{shape.kind}")


@kernel("st_coorddim")
def st_coord_dim(shape: Shape) -> int:
    """Two: a third ordinate is refused where a geometry is read."""
    return len(next(shape.points(), (0.0, 0.0)))


@kernel("st_dimension")
def st_dimension(shape: Shape) -> int:
    return shape.dimension


@kernel("st_numpoints")
def st_num_points(shape: Shape) -> int:
    return sum(1 for _ in shape.points())


@kernel("st_pointn")
def st_point_n(shape: Shape, index: int) -> Shape | None:
    only("ST_PointN", shape, LINE)
    points = list(shape.points())
    return point(*points[index - 1]) if 1 <= index <= len(points) else None


@kernel("st_startpoint")
def st_start_point(shape: Shape) -> Shape | None:
    only("ST_StartPoint", shape, LINE)
    return None if shape.empty else point(*shape.paths[0][0])


@kernel("st_endpoint")
def st_end_point(shape: Shape) -> Shape | None:
    only("ST_EndPoint", shape, LINE)
    return None if shape.empty else point(*shape.paths[0][-1])


@kernel("st_points")
def st_points(shape: Shape) -> list[Shape] | None:
    """Every vertex, a ring's closing one too, in the order they are stored."""
    if as_jts_reads(shape).box() is None:
        return None
    return [each for leaf in shape.leaves() for each in _stored(leaf)]


def _stored(leaf: Shape) -> list[Shape]:
    if leaf.kind == POINT:
        return [leaf]
    rings = leaf.dimension == 2
    return [point(*xy) for path in leaf.paths for xy in ((*path, path[0]) if rings else path)]


def closed(ring: Path) -> Path:
    return (*ring, ring[0])


@kernel("st_numinteriorring")
def st_num_interior_ring(shape: Shape) -> int | None:
    only("ST_NumInteriorRing", shape, POLYGON)
    return None if shape.empty else len(shape.paths) - 1


@kernel("st_interiorrings")
def st_interior_rings(shape: Shape) -> list[Shape] | None:
    only("ST_InteriorRings", shape, POLYGON)
    return None if shape.empty else [_as_line(ring) for ring in shape.paths[1:]]


@kernel("st_interiorringn")
def st_interior_ring_n(shape: Shape, index: int) -> Shape | None:
    only("ST_InteriorRingN", shape, POLYGON)
    return _as_line(shape.paths[index]) if 1 <= index < len(shape.paths) else None


@kernel("st_exteriorring")
def st_exterior_ring(shape: Shape) -> Shape | None:
    only("ST_ExteriorRing", shape, POLYGON)
    return None if shape.empty else _as_line(shape.paths[0])


def _as_line(ring: Path) -> Shape:
    return Shape(LINE, (closed(backwards(ring)),))


@kernel("st_numgeometries")
def st_num_geometries(shape: Shape) -> int:
    if shape.empty:
        return 0
    return len(_members(shape)) if shape.multiple else 1


@kernel("st_geometryn")
def st_geometry_n(shape: Shape, index: int) -> Shape | None:
    if shape.empty:
        return None
    members = _members(shape) if shape.multiple else [shape]
    return members[index - 1] if 1 <= index <= len(members) else None


@kernel("st_geometries")
def st_geometries(shape: Shape) -> list[Shape] | None:
    if shape.empty:
        return None
    return _members(shape) if shape.multiple else [shape]


def _members(shape: Shape) -> list[Shape]:
    match shape.kind:
        case "MultiPoint":
            return [point(*xy) for xy in shape.paths[0]]
        case "MultiLineString":
            return [Shape(LINE, (path,)) for path in shape.paths]
        case "MultiPolygon":
            return [Shape(POLYGON, tuple(rings)) for rings in shape.shells()]
        case _:
            return list(shape.members)


@kernel("st_isclosed")
def st_is_closed(shape: Shape) -> bool:
    only("ST_IsClosed", shape, LINE, MULTI_LINE)
    return all(path[0] == path[-1] for path in shape.paths)


@kernel("st_boundary")
def st_boundary(shape: Shape) -> Shape:
    match shape.kind:
        case "Point" | "MultiPoint":
            return Shape(MULTI_POINT)
        case "Polygon" | "MultiPolygon":
            return Shape(MULTI_LINE, tuple(closed(backwards(ring)) for ring in shape.paths))
        case "LineString" | "MultiLineString":
            ends = _ends(shape)
            return Shape(MULTI_POINT, (ends,) if ends else ())
        case _:
            raise broken("Internal error")


def _ends(shape: Shape) -> Path:
    """The ends of lines that aren't closed; of several, those met an odd number of times, lowest first."""
    ends = [end for path in shape.paths if path[0] != path[-1] for end in (path[0], path[-1])]
    if shape.kind == LINE:
        return tuple(ends)
    return tuple(sorted((xy for xy in set(ends) if ends.count(xy) % 2), key=ends.index))
