"""HyperLogLog as airlift builds it: Trino's approximate counts to the digit, and its serialised sets.

Few values are kept as 26 bits of their hashes (sparse), many as the longest run of zeros in each bucket (dense). Dense
counts between linear counting and five values a bucket are corrected in Trino by a measured table, which is not part
of this package: there Ertl's estimator ("New cardinality estimation algorithms for HyperLogLog sketches", 2017) is
used, as unbiased and not the same number.
"""

from __future__ import annotations

import math
import struct
from collections import Counter

from athena_ds.local.engine.duckdb.functions.hashes import MASK
from athena_ds.local.engine.duckdb.functions.java_numbers import round_half_up

_PREFIX = 26
_VALUE_BITS = 6
_LINEAR_LEAST = 0.4
_SPARSE, _DENSE = 2, 3


class Sketch:
    """A set of hashes in 2^bits buckets."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.sparse: dict[int, int] | None = {}
        self.buckets: list[int] = []

    def add(self, hashed: int) -> None:
        if self.sparse is None:
            at = hashed >> (64 - self.bits)
            self.buckets[at] = max(self.buckets[at], _zeros(hashed, self.bits) + 1)
            return
        at = hashed >> (64 - _PREFIX)
        self.sparse[at] = max(self.sparse.get(at, -1), _zeros(hashed, _PREFIX))
        self._grow()

    def merge(self, other: Sketch) -> None:
        if self.sparse is not None and other.sparse is not None:
            for at, zeros in other.sparse.items():
                self.sparse[at] = max(self.sparse.get(at, -1), zeros)
            self._grow()
            return
        self._make_dense()
        self.buckets = [max(pair) for pair in zip(self.buckets, other.dense(), strict=True)]

    def _grow(self) -> None:
        """Sparse until its entries, allocated by tens, would take more room than the dense form."""
        allocated = 1 + -(-(len(self.sparse or ()) - 1) // 10) * 10
        if 4 * allocated > (1 << self.bits) // 2 + 8:
            self._make_dense()

    def _make_dense(self) -> None:
        if self.sparse is not None:
            self.buckets, self.sparse = self.dense(), None

    def dense(self) -> list[int]:
        if self.sparse is None:
            return self.buckets
        found = [0] * (1 << self.bits)
        between = _PREFIX - self.bits
        for prefix, zeros in self.sparse.items():
            rest = prefix & ((1 << between) - 1)
            run = between - rest.bit_length() if rest else between + zeros
            at = prefix >> between
            found[at] = max(found[at], run + 1)
        return found

    def count(self) -> int:
        if self.sparse is not None:
            total = 1 << _PREFIX
            return round_half_up(total * math.log(total / (total - len(self.sparse))))
        return _dense_count(self.buckets)

    def needs_table(self) -> bool:
        """Whether Trino corrects this count by its table."""
        return self.sparse is None and not _is_linear(self.buckets) and _raw(self.buckets) < 5 * len(self.buckets)

    def to_bytes(self) -> bytes:
        if self.sparse is not None:
            entries = sorted(at << _VALUE_BITS | zeros for at, zeros in self.sparse.items())
            return struct.pack(f"<BBH{len(entries)}I", _SPARSE, self.bits, len(entries), *entries)
        return self._dense_bytes()

    def _dense_bytes(self) -> bytes:
        base = min(self.buckets)
        deltas = [value - base for value in self.buckets]
        packed = bytes(min(a, 15) << 4 | min(b, 15) for a, b in zip(deltas[::2], deltas[1::2], strict=True))
        over = [(at, delta - 15) for at, delta in enumerate(deltas) if delta > 15]
        head = struct.pack("<BBB", _DENSE, self.bits, base) + packed + struct.pack("<H", len(over))
        return head + struct.pack(f"<{len(over)}H", *(at for at, _ in over)) + bytes(value for _, value in over)

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        form, bits = data[0], data[1]
        found = cls(bits)
        if form == _SPARSE:
            (size,) = struct.unpack_from("<H", data, 2)
            entries = struct.unpack_from(f"<{size}I", data, 4)
            found.sparse = {entry >> _VALUE_BITS: entry & 63 for entry in entries}
            return found
        base, half = data[2], (1 << bits) // 2
        found.sparse = None
        found.buckets = [base + (byte >> shift & 15) for byte in data[3 : 3 + half] for shift in (4, 0)]
        (size,) = struct.unpack_from("<H", data, 3 + half)
        places = struct.unpack_from(f"<{size}H", data, 5 + half)
        for at, more in zip(places, data[5 + half + 2 * size :], strict=True):
            found.buckets[at] += more
        return found


def _zeros(hashed: int, bits: int) -> int:
    """Leading zeros behind the first `bits`, at most all of the rest."""
    rest = hashed << bits & MASK | 1 << (bits - 1)
    return 64 - rest.bit_length()


def _is_linear(buckets: list[int]) -> bool:
    return buckets.count(0) > _LINEAR_LEAST * len(buckets)


def _raw(buckets: list[int]) -> float:
    size = len(buckets)
    alpha = {16: 0.673, 32: 0.697, 64: 0.709}.get(size, 0.7213 / (1 + 1.079 / size))
    return alpha * size * size / sum(2.0**-value for value in buckets)


def _dense_count(buckets: list[int]) -> int:
    if _is_linear(buckets):
        return round_half_up(len(buckets) * math.log(len(buckets) / buckets.count(0)))
    raw = _raw(buckets)
    return round_half_up(raw if raw >= 5 * len(buckets) else _ertl(buckets))


def _ertl(buckets: list[int]) -> float:
    """Ertl's improved raw estimator for 64 - bits possible runs."""
    size = len(buckets)
    longest = 64 - (size.bit_length() - 1)
    counts = Counter(buckets)
    z = size * _tau(1 - counts[longest + 1] / size)
    for run in range(longest, 0, -1):
        z = 0.5 * (z + counts[run])
    return size * size / (2 * math.log(2)) / (z + size * _sigma(counts[0] / size))


def _sigma(x: float) -> float:
    y, z, before = 1.0, x, -1.0
    while z != before:
        x *= x
        before, z, y = z, z + x * y, y + y
    return z


def _tau(x: float) -> float:
    if x in (0.0, 1.0):
        return 0.0
    y, z, before = 1.0, 1 - x, -1.0
    while z != before:
        x = math.sqrt(x)
        y /= 2
        before, z = z, z - (1 - x) ** 2 * y
    return z / 3
