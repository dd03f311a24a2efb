"""Well-known binary as Esri writes it (this machine's byte order) and reads it."""

from __future__ import annotations

import math
import struct

from athena_ds.local.engine.duckdb.functions.geometry.orientation import backwards, oriented
from athena_ds.local.engine.duckdb.functions.geometry.shape import (
    COLLECTION,
    LINE,
    MULTI_LINE,
    MULTI_POINT,
    MULTI_POLYGON,
    POINT,
    POLYGON,
    Path,
    Shape,
    point,
)
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid, unsupported

_CODES = {POINT: 1, LINE: 2, POLYGON: 3, MULTI_POINT: 4, MULTI_LINE: 5, MULTI_POLYGON: 6, COLLECTION: 7}
_KINDS = {code: kind for kind, code in _CODES.items()}


def written(shape: Shape) -> bytes:
    if shape.kind != COLLECTION and shape.corrupted:
        raise broken("corrupted geometry")
    match shape.kind:
        case "Point":
            x, y = shape.paths[0][0] if shape.paths else (math.nan, math.nan)
            return _head(POINT) + struct.pack("<2d", x, y)
        case "LineString":
            return _head(LINE) + _path(shape.paths[0] if shape.paths else ())
        case "Polygon":
            return _polygon(list(shape.paths))
        case "MultiPoint":
            parts = [_head(POINT) + struct.pack("<2d", *xy) for path in shape.paths for xy in path]
        case "MultiLineString":
            parts = [_head(LINE) + _path(path) for path in shape.paths]
        case "MultiPolygon":
            parts = [_polygon(rings) for rings in shape.shells()]
        case _:
            parts = [written(member) for member in shape.members]
    return _head(shape.kind) + struct.pack("<I", len(parts)) + b"".join(parts)


def _head(kind: str) -> bytes:
    return struct.pack("<BI", 1, _CODES[kind])


def _path(path: Path) -> bytes:
    return struct.pack(f"<I{2 * len(path)}d", len(path), *(number for xy in path for number in xy))


def _polygon(rings: list[Path]) -> bytes:
    paths = b"".join(_path((*backwards(ring), ring[0])) for ring in rings)
    return _head(POLYGON) + struct.pack("<I", len(rings)) + paths


def parsed(data: bytes) -> Shape:
    """Raises INVALID_FUNCTION_ARGUMENT where the bytes aren't a geometry's."""
    try:
        return _Reader(data).geometry()
    except (struct.error, KeyError):
        raise invalid("Invalid WKB") from None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._order = data, 0, "<"

    def geometry(self) -> Shape:
        self._order = "<" if self._take("B")[0] == 1 else ">"
        code = self._count()
        if code > 7 and (code % 1000 in _KINDS or code & 0xE0000000):
            raise unsupported("A WKB geometry with Z, M or an SRID")
        kind = _KINDS[code]
        match kind:
            case "Point":
                return point(*self._take("2d"))
            case "LineString":
                found = self._path()
                return Shape(LINE, (found,) if found else ())
            case "Polygon":
                return Shape(POLYGON, self._rings())
        count = self._count()
        members = tuple(self.geometry() for _ in range(count))
        if kind == COLLECTION:
            return Shape(kind, members=members)
        if kind == MULTI_POINT:
            points = tuple(xy for member in members for path in member.paths for xy in path)
            return Shape(kind, (points,) if points else ())
        return Shape(kind, tuple(path for member in members for path in member.paths))

    def _rings(self) -> tuple[Path, ...]:
        count = self._count()
        rings = [self._path() for _ in range(count)]
        opened = (ring[:-1] if len(ring) > 2 and ring[0] == ring[-1] else ring for ring in rings if ring)
        return tuple(oriented(ring, shell=at == 0) for at, ring in enumerate(opened))

    def _path(self) -> Path:
        count = self._count()
        numbers = self._take(f"{2 * count}d")
        return tuple(zip(numbers[::2], numbers[1::2], strict=True))

    def _count(self) -> int:
        return int(self._take("I")[0])

    def _take(self, layout: str) -> tuple[float, ...]:
        found = struct.unpack_from(f"{self._order}{layout}", self._data, self._at)
        self._at += struct.calcsize(f"{self._order}{layout}")
        return found
