"""Lines put together of edges as Esri's library does: through places where two meet, broken where more do."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from athena_ds.local.engine.duckdb.functions.geometry.near import split_at
from athena_ds.local.engine.duckdb.functions.geometry.shape import LINE, Path, Point, Shape
from athena_ds.local.engine.duckdb.functions.geometry.sums import length, segments
from athena_ds.local.engine.duckdb.functions.refusals import unsupported

_Neighbours = dict[Point, list[Point]]


def joined(parts: Sequence[Path], sources: Iterable[Shape]) -> list[Path]:
    """Parts of the sources as paths: each the way most of it ran, ordered by its lowest point."""
    meeting: _Neighbours = defaultdict(list)
    for part in parts:
        for start, end in segments(part, closed=False):
            meeting[start].append(end)
            meeting[end].append(start)
    ran = _directions(sources, list(meeting))
    paths = [_told(path, ran) for path in _paths(meeting)]
    return sorted(paths, key=_place)


def _paths(meeting: _Neighbours) -> list[Path]:
    used: set[tuple[Point, Point]] = set()
    found = []
    for start, neighbours in meeting.items():
        if len(neighbours) == 2:
            continue
        for following in neighbours:
            if (start, following) in used:
                continue
            path = [start, following]
            while len(meeting[path[-1]]) == 2:
                path.append(next(xy for xy in _two(meeting[path[-1]]) if xy != path[-2]))
            used |= {*itertools.pairwise(path), *zip(path[1:], path, strict=False)}
            found.append(tuple(path))
            if path[0] == path[-1]:
                raise unsupported("An operation on lines that leaves a closed one")
    if sum(len(path) - 1 for path in found) * 2 != sum(map(len, meeting.values())):
        raise unsupported("An operation on lines that leaves a closed one")
    return found


def _two(neighbours: list[Point]) -> list[Point]:
    if neighbours[0] == neighbours[1]:
        raise unsupported("An operation on lines that run over themselves")
    return neighbours


def _directions(sources: Iterable[Shape], places: list[Point]) -> Counter[tuple[Point, Point]]:
    """The edges of the sources, split where the result has points, and how many run so."""
    found: Counter[tuple[Point, Point]] = Counter()
    for source in sources:
        if source.dimension > 0:
            for path in split_at(source, Shape(LINE, (tuple(places),))).paths:
                found.update(segments(path, closed=source.dimension == 2))
    return found


def _told(path: Path, ran: Counter[tuple[Point, Point]]) -> Path:
    """The way most of it ran; from its lowest point, or past it to the right, where that is as much as the other."""
    total = sum(length(*edge) * (ran[edge] - ran[edge[::-1]]) for edge in segments(path, closed=False))
    if total == 0:
        at = _lowest(path)
        ahead, behind = (_angle(path[at], path[i]) if 0 <= i < len(path) else math.inf for i in (at + 1, at - 1))
        total = behind - ahead
    return path if total > 0 else path[::-1]


def _lowest(path: Path) -> int:
    return min(range(len(path)), key=lambda i: (path[i][1], path[i][0]))


def _angle(start: Point, end: Point) -> float:
    return math.atan2(end[1] - start[1], end[0] - start[0])


def _place(path: Path) -> tuple[float, float, float]:
    """Where the path is met from below: its lowest point, and the way it leaves it."""
    at = _lowest(path)
    return path[at][1], path[at][0], min(_angle(path[at], path[i]) for i in (at - 1, at + 1) if 0 <= i < len(path))
