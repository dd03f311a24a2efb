"""Two envelopes, which Trino cuts by their numbers alone."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.geometry.shape import LINE, POLYGON, Shape, boxed, point


def intersection(left: Shape, right: Shape) -> Shape:
    """A rectangle; a line or a point where they touch (whose y Trino takes from the wrong number)."""
    first, second = left.box(), right.box()
    assert first is not None
    assert second is not None
    x0, y0 = max(first[0], second[0]), max(first[1], second[1])
    x1, y1 = min(first[2], second[2]), min(first[3], second[3])
    if x0 > x1 or y0 > y1:
        return Shape(POLYGON)
    if x0 == x1 and y0 == y1:
        return point(x0, x1)
    if x0 == x1 or y0 == y1:
        return Shape(LINE, (((x0, y0), (x1, y1)),))
    return boxed((x0, y0, x1, y1))
