"""Union, intersection and differences of two geometries: what each answers for which kinds, as Esri's library does."""

from __future__ import annotations

from collections.abc import Sequence

from athena_ds.local.engine.duckdb.functions.geometry import geos
from athena_ds.local.engine.duckdb.functions.geometry.near import edges_along, shared, split_at, tolerance
from athena_ds.local.engine.duckdb.functions.geometry.overlay import made, of_geos
from athena_ds.local.engine.duckdb.functions.geometry.relations import related
from athena_ds.local.engine.duckdb.functions.geometry.shape import (
    COLLECTION,
    MULTI_POINT,
    MULTI_POLYGON,
    POINT,
    Shape,
    point,
)
from athena_ds.local.engine.duckdb.functions.geometry.validity import simple
from athena_ds.local.engine.duckdb.functions.refusals import broken, unsupported

Found = list[Shape]


def _collected(shapes: Found) -> Shape:
    return shapes[0] if len(shapes) == 1 else Shape(COLLECTION, members=tuple(shapes))


def _simple(left: Shape, right: Shape, what: str) -> None:
    if COLLECTION in (left.kind, right.kind):
        raise unsupported(f"{what} of a GeometryCollection")


def _overlaid(name: str, left: Shape, right: Shape) -> Found:
    one, other = shared(left, right)
    if not all(map(simple, (left, right))):
        raise unsupported("An operation on geometries that cross themselves")
    if left.dimension == right.dimension == 2:
        _check_edges(name, one, other)
    return of_geos(getattr(geos.loaded(), name)(geos.of(one), geos.of(other)), (left, right))


def _check_edges(name: str, left: Shape, right: Shape) -> None:
    """Where Esri begins a ring isn't known of some operations on polygons with a common edge."""
    along, against = edges_along(left, right)
    if along and name in ("union", "intersection"):
        raise unsupported(f"The {name} of polygons that share an edge and lie on the same side of it")
    if against and name == "difference":
        raise unsupported("The difference of polygons that share an edge and lie on two sides of it")


def _apart(left: Shape, right: Shape) -> bool:
    """Whether their envelopes don't meet, by a little more than the tolerance; empty ones meet nothing."""
    first, second = left.box(), right.box()
    if first is None or second is None:
        return True
    gap = tolerance(left, right) * 1.5
    across = first[0] > second[2] + gap or second[0] > first[2] + gap
    return across or first[1] > second[3] + gap or second[1] > first[3] + gap


def _kept(points: Shape, other: Shape, *, inside: bool) -> Shape:
    """The points that lie in another geometry, or those that don't, in their order."""
    found = [xy for xy in points.points() if related("intersects", other, point(*xy)) is inside]
    if points.kind == POINT:
        return point(*found[0]) if found else Shape(POINT)
    return made(0, (tuple(found),)) if found else Shape(POINT)


def intersection(left: Shape, right: Shape) -> Shape:
    _simple(left, right, "ST_Intersection")
    if left.dimension == 2 and left.paths == right.paths and simple(left):
        return made_anew(left)
    if _apart(left, right):
        return Shape(MULTI_POLYGON)
    for points, other in ((left, right), (right, left)):
        if points.dimension == 0 and other.dimension > 0:
            kept = _kept(points, other, inside=True)
            return Shape(MULTI_POLYGON) if kept.empty else kept
    found = _overlaid("intersection", left, right)
    return _collected(found) if found else Shape(MULTI_POLYGON)


def difference(left: Shape, right: Shape) -> Shape:
    _simple(left, right, "ST_Difference")
    if left.dimension > right.dimension or _apart(left, right):
        return made_anew(left)
    if left.kind == POINT or (left.kind == MULTI_POINT and (right.dimension == 2 or right.kind == POINT)):
        return _kept(left, right, inside=False)
    found = _overlaid("difference", left, right)
    return _collected(found) if found else made(left.dimension, ())


