"""Type patterns of signatures (`array(t)`, `decimal(p,s)`, `function(t,boolean)`), and binding them to types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from athena_ds.local.seam.types import UNKNOWN, Type
from athena_ds.local.sql.coercion import can_coerce, common_type, to_base

_BASES = frozenset(
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
        "json",
        "date",
        "uuid",
        "ipaddress",
        "unknown",
        "time",
        "timestamp",
        "array",
        "map",
        "row",
        "function",
        "hyperloglog",
        "p4hyperloglog",
        "qdigest",
        "tdigest",
        "setdigest",
        "geometry",
        "bingtile",
        "kdbtree",
        "sphericalgeography",
        "joniregexp",
        "jsonpath",
        "json2016",
        "color",
        "codepoints",
        "likepattern",
        "classifier",
        "regressor",
        "interval",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A type with holes: a type variable (`variable`), or number arguments that are names or digits."""

    base: str
    variable: bool = False
    numbers: tuple[str, ...] = ()
    elements: tuple[Pattern, ...] = ()
    names: tuple[str | None, ...] = ()

    @property
    def has_variables(self) -> bool:
        return self.variable or any(e.has_variables for e in self.elements)

    def variables(self) -> Iterator[str]:
        if self.variable:
            yield self.base
        for element in self.elements:
            yield from element.variables()

    def __str__(self) -> str:
        inside = [*self.numbers, *map(str, self.elements)]
        if not inside:
            return self.base
        word, zone = (self.base[:-15], " with time zone") if self.base.endswith(" with time zone") else (self.base, "")
        return f"{word}({','.join(inside)}){zone}"


@dataclass(frozen=True, slots=True)
class Binding:
    """What variables and numbers stand for in one call."""

    types: dict[str, Type]
    numbers: dict[str, int]


@lru_cache(maxsize=4096)
def pattern(text: str) -> Pattern:
    """Read a type pattern as `functions.jsonl` writes it."""
    tokens = re.findall(r'"[^"]*"|[\w]+|[(),]', text)
    found, rest = _read(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f"not a type pattern: {text!r}")
    return found


def _read(tokens: list[str], at: int) -> tuple[Pattern, int]:
    word = tokens[at]
    at += 1
    if word == "interval":
        return Pattern(base=" ".join((word, *tokens[at : at + 3]))), at + 3
    inner: list[Pattern] = []
    names: list[str | None] = []
    if at < len(tokens) and tokens[at] == "(":
        while tokens[at] != ")":
            at += 1
            named = tokens[at].startswith('"')
            names.append(tokens[at].strip('"') if named else None)
            element, at = _read(tokens, at + named)
            inner.append(element)
        at += 1
    if tokens[at : at + 3] == ["with", "time", "zone"]:
        word, at = f"{word} with time zone", at + 3
    return _pattern(word, inner, names), at


def _pattern(word: str, inner: list[Pattern], names: list[str | None]) -> Pattern:
    base = word
    numeric = base.split(" ")[0] in ("decimal", "varchar", "char", "timestamp", "time")
    if numeric:
        return Pattern(base=base, numbers=tuple(p.base for p in inner))
    variable = not inner and base not in _BASES and "interval" not in base
    kept = tuple(names) if base == "row" else ()
    return Pattern(base=base, variable=variable, elements=tuple(inner), names=kept)


Argument = Type | Callable[[tuple[Type, ...]], Type]


def bind(patterns: Sequence[Pattern], arguments: Sequence[Argument], *, coerce: bool) -> Binding | None:
    """What the variables must be so that the arguments fit the patterns; None where nothing does."""
    binding = Binding({}, {})
    plain = [(p, a) for p, a in zip(patterns, arguments, strict=True) if isinstance(a, Type)]
    if not all(_unify(p, kind, binding, coerce=coerce) for p, kind in plain):
        return None
    for p, a in zip(patterns, arguments, strict=True):
        if not isinstance(a, Type) and not _lambda(p, a, binding):
            return None
    if coerce and not all(_takes(p, a, binding) for p, a in plain):
        return None
    return binding if coerce or all(_same(p, a, binding) for p, a in plain) else None


def _takes(p: Pattern, kind: Type, binding: Binding) -> bool:
    try:
        return can_coerce(kind, substitute(p, binding))
    except KeyError:
        return False


def _same(p: Pattern, kind: Type, binding: Binding) -> bool:
    try:
        return substitute(p, binding) == kind
    except KeyError:
        return False


