"""Bing's map tiles: square pieces of the Mercator map, four times as many at each zoom level."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from athena_ds.local.engine.duckdb.functions.geography import EARTH_RADIUS_KM
from athena_ds.local.engine.duckdb.functions.geometry.shape import Box
from athena_ds.local.engine.duckdb.functions.math_inverse import asin, atan2
from athena_ds.local.engine.duckdb.functions.refusals import invalid

MOST_ZOOM = 23
_PIXELS = 256
MOST_LATITUDE = 85.05112878


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: its column from the left, its row from the top, at a zoom level."""

    x: int
    y: int
    zoom: int

    def __str__(self) -> str:
        return f"BingTile{{x={self.x}, y={self.y}, zoom_level={self.zoom}}}"

    def packed(self) -> int:
        return (self.x << 28) + (self.y << 5) + self.zoom

    @classmethod
    def unpacked(cls, number: int) -> Tile:
        return cls(number >> 28, number % (1 << 28) >> 5, number % (1 << 5))

    def quadkey(self) -> str:
        bits = range(self.zoom - 1, -1, -1)
        return "".join(str((self.x >> bit & 1) + 2 * (self.y >> bit & 1)) for bit in bits)

    @classmethod
    def of_quadkey(cls, key: str) -> Tile:
        if any(digit not in "0123" for digit in key):
            raise invalid(f"Invalid QuadKey digit sequence: {key}")
        x = y = 0
        for digit in map(int, key):
            x, y = x << 1 | digit & 1, y << 1 | digit >> 1
        return cls(x, y, len(key))

    def corner(self) -> tuple[float, float]:
        """Longitude and latitude of the upper left corner."""
        size = map_size(self.zoom)
        across = min(max(self.x * _PIXELS, 0), size) / size - 0.5
        down = 0.5 - min(max(self.y * _PIXELS, 0), size) / size
        latitude = 90 - 360 * math.atan(math.exp(-down * 2 * math.pi)) / math.pi
        return 360 * across, latitude

    def box(self) -> Box:
        left, top = self.corner()
        right, bottom = Tile(self.x + 1, self.y + 1, self.zoom).corner()
        return left, bottom, right, top


def map_size(zoom: int) -> int:
    return _PIXELS << zoom


def at(latitude: float, longitude: float, zoom: int) -> Tile:
    """The tile that holds a point."""
    return Tile(column(longitude, zoom), row(latitude, zoom), zoom)


def column(longitude: float, zoom: int) -> int:
    return _index((longitude + 180) / 360, zoom)


def row(latitude: float, zoom: int) -> int:
    sine = math.sin(latitude * math.pi / 180)
    return _index(0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi), zoom)


def _index(part: float, zoom: int) -> int:
    size = map_size(zoom)
    return int(min(max(part * size, 0.0), size - 1)) // _PIXELS


def check_zoom(zoom: int) -> None:
    if zoom <= 0:
        raise invalid("Zoom level must be > 0")
    if zoom > MOST_ZOOM:
        raise invalid(f"Zoom level must be <= {MOST_ZOOM}")


def check_place(latitude: float, longitude: float) -> None:
    if not -MOST_LATITUDE <= latitude <= MOST_LATITUDE:
        raise invalid(f"Latitude must be between -{MOST_LATITUDE} and {MOST_LATITUDE}")
    if not -180 <= longitude <= 180:
        raise invalid("Longitude must be between -180.0 and 180.0")


def around(latitude: float, longitude: float, zoom: int) -> list[Tile]:
    """A point's tile and its neighbours, column by column."""
    x, y, most = column(longitude, zoom), row(latitude, zoom), (1 << zoom) - 1
    found = (Tile(x + i, y + j, zoom) for i in (-1, 0, 1) for j in (-1, 0, 1))
    return [tile for tile in found if 0 <= tile.x <= most and 0 <= tile.y <= most]


class Circle:
    """The tiles that a circle around a point touches: the cross through its middle first, then its quarters."""

    def __init__(self, latitude: float, longitude: float, zoom: int, radius: float) -> None:
        self._zoom, self._radius, self._count = zoom, radius, 1 << zoom
        self._middle = at(latitude, longitude, zoom)
        self._top = row(_moved_latitude(latitude, radius, 0), zoom)
        self._bottom = row(_moved_latitude(latitude, radius, 180), zoom)
        self._left = column(_moved_longitude(latitude, longitude, radius, 270), zoom)
        self._right = column(_moved_longitude(latitude, longitude, radius, 90), zoom)
        radians = math.radians(latitude)
        self._sine, self._cosine, self._longitude = math.sin(radians), math.cos(radians), math.radians(longitude)

    def tiles(self) -> list[Tile]:
        wide = self._right - self._left + 1
        if self._right < self._left:
            wide = self._right + self._count - self._left + 1
        self._check(wide * (self._bottom - self._top + 1))
        x, y = self._middle.x, self._middle.y
        found = [Tile((self._left + i) % self._count, y, self._zoom) for i in range(wide)]
        found += [Tile(x, each, self._zoom) for each in range(self._top, self._bottom + 1) if each != y]
        for start, step in ((self._right, -1), (self._left, 1)):
            found += self._quarters(start, step)
        return found

    def _check(self, count: int) -> None:
        if count > 1_000_000:
            words = "The number of tiles covering input rectangle exceeds the limit of 1M."
            raise invalid(f"{words} Number of tiles: {count}. Radius: {self._radius:.1f} km. Zoom level: {self._zoom}.")

    def _quarters(self, start: int, step: int) -> Iterator[Tile]:
        """The corners right (step -1) or left (step 1) of the middle, from the outside in."""
        x, inner = start, 1 if step > 0 else 0
        while x != self._middle.x:
            for rows, lower in (
                (range(self._top, self._middle.y), 1),
                (range(self._bottom, self._middle.y, -1), 0),
            ):
                inside = False
                for y in rows:
                    inside = inside or self._reaches(Tile(x + inner, y + lower, self._zoom).corner())
                    if inside:
                        yield Tile(x, y, self._zoom)
            x = (x + step) % self._count

    def _reaches(self, place: tuple[float, float]) -> bool:
        """Whether a tile's corner nearest the middle lies within the radius."""
        latitude, across = math.radians(place[1]), self._longitude - math.radians(place[0])
        sine, cosine = math.sin(latitude), math.cos(latitude)
        first = cosine * math.sin(across)
        second = self._cosine * sine - self._sine * cosine * math.cos(across)
        third = self._sine * sine + self._cosine * cosine * math.cos(across)
        return atan2(math.sqrt(first * first + second * second), third) * EARTH_RADIUS_KM <= self._radius


def _moved_longitude(latitude: float, longitude: float, distance: float, bearing: float) -> float:
    phi, angle, part = math.radians(latitude), math.radians(bearing), distance / EARTH_RADIUS_KM
    aside = math.sin(angle) * math.sin(part) * math.cos(phi)
    moved = math.degrees(math.radians(longitude) + atan2(aside, math.cos(part) - math.sin(phi) * math.sin(phi)))
    if moved > 180:
        return -180 + (moved - 180)
    return 180 + (moved + 180) if moved < -180 else moved


def _moved_latitude(latitude: float, distance: float, bearing: float) -> float:
    phi, angle, part = math.radians(latitude), math.radians(bearing), distance / EARTH_RADIUS_KM
    moved = math.degrees(asin(math.sin(phi) * math.cos(part) + math.cos(phi) * math.sin(part) * math.cos(angle)))
    return min(max(moved, -MOST_LATITUDE), MOST_LATITUDE)
