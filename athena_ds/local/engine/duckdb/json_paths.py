"""SQL/JSON paths walked: what a path finds in a document, in lax and in strict mode, as Trino's evaluator has it.

Items are Python's values of JSON; a Decimal is a decimal literal's or a passed decimal's, which JSON itself never is.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from athena_ds.local.engine.duckdb.functions.java_numbers import parse_double, round_half_away
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.jsonpath import Path, Tree


class PathFailure(Exception):  # noqa: N818 - it may be none: ON ERROR decides, and a predicate makes it unknown
    """A path that could not be walked; the text says why."""


_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def found(path: Path, document: Any, passed: Mapping[str, Any]) -> list[Any]:
    """The items a path finds; raises PathFailure."""
    return _Walk(lax=path.mode == "lax", document=document, passed=passed).items(path.tree)


def type_name(value: Any) -> str:
    """What `type()` says of an item."""
    names = {type(None): "null", bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One evaluation; `current` and `last` are those of the filter and the subscript it is in."""

    lax: bool
    document: Any
    passed: Mapping[str, Any]
    current: tuple[Any, ...] = ()
    last: int = -1
    objects: itertools.count[int] = field(default_factory=itertools.count)

    def items(self, tree: Tree) -> list[Any]:
        kind, *parts = tree
        return _ITEMS[kind](self, *parts)

    def unwrapped(self, tree: Tree) -> list[Any]:
        """Items, in lax mode the elements of arrays in their place."""
        items = self.items(tree)
        if not self.lax:
            return items
        return [one for item in items for one in (item if isinstance(item, list) else [item])]

    def holds(self, tree: Tree) -> bool | None:
        """A predicate: None is unknown."""
        kind, *parts = tree
        return _HOLDS[kind](self, *parts)


def _current(walk: _Walk) -> list[Any]:
    if not walk.current:
        raise PathFailure("accessing current filter item with no enclosing filter")
    return list(walk.current)


def _last(walk: _Walk) -> list[Any]:
    if walk.last < 0:
        raise PathFailure("accessing the last array index with no enclosing array")
    return [walk.last]


def _member(walk: _Walk, base: Tree, name: str | None) -> list[Any]:
    made: list[Any] = []
    for item in walk.unwrapped(base):
        if not isinstance(item, dict):
            if not walk.lax:
                raise _unlike("OBJECT", item)
        elif name is None:
            made += item.values()
        elif name in item:
            made.append(item[name])
        elif not walk.lax:
            raise PathFailure(f"structural error: missing member '{name}' in JSON object")
    return made


def _descendant(walk: _Walk, base: Tree, name: str) -> list[Any]:
    def below(item: Any) -> list[Any]:
        if isinstance(item, dict):
            own = [item[name]] if name in item else []
            return own + [one for value in item.values() for one in below(value)]
        return [one for value in item for one in below(value)] if isinstance(item, list) else []

    return [one for item in walk.items(base) for one in below(item)]


def _elements(walk: _Walk, base: Tree, subscripts: tuple[tuple[Tree, Tree | None], ...] | None) -> list[Any]:
    made: list[Any] = []
    for item in walk.items(base):
        if not isinstance(item, list) and not walk.lax:
            raise _unlike("ARRAY", item)
        elements = item if isinstance(item, list) else [item]
        if subscripts is None:
            made += elements
        elif not elements:
            if not walk.lax:
                raise PathFailure("structural error: invalid array subscript for empty array")
        else:
            inside = replace(walk, last=len(elements) - 1)
            made += [one for subscript in subscripts for one in _chosen(inside, elements, subscript)]
    return made


def _chosen(walk: _Walk, elements: list[Any], subscript: tuple[Tree, Tree | None]) -> list[Any]:
    low = _index(walk.items(subscript[0]), "from")
    high = low if subscript[1] is None else _index(walk.items(subscript[1]), "to")
    if not walk.lax and not 0 <= low <= high < len(elements):
        size = len(elements)
        raise PathFailure(f"structural error: invalid array subscript: [{low}, {high}] for array of size {size}")
    return elements[max(low, 0) : high + 1] if high >= low else []


def _index(items: list[Any], side: str) -> int:
    if len(items) != 1:
        raise PathFailure(f"array subscript '{side}' value must be singleton numeric")
    return round_half_away(float(_numeric(items[0])))


def _filter(walk: _Walk, base: Tree, predicate: Tree) -> list[Any]:
    return [item for item in walk.unwrapped(base) if replace(walk, current=(item,)).holds(predicate) is True]


def _method(walk: _Walk, base: Tree, word: str) -> list[Any]:
    if word == "type":
        return [type_name(item) for item in walk.items(base)]
    if word == "size":
        return [_size(item, lax=walk.lax) for item in walk.items(base)]
    if word == "keyvalue":
        return [pair for item in walk.unwrapped(base) for pair in _pairs(walk, item)]
    return [_of_number(word, item) for item in walk.unwrapped(base)]


def _size(item: Any, *, lax: bool) -> int:
    if not isinstance(item, list) and not lax:
        raise _unlike("ARRAY", item)
    return len(item) if isinstance(item, list) else 1


def _pairs(walk: _Walk, item: Any) -> list[Any]:
    if not isinstance(item, dict):
        raise _unlike("OBJECT", item)
    number = next(walk.objects)
    return [{"name": key, "value": value, "id": number} for key, value in item.items()]


