"""How DuckDB stores a Trino type: one physical type for each, lossless.

| Trino | DuckDB |
| --- | --- |
| boolean, tinyint .. bigint, real, double | BOOLEAN, TINYINT .. BIGINT, FLOAT, DOUBLE |
| decimal(p,s), date | DECIMAL(p,s), DATE |
| varchar, char(n) (padded), json (canonical text), uuid, ipaddress | VARCHAR |
| hyperloglog, tdigest, setdigest (base64); color | VARCHAR; BIGINT |
| varbinary | BLOB |
| time(p), timestamp(p), p <= 6 | TIME, TIMESTAMP |
| timestamp(p) with time zone, p <= 6 | STRUCT(utc TIMESTAMP, zone VARCHAR) |
| time(p) with time zone, p <= 6 | STRUCT("local" TIME, "offset" SMALLINT) (minutes) |
| interval day to second, interval year to month | BIGINT (milliseconds), INTEGER (months) |
| array(t), map(k,v), row(...) | T[], MAP(K, V), STRUCT(f0, f1, ...) |
| geometry, sphericalgeography (`functions/geometry/shape.py`), bingtile, kdbtree (its JSON) | BLOB, BIGINT, VARCHAR |
| unknown | INTEGER (always NULL) |

Everything else, and fractions of a second finer than six digits, is refused (NOT_SUPPORTED).
"""

from __future__ import annotations

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type

SHAPES = ("geometry", "sphericalgeography")
_PLAIN = {
    "unknown": "INTEGER",
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "json": "VARCHAR",
    "uuid": "VARCHAR",
    "ipaddress": "VARCHAR",
    **dict.fromkeys(("joniregexp", "jsonpath", "codepoints", "likepattern"), "VARCHAR"),
    "varbinary": "BLOB",
    "hyperloglog": "VARCHAR",
    **dict.fromkeys(("setdigest", "tdigest"), "VARCHAR"),
    "color": "BIGINT",
    **dict.fromkeys(SHAPES, "BLOB"),
    "bingtile": "BIGINT",
    "kdbtree": "VARCHAR",
    "date": "DATE",
    "interval day to second": "BIGINT",
    "interval year to month": "INTEGER",
}
_TIMES = {
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamp with time zone": "STRUCT(utc TIMESTAMP, zone VARCHAR)",
    "time with time zone": 'STRUCT("local" TIME, "offset" SMALLINT)',
}


def physical(kind: Type) -> str:
    """The DuckDB type that holds `kind`; raises EngineError NOT_SUPPORTED where there is none."""
    match kind.base:
        case "decimal":
            return f"DECIMAL({kind.precision},{kind.scale})"
        case "array":
            return f"{physical(kind.elements[0])}[]"
        case "map":
            return f"MAP({physical(kind.elements[0])}, {physical(kind.elements[1])})"
        case "row":
            return f"STRUCT({', '.join(f'f{i} {physical(t)}' for i, t in enumerate(kind.elements))})"
        case base if base in _TIMES and kind.precision <= 6:
            return _TIMES[base]
        case base if base in _PLAIN:
            return _PLAIN[base]
        case _:
            raise EngineError("NOT_SUPPORTED", f"Type not supported by the local engine: {kind}")


def quote(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A DuckDB string literal."""
    return "'" + value.replace("'", "''") + "'"
