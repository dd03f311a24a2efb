"""Which function a call means: Trino's signatures, matched by type as Trino's resolver does it.

Exact signatures come first, then generic ones, then those the arguments can be coerced to, the most specific winning.
A lambda is typed when the variables of its parameters are known from the other arguments.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import UNKNOWN, Type
from athena_ds.local.sql import results
from athena_ds.local.sql.binding import Pattern, bind, pattern, substitute
from athena_ds.local.sql.coercion import is_comparable, is_orderable


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One overload. `text` is its arguments as `functions.jsonl` writes them: the name rules and kernels go by."""

    name: str
    text: str
    arguments: tuple[Pattern, ...]
    returns: Pattern
    kind: str
    deterministic: bool = True
    variadic: bool = False

    @property
    def generic(self) -> bool:
        return any(p.has_variables for p in (*self.arguments, self.returns))

    def __str__(self) -> str:
        return f"{self.name.lower()}({', '.join(str(p) for p in self.arguments)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The overload a call means, with the types it takes and returns here."""

    signature: Signature
    arguments: tuple[Type, ...]
    result: Type


LambdaType = Callable[[tuple[Type, ...]], Type]
"""The type of a lambda's body, its parameters having these types."""

Argument = Type | LambdaType

_VARIADIC = {"concat": 1, "concat_ws": 1, "greatest": 0, "least": 0, "map_concat": 0, "array_concat": 0}


_DEMANDS: dict[str, dict[str, str]] = {
    **{
        name: {"t": "comparable"}
        for name in ("approx_distinct", "array_histogram", "array_position", "checksum", "contains")
    },
    **{name: {"t": "comparable"} for name in ("contains_sequence", "histogram")},
    **{name: {"e": "comparable"} for name in ("array_distinct", "array_except", "array_intersect", "array_remove")},
    **{name: {"e": "comparable"} for name in ("array_union", "arrays_overlap")},
    **{name: {"t": "orderable"} for name in ("array_max", "array_min")},
    "array_sort": {"e": "orderable"},
    **{name: {"E": "orderable"} for name in ("greatest", "least")},
    "map": {"K": "comparable"},
    **{
        name: {"k": "comparable"}
        for name in ("map_agg", "map_from_entries", "map_union", "multimap_agg", "multimap_from_entries")
    },
    **{name: {"e": "orderable", "t": "orderable"} for name in ("max", "min")},
    **{name: {"k": "orderable"} for name in ("max_by", "min_by")},
}
"""What signatures ask of their type variables; `functions.jsonl` doesn't say, Trino's messages do."""


