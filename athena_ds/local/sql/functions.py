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

from athena_ds.local.engine.seam import EngineError
from athena_ds.local.sql import results
from athena_ds.local.sql.binding import Binding, Pattern, bind, pattern, substitute
from athena_ds.local.sql.coercion import can_coerce
from athena_ds.local.sql.types import UNKNOWN, Type


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
        return f"{self.name}({', '.join(str(p) for p in self.arguments)})"


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
    """The overload of a catalogued function for these arguments; raises EngineError FUNCTION_NOT_FOUND without a place."""
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
    kinds = tuple(substitute(p, bound) for p in patterns)
    result = results.result_type(signature.name, signature.text, signature.returns, bound, kinds)
    return None if result is None else Resolved(signature=signature, arguments=kinds, result=result)


def _expanded(signature: Signature, count: int) -> tuple[Pattern, ...] | None:
    patterns = signature.arguments
    if not signature.variadic:
        return patterns if len(patterns) == count else None
    if count < len(patterns) - 1:
        return None
    return (*patterns[:-1], *(patterns[-1] for _ in range(count - len(patterns) + 1)))


def _most_specific(candidates: list[Resolved], arguments: Sequence[Argument]) -> Resolved:
    best = [a for a in candidates if all(a is b or _fits(a, b) for b in candidates)]
    if len(best) == 1:
        return best[0]
    best = best or [a for a in candidates if not any(a is not b and _fits(b, a) and not _fits(a, b) for b in candidates)]
    if len(best) == 1:
        return best[0]
    unknown_only = [r for r in best if _only_unknown_cast(r, arguments)]
    if len(unknown_only) == 1:
        return unknown_only[0]
    pool = unknown_only or best
    if unknown_only and len({r.result for r in pool}) == 1:
        return min(pool, key=lambda r: str(r.signature))
    raise EngineError("AMBIGUOUS_FUNCTION_CALL", _ambiguous(pool))


def _fits(specific: Resolved, other: Resolved) -> bool:
    """Whether what `specific` takes could be given to `other`, so that `specific` says more."""
    return _match(other.signature, specific.arguments, coerce=True) is not None


def _only_unknown_cast(found: Resolved, arguments: Sequence[Argument]) -> bool:
    pairs = zip(arguments, found.arguments, strict=True)
    return all(not isinstance(a, Type) or a == UNKNOWN or a == b for a, b in pairs)


def _ambiguous(pool: list[Resolved]) -> str:
    shown = "\n".join(f"\t * {r.signature}" for r in pool)
    return f"Could not choose a best candidate operator. Explicit type casts must be added.\nCandidates are:\n{shown}"


def _unexpected(name: str, overloads: Sequence[Signature], arguments: Sequence[Argument]) -> str:
    given = ", ".join(str(a) if isinstance(a, Type) else "<function>" for a in arguments)
    expected = ", ".join(dict.fromkeys(_spelled(s) for s in overloads))
    return f"Unexpected parameters ({given}) for function {name}. Expected: {expected}"


def _spelled(signature: Signature) -> str:
    names = dict.fromkeys(v for p in (*signature.arguments, signature.returns) for v in p.variables())
    return f"{signature}{' ' + ', '.join(n.upper() for n in names) if names else ''}"


def coercible(source: Type, target: Type) -> bool:
    return can_coerce(source, target)


__all__ = ["Binding", "Resolved", "Signature", "catalogue", "choose", "coercible", "kind_of", "resolve"]
