"""Trino's types as values: parsed from Trino's or Hive's spelling, printed as `typeof` prints them.

Everything below `athena_ds.local` that speaks of a type speaks of one of these; how an engine stores a value
of it is that engine's affair.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

_T = TypeVar("_T")

UNBOUNDED = 2147483647
"""The length AWS reports for a `varchar` without one (`ColumnInfo.Precision`)."""


_CAPITALS = {
    "geometry": "Geometry",
    "sphericalgeography": "SphericalGeography",
    "bingtile": "BingTile",
    "kdbtree": "KdbTree",
    "hyperloglog": "HyperLogLog",
    "p4hyperloglog": "P4HyperLogLog",
    "setdigest": "SetDigest",
}
"""Types that Trino prints with capitals."""


@dataclass(frozen=True, slots=True)
class Type:
    """A Trino type: base name, number arguments, element types, and the field names of a `row`.

    Examples: `Type("decimal", (10, 2))`, `Type("array", elements=(BIGINT,))`,
    `Type("row", elements=(BIGINT, VARCHAR), names=("id", None))`, `Type("timestamp", (3,))`.
    """

    base: str
    arguments: tuple[int, ...] = ()
    elements: tuple[Type, ...] = ()
    names: tuple[str | None, ...] = ()

    def __str__(self) -> str:
        """The spelling of `typeof()`: `decimal(10,2)`, `timestamp(3) with time zone`, `row(id bigint, varchar)`."""
        if self.base == "row":
            return f"row({', '.join(_field(n, t) for n, t in zip(self.names, self.elements, strict=True))})"
        inside = [str(part) for part in (*self.arguments, *self.elements)]
        if not inside:
            return _CAPITALS.get(self.base, self.base)
        word, zone = (self.base[:-15], " with time zone") if self.base.endswith(" with time zone") else (self.base, "")
        return f"{word}({(', ' if self.elements else ',').join(inside)}){zone}"

    @property
    def precision(self) -> int:
        """First number argument (decimal precision, fraction digits, length); 0 when there is none."""
        return self.arguments[0] if self.arguments else 0

    @property
    def scale(self) -> int:
        """Second number argument (decimal scale); 0 when there is none."""
        return self.arguments[1] if len(self.arguments) > 1 else 0


def _field(name: str | None, element: Type) -> str:
    if name is None:
        return str(element)
    plain = name.replace("_", "a").isalnum() and not name[0].isdigit() and name == name.lower()
    return f"{name} {element}" if plain else f'"{name}" {element}'


UNKNOWN = Type("unknown")
BOOLEAN = Type("boolean")
INTEGERS = {"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}
"""The integer types and their bits, from the narrowest to the widest."""

NUMBERS = (*INTEGERS, "real", "double", "decimal")
TINYINT, SMALLINT, INTEGER, BIGINT = map(Type, INTEGERS)
REAL, DOUBLE = Type("real"), Type("double")
VARCHAR, VARBINARY, JSON = Type("varchar"), Type("varbinary"), Type("json")
DATE, UUID = Type("date"), Type("uuid")
INTERVAL_DAY, INTERVAL_YEAR = Type("interval day to second"), Type("interval year to month")


def decimal(precision: int, scale: int = 0) -> Type:
    return Type("decimal", (precision, scale))


def varchar(length: int | None = None) -> Type:
    return VARCHAR if length is None or length >= UNBOUNDED else Type("varchar", (length,))


def char(length: int) -> Type:
    return Type("char", (length,))


def timestamp(precision: int = 3) -> Type:
    return Type("timestamp", (precision,))


def timestamp_tz(precision: int = 3) -> Type:
    return Type("timestamp with time zone", (precision,))


def time(precision: int = 3) -> Type:
    return Type("time", (precision,))


def time_tz(precision: int = 3) -> Type:
    return Type("time with time zone", (precision,))


def array(element: Type) -> Type:
    return Type("array", elements=(element,))


def map_of(key: Type, value: Type) -> Type:
    return Type("map", elements=(key, value))


def row(*fields: tuple[str | None, Type]) -> Type:
    return Type("row", elements=tuple(t for _, t in fields), names=tuple(n for n, _ in fields))


_TRINO_NAMES = {"int": "integer", "dec": "decimal"}
_DEFAULTS: dict[str, tuple[int, ...]] = {
    "decimal": (38, 0),
    "char": (1,),
    "timestamp": (3,),
    "time": (3,),
    "timestamp with time zone": (3,),
    "time with time zone": (3,),
}
_HIVE_NAMES = {"string": "varchar", "binary": "varbinary", "float": "real", "int": "integer"}
_HIVE_HAS = frozenset({*INTEGERS, "real", "double", "boolean", "date", "varchar", "varbinary"})
_INTERNAL = (
    "hyperloglog", "p4hyperloglog", "qdigest", "tdigest", "setdigest",
    "geometry", "sphericalgeography", "bingtile", "kdbtree", "regexp",
    "likepattern", "jsonpath", "json2016", "color", "function", "codepoints", "joniregexp",
)  # fmt: skip
_KNOWN = frozenset(
    (*NUMBERS, *_INTERNAL, "boolean", "varchar", "char", "varbinary",
     "json", "date", "uuid", "ipaddress", "unknown", "time", "timestamp")
)  # fmt: skip


@lru_cache(maxsize=4096)
def parse(text: str, *, folded: bool = False) -> Type:
    """Read a type in Trino's spelling; raises ValueError for text that is not one.

    Args:
        text: `decimal(10,2)`, `row(id bigint, varchar)`.
        folded: bring a row's names to lower case unless they are quoted, as a statement's text is read.
    """
    reader = _Reader(text, folded=folded)
    found = reader.trino()
    reader.end()
    return found


@lru_cache(maxsize=4096)
def parse_hive(text: str) -> Type:
    """Read a column type as Glue stores it (`array<string>`, `struct<a:int>`); ValueError for text that is none."""
    reader = _Reader(text)
    found = reader.hive()
    reader.end()
    return found


def to_hive(kind: Type) -> str:
    """The Hive spelling Glue and DESCRIBE use; raises ValueError where Hive has no such type."""
    back = {"varchar": "string", "varbinary": "binary", "real": "float", "integer": "int"}
    match kind.base:
        case "array":
            return f"array<{to_hive(kind.elements[0])}>"
        case "map":
            return f"map<{to_hive(kind.elements[0])},{to_hive(kind.elements[1])}>"
        case "row":
            pairs = enumerate(zip(kind.names, kind.elements, strict=True))
            named = (f"{name or f'field{at}'}:{to_hive(each)}" for at, (name, each) in pairs)
            return f"struct<{','.join(named)}>"
        case "varchar" | "char" | "decimal" if kind.arguments:
            return f"{kind.base}({','.join(map(str, kind.arguments))})"
        case "timestamp":
            return "timestamp"
        case base if base in _HIVE_HAS:
            return back.get(base, base)
        case _:
            raise ValueError(f"Unsupported Hive type: {kind}")


def _made(name: str, numbers: tuple[int, ...]) -> Type:
    if name not in _KNOWN and not name.endswith("with time zone"):
        raise ValueError(f"not a type: {name!r}")
    if name == "decimal" and len(numbers) == 1:
        numbers = (*numbers, 0)
    return varchar(*numbers) if name == "varchar" else Type(name, numbers or _DEFAULTS.get(name, ()))


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name[0] in '"`' else name


class _Reader:
    """A reader of one type text, in Trino's spelling (`array(row(a bigint))`) or Hive's (`array<struct<a:bigint>>`)."""

    def __init__(self, text: str, *, folded: bool = False) -> None:
        self.text, self._folded = text, folded
        self.tokens = [t for t in re.findall(r'"(?:[^"]|"")*"|`[^`]*`|[\w$]+|\S', text) if t.strip()]
        self.at = 0

    def end(self) -> None:
        if self.at != len(self.tokens):
            raise self._bad()

    def trino(self) -> Type:
        word = self._word().lower()
        if word in ("array", "map"):
            return Type(word, elements=tuple(self._list("(", ")", self.trino)))
        if word == "row":
            return row(*self._list("(", ")", self._trino_field))
        if word == "interval":
            return Type(
                " ".join((word, *(self._phrase(("day", "to", "second")) or self._phrase(("year", "to", "month")))))
            )
        if word == "double":
            self._phrase(("precision",))
        numbers = tuple(self._list("(", ")", self._number)) if self._peek() == "(" else ()
        if word in ("timestamp", "time") and self._phrase(("with", "time", "zone")):
            word += " with time zone"
        return _made(_TRINO_NAMES.get(word, word), numbers)

    def hive(self) -> Type:
        word = self._word().lower()
        if word in ("array", "map"):
            return Type(word, elements=tuple(self._list("<", ">", self.hive)))
        if word == "struct":
            return row(*self._list("<", ">", self._hive_field))
        numbers = tuple(self._list("(", ")", self._number)) if self._peek() == "(" else ()
        return _made(_HIVE_NAMES.get(word, word), numbers or ((10, 0) if word == "decimal" else ()))

    def _trino_field(self) -> tuple[str | None, Type]:
        start = self.at
        name = self._word()
        if self._peek() not in (",", ")", "("):
            try:
                return _unquoted(name.lower() if self._folded and name[0] != '"' else name), self.trino()
            except ValueError:
                pass
        self.at = start
        return None, self.trino()

    def _hive_field(self) -> tuple[str | None, Type]:
        name = self._word()
        self._expect(":")
        return _unquoted(name).lower(), self.hive()

    def _list(self, opening: str, closing: str, item: Callable[[], _T]) -> list[_T]:
        self._expect(opening)
        found = [item()]
        while self._peek() == ",":
            self.at += 1
            found.append(item())
        self._expect(closing)
        return found

    def _phrase(self, words: tuple[str, ...]) -> tuple[str, ...]:
        if tuple(t.lower() for t in self.tokens[self.at : self.at + len(words)]) != words:
            return ()
        self.at += len(words)
        return words

    def _number(self) -> int:
        word = self._word()
        if not word.isdigit():
            raise self._bad()
        return int(word)

    def _word(self) -> str:
        token = self._peek()
        if not token or not (token[0].isalnum() or token[0] in '_"`'):
            raise self._bad()
        self.at += 1
        return token

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _expect(self, token: str) -> None:
        if self._peek() != token:
            raise self._bad()
        self.at += 1

    def _bad(self) -> ValueError:
        return ValueError(f"not a type: {self.text!r}")
