"""Which casts exist: Trino's matrix, asked of Trino 476 itself for every pair of types."""

from __future__ import annotations

from athena_ds.local.seam.types import Type

_NUMBERS = frozenset(["tinyint", "smallint", "integer", "bigint", "real", "double", "decimal"])
_TIMES = frozenset(
    ("time", "time with time zone", "timestamp", "timestamp with time zone"),
)
_PLAIN = _NUMBERS | {"boolean"}
_MATRIX: dict[str, frozenset[str]] = {
    **{name: _PLAIN | {"varchar", "json"} for name in _PLAIN},
    "varchar": _PLAIN | _TIMES | {"varchar", "char", "varbinary", "json", "date", "uuid", "ipaddress"},
    "char": frozenset({"varchar", "char"}),
    "varbinary": frozenset({"varbinary", "uuid", "ipaddress", "hyperloglog", "p4hyperloglog", "tdigest", "setdigest"}),
    "json": _PLAIN | {"varchar", "json"},
    "date": frozenset({"varchar", "json", "date", "timestamp", "timestamp with time zone"}),
    "time": _TIMES | {"varchar"},
    "time with time zone": _TIMES | {"varchar"},
    "timestamp": _TIMES | {"varchar", "json", "date"},
    "timestamp with time zone": _TIMES | {"varchar", "date"},
    "interval day to second": frozenset({"varchar"}),
    "interval year to month": frozenset({"varchar"}),
    "uuid": frozenset({"varchar", "varbinary"}),
    "ipaddress": frozenset({"varchar", "varbinary"}),
    "hyperloglog": frozenset({"varbinary"}),
    "p4hyperloglog": frozenset({"varbinary"}),
    "tdigest": frozenset({"varbinary"}),
    "setdigest": frozenset({"varbinary"}),
}
_NESTED = ("array", "map", "row")


def castable(source: Type, target: Type) -> bool:
    """Whether CAST(source AS target) exists; where not, Trino says `Cannot cast source to target` (TYPE_MISMATCH)."""
    if source == target or source.base == "unknown":
        return target.base != "unknown" or source.base == "unknown"
    if target.base == "json" and source.base in _NESTED:
        return _to_json(source)
    if source.base == "json" and target.base in _NESTED:
        return _from_json(target)
    if source.base in _NESTED:
        return source.base == target.base and _elementwise(source, target)
    if source.base in ("uuid", "ipaddress") and target.base == "varchar":
        return not target.arguments
    return source.base == target.base or target.base in _MATRIX.get(source.base, frozenset())


def _elementwise(source: Type, target: Type) -> bool:
    pairs = zip(source.elements, target.elements, strict=False)
    return len(source.elements) == len(target.elements) and all(castable(a, b) for a, b in pairs)


def _to_json(source: Type) -> bool:
    match source.base:
        case "map":
            return _is_key(source.elements[0]) and _to_json(source.elements[1])
        case "array" | "row":
            return all(map(_to_json, source.elements))
        case base:
            return base in ("json", "unknown") or "json" in _MATRIX.get(base, frozenset())


def _from_json(target: Type) -> bool:
    match target.base:
        case "map":
            return _is_key(target.elements[0]) and _from_json(target.elements[1])
        case "array" | "row":
            return all(map(_from_json, target.elements))
        case base:
            return base in _MATRIX["json"]


def _is_key(kind: Type) -> bool:
    return kind.base in _PLAIN or kind.base in ("varchar", "unknown")