def _of_number(word: str, item: Any) -> Any:
    if word == "double" and isinstance(item, str):
        value = parse_double(item)
        if value is None:
            raise PathFailure("")
        return value
    number = _numeric(item)
    if word == "double":
        return float(number)
    if isinstance(number, Decimal):
        raise EngineError("NOT_SUPPORTED", f"JSON path's {word}() of a decimal is not supported by the local engine")
    if word == "abs":
        return abs(number)
    if isinstance(number, int) or not math.isfinite(number):
        return number
    return float(math.ceil(number) if word == "ceiling" else math.floor(number))


def _sign(walk: _Walk, sign: str, base: Tree) -> list[Any]:
    numbers = [_numeric(item) for item in walk.unwrapped(base)]
    return [-number if sign == "-" else number for number in numbers]


def _arithmetic(walk: _Walk, sign: str, left: Tree, right: Tree) -> list[Any]:
    sides = walk.unwrapped(left), walk.unwrapped(right)
    if any(len(side) != 1 for side in sides):
        raise PathFailure("arithmetic binary expression requires singleton operands")
    return [_computed(sign, _numeric(sides[0][0]), _numeric(sides[1][0]))]


def _computed(sign: str, a: Any, b: Any) -> Any:
    if isinstance(a, float) or isinstance(b, float):
        return _of_doubles(sign, float(a), float(b))
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        if sign in "/%":
            raise EngineError("NOT_SUPPORTED", f"JSON path's {sign} of decimals is not supported by the local engine")
        return {"+": operator.add, "-": operator.sub, "*": operator.mul}[sign](Decimal(a), Decimal(b))
    if sign in "/%" and b == 0:
        raise PathFailure("")
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1) if sign in "/%" else 0
    value = {"+": a + b, "-": a - b, "*": a * b, "/": quotient, "%": a - quotient * b}[sign]
    bits = 31 if all(-(2**31) <= side < 2**31 for side in (a, b)) else 63
    if not -(2**bits) <= value < 2**bits:
        raise PathFailure("")
    return value


def _of_doubles(sign: str, a: float, b: float) -> float:
    if sign == "/" and b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)
    if sign == "%":
        return math.nan if b == 0 or math.isinf(a) else math.fmod(a, b)
    return {"+": a + b, "-": a - b, "*": a * b}[sign] if sign != "/" else a / b


def _numeric(item: Any) -> Any:
    if isinstance(item, bool) or not isinstance(item, (int, float, Decimal)):
        raise _unlike("NUMBER", item)
    return item


def _unlike(wanted: str, item: Any) -> PathFailure:
    return PathFailure(f"invalid item type. Expected: {wanted}, actual: {type_name(item).upper()}")


def _compare(walk: _Walk, sign: str, left: Tree, right: Tree) -> bool | None:
    try:
        sides = walk.unwrapped(left), walk.unwrapped(right)
    except PathFailure:
        return None
    if not all(sides):
        return False
    kinds = [{_sort(item) for item in side} for side in sides]
    if any("structure" in kinds[a] and kinds[b] & {"structure", "scalar"} for a, b in ((0, 1), (1, 0))):
        return None
    nulls = ["null" in kind for kind in kinds]
    others = [bool(kind - {"null"}) for kind in kinds]
    seen = all(nulls) if sign == "=" else sign == "<>" and ((nulls[0] and others[1]) or (nulls[1] and others[0]))
    for a in filter(_is_scalar, sides[0]):
        for b in filter(_is_scalar, sides[1]):
            result = _compared(sign, a, b)
            if result is None:
                return None if not (seen and walk.lax) else True
            seen = seen or result
    return seen


def _sort(item: Any) -> str:
    return "null" if item is None else "structure" if isinstance(item, (list, dict)) else "scalar"


def _is_scalar(item: Any) -> bool:
    return _sort(item) == "scalar"


def _compared(sign: str, a: Any, b: Any) -> bool | None:
    if type_name(a) != type_name(b):
        return None
    if isinstance(a, Decimal) and isinstance(b, float):
        a = float(a)
    elif isinstance(a, float) and isinstance(b, Decimal):
        b = float(b)
    return _COMPARED[sign](a, b)


def _exists(walk: _Walk, path: Tree) -> bool | None:
    try:
        return bool(walk.items(path))
    except PathFailure:
        return None


def _starts(walk: _Walk, path: Tree, what: Tree) -> bool | None:
    try:
        items, (start, *_) = walk.unwrapped(path), walk.items(what)
    except PathFailure:
        return None
    if not isinstance(start, str):
        return None
    seen = False
    for item in items:
        if not isinstance(item, str):
            return True if seen and walk.lax else None
        seen = seen or item.startswith(start)
    return seen


def _and(walk: _Walk, left: Tree, right: Tree) -> bool | None:
    both = walk.holds(left), walk.holds(right)
    return False if False in both else None if None in both else True


def _or(walk: _Walk, left: Tree, right: Tree) -> bool | None:
    both = walk.holds(left), walk.holds(right)
    return True if True in both else None if None in both else False


def _not(walk: _Walk, predicate: Tree) -> bool | None:
    value = walk.holds(predicate)
    return None if value is None else not value


_ITEMS: Mapping[str, Callable[..., list[Any]]] = {
    "root": lambda walk: [walk.document],
    "current": _current,
    "last": _last,
    "literal": lambda _, value: [value],
    "variable": lambda walk, name: [walk.passed[name]],
    "member": _member,
    "descendant": _descendant,
    "elements": _elements,
    "filter": _filter,
    "method": _method,
    "sign": _sign,
    "arithmetic": _arithmetic,
}
_HOLDS: Mapping[str, Callable[..., bool | None]] = {
    "compare": _compare,
    "exists": _exists,
    "starts": _starts,
    "and": _and,
    "or": _or,
    "not": _not,
    "unknown": lambda walk, predicate: walk.holds(predicate) is None,
}