def symmetric_difference(left: Shape, right: Shape) -> Shape:
    if COLLECTION in (left.kind, right.kind):
        raise broken("Internal error")
    if left.empty or right.empty:
        both = left.empty and right.empty and left.dimension > right.dimension
        return made_anew(left if both or (right.empty and not left.empty) else right)
    if left.dimension != right.dimension:
        return made_anew(left if left.dimension > right.dimension else right)
    if POINT in (left.kind, right.kind):
        many, one = (right, left) if left.kind == POINT != right.kind else (left, right)
        kept = _kept(many, one, inside=False)
        rest = tuple(kept.points())
        return made(0, (rest if len(rest) < len(list(many.points())) else (*rest, *one.points()),))
    found = _overlaid("symmetric_difference", left, right)
    return _collected(found) if found else made(left.dimension, ())


def made_anew(shape: Shape) -> Shape:
    """A geometry as Esri's library makes it anew: a multiple one of one member is a single one."""
    return shape if shape.kind == POINT else made(shape.dimension, shape.paths)


def union(shapes: Sequence[Shape]) -> Shape:
    """The union of each dimension; of several, lower ones without what higher ones cover."""
    found = [one for dimension in (0, 1, 2) if (one := _united(shapes, dimension)) is not None]
    if len(found) == 1:
        return found[0]
    full = [_anew(one) for one in found if not one.empty]
    kept: Found = []
    for at, shape in enumerate(full):
        rest = shape
        for higher in full[at + 1 :]:
            rest = difference(rest, higher)
        met = _meeting(shape, full[:at])
        if not rest.empty:
            kept.append(_anew(split_at(rest, met)) if met.paths else _anew(rest))
    return _collected(kept)


def _anew(shape: Shape) -> Shape:
    """As if an operation had made it: rings from their lowest point, points sorted, lines broken where they meet."""
    if not simple(shape):
        raise unsupported("A union of geometries that cross themselves")
    return _collected(of_geos(geos.loaded().union(geos.of(shape), geos.of(shape)), (shape,)))


def _meeting(shape: Shape, lower: Found) -> Shape:
    """Where lower geometries meet the edges of this one."""
    shapely = geos.loaded()
    edges = shapely.boundary(geos.of(shape)) if shape.dimension == 2 else geos.of(shape)
    found = [xy for one in lower for part in of_geos(shapely.intersection(geos.of(one), edges)) for xy in part.points()]
    return Shape(MULTI_POINT, (tuple(found),) if found else ())


def _united(shapes: Sequence[Shape], dimension: int) -> Shape | None:
    leaves = [leaf for shape in shapes for leaf in shape.leaves() if leaf.dimension == dimension]
    if not leaves:
        return None
    full = [leaf for leaf in leaves if not leaf.empty]
    if len(full) > 1:
        return united(full)
    if full and len(leaves) > 1 and not simple(full[0]):
        raise unsupported("A union of geometries that cross themselves")
    return made_anew(full[0] if full else leaves[0])


def added(found: Shape, shape: Shape) -> Shape:
    """The union as an aggregate takes it, a geometry at a time: of two kinds, everything is made anew."""
    if found.kind == shape.kind != COLLECTION:
        return union([found, shape])
    kept = union([found, shape])
    members = kept.members if kept.kind == COLLECTION else (kept,)
    return _collected([_anew(member) for member in members if not member.empty])


def united(shapes: Sequence[Shape]) -> Shape:
    """The union of geometries of one dimension, two at least."""
    found = shapes[0]
    for shape in shapes[1:]:
        if shape.paths == found.paths and len(shape.paths) == 1 and shape.dimension == 2 and simple(shape):
            continue
        found = _collected(_overlaid("union", found, shape))
    return found


def contains(left: Shape, right: Shape) -> bool:
    """Of collections, whether nothing is left of one when the other is taken away: so Esri asks."""
    if COLLECTION not in (left.kind, right.kind):
        return related("contains", left, right)
    for leaf in right.leaves():
        rest = leaf
        for other in left.leaves():
            if rest.dimension <= other.dimension and not (rest.empty or other.empty):
                rest = difference(rest, other)
        if not rest.empty:
            return False
    return True
