"""Set digests: a HyperLogLog set of 2,048 buckets, and the smallest 8,192 hashes with how often each was met."""

from __future__ import annotations

import base64
import datetime
import struct
from typing import Any

from athena_ds.local.engine.duckdb.functions.hashes import murmur3_128
from athena_ds.local.engine.duckdb.functions.hyperloglog import Sketch
from athena_ds.local.engine.duckdb.functions.java_numbers import round_half_up
from athena_ds.local.engine.duckdb.functions.refusals import unsupported
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel
from athena_ds.local.engine.duckdb.functions.temporal import EPOCH
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS

_BITS = 11
_MOST = 8192
_MOST_COUNT = 32767


class SetDigest:
    """What is known of a set of values."""

    def __init__(self, sketch: Sketch, counts: dict[int, int]) -> None:
        self.sketch, self.counts = sketch, counts

    @property
    def exact(self) -> bool:
        return len(self.counts) < _MOST

    def add(self, data: bytes) -> None:
        hashed = murmur3_128(data)[0]
        self.sketch.add(hashed)
        signed = hashed - 2**64 if hashed >= 2**63 else hashed
        self.counts[signed] = min(self.counts.get(signed, 0) + 1, _MOST_COUNT)

    def merge(self, other: SetDigest) -> None:
        self.sketch.merge(other.sketch)
        for hashed, count in other.counts.items():
            self.counts[hashed] = min(self.counts.get(hashed, 0) + count, _MOST_COUNT)

    def trimmed(self) -> SetDigest:
        """With the smallest hashes only, in their order."""
        return SetDigest(self.sketch, dict(sorted(self.counts.items())[:_MOST]))

    def count(self) -> int:
        if self.exact:
            return len(self.counts)
        if self.sketch.needs_table():
            raise unsupported("The count of so large a set digest")
        return self.sketch.count()

    def likeness(self, other: SetDigest) -> float:
        """Jaccard's index by the smallest hashes of both."""
        least = min(len(self.counts), len(other.counts))
        smallest = sorted({*self.counts, *other.counts})[:least]
        return sum(hashed in self.counts and hashed in other.counts for hashed in smallest) / least if least else 0.0

    def text(self) -> str:
        sketch = self.sketch.to_bytes()
        size = len(self.counts)
        head = struct.pack("<BI", 1, len(sketch)) + sketch + struct.pack("<II", _MOST, size)
        return base64.b64encode(head + struct.pack(f"<{size}q{size}h", *self.counts, *self.counts.values())).decode()

    @classmethod
    def of(cls, text: str) -> SetDigest:
        data = base64.b64decode(text)
        (length,) = struct.unpack_from("<I", data, 1)
        _, size = struct.unpack_from("<II", data, 5 + length)
        numbers = struct.unpack_from(f"<{size}q{size}h", data, 13 + length)
        counts = dict(zip(numbers[:size], numbers[size:], strict=True))
        return cls(Sketch.from_bytes(data[5 : 5 + length]), counts)


@kernel("make_set_digest", typed=True)
def make_set_digest(values: list[Any], *, call: Call) -> str | None:
    kind = call.arguments[0].base
    if kind in ("boolean", "double"):
        words = f"Unsupported type parameters (system.builtin.make_set_digest({kind}):SetDigest) for <T>(t):setdigest"
        raise EngineError("FUNCTION_IMPLEMENTATION_MISSING", words, kind="INTERNAL")
    if kind not in (*INTEGERS, "date", "varchar", "varbinary"):
        raise unsupported(f"make_set_digest of {call.arguments[0]}")
    known = [value for value in values if value is not None]
    if not known:
        return None
    digest = SetDigest(Sketch(_BITS), {})
    for value in known:
        digest.add(_data(value))
    return digest.trimmed().text()


def _data(value: Any) -> bytes:
    match value:
        case str():
            return value.encode()
        case bytes():
            return value
        case datetime.date():
            return struct.pack("<q", (value - EPOCH.date()).days)
        case _:
            return struct.pack("<q", value)


@kernel("merge_set_digest")
def merge_set_digest(texts: list[str | None]) -> str | None:
    known = [SetDigest.of(text) for text in texts if text is not None]
    for other in known[1:]:
        known[0].merge(other)
    return known[0].trimmed().text() if known else None


@kernel("cardinality", "setdigest")
def cardinality(text: str) -> int:
    return SetDigest.of(text).count()


@kernel("hash_counts")
def hash_counts(text: str) -> dict[int, int]:
    return SetDigest.of(text).counts


@kernel("jaccard_index")
def jaccard_index(left: str, right: str) -> float:
    return SetDigest.of(left).likeness(SetDigest.of(right))


@kernel("intersection_cardinality")
def intersection_cardinality(left: str, right: str) -> int:
    one, other = SetDigest.of(left), SetDigest.of(right)
    if one.exact and other.exact:
        return len(one.counts.keys() & other.counts.keys())
    most, likeness = min(one.count(), other.count()), one.likeness(other)
    one.merge(other)
    return min(round_half_up(likeness * one.trimmed().count()), most)
