"""Aggregates that answer maps."""

from __future__ import annotations

from typing import Any

from athena_ds.local.engine.duckdb.functions.java_numbers import to_float32
from athena_ds.local.engine.duckdb.functions.maps import Pairs, grouped
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid, unsupported
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel
from athena_ds.local.engine.duckdb.functions.values import Key, identity

_BUFFER = 100
"""What a histogram holds beyond its buckets before it is made small again."""


@kernel("map_agg", typed=True)
def map_agg(keys: list[Any], values: list[Any], *, call: Call) -> Pairs | None:
    """The first value of each key; rows without a key don't count."""
    kind = call.result.elements[0]
    return [(key, found[0]) for key, found in _grouped(keys, values, kind)] or None


@kernel("multimap_agg", typed=True)
def multimap_agg(keys: list[Any], values: list[Any], *, call: Call) -> Pairs | None:
    return _grouped(keys, values, call.result.elements[0]) or None


def _grouped(keys: list[Any], values: list[Any], kind: Any) -> Pairs:
    return grouped([(k, v) for k, v in zip(keys, values, strict=True) if k is not None], kind)


@kernel("histogram", typed=True)
def histogram(items: list[Any], *, call: Call) -> Pairs | None:
    return [(key, len(found)) for key, found in _grouped(items, items, call.result.elements[0])] or None


@kernel("map_union", typed=True)
def map_union(maps: list[Pairs | None], *, call: Call) -> Pairs | None:
    """NULL where no map has an entry."""
    kind = call.result.elements[0]
    found: dict[Key, tuple[Any, Any]] = {}
    for pairs in maps:
        for key, value in pairs or []:
            found.setdefault(identity(key, kind), (key, value))
    return list(found.values()) or None


@kernel("approx_most_frequent")
def approx_most_frequent(buckets: list[int], items: list[Any], capacities: list[int]) -> Pairs | None:
    """Space-saving streams: exact while there are no more values than capacity."""
    rows = [row for row in zip(buckets, items, capacities, strict=True) if None not in row]
    if not rows:
        return None
    wanted, _, capacity = rows[0]
    if wanted < 2:
        raise invalid("approx_most_frequent bucket count must be greater than one")
    if max(wanted, capacity) >= 2**31:
        raise broken("integer overflow")
    found: dict[Any, int] = {}
    for _, item, _ in rows:
        if item not in found and len(found) >= capacity:
            raise unsupported("approx_most_frequent over more values than its capacity")
        found[item] = found.get(item, 0) + 1
    ranked = sorted(found.items(), key=lambda pair: -pair[1])
    if len(ranked) > wanted and ranked[wanted - 1][1] == ranked[wanted][1]:
        raise unsupported("approx_most_frequent whose last place is a tie")
    return ranked[:wanted]


@kernel("numeric_histogram", typed=True)
def numeric_histogram(
    buckets: list[int | None], items: list[float | None], weights: list[float | None] | None = None, *, call: Call
) -> Pairs | None:
    """Ben-Haim and Tom-Tov's histogram: the two buckets that lose least become one until there are few enough."""
    weights = weights or [1.0] * len(items)
    rows = [row for row in zip(buckets, items, weights, strict=True) if None not in row]
    if not rows:
        return None
    size = rows[0][0] or 0
    if size < 2:
        raise invalid("numeric_histogram bucket count must be greater than one")
    found: list[tuple[float, float]] = []
    for _, value, weight in rows:
        found.append((value or 0.0, weight or 0.0))
        if len(found) == size + _BUFFER:
            found = _compacted(found, size)
    found = _compacted(found, size)
    real = call.result.elements[0].base == "real"
    return [(to_float32(v), to_float32(w)) for v, w in found] if real else list(found)


def _merged_equal(rows: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found: dict[float, float] = {}
    for value, weight in sorted(rows):
        found[value] = found.get(value, 0.0) + weight
    return list(found.items())


def _compacted(rows: list[tuple[float, float]], size: int) -> list[tuple[float, float]]:
    found = _merged_equal(rows)
    while len(found) > size:
        at = min(range(len(found) - 1), key=lambda i: _penalty(found[i], found[i + 1]))
        (v1, w1), (v2, w2) = found[at], found[at + 1]
        weight = w1 + w2
        found[at : at + 2] = [((v1 * w1 + v2 * w2) / weight, weight)]
    return found


def _penalty(left: tuple[float, float], right: tuple[float, float]) -> float:
    (v1, w1), (v2, w2) = left, right
    return (w1 + w2) * ((v1 - v2) * (v1 - v2)) * (w1 * w2) / ((w1 + w2) * (w1 + w2))
