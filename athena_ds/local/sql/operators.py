"""The operators' signatures and the types they answer, matched like functions."""

from __future__ import annotations

from functools import cache

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, Type
from athena_ds.local.sql import results
from athena_ds.local.sql.binding import pattern
from athena_ds.local.sql.coercion import common_type, is_comparable, is_orderable
from athena_ds.local.sql.functions import Resolved, Signature, choose

_NUMBERS = (*INTEGERS, "real", "double")
_DAY, _YEAR = "interval day to second", "interval year to month"
_DECIMALS = "decimal(a_precision,a_scale), decimal(b_precision,b_scale)"
_POINTS = ("date", "time(p)", "time(p) with time zone", "timestamp(p)", "timestamp(p) with time zone")


def _shift(point: str) -> list[tuple[str, str]]:
    """Points in time move by intervals: dates by both, times of day by the day kind only."""
    kinds = (_DAY,) if point.startswith("time(") else (_DAY, _YEAR)
    return [(f"{point}, {kind}", point) for kind in kinds]


def _table() -> dict[str, list[tuple[str, str]]]:
    same = [(f"{n}, {n}", n) for n in _NUMBERS]
    shifts = [pair for point in _POINTS for pair in _shift(point)]
    backwards = [(", ".join(reversed(arguments.split(", "))), result) for arguments, result in shifts]
    intervals = [(f"{k}, {k}", k) for k in (_DAY, _YEAR)]
    scaled = [(f"{k}, {n}", k) for k in (_DAY, _YEAR) for n in ("bigint", "double")]
    flipped = [(", ".join(reversed(a.split(", "))), r) for a, r in scaled]
    return {
        "+": [*same, (_DECIMALS, "decimal(a,b)"), *intervals, *shifts, *backwards],
        "-": [*same, (_DECIMALS, "decimal(a,b)"), *intervals, *shifts, *((f"{p}, {p}", _DAY) for p in _POINTS)],
        "*": [*same, (_DECIMALS, "decimal(a,b)"), *scaled, *flipped],
        "/": [*same, (_DECIMALS, "decimal(a,b)"), *((f"{k}, double", k) for k in (_DAY, _YEAR))],
        "%": [*same, (_DECIMALS, "decimal(a,b)")],
        "negate": [*((n, n) for n in (*_NUMBERS, _DAY, _YEAR)), ("decimal(p,s)", "decimal(p,s)")],
    }


_DECIMAL_RESULTS = {
    "+": results.added,
    "-": results.added,
    "*": results.multiplied,
    "/": results.divided,
    "%": results.remainder,
}


@cache
def _signatures(operator: str) -> tuple[Signature, ...]:
    return tuple(
        Signature(
            name=operator,
            text=arguments.replace(", ", ","),
            arguments=pattern(f"f({arguments})").elements,
            returns=pattern(result if result != "decimal(a,b)" else "bigint"),
            kind="scalar",
        )
        for arguments, result in _table()[operator]
    )


def arithmetic(operator: str, kinds: tuple[Type, ...]) -> Resolved:
    """The meaning of `+ - * / %` (and of `negate`) for these types; raises EngineError (no place in it)."""
    found = choose(_signatures(operator), kinds)
    if found is None:
        raise _cannot(operator, kinds)
    if found.signature.text == _DECIMALS.replace(", ", ","):
        result = _DECIMAL_RESULTS[operator](found.arguments)
        if result.scale > 38:
            raise EngineError(
                "INVALID_FUNCTION_ARGUMENT", f"DECIMAL scale must be in range [0, precision (38)]: {result.scale}"
            )
        return Resolved(signature=found.signature, arguments=found.arguments, result=result)
    return _at_least_milliseconds(found)


def _at_least_milliseconds(found: Resolved) -> Resolved:
    """A point in time moved by milliseconds has at least three digits of them."""
    if not found.result.base.startswith("time") or not any(k.base == _DAY for k in found.arguments):
        return found
    wider = Type(found.result.base, (max(3, found.result.precision),))
    return Resolved(signature=found.signature, arguments=found.arguments, result=wider)


def comparison(operator: str, left: Type, right: Type) -> Type:
    """The type both sides are compared as; raises EngineError TYPE_MISMATCH without a place."""
    shared = common_type(left, right)
    ordered = operator not in ("=", "<>", "IS DISTINCT FROM")
    if shared is None or not (is_orderable(shared) if ordered else is_comparable(shared)):
        if operator == "IS DISTINCT FROM":
            raise EngineError("TYPE_MISMATCH", f"Cannot check if {left} is identical to {right}")
        raise _cannot({"<>": "=", ">": "<", ">=": "<="}.get(operator, operator), (left, right))
    return shared


def _cannot(operator: str, kinds: tuple[Type, ...]) -> EngineError:
    if len(kinds) == 1:
        return EngineError("TYPE_MISMATCH", f"Cannot negate {kinds[0]}")
    return EngineError("TYPE_MISMATCH", f"Cannot apply operator: {kinds[0]} {operator} {kinds[1]}")
