"""Which type a value may silently become, and which type two values share (Trino's `TypeCoercion`)."""

from __future__ import annotations

from functools import lru_cache

from athena_ds.local.seam.types import DOUBLE, INTEGERS, NUMBERS, REAL, UNKNOWN, VARCHAR, Type
from athena_ds.local.seam.types import char as char_of
from athena_ds.local.seam.types import decimal as decimal_of

_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
_MAX_CHAR = 65536
OPAQUE = ("joniregexp", "jsonpath", "codepoints", "likepattern")


@lru_cache(maxsize=65536)
def common_type(left: Type, right: Type) -> Type | None:
    """The type both coerce to, None where there is none."""
    if left == right:
        return left
    if UNKNOWN in (left, right):
        return right if left == UNKNOWN else left
    if left.base == right.base:
        return _same_base(left, right)
    for source, target in ((left, right), (right, left)):
        if (moved := to_base(source, target.base)) is not None:
            return common_type(moved, target)
    return None


def can_coerce(source: Type, target: Type) -> bool:
    return common_type(source, target) == target or _anonymous_row(source, target)


def _anonymous_row(source: Type, target: Type) -> bool:
    """Rows coerce by position: names of the target win."""
    if source.base != target.base or len(source.elements) != len(target.elements) or not source.elements:
        return False
    return all(can_coerce(a, b) for a, b in zip(source.elements, target.elements, strict=True))


def _same_base(left: Type, right: Type) -> Type | None:
    match left.base:
        case "decimal":
            scale = max(left.scale, right.scale)
            whole = max(left.precision - left.scale, right.precision - right.scale)
            return decimal_of(min(38, whole + scale), scale)
        case "varchar":
            return (
                Type("varchar", (max(left.precision, right.precision),))
                if left.arguments and right.arguments
                else VARCHAR
            )
        case "char" | "timestamp" | "time" | "timestamp with time zone" | "time with time zone":
            return Type(left.base, (max(left.precision, right.precision),))
        case "array" | "map" | "row" | "function":
            return _same_container(left, right)
        case _:
            return None


def _same_container(left: Type, right: Type) -> Type | None:
    if len(left.elements) != len(right.elements):
        return None
    elements = [common_type(a, b) for a, b in zip(left.elements, right.elements, strict=True)]
    if any(element is None for element in elements):
        return None
    names = tuple(a if a == b else None for a, b in zip(left.names, right.names, strict=True))
    return Type(left.base, elements=tuple(e for e in elements if e is not None), names=names)


def to_base(source: Type, base: str) -> Type | None:  # noqa: PLR0911
    """`source` as a type of another base, the smallest that holds it; None where that needs an explicit cast."""
    match source.base:
        case "tinyint" | "smallint" | "integer" | "bigint":
            return _integer_to(source.base, base)
        case "decimal":
            return {"real": REAL, "double": DOUBLE}.get(base)
        case "real":
            return DOUBLE if base == "double" else None
        case "date" if base in ("timestamp", "timestamp with time zone"):
            return Type(base, (0,))
        case "time" if base == "time with time zone":
            return Type(base, source.arguments)
        case "timestamp" if base == "timestamp with time zone":
            return Type(base, source.arguments)
        case "varchar" if base == "char":
            return char_of(min(_MAX_CHAR, source.precision) if source.arguments else _MAX_CHAR)
        case "varchar" | "char" if base in OPAQUE:
            return Type(base)
        case _:
            return None


def _integer_to(source: str, base: str) -> Type | None:
    if base == "decimal":
        return decimal_of(_DIGITS[source])
    wider = base in ("real", "double") or INTEGERS.get(base, 0) > INTEGERS[source]
    return Type(base) if wider else None


_NOT_COMPARABLE = frozenset(
    [
        "hyperloglog",
        "p4hyperloglog",
        "qdigest",
        "tdigest",
        "setdigest",
        "sphericalgeography",
        "kdbtree",
        "joniregexp",
    ]
)
_ORDERABLE = frozenset(
    [
        "boolean",
        "tinyint",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double",
        "decimal",
        "varchar",
        "char",
        "varbinary",
        "date",
        "time",
        "timestamp",
        "uuid",
        "ipaddress",
        "unknown",
    ]
)


def is_comparable(kind: Type) -> bool:
    return all(map(is_comparable, kind.elements)) if kind.elements else kind.base not in _NOT_COMPARABLE


def is_orderable(kind: Type) -> bool:
    if kind.base in ("array", "row"):
        return all(map(is_orderable, kind.elements))
    return kind.base in _ORDERABLE or kind.base.startswith("interval") or kind.base.endswith("with time zone")


def can_cast(source: Type, target: Type) -> bool:
    """Whether CAST(source AS target) exists at all."""
    if source == UNKNOWN or can_coerce(source, target):
        return True
    if source.base == target.base and source.elements:
        pairs = zip(source.elements, target.elements, strict=False)
        return len(source.elements) == len(target.elements) and all(can_cast(a, b) for a, b in pairs)
    if target.base == "json":
        return _to_json(source)
    if source.base == "json":
        return _from_json(target)
    if source.base in ("uuid", "ipaddress") and target.base == "varchar" and target.arguments:
        return False
    return target.base in _CASTS.get(source.base, ())


def _to_json(kind: Type) -> bool:
    if kind.base in ("array", "row"):
        return all(map(_to_json, kind.elements))
    if kind.base == "map":
        return kind.elements[0].base in (*_JSON_KEYS, "unknown") and _to_json(kind.elements[1])
    return kind.base in (*NUMBERS, "boolean", "varchar", "unknown", "timestamp", "date", "json")


def _from_json(kind: Type) -> bool:
    if kind.base in ("array", "row"):
        return all(map(_from_json, kind.elements))
    if kind.base == "map":
        return kind.elements[0].base in _JSON_KEYS and _from_json(kind.elements[1])
    return kind.base in (*NUMBERS, "boolean", "varchar", "json")


_JSON_KEYS = (*NUMBERS, "boolean", "varchar")
_TIMES = ("date", "time", "time with time zone", "timestamp", "timestamp with time zone")
_CASTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*NUMBERS, "boolean"), (*NUMBERS, "boolean", "varchar")),
    "varchar": (*NUMBERS, "boolean", "varchar", "char", "varbinary", *_TIMES, "ipaddress", "uuid", *OPAQUE),
    "char": ("varchar", "char"),
    "varbinary": ("ipaddress", "uuid", "hyperloglog", "qdigest", "tdigest", "setdigest", "p4hyperloglog"),
    "date": ("varchar", "timestamp", "timestamp with time zone"),
    "time": ("varchar", "time", "time with time zone", "timestamp", "timestamp with time zone"),
    "time with time zone": ("varchar", "time", "time with time zone", "timestamp", "timestamp with time zone"),
    "timestamp": ("varchar", "timestamp", "date", "time", "time with time zone", "timestamp with time zone"),
    "timestamp with time zone": (
        "varchar",
        "timestamp",
        "date",
        "time",
        "time with time zone",
        "timestamp with time zone",
    ),
    "interval day to second": ("varchar",),
    "interval year to month": ("varchar",),
    "uuid": ("varchar", "varbinary"),
    "ipaddress": ("varchar", "varbinary"),
    "hyperloglog": ("varbinary", "p4hyperloglog"),
    "qdigest": ("varbinary",),
    "tdigest": ("varbinary",),
    "setdigest": ("varbinary",),
}
