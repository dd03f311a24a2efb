"""How rows cross the seam: one Arrow type for each Trino type, lossless, whichever engine made them.

| Trino | Arrow |
| --- | --- |
| boolean, tinyint .. bigint, real, double, date, varbinary | bool_, int8 .. int64, float32, float64, date32, binary |
| decimal(p,s) | decimal128(p, s) |
| varchar, varchar(n), char(n) (padded), json, uuid, ipaddress, color | string |
| hyperloglog, tdigest, setdigest | string (base64) |
| time(p), timestamp(p) | time64("us"), timestamp("us") for p <= 6; timestamp("ns") for 7 to 9 |
| timestamp(p) with time zone | struct<utc: timestamp("us"), zone: string> |
| time(p) with time zone | struct<local: time64("us"), offset: int16> (offset in minutes) |
| interval day to second, interval year to month | int64 (milliseconds), int32 (months) |
| array, map, row | list_, map_, struct (fields `f0`, `f1`, ...: names come from the Trino type) |
| geometry, sphericalgeography (WKT), bingtile (`BingTile{x=1, y=2, zoom_level=3}`), kdbtree (JSON) | string |
| unknown | null (as a map's key, of which there is none: int32) |
"""

from __future__ import annotations

import pyarrow as pa

from athena_ds.local.seam.types import Type

_PLAIN: dict[str, pa.DataType] = {
    "unknown": pa.null(),
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double": pa.float64(),
    "varchar": pa.string(),
    "char": pa.string(),
    "json": pa.string(),
    "uuid": pa.string(),
    "ipaddress": pa.string(),
    "varbinary": pa.binary(),
    "hyperloglog": pa.string(),
    **dict.fromkeys(("geometry", "sphericalgeography", "bingtile", "kdbtree", "color"), pa.string()),
    **dict.fromkeys(("tdigest", "setdigest"), pa.string()),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp with time zone": pa.struct([("utc", pa.timestamp("us")), ("zone", pa.string())]),
    "time with time zone": pa.struct([("local", pa.time64("us")), ("offset", pa.int16())]),
    "interval day to second": pa.int64(),
    "interval year to month": pa.int32(),
}


def arrow_type(kind: Type) -> pa.DataType:
    """The Arrow type that carries `kind` across the seam; raises ValueError where there is none."""
    match kind.base:
        case "decimal":
            return pa.decimal128(kind.precision, kind.scale)
        case "timestamp":
            return pa.timestamp("us" if kind.precision <= 6 else "ns")
        case "array":
            return pa.list_(arrow_type(kind.elements[0]))
        case "map":
            key = arrow_type(kind.elements[0])
            return pa.map_(pa.int32() if pa.types.is_null(key) else key, arrow_type(kind.elements[1]))
        case "row":
            return pa.struct([(f"f{i}", arrow_type(element)) for i, element in enumerate(kind.elements)])
        case base if base in _PLAIN:
            return _PLAIN[base]
        case _:
            raise ValueError(f"no Arrow type for {kind}")
