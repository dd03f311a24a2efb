"""The n most extreme of a group, equal ones in the order Trino's heap leaves them in (`TypedKeyValueHeap`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import TypeVar

from athena_ds.local.seam.engine import EngineError

T = TypeVar("T")
Compare = Callable[[T, T], int]
_PLAIN = 16
"""Up to here Trino sorts by selection, beyond by a quicksort that moves equal keys about."""


def best(items: list[T], count: int, compare: Compare[T]) -> list[T]:
    """The `count` items that come first by `compare`, the first of them first."""
    heap: list[T] = []
    for item in items:
        if len(heap) < count:
            heap.append(item)
            _rise(heap, compare)
        elif compare(item, heap[0]) < 0:
            heap[0] = item
            _sink(heap, compare)
    _check_ties(heap, compare)
    return _selected(heap, compare)


def _rise(heap: list[T], compare: Compare[T]) -> None:
    """The last one, above whatever is no worse than it."""
    at = len(heap) - 1
    while at and compare(heap[at], heap[(at - 1) // 2]) >= 0:
        parent = (at - 1) // 2
        heap[at], heap[parent] = heap[parent], heap[at]
        at = parent


def _sink(heap: list[T], compare: Compare[T]) -> None:
    """The first one, below the worse of its children."""
    at = 0
    while (left := 2 * at + 1) < len(heap):
        right = left + 1
        child = right if right < len(heap) and compare(heap[right], heap[left]) > 0 else left
        if compare(heap[child], heap[at]) < 0:
            return
        heap[at], heap[child] = heap[child], heap[at]
        at = child


def _selected(heap: list[T], compare: Compare[T]) -> list[T]:
    if len(heap) > _PLAIN:
        return sorted(heap, key=cmp_to_key(compare))
    found = list(heap)
    for at in range(len(found)):
        least = at
        for other in range(at + 1, len(found)):
            if compare(found[other], found[least]) < 0:
                least = other
        found[at], found[least] = found[least], found[at]
    return found


def _check_ties(heap: list[T], compare: Compare[T]) -> None:
    if len(heap) > _PLAIN and any(compare(a, b) == 0 for at, a in enumerate(heap) for b in heap[:at]):
        message = "The order of equal keys among more than 16 values is not supported by the local engine"
        raise EngineError("NOT_SUPPORTED", message)