def _unify(p: Pattern, kind: Type, binding: Binding, *, coerce: bool) -> bool:  # noqa: PLR0911
    if p.base == "function":
        return False
    if p.variable:
        return _bind_type(p.base, kind, binding, coerce=coerce)
    if kind == UNKNOWN and p.base != "unknown":
        return coerce and _unify_unknown(p, binding)
    if p.elements and kind.base == p.base and p.base != "function":
        if len(p.elements) != len(kind.elements):
            return False
        pairs = zip(p.elements, kind.elements, strict=True)
        return all(_unify(e, k, binding, coerce=coerce) for e, k in pairs)
    if p.numbers:
        return _unify_numbers(p, kind, binding, coerce=coerce)
    target = Type(p.base)
    return can_coerce(kind, target) if coerce else kind == target


def _unify_unknown(p: Pattern, binding: Binding) -> bool:
    """NULL fits anything: its variables are unknown, its lengths the shortest, unless others say more."""
    for name in p.variables():
        binding.types.setdefault(name, UNKNOWN)
    for element in (p, *p.elements):
        for position, name in enumerate(element.numbers):
            if not name.isdigit():
                binding.numbers.setdefault(name, 1 if element.base in ("decimal", "char") and position == 0 else 0)
    return True


def _unify_numbers(p: Pattern, kind: Type, binding: Binding, *, coerce: bool) -> bool:
    if kind.base != p.base:
        moved = to_base(kind, p.base) if coerce else None
        if moved is None:
            return False
        kind = moved
    if p.base == "varchar" and not kind.arguments:
        kind = Type("varchar", (2147483647,))
    if not all(name.isdigit() for name in p.numbers) and any(name in binding.numbers for name in p.numbers):
        known = Type(p.base, tuple(int(n) if n.isdigit() else binding.numbers.get(n, 0) for n in p.numbers))
        if not coerce and known != kind:
            return False
        kind = common_type(known, kind) or kind
    for name, number in zip(p.numbers, kind.arguments, strict=True):
        if not name.isdigit():
            binding.numbers[name] = number
        elif not coerce and int(name) != number:
            return False
    return True


def _bind_type(name: str, kind: Type, binding: Binding, *, coerce: bool) -> bool:
    known = binding.types.get(name)
    if known is None:
        binding.types[name] = kind
        return True
    if known == kind:
        return True
    shared = common_type(known, kind) if coerce else None
    if shared is None:
        return False
    binding.types[name] = shared
    return True


def _lambda(p: Pattern, body: Callable[[tuple[Type, ...]], Type], binding: Binding) -> bool:
    """A lambda's result binds the last element of `function(...)`; tried again when that widens a parameter."""
    if p.base != "function":
        return False
    for _ in range(3):
        try:
            parameters = tuple(substitute(e, binding) for e in p.elements[:-1])
        except KeyError:
            return False
        before = dict(binding.types)
        result = body(parameters)
        if not _unify(p.elements[-1], result, binding, coerce=True):
            return False
        if binding.types == before or not any(
            v in p.elements[-1].variables() for e in p.elements[:-1] for v in e.variables()
        ):
            break
    return _only_types(result, substitute(p.elements[-1], binding))


def _only_types(source: Type, target: Type) -> bool:
    """Whether a lambda's result needs no computation to be of the target's type: Trino coerces it no further."""
    if source == target or (source.base == target.base == "varchar" and not target.arguments):
        return True
    if source.base != target.base or len(source.elements) != len(target.elements):
        return False
    if source.elements:
        return all(map(_only_types, source.elements, target.elements))
    if source.base == "decimal":
        same_size = (source.precision > 18) == (target.precision > 18)
        return source.scale == target.scale and source.precision <= target.precision and same_size
    return source.base == "varchar" and bool(source.arguments) and source.precision <= target.precision


def substitute(p: Pattern, binding: Binding) -> Type:
    """The type a pattern stands for; KeyError where a variable is unbound."""
    if p.variable:
        return binding.types[p.base]
    if p.base == "varchar" and p.numbers:
        length = _number(p.numbers[0], binding)
        return Type("varchar", (length,)) if length < 2147483647 else Type("varchar")
    if p.numbers:
        return Type(p.base, tuple(_number(n, binding) for n in p.numbers))
    elements = tuple(substitute(e, binding) for e in p.elements)
    names = p.names if p.base == "row" else ()
    return Type(p.base, elements=elements, names=names)


def _number(name: str, binding: Binding) -> int:
    return int(name) if name.isdigit() else binding.numbers[name]
