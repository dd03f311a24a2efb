"""Sketches count as airlift's do, survive their bytes, and merge into what one sketch of everything is."""

from __future__ import annotations

import struct

import pytest

from athena_ds.local.engine.duckdb.functions.hashes import murmur3_128, spooky_short, xxhash64
from athena_ds.local.engine.duckdb.functions.hyperloglog import Sketch
from athena_ds.local.engine.duckdb.functions.tdigest import Digest


def sketch_of(numbers: range, bits: int = 11) -> Sketch:
    made = Sketch(bits)
    for number in numbers:
        made.add(xxhash64(struct.pack("<q", number)))
    return made


@pytest.mark.parametrize(("size", "count"), [(0, 0), (200, 200), (252, 247), (500, 498), (1000, 1008)])
def test_counts_are_trinos_to_the_digit(size: int, count: int) -> None:
    """approx_distinct of 1 to 1000 is 1008: asked of Trino 476."""
    assert sketch_of(range(1, size + 1)).count() == count


@pytest.mark.parametrize("size", [0, 3, 251, 252, 5000])
def test_a_set_is_the_same_after_its_bytes(size: int) -> None:
    """Sparse and dense sets are read back as they were."""
    made = sketch_of(range(size))
    again = Sketch.from_bytes(made.to_bytes())
    assert (again.count(), again.to_bytes()) == (made.count(), made.to_bytes())


@pytest.mark.parametrize(("left", "right"), [(10, 20), (200, 300), (1000, 3000), (5, 4000)])
def test_merged_sets_are_the_set_of_both(left: int, right: int) -> None:
    """Whichever form either has."""
    merged = sketch_of(range(left))
    merged.merge(sketch_of(range(left // 2, right)))
    whole = sketch_of(range(max(left, right)))
    whole._make_dense()
    assert merged.dense() == whole.dense()


@pytest.mark.parametrize("size", [2500, 6000, 30_000])
def test_the_estimate_without_a_table_keeps_the_promised_error(size: int) -> None:
    """2.3 % is one standard error; three are allowed."""
    assert sketch_of(range(size)).count() == pytest.approx(size, rel=0.069)


def test_few_values_are_their_own_percentiles() -> None:
    """A centroid of one value answers that value."""
    digest = Digest()
    for value in (4.0, 1.0, 3.0, 2.0):
        digest.add(value, 1.0)
    digest.merge(100.0)
    assert [digest.value_at(p) for p in (0, 0.25, 0.5, 1)] == [1.0, 2.0, 3.0, 4.0]


def test_a_digest_of_many_stays_small_and_close() -> None:
    """The buffer is merged when full; the middle stays the middle."""
    digest = Digest()
    for value in range(20_000):
        digest.add(float(value * 7919 % 20_011), 1.0)
    digest.merge(100.0)
    assert len(digest.centroids) < 200
    assert digest.value_at(0.5) == pytest.approx(10_005, rel=0.01)


@pytest.mark.parametrize(
    ("data", "xx", "murmur", "spooky"),
    [
        (b"", "ef46db3751d8e999", "0" * 32, "232706fc6bf50919"),
        (b"a", "d24ec4f1a98c6e5b", "897859f6655555855a890e51483ab5e6", "1a108191a0bbc9bd"),
    ],
)
def test_hashes_are_the_published_ones(data: bytes, xx: str, murmur: str, spooky: str) -> None:
    """Asked of Trino 476."""
    assert f"{xxhash64(data):016x}" == xx
    assert struct.pack("<2Q", *murmur3_128(data)).hex() == murmur
    assert f"{spooky_short(data):016x}" == spooky
