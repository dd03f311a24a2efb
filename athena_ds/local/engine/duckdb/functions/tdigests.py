"""T-digests as values: built, merged, asked for quantiles; held as Trino serialises them, in base64."""

from __future__ import annotations

import base64
import itertools
import math
import struct

from athena_ds.local.engine.duckdb.functions.java_numbers import double_text
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid, unsupported
from athena_ds.local.engine.duckdb.functions.registry import kernel
from athena_ds.local.engine.duckdb.functions.tdigest import COMPRESSION, INTERNAL, Digest
from athena_ds.local.seam.engine import EngineError

_HEAD = struct.Struct("<B4dI")


@kernel("tdigest_agg")
def tdigest_agg(values: list[float | None], weights: list[float | None] | None = None) -> str | None:
    """NULL without values; a row with a NULL doesn't count."""
    pairs = zip(values, weights or [1.0] * len(values), strict=True)
    known = [(value, weight) for value, weight in pairs if value is not None and weight is not None]
    if not known:
        return None
    digest = Digest()
    for value, weight in known:
        _check(value, weight)
        digest.add(value, weight)
    return _text(_moved(digest))


def _check(value: float, weight: float) -> None:
    if math.isinf(weight) or math.isnan(weight):
        raise invalid(f"weight must be finite, was {double_text(weight)}")
    if weight < 1:
        raise invalid(f"weight must be >= 1, was {double_text(weight)}")
    if math.isnan(value):
        raise broken("value is NaN")
    if math.isinf(value):
        raise broken("value must be finite")


@kernel("merge", "tdigest")
def merge_tdigests(texts: list[str | None]) -> str | None:
    known = [_digest(text) for text in texts if text is not None]
    if not known:
        return None
    first, *others = known
    for other in others:
        for digest in (first, other):
            digest.merge(INTERNAL)
        first.centroids += other.centroids
        first.weight += other.weight
        first.low, first.high = min(first.low, other.low), max(first.high, other.high)
    found = _moved(first)
    if others and any(weight != 1 for _, weight in found.centroids):
        raise EngineError("NOT_SUPPORTED", "merge of so many values' tdigests depends on the order they come in")
    return _text(found)


def _moved(digest: Digest) -> Digest:
    """A partial aggregation's digest, as it comes to the final one: merged when written, read anew."""
    return _digest(_text(digest))


@kernel("value_at_quantile", "tdigest,double")
def value_at_quantile(text: str, quantile: float) -> float:
    return _values(text, [quantile])[0]


@kernel("values_at_quantiles", "tdigest,array(double)")
def values_at_quantiles(text: str, quantiles: list[float | None]) -> list[float]:
    known = [0.0 if quantile is None else quantile for quantile in quantiles]
    if any(one > other for one, other in itertools.pairwise(known)):
        raise invalid("percentiles must be sorted in increasing order")
    return _values(text, known)


def _values(text: str, quantiles: list[float]) -> list[float]:
    if not all(0 <= quantile <= 1 for quantile in quantiles):
        raise broken("quantiles should be in [0, 1] range")
    digest = _digest(text)
    return [digest.value_at(quantile) if digest.centroids else math.nan for quantile in quantiles]


def _text(digest: Digest) -> str:
    digest.merge(COMPRESSION)
    means, weights = zip(*digest.centroids, strict=True)
    head = _HEAD.pack(0, digest.low, digest.high, COMPRESSION, digest.weight, len(means))
    return base64.b64encode(head + struct.pack(f"<{2 * len(means)}d", *means, *weights)).decode()


def _digest(text: str) -> Digest:
    data = base64.b64decode(text)
    try:
        form, low, high, compression, weight, count = _HEAD.unpack_from(data)
        numbers = struct.unpack_from(f"<{2 * count}d", data, _HEAD.size)
    except struct.error:
        raise broken("A tdigest ends early") from None
    if form != 0 or compression != COMPRESSION:
        raise unsupported("A tdigest of another form")
    found = Digest()
    found.low, found.high, found.weight = low, high, weight
    found.centroids = list(zip(numbers[:count], numbers[count:], strict=True))
    return found