@cache
def catalogue() -> dict[str, tuple[Signature, ...]]:
    """Every signature by lower-case name."""
    found: dict[str, dict[tuple[str, str], Signature]] = {}
    for line in files("athena_ds.local.sql").joinpath("functions.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["kind"] != "table":
            made = _signature(entry)
            found.setdefault(made.name.lower(), {})[made.kind, made.text] = made
    return {name: tuple(overloads.values()) for name, overloads in found.items()}


def _signature(entry: dict[str, str | bool]) -> Signature:
    text = str(entry["arguments"])
    arguments = pattern(f"f({text})").elements if text else ()
    name = str(entry["name"])
    variadic = name in _VARIADIC and (name != "concat" or text in ("varchar", "varbinary", "array(E)"))
    if name == "concat_ws":
        variadic = text == "varchar, varchar"
    return Signature(
        name=name,
        text=text.replace(", ", ","),
        arguments=arguments,
        returns=pattern(str(entry["returns"])),
        kind=str(entry["kind"]),
        deterministic=bool(entry["deterministic"]),
        variadic=variadic,
    )


def kind_of(name: str) -> str | None:
    """scalar, aggregate or window; None for a function Trino doesn't have."""
    overloads = catalogue().get(name)
    return overloads[0].kind if overloads else None


def resolve(name: str, arguments: Sequence[Argument]) -> Resolved:
    """The overload of a catalogued function for these arguments; raises EngineError (no place in it)."""
    overloads = catalogue().get(name)
    if overloads is None:
        raise EngineError("FUNCTION_NOT_FOUND", f"Function '{name}' not registered")
    found = choose(overloads, arguments)
    if found is None:
        raise EngineError("FUNCTION_NOT_FOUND", _unexpected(name, overloads, arguments))
    return found


def choose(overloads: Sequence[Signature], arguments: Sequence[Argument]) -> Resolved | None:
    """The one overload that fits best, None where none does; EngineError AMBIGUOUS_FUNCTION_CALL where several do."""
    for generic in (False, True):
        exact = [r for s in overloads if s.generic is generic and (r := _match(s, arguments, coerce=False))]
        if len(exact) == 1:
            return exact[0]
        if exact:
            return _most_specific(exact, arguments)
    coerced = [r for s in overloads if (r := _match(s, arguments, coerce=True))]
    return _most_specific(coerced, arguments) if coerced else None


def _match(signature: Signature, arguments: Sequence[Argument], *, coerce: bool) -> Resolved | None:
    patterns = _expanded(signature, len(arguments))
    if patterns is None:
        return None
    bound = bind(patterns, arguments, coerce=coerce)
    if bound is None:
        return None
    for variable, demand in _DEMANDS.get(signature.name, {}).items():
        kind = bound.types.get(variable)
        if kind is not None and not (is_orderable(kind) if demand == "orderable" else is_comparable(kind)):
            return None
    kinds = tuple(substitute(p, bound) for p in patterns)
    result = results.result_type(signature.name, signature.text, signature.returns, bound, kinds)
    return None if result is None else Resolved(signature=signature, arguments=kinds, result=result)


def _expanded(signature: Signature, count: int) -> tuple[Pattern, ...] | None:
    patterns = signature.arguments
    if not signature.variadic:
        return patterns if len(patterns) == count else None
    if count < len(patterns) - 1 or (count == 0 and patterns[0].variables()):
        return None
    return (*patterns[:-1], *(patterns[-1] for _ in range(count - len(patterns) + 1)))


def _most_specific(candidates: list[Resolved], arguments: Sequence[Argument]) -> Resolved:
    """Trino's `FunctionBinder.selectMostSpecificFunctions`, step by step."""
    best = _representatives(candidates)
    if len(best) == 1:
        return best[0]
    if any(argument == UNKNOWN for argument in arguments) and all(isinstance(a, Type) for a in arguments):
        best = [r for r in candidates if _only_unknown_cast(r, arguments)] or best
        if len(best) == 1 or len({r.result for r in best}) == 1:
            return max(best, key=lambda r: str(r.signature))
    raise EngineError("AMBIGUOUS_FUNCTION_CALL", _ambiguous(best))


def _representatives(candidates: list[Resolved]) -> list[Resolved]:
    kept: list[Resolved] = []
    for current in candidates:
        for i, known in enumerate(kept):
            if _fits(current, known):
                kept[i] = current
            if _fits(current, known) or _fits(known, current):
                break
        else:
            kept.append(current)
    return kept


def _fits(specific: Resolved, other: Resolved) -> bool:
    """Whether what `specific` takes could be given to `other`, so that `specific` says more."""
    return _match(other.signature, specific.arguments, coerce=True) is not None


def _only_unknown_cast(found: Resolved, arguments: Sequence[Argument]) -> bool:
    pairs = zip(arguments, found.arguments, strict=True)
    return all(not isinstance(a, Type) or a in (UNKNOWN, b) for a, b in pairs)


def _ambiguous(pool: list[Resolved]) -> str:
    shown = "\n".join(f"\t * ({','.join(map(str, r.arguments))}):{r.result}" for r in pool)
    return f"Could not choose a best candidate operator. Explicit type casts must be added.\nCandidates are:\n{shown}\n"


def _unexpected(name: str, overloads: Sequence[Signature], arguments: Sequence[Argument]) -> str:
    given = ", ".join(_signed(a) if isinstance(a, Type) else "<function>" for a in arguments)
    expected = ", ".join(sorted(dict.fromkeys(_spelled(s) for s in overloads)))
    return f"Unexpected parameters ({given}) for function {name}. Expected: {expected}"


def _signed(kind: Type) -> str:
    """A type as signatures spell it: `row("a" integer,varchar(1))`."""
    if not kind.elements:
        return str(kind)
    inside = [_signed(element) for element in kind.elements]
    if kind.base == "row":
        named = zip(kind.names, inside, strict=True)
        inside = [f'"{name}" {part}' if name is not None else part for name, part in named]
    return f"{kind.base}({','.join(inside)})"


def _spelled(signature: Signature) -> str:
    variables = dict.fromkeys(v for p in (*signature.arguments, signature.returns) for v in p.variables())
    demands = _DEMANDS.get(signature.name, {})
    shown = [f"{n.upper()}:{demands[n]}" for n in variables if n in demands]
    shown += [n.upper() for n in variables if n not in demands]
    return f"{signature}{' ' + ', '.join(shown) if shown else ''}"
