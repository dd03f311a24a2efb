"""Bing tiles as Trino's functions have them."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.geometry import covering
from athena_ds.local.engine.duckdb.functions.geometry.shape import Shape, boxed
from athena_ds.local.engine.duckdb.functions.geometry.tiles import (
    MOST_ZOOM,
    Circle,
    Tile,
    around,
    at,
    check_place,
    check_zoom,
)
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel


@kernel("bing_tile", "integer,integer,integer")
def bing_tile(x: int, y: int, zoom: int) -> int:
    check_zoom(zoom)
    for number in (x, y):
        if not 0 <= number < 1 << zoom:
            words = f"XY coordinates for a Bing tile at zoom level {zoom} must be within"
            raise invalid(f"{words} [0, {1 << zoom}) range")
    return Tile(x, y, zoom).packed()


@kernel("bing_tile", "varchar")
def bing_tile_of_quadkey(key: str) -> int:
    if not key:
        raise invalid("QuadKey must not be empty string")
    if len(key) > MOST_ZOOM:
        raise invalid(f"QuadKey must be {MOST_ZOOM} characters or less")
    return Tile.of_quadkey(key).packed()


@kernel("bing_tile_at")
def bing_tile_at(latitude: float, longitude: float, zoom: int) -> int:
    check_place(latitude, longitude)
    check_zoom(zoom)
    return at(latitude, longitude, zoom).packed()


@kernel("bing_tile_coordinates")
def bing_tile_coordinates(tile: int) -> tuple[int, int]:
    found = Tile.unpacked(tile)
    return found.x, found.y


@kernel("bing_tile_zoom_level")
def bing_tile_zoom_level(tile: int) -> int:
    return Tile.unpacked(tile).zoom


@kernel("bing_tile_quadkey")
def bing_tile_quadkey(tile: int) -> str:
    return Tile.unpacked(tile).quadkey()


@kernel("bing_tile_polygon")
def bing_tile_polygon(tile: int) -> Shape:
    return boxed(Tile.unpacked(tile).box())


@kernel("bing_tiles_around", "double,double,integer")
def bing_tiles_around(latitude: float, longitude: float, zoom: int) -> list[int]:
    check_place(latitude, longitude)
    check_zoom(zoom)
    return [tile.packed() for tile in around(latitude, longitude, zoom)]


@kernel("bing_tiles_around", "double,double,integer,double")
def bing_tiles_within(latitude: float, longitude: float, zoom: int, radius: float) -> list[int]:
    check_place(latitude, longitude)
    check_zoom(zoom)
    if not radius >= 0:
        raise invalid("Radius must be >= 0")
    if radius > 1000:
        raise invalid("Radius must be <= 1,000 km")
    return [tile.packed() for tile in Circle(latitude, longitude, zoom, radius).tiles()]


@kernel("geometry_to_bing_tiles")
def geometry_to_bing_tiles(shape: Shape, zoom: int) -> list[int]:
    check_zoom(zoom)
    return [tile.packed() for tile in covering.tiles(shape, zoom)]
