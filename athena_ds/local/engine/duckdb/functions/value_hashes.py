"""The hash Trino takes of a value of each type (its XX_HASH_64 operators): what checksums and counts are made of."""

from __future__ import annotations

import datetime
import math
import struct
from typing import Any

from athena_ds.local.engine.duckdb.functions.hashes import MASK, xxhash64
from athena_ds.local.engine.duckdb.functions.refusals import unsupported
from athena_ds.local.engine.duckdb.functions.temporal import EPOCH
from athena_ds.local.engine.duckdb.functions.values import unscaled
from athena_ds.local.seam.types import Type

_MICRO = datetime.timedelta(microseconds=1)
_LONG_DECIMAL = 18


def hashed(value: Any, kind: Type) -> int:
    """Unsigned; raises NOT_SUPPORTED for types whose hash is not known here."""
    match kind.base:
        case "array":
            found = 0
            for item in value:
                found = (31 * found + _element(item, kind.elements[0])) & MASK
            return found
        case "row":
            found = 1
            for item, part in zip(value, kind.elements, strict=True):
                found = (31 * found + _element(item, part)) & MASK
            return found
        case "decimal" if kind.precision > _LONG_DECIMAL:
            digits = unscaled(value)
            return xxhash64(struct.pack("<Q", digits & MASK)) ^ xxhash64(_long(digits >> 64))
        case "map":
            key, item = kind.elements
            return sum(hashed(k, key) ^ _element(v, item) for k, v in value) & MASK
        case _:
            return xxhash64(_stored(value, kind))


def _element(value: Any, kind: Type) -> int:
    return 0 if value is None else hashed(value, kind)


def _stored(value: Any, kind: Type) -> bytes:  # noqa: C901, PLR0911 - a type a line
    """The bytes Trino keeps a value in."""
    match kind.base:
        case (
            "tinyint"
            | "smallint"
            | "integer"
            | "bigint"
            | "boolean"
            | "interval day to second"
            | "interval year to month"
        ):
            return _long(int(value))
        case "double":
            return struct.pack("<d", math.nan if math.isnan(value) else value + 0.0)
        case "real":
            return _long(struct.unpack("<i", struct.pack("<f", math.nan if math.isnan(value) else value + 0.0))[0])
        case "decimal":
            return _long(unscaled(value))
        case "date":
            return _long((value - EPOCH.date()).days)
        case "timestamp":
            return _long((value - EPOCH) // _MICRO)
        case "timestamp with time zone" if kind.precision <= 3:
            return _long((value.utc - EPOCH) // (_MICRO * 1000))
        case "time":
            return _long(instant_of_time(value) * 1_000_000)
        case "varchar" | "json":
            return bytes(value.encode())
        case "char":
            return bytes(value.rstrip(" ").encode())
        case "varbinary":
            return bytes(value)
        case _:
            raise unsupported(f"The hash of {kind}")


def instant_of_time(value: datetime.time) -> int:
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


def _long(value: int) -> bytes:
    return struct.pack("<q", value)
