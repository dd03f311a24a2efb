"""A geometry as Trino stores it: an Esri shape, whose polygons are rings without the closing point, shells clockwise.

Which ring is a shell is told by its orientation alone, so a polygon and a multipolygon are the same list of rings. One
more bit is kept: an envelope (`ST_Envelope`, a tile) is stored as such, and `ST_Intersection` treats two of them apart.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from athena_ds.local.engine.duckdb.functions.geometry.sums import ring_area

Point = tuple[float, float]
Path = tuple[Point, ...]
Box = tuple[float, float, float, float]

POINT, MULTI_POINT = "Point", "MultiPoint"
LINE, MULTI_LINE = "LineString", "MultiLineString"
POLYGON, MULTI_POLYGON = "Polygon", "MultiPolygon"
COLLECTION = "GeometryCollection"

KINDS = (POINT, MULTI_POINT, LINE, MULTI_LINE, POLYGON, MULTI_POLYGON, COLLECTION)
_BOXED = 0x80


@dataclass(frozen=True, slots=True)
class Shape:
    """One geometry. Points are a single path of them; an empty geometry has no path; a collection has members only.

    It is equal to one of the same points in the same order, as Trino's `=` has it.
    """

    kind: str
    paths: tuple[Path, ...] = ()
    members: tuple[Shape, ...] = ()
    boxed: bool = False
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __hash__(self) -> int:
        """Taken once: shapes are keys of what is known of them."""
        if "hash" not in self._known:
            self._known["hash"] = hash((self.kind, self.paths, self.members, self.boxed))
        found: int = self._known["hash"]
        return found

    @property
    def multiple(self) -> bool:
        return self.kind.startswith("Multi") or self.kind == COLLECTION

    @property
    def empty(self) -> bool:
        """Esri's word for it: a collection with members isn't, whatever they are."""
        return not (self.members if self.kind == COLLECTION else self.paths)

    @property
    def dimension(self) -> int:
        if self.kind == COLLECTION:
            return max((member.dimension for member in self.members), default=0)
        return {POINT: 0, MULTI_POINT: 0, LINE: 1, MULTI_LINE: 1}.get(self.kind, 2)

    def leaves(self) -> Iterator[Shape]:
        """The geometries that are no collections, in order."""
        if self.kind != COLLECTION:
            yield self
        for member in self.members:
            yield from member.leaves()

    def points(self) -> Iterator[Point]:
        for leaf in self.leaves():
            for path in leaf.paths:
                yield from path

    def box(self) -> Box | None:
        """Least x and y, greatest x and y; None for a geometry without points."""
        if "box" not in self._known:
            points = list(self.points())
            xs, ys = zip(*points, strict=True) if points else ((), ())
            self._known["box"] = (min(xs), min(ys), max(xs), max(ys)) if points else None
        found: Box | None = self._known["box"]
        return found

    @property
    def corrupted(self) -> bool:
        """Whether it has rings, and none of them encloses anything: Esri's library doesn't write it."""
        return self.dimension == 2 and bool(self.paths) and not any(ring_area(ring) for ring in self.paths)

    def shells(self) -> list[list[Path]]:
        """A polygon's rings by polygon: a shell and its holes."""
        first = 1.0
        found: list[list[Path]] = []
        for at, ring in enumerate(self.paths):
            area = ring_area(ring)
            if at == 0:
                first = 1.0 if area > 0 else -1.0
            if area * first > 0 or not found:
                found.append([ring])
            else:
                found[-1].append(ring)
        return found


def point(x: float, y: float) -> Shape:
    """A point; an empty one where a coordinate is NaN."""
    return Shape(POINT) if math.isnan(x) or math.isnan(y) else Shape(POINT, (((x, y),),))


def boxed(box: Box) -> Shape:
    """An envelope as a polygon: from the lower left corner, clockwise."""
    left, bottom, right, top = box
    return Shape(POLYGON, (((left, bottom), (left, top), (right, top), (right, bottom)),), boxed=True)


def pack(shape: Shape) -> bytes:
    """The bytes DuckDB holds."""
    code = KINDS.index(shape.kind) | (_BOXED if shape.boxed else 0)
    if shape.kind == COLLECTION:
        members = [pack(member) for member in shape.members]
        return b"".join((struct.pack("<BI", code, len(members)), *(struct.pack("<I", len(m)) + m for m in members)))
    sizes = [len(path) for path in shape.paths]
    numbers = [number for path in shape.paths for xy in path for number in xy]
    return struct.pack(f"<BI{len(sizes)}I{len(numbers)}d", code, len(sizes), *sizes, *numbers)


@lru_cache(maxsize=16384)
def unpack(data: bytes) -> Shape:
    """The shape of these bytes; a table's polygons are read once however many rows they meet."""
    code, count = struct.unpack_from("<BI", data)
    kind, at = KINDS[code & ~_BOXED], 5
    if kind == COLLECTION:
        members = []
        for _ in range(count):
            (size,) = struct.unpack_from("<I", data, at)
            members.append(unpack(data[at + 4 : at + 4 + size]))
            at += 4 + size
        return Shape(kind, members=tuple(members))
    sizes = struct.unpack_from(f"<{count}I", data, at)
    at += 4 * count
    paths = []
    for size in sizes:
        numbers = struct.unpack_from(f"<{2 * size}d", data, at)
        at += 16 * size
        paths.append(tuple(zip(numbers[::2], numbers[1::2], strict=True)))
    return Shape(kind, tuple(paths), boxed=bool(code & _BOXED))
