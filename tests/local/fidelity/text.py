"""Athena's text of Trino's answers, written apart from the endpoint's own: what a result file and ColumnInfo hold.

By the measured rules: doubles as Java writes them, `[1, 2]`, `{a=1, b=x}`, varbinary as pairs of hex digits. The order
of a map's entries means nothing, so a text is matched against a value rather than compared with one spelling of it.
"""

from __future__ import annotations

import base64
import decimal
import math
import struct
from collections.abc import Iterator
from typing import Any

from athena_ds.local.seam.types import Type, parse

_PRECISIONS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "float": 17, "double": 17, "varbinary": 2**30}


def type_of(trino: str) -> Type:
    """The type Trino tells, whose own names (HyperLogLog, INTERVAL DAY TO SECOND) are not all in lower case."""
    return parse(trino if "row(" in trino else trino.lower())


def column_info(trino: str) -> tuple[str, int, int]:
    """Type, Precision and Scale of ColumnInfo."""
    kind = type_of(trino)
    base = "float" if kind.base == "real" else kind.base
    if base == "decimal":
        return base, kind.precision, kind.scale
    if base in ("varchar", "char"):
        return base, kind.precision if kind.arguments else 2**31 - 1, 0
    return base, 3 if base.startswith("time") else _PRECISIONS.get(base, 0), 0


def matches(text: str | None, trino: str, value: Any) -> bool:
    """Whether a field of the CSV (None for an empty one) is Athena's text of a raw value of Trino's protocol."""
    if value is None or text is None:
        return text is None and value is None
    return len(text) in _ends(text, 0, type_of(trino), value)


def _ends(text: str, at: int, kind: Type, value: Any) -> Iterator[int]:
    """Where, read from `at`, the text of the value may end."""
    match kind.base:
        case _ if value is None:
            yield from _literal(text, at, "null")
        case "array":
            yield from _sequence(text, at, "[]", [(None, kind.elements[0], item) for item in value])
        case "row":
            yield from _sequence(text, at, "{}", list(zip(kind.names, kind.elements, value, strict=True)))
        case "map":
            for start in _literal(text, at, "{"):
                yield from _entries(text, start, kind, list(value.items() if isinstance(value, dict) else value))
        case _:
            yield from _literal(text, at, spelled(kind, value))


def _sequence(text: str, at: int, brackets: str, items: list[tuple[str | None, Type, Any]]) -> Iterator[int]:
    places = set(_literal(text, at, brackets[0]))
    for index, (name, kind, value) in enumerate(items):
        before = (", " if index else "") + (f"{name}=" if name else "")
        starts = {start for place in places for start in _literal(text, place, before)}
        places = {end for start in starts for end in _ends(text, start, kind, value)}
    for place in places:
        yield from _literal(text, place, brackets[1])


def _entries(text: str, at: int, kind: Type, left: list[tuple[Any, Any]]) -> Iterator[int]:
    """The entries left, in any order, then the closing bracket."""
    if not left:
        yield from _literal(text, at, "}")
    for index, (key, value) in enumerate(left):
        rest = left[:index] + left[index + 1 :]
        for middle in _ends(text, at, kind.elements[0], _key(kind.elements[0], key)):
            for start in _literal(text, middle, "="):
                for end in _ends(text, start, kind.elements[1], value):
                    for after in _literal(text, end, ", ") if rest else [end]:
                        yield from _entries(text, after, kind, rest)


def _key(kind: Type, key: Any) -> Any:
    """JSON has only text for keys."""
    if not isinstance(key, str):
        return key
    if kind.base in ("real", "double"):
        return float(key)
    return key == "true" if kind.base == "boolean" else key


def _literal(text: str, at: int, expected: str) -> Iterator[int]:
    if text.startswith(expected, at):
        yield at + len(expected)


def spelled(kind: Type, value: Any) -> str:
    """The text of a plain value."""
    match kind.base:
        case "boolean":
            return "true" if value else "false"
        case "real" | "double":
            return java(float(value), single=kind.base == "real")
        case "varbinary":
            return base64.b64decode(value).hex(" ")
        case _:
            return str(value)


def java(number: float, *, single: bool) -> str:
    """Double.toString and Float.toString of the Java language's documentation."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    sign = "-" if math.copysign(1, number) < 0 else ""
    if number == 0:
        return f"{sign}0.0"
    digits, power = _shortest(abs(number), single=single)
    if -3 <= power < 7:
        whole = digits[: power + 1].ljust(power + 1, "0") if power >= 0 else "0"
        fraction = digits[power + 1 :] if power >= 0 else "0" * (-power - 1) + digits
        return f"{sign}{whole}.{fraction or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{power}"


def _shortest(number: float, *, single: bool) -> tuple[str, int]:
    """The fewest digits, two at least, that read back as the number, and the power of ten of the first."""
    for digits in range(1 if number >= (1e-37 if single else 1e-300) else 2, 18):
        spelled = f"{number:.{digits - 1}e}"
        if (_float32(float(spelled)) if single else float(spelled)) == (_float32(number) if single else number):
            parts = decimal.Decimal(spelled).as_tuple()
            text = "".join(map(str, parts.digits))
            return text.rstrip("0") or "0", int(spelled.partition("e")[2])
    raise AssertionError(number)


def _float32(number: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.inf
