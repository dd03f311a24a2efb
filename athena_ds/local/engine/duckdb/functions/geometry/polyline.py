"""Google's encoded polylines: differences of 1e-5 degrees, five bits a letter, latitude first."""

from __future__ import annotations

import math

from athena_ds.local.engine.duckdb.functions.geometry.shape import LINE, Path, Shape
from athena_ds.local.engine.duckdb.functions.refusals import broken

_UNIT = 1e5


def written(path: Path) -> str:
    letters: list[str] = []
    before = (0, 0)
    for x, y in path:
        here = math.floor(y * _UNIT + 0.5), math.floor(x * _UNIT + 0.5)
        for now, then in zip(here, before, strict=True):
            letters.append(_letters(now - then))
        before = here
    return "".join(letters)


def _letters(value: int) -> str:
    rest = ~(value << 1) if value < 0 else value << 1
    found = []
    while rest >= 0x20:
        found.append(chr((0x20 | rest & 0x1F) + 63))
        rest >>= 5
    return "".join((*found, chr(rest + 63)))


def parsed(text: str) -> Shape:
    """Raises where the text ends within a number, as Java's string does."""
    points: list[tuple[float, float]] = []
    at = latitude = longitude = 0
    while at < len(text):
        change, at = _number(text, at)
        latitude += change
        change, at = _number(text, at)
        longitude += change
        points.append((longitude * 1e-5, latitude * 1e-5))
    return Shape(LINE, (tuple(points),) if points else ())


def _number(text: str, at: int) -> tuple[int, int]:
    found, shift = 1, 0
    while True:
        if at >= len(text):
            raise broken(f"Index {at} out of bounds for length {len(text)}")
        bits = ord(text[at]) - 64
        found += bits << shift
        shift, at = shift + 5, at + 1
        if bits < 0x1F:
            break
    found = (found + 2**31) % 2**32 - 2**31
    return (~(found >> 1) if found & 1 else found >> 1), at
