"""Whether a geometry is simple as OGC has it, by Esri's reading."""

from __future__ import annotations

from functools import lru_cache

from athena_ds.local.engine.duckdb.functions.geometry import geos
from athena_ds.local.engine.duckdb.functions.geometry.shape import Shape
from athena_ds.local.engine.duckdb.functions.refusals import unsupported


def simple(shape: Shape) -> bool:
    return all(_simple(leaf) for leaf in shape.leaves())


def simple_areas(shape: Shape) -> bool:
    """Whether every polygon in it is."""
    return all(_simple(leaf) for leaf in shape.leaves() if leaf.dimension == 2)


@lru_cache(maxsize=4096)
def _simple(leaf: Shape) -> bool:
    if leaf.empty:
        return True
    shapely = geos.loaded()
    return bool(shapely.is_valid(geos.of(leaf)) if leaf.dimension == 2 else shapely.is_simple(geos.of(leaf)))


def reason(shape: Shape) -> str | None:
    """NULL for a valid one."""
    if simple(shape):
        return None
    raise unsupported("The reason why a geometry is invalid")
