"""Well-known text as Esri's library reads and writes it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from athena_ds.local.engine.duckdb.functions.geometry.orientation import backwards, oriented
from athena_ds.local.engine.duckdb.functions.geometry.shape import (
    COLLECTION,
    KINDS,
    LINE,
    MULTI_LINE,
    MULTI_POINT,
    MULTI_POLYGON,
    POINT,
    POLYGON,
    Path,
    Point,
    Shape,
    point,
)
from athena_ds.local.engine.duckdb.functions.refusals import broken, unsupported
from athena_ds.local.seam.engine import EngineError

_T = TypeVar("_T")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_TAGS = {kind.lower(): kind for kind in KINDS}
_BLANK = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f "


def written(shape: Shape) -> str:  # noqa: PLR0911 - one a kind
    """`POLYGON ((0 0, 1 0, 1 1, 0 0))`: shells against the clock, from their first point."""
    tag = shape.kind.upper()
    if shape.empty:
        return f"{tag} EMPTY"
    if shape.kind != COLLECTION and shape.corrupted:
        raise broken("corrupted geometry")
    match shape.kind:
        case "GeometryCollection":
            return f"{tag} ({', '.join(map(written, shape.members))})"
        case "Point":
            return f"{tag} {_path(shape.paths[0])}"
        case "MultiPoint":
            return f"{tag} ({', '.join(_path((xy,)) for xy in shape.paths[0])})"
        case "LineString":
            return f"{tag} {_path(shape.paths[0])}"
        case "MultiLineString":
            return f"{tag} ({', '.join(map(_path, shape.paths))})"
        case "Polygon":
            return f"{tag} ({', '.join(map(_ring, shape.paths))})"
        case _:
            polygons = (", ".join(map(_ring, rings)) for rings in shape.shells())
            return f"{tag} ({', '.join(f'({rings})' for rings in polygons)})"


def shown(shape: Shape) -> str:
    """What a column of geometries shows."""
    return "<invalid geometry>" if any(leaf.corrupted for leaf in shape.leaves()) else written(shape)


def _ring(ring: Path) -> str:
    return _path((*backwards(ring), ring[0]))


def _path(path: Path) -> str:
    return f"({', '.join(f'{number(x)} {number(y)}' for x, y in path)})"


def number(value: float) -> str:
    """Java's `%.17g` of the shortest digits, without the zeros at the end of a plain one."""
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    size = abs(value)
    if size != 0 and not 1e-4 <= size < 1e17:
        mantissa, _, exponent = f"{value!r}".partition("e") if "e" in repr(value) else f"{value:.17e}".partition("e")
        digits = mantissa.replace(".", "").replace("-", "").ljust(17, "0")
        return f"{'-' if value < 0 else ''}{digits[0]}.{digits[1:]}e{int(exponent):+03d}"
    plain = repr(value) if "e" not in repr(value) else f"{value:.20f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain or "0"


def parsed(text: str) -> Shape:
    """The geometry a text tells; raises ValueError where Esri's reader fails. What follows it is not looked at."""
    try:
        return _Reader(text).geometry()
    except IndexError:
        raise ValueError("the text ends early") from None


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def geometry(self) -> Shape:
        self._skip()
        kind = self._kind()
        self._skip()
        if self._text[self._at] in "zZmM":
            if kind == POINT:
                raise broken("Only 2D points with no ID nor M attribute are supported")
            raise EngineError("NOT_SUPPORTED", "Geometries with Z or M are not supported by the local engine")
        return self._content(kind)

    def _kind(self) -> str:
        for tag, kind in _TAGS.items():
            if self._text[self._at : self._at + len(tag)].lower() == tag:
                self._at += len(tag)
                return kind
        raise ValueError("no geometry's name")

    def _content(self, kind: str) -> Shape:  # noqa: PLR0911 - one a kind
        match kind:
            case "Point":
                return Shape(POINT) if self._word("empty") else point(*self._one())
            case "MultiPoint":
                found = self._points()
                return Shape(MULTI_POINT, (found,) if found else ())
            case "LineString":
                return Shape(LINE, self._paths_of(lambda: self._line(ring=False)))
            case "MultiLineString":
                return Shape(MULTI_LINE, self._each(lambda: self._line(ring=False)))
            case "Polygon":
                return Shape(POLYGON, self._rings())
            case "MultiPolygon":
                return Shape(MULTI_POLYGON, tuple(ring for rings in self._each(self._rings) for ring in rings))
            case _:
                return Shape(COLLECTION, members=self._each(self.geometry))

    def _paths_of(self, line: Callable[[], Path]) -> tuple[Path, ...]:
        found = line()
        return (found,) if found else ()

    def _each(self, item: Callable[[], _T]) -> tuple[_T, ...]:
        """EMPTY, or items in brackets; those without points are gone."""
        return tuple(found for found in self._listed(item) if found)

    def _listed(self, item: Callable[[], _T]) -> Iterator[_T]:
        if not self._word("empty"):
            self._expect("(")
            yield from self._rest(item)

    def _rest(self, item: Callable[[], _T]) -> Iterator[_T]:
        yield item()
        while self._next(","):
            yield item()
        self._expect(")")

    def _rings(self) -> tuple[Path, ...]:
        rings = self._each(lambda: self._line(ring=True))
        return tuple(oriented(ring, shell=at == 0) for at, ring in enumerate(rings))

    def _line(self, *, ring: bool) -> Path:
        found = list(self._listed(self._pair))
        if ring and len(found) > 2 and found[0] == found[-1]:
            found.pop()
        return (found[0], found[0]) if len(found) == 1 else tuple(found)

    def _points(self) -> Path:
        """Each in brackets of its own, as the standard has it, or none: as the first one is."""
        if self._word("empty"):
            return ()
        self._expect("(")
        self._skip()
        if self._text[self._at] in "(eE":
            return tuple(xy for found in self._rest(self._maybe) for xy in found)
        return tuple(self._rest(self._pair))

    def _maybe(self) -> list[Point]:
        return [] if self._word("empty") else [self._one()]

    def _one(self) -> Point:
        self._expect("(")
        found = self._pair()
        self._expect(")")
        return found

    def _pair(self) -> Point:
        return self._number(), self._number()

    def _number(self) -> float:
        self._skip()
        if self._text[self._at : self._at + 3].lower() == "nan":
            raise unsupported("A coordinate NaN")
        found = _NUMBER.match(self._text, self._at)
        if found is None:
            raise ValueError("no number")
        self._at = found.end()
        return float(found[0])

    def _word(self, word: str) -> bool:
        self._skip()
        if self._text[self._at : self._at + len(word)].lower() != word:
            return False
        self._at += len(word)
        return True

    def _next(self, mark: str) -> bool:
        self._skip()
        if self._text[self._at] != mark:
            return False
        self._at += 1
        return True

    def _expect(self, mark: str) -> None:
        if not self._next(mark):
            raise ValueError(f"no {mark}")

    def _skip(self) -> None:
        while self._text[self._at] in _BLANK:
            self._at += 1
