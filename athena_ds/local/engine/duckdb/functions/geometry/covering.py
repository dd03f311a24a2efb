"""The tiles a geometry touches."""

from __future__ import annotations

from collections.abc import Iterator

from athena_ds.local.engine.duckdb.functions.geometry.relations import related
from athena_ds.local.engine.duckdb.functions.geometry.shape import COLLECTION, POINT, POLYGON, Box, Shape, boxed
from athena_ds.local.engine.duckdb.functions.geometry.tiles import MOST_LATITUDE, Tile, at
from athena_ds.local.engine.duckdb.functions.refusals import invalid, unsupported

_COARSE = 10
"""Above this zoom level, tiles are looked for within those of this level, and whole ones are not looked into."""

_TOO_HIGH = (
    "The zoom level is too high or the geometry is too complex to compute a set of covering Bing tiles. Please use a "
    "lower zoom level or convert the geometry to its bounding box using the ST_Envelope function."
)


def tiles(shape: Shape, zoom: int) -> list[Tile]:
    box = shape.box()
    if box is None:
        return []
    _check_span(box)
    plain = _is_point_or_rectangle(shape, box)
    first, last = at(box[3], box[0], zoom), _last(box, zoom)
    _check_count(shape, box, plain, (last.x - first.x + 1) * (last.y - first.y + 1), zoom)
    if plain or zoom <= _COARSE:
        every = _between(first, last)
        return [tile for tile in every if plain or _meets(tile, shape)]
    shift = zoom - _COARSE
    coarse = (Tile(tile.x >> shift, tile.y >> shift, _COARSE) for tile in (first, last))
    return [tile for each in _between(*coarse) for tile in _inside(each, shape, zoom)]


def _between(first: Tile, last: Tile) -> Iterator[Tile]:
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            yield Tile(x, y, first.zoom)


def _inside(tile: Tile, shape: Shape, zoom: int) -> Iterator[Tile]:
    """Those of a zoom level within a tile that touch the geometry, quarter by quarter."""
    if tile.zoom == zoom:
        if _meets(tile, shape):
            yield tile
        return
    if _holds(shape, tile):
        many = 1 << (zoom - tile.zoom)
        x, y = tile.x * many, tile.y * many
        yield from _between(Tile(x, y, zoom), Tile(x + many - 1, y + many - 1, zoom))
        return
    if not _meets(tile, shape):
        return
    for x in (2 * tile.x, 2 * tile.x + 1):
        for y in (2 * tile.y, 2 * tile.y + 1):
            yield from _inside(Tile(x, y, tile.zoom + 1), shape, zoom)


def _meets(tile: Tile, shape: Shape) -> bool:
    return any(related("intersects", leaf, boxed(tile.box())) for leaf in shape.leaves() if not leaf.empty)


def _holds(shape: Shape, tile: Tile) -> bool:
    return any(related("contains", leaf, boxed(tile.box())) for leaf in shape.leaves() if not leaf.empty)


def _last(box: Box, zoom: int) -> Tile:
    """The tile of the lower right corner, one less where it only touches its edge."""
    found = at(box[1], box[2], zoom)
    x, y = found.corner()
    return Tile(found.x - (x == box[2]), found.y - (y == box[1]), zoom)


def _check_span(box: Box) -> None:
    for latitude in box[1::2]:
        if not -MOST_LATITUDE <= latitude <= MOST_LATITUDE:
            raise invalid("Latitude span for the geometry must be in [-85.05, 85.05] range")
    for longitude in box[::2]:
        if not -180 <= longitude <= 180:
            raise invalid("Longitude span for the geometry must be in [-180.00, 180.00] range")


def _check_count(shape: Shape, box: Box, plain: bool, count: int, zoom: int) -> None:
    if plain and count > 1_000_000:
        left, bottom, right, top = box
        raise invalid(
            f"The number of tiles covering input rectangle exceeds the limit of 1M. Number of tiles: {count}. "
            f"Rectangle: xMin={left:.2f}, yMin={bottom:.2f}, xMax={right:.2f}, yMax={top:.2f}. Zoom level: {zoom}."
        )
    if plain:
        return
    if count >= 2**31:
        raise invalid("The zoom level is too high to compute a set of covering Bing tiles.")
    if count * sum(1 for _ in shape.points()) > 25_000_000:
        raise invalid(_TOO_HIGH)


def _is_point_or_rectangle(shape: Shape, box: Box) -> bool:
    if shape.kind == COLLECTION and not shape.paths and any(leaf.kind == COLLECTION for leaf in shape.members):
        raise unsupported("Tiles of a collection of collections")
    if shape.kind == POINT:
        return True
    corners = {(x, y) for x in box[::2] for y in box[1::2]}
    return (
        shape.kind == POLYGON and len(shape.paths) == 1 and len(shape.paths[0]) == 4 and set(shape.paths[0]) <= corners
    )
