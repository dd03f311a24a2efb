"""Trino's t-digest (Dunning and Ertl's merging digest as airlift builds it) and `approx_percentile` over it.

The same values in the same order give the same centroids and so the same answer to the last digit, however many there
are. As in Trino a group is digested once and its digest merged again when it moves to the final aggregation.
"""

from __future__ import annotations

import math
from typing import Any

from athena_ds.local.engine.duckdb.functions.java_numbers import double_text, to_float32
from athena_ds.local.engine.duckdb.functions.refusals import invalid, unsupported
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel
from athena_ds.local.seam.engine import EngineError

COMPRESSION = 100.0
INTERNAL = 2 * COMPRESSION
_CAPACITY = int(6 * (INTERNAL + 10))


class Digest:
    """Centroids (mean, weight), merged when the buffer is full or an answer is wanted."""

    def __init__(self) -> None:
        self.centroids: list[tuple[float, float]] = []
        self.weight = 0.0
        self.low, self.high = math.inf, -math.inf
        self._backwards = False

    def add(self, value: float, weight: float) -> None:
        if len(self.centroids) == _CAPACITY:
            self.merge(INTERNAL)
        self.centroids.append((value, weight))
        self.weight += weight
        self.low, self.high = min(self.low, value), max(self.high, value)

    def merge(self, compression: float) -> None:
        """Neighbours become one while they stay below the size their quantile allows; every second time from above."""
        ordered = sorted(self.centroids, key=lambda c: c[0], reverse=self._backwards)
        normal = compression / (4 * math.log(self.weight / compression) + 24)
        merged: list[tuple[float, float]] = []
        (mean, size), before = ordered[0], 0.0
        limit = 0.0
        for value, weight in ordered[1:]:
            tentative = size + weight
            quantile = min((before + tentative) / self.weight, 1)
            if tentative <= self.weight * min(limit, quantile * (1 - quantile) / normal):
                mean, size = mean + (value - mean) * weight / tentative, tentative
                continue
            merged.append((mean, size))
            before += size
            limit = before / self.weight * (1 - before / self.weight) / normal
            mean, size = value, weight
        merged.append((mean, size))
        self.centroids = merged[::-1] if self._backwards else merged
        self._backwards = not self._backwards

    def value_at(self, quantile: float) -> float:
        """Interpolated between the centroids' middles; a centroid of weight one is its value."""
        parts = self.centroids
        offset = quantile * self.weight
        if len(parts) == 1:
            return parts[0][0]
        (first, lead), (last, tail) = parts[0], parts[-1]
        if offset < 1:
            return self.low
        if offset < lead / 2:
            return self.low + (offset - 1) / (lead / 2 - 1) * (first - self.low)
        rest = self.weight - offset
        if rest >= 1 and rest <= tail / 2 and tail / 2 > 1:
            return self.high + (rest - 1) / (tail / 2 - 1) * (last - self.high)
        if rest <= 1:
            return self.high
        return self._between(offset)

    def _between(self, offset: float) -> float:
        parts = self.centroids
        before, at = parts[0][1] / 2, 0
        while at < len(parts) - 1 and before + (delta := (parts[at][1] + parts[at + 1][1]) / 2) <= offset:
            before, at = before + delta, at + 1
        if at == len(parts) - 1:
            return self._beyond_last(offset)
        (left, left_weight), (right, right_weight) = parts[at], parts[at + 1]
        inside, section = offset - before, (left_weight + right_weight) / 2
        if left_weight == 1 and inside < left_weight / 2:
            return left
        if right_weight == 1 and inside >= left_weight / 2:
            return right
        if left_weight == 1:
            inside, section = inside - left_weight / 2, right_weight / 2
        elif right_weight == 1:
            section = left_weight / 2
        return left + inside / section * (right - left)

    def _beyond_last(self, offset: float) -> float:
        last, tail = self.centroids[-1]
        rest = self.weight - offset
        if rest >= 1 and tail / 2 > 1:
            return self.high + (rest - 1) / (tail / 2 - 1) * (last - self.high)
        return self.high


@kernel("approx_percentile", typed=True)
def approx_percentile(items: list[Any], *others: list[Any], call: Call) -> Any:
    """One percentile is the last row's, a list of them the first's; rows with a NULL anywhere don't count."""
    rows = [row for row in zip(items, *others, strict=True) if None not in row]
    if not rows:
        return None
    if len(rows[0]) == 4:
        raise _with_accuracy(rows)
    digest, kind = Digest(), call.arguments[0].base
    for row in rows:
        weight = float(row[1]) if len(row) == 3 else 1.0
        digest.add(_exact(row[0]), _weight(weight))
    wanted = rows[0][-1] if isinstance(rows[0][-1], list) else rows[-1][-1]
    percentiles = wanted if isinstance(wanted, list) else [wanted]
    for percentile in percentiles:
        _check_percentile(percentile)
    digest.merge(COMPRESSION)
    found = [_typed(digest.value_at(p), kind) for p in percentiles]
    return found if isinstance(wanted, list) else found[0]


def _exact(value: float) -> float:
    if isinstance(value, int):
        wide = float(value)
        if min(max(int(wide), -(2**63)), 2**63 - 1) != value:
            raise invalid(f"no exact double representation for long: {value}")
        return wide
    if not math.isfinite(value):
        raise invalid(f"value must be finite; was {double_text(value)}")
    return value


def _weight(weight: float) -> float:
    if not weight >= 1:
        raise invalid(f"weight must be >= 1, was {double_text(weight)}")
    return weight


def _check_percentile(percentile: float | None) -> None:
    if percentile is None:
        raise invalid("Percentile cannot be null")
    if not 0 <= percentile <= 1:
        raise invalid("Percentile must be between 0 and 1")


def _typed(value: float, kind: str) -> float | int:
    if kind == "bigint":
        return min(max(math.floor(value + 0.5), -(2**63)), 2**63 - 1)
    return to_float32(value) if kind == "real" else value


def _with_accuracy(rows: list[Any]) -> EngineError:
    """The accuracy's own digest (q-digest) is not built here; what it refuses is refused in its words."""
    for _, weight, _, accuracy in rows:
        if not 0 < accuracy < 1:
            return invalid("Percentile accuracy must be strictly between 0 and 1")
        if not weight > 0:
            return invalid("percentile weight must be > 0")
    return unsupported("approx_percentile with an accuracy")
