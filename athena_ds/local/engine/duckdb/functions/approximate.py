"""Approximate counts, HyperLogLog sets and checksums."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

from athena_ds.local.engine.duckdb.functions.hashes import MASK, PRIME_1, murmur3_128
from athena_ds.local.engine.duckdb.functions.hyperloglog import Sketch
from athena_ds.local.engine.duckdb.functions.java_numbers import double_text
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, template
from athena_ds.local.engine.duckdb.functions.value_hashes import hashed
from athena_ds.local.engine.duckdb.functions.values import identity

_ERROR = 0.023
_LEAST, _MOST = 0.0040625, 0.26000
_SET_BITS = 12


@kernel("approx_distinct", typed=True)
def approx_distinct(items: list[Any], errors: list[float | None] | None = None, *, call: Call) -> int:
    """Trino's estimate; where that needs its table of biases, the exact number."""
    kind = call.arguments[0]
    if errors is not None:
        pairs = [(v, e) for v, e in zip(items, errors, strict=True) if v is not None and e is not None]
        items, error = [v for v, _ in pairs], next((e for _, e in pairs), _ERROR)
    else:
        error = _ERROR
    distinct = {identity(v, kind): v for v in items if v is not None}
    if kind.base in ("boolean", "unknown"):
        return len(distinct)
    if not _LEAST <= error <= _MOST:
        raise invalid(
            f"Max standard error must be in [{double_text(_LEAST)}, {double_text(_MOST)}]: {double_text(error)}"
        )
    sketch = Sketch(_bits(error))
    for value in distinct.values():
        sketch.add(hashed(value, kind))
    return len(distinct) if sketch.needs_table() else sketch.count()


def _bits(error: float) -> int:
    """The buckets that keep the error: the power of two at or above (1.04 / error)^2."""
    return (math.ceil(1.0816 / (error * error)) - 1).bit_length()


@kernel("approx_set")
def approx_set(items: list[Any]) -> str | None:
    values = [v for v in items if v is not None]
    if not values:
        return None
    sketch = Sketch(_SET_BITS)
    for value in set(values):
        sketch.add(murmur3_128(_set_bytes(value))[0])
    return _text(sketch)


def _set_bytes(value: float | str) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, float):
        return struct.pack("<d", value)
    return struct.pack("<q", value)


template("empty_approx_set", "", sql="'AgwAAA=='")


@kernel("merge", "hyperloglog")
def merge(sets: list[str | None]) -> str | None:
    known = [_sketch(text) for text in sets if text is not None]
    for other in known[1:]:
        known[0].merge(other)
    return _text(known[0]) if known else None


@kernel("cardinality", "hyperloglog")
def cardinality(text: str) -> int:
    return _sketch(text).count()


def _text(sketch: Sketch) -> str:
    return base64.b64encode(sketch.to_bytes()).decode()


def _sketch(text: str) -> Sketch:
    return Sketch.from_bytes(base64.b64decode(text))


@kernel("checksum", typed=True)
def checksum(items: list[Any], *, call: Call) -> bytes | None:
    """The sum of the values' hashes, each times a prime; a NULL counts as the prime."""
    if not items:
        return None
    kind = call.arguments[0]
    total = sum(PRIME_1 if value is None else hashed(value, kind) * PRIME_1 for value in items)
    return struct.pack("<Q", total & MASK)
