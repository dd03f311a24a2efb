"""Trino's arithmetic of numbers in DuckDB: integers that overflow, decimals that keep their scale.

Points in time and intervals move by the rules of `functions/intervals.py`.
"""

from __future__ import annotations

import decimal
import functools
from decimal import Decimal
from typing import Any

from athena_ds.local.engine.duckdb.kernels import Kernels
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import INTEGERS, Type

_CONTEXT = decimal.Context(prec=120, rounding=decimal.ROUND_HALF_UP)


def arithmetic(
    operator: str, kinds: tuple[Type, ...], result: Type, operands: tuple[str, ...], kernels: Kernels
) -> str:
    """An operator on operands of the types its signature takes."""
    if operator == "negate":
        return _negated(kinds[0], operands[0], result, kernels)
    pair = operands[0], operands[1]
    if result.base in INTEGERS:
        return _integers(operator, pair, result, kernels)
    if result.base in ("real", "double"):
        return f"CAST({pair[0]} {operator} {pair[1]} AS {physical(result)})"
    return _decimals(operator, (kinds[0], kinds[1]), pair, result, kernels)


def _negated(kind: Type, sql: str, result: Type, kernels: Kernels) -> str:
    negated = f"CAST((-{sql}) AS {physical(result)})"
    if kind.base not in INTEGERS:
        return negated
    failing = kernels.fail("NUMERIC_VALUE_OUT_OF_RANGE", f"'{kind.base} negation overflow: ' || {sql}", result)
    return f"CASE WHEN {sql} = {_least(kind)} THEN {failing} ELSE {negated} END"


def _least(kind: Type) -> str:
    return f"CAST({-(2 ** (INTEGERS[kind.base] - 1))} AS {physical(kind)})"


_TOO_LARGE = {
    "tinyint": "'Value 128 exceeds MAX_BYTE'",
    "smallint": "'Value 32768 exceeds MAX_SHORT for type smallint'",
    "integer": "'Value 2147483648 exceeds MAX_INT for type integer'",
}


def _division_overflow(result: Type, pair: tuple[str, str]) -> tuple[str, str]:
    """Trino minds it for bigint only; the others' quotient is too large for its type, which TRY doesn't catch."""
    if result.base in _TOO_LARGE:
        return "GENERIC_INTERNAL_ERROR", _TOO_LARGE[result.base]
    return "NUMERIC_VALUE_OUT_OF_RANGE", f"'bigint division overflow: ' || {pair[0]} || ' / ' || {pair[1]}"


def _integers(operator: str, pair: tuple[str, str], result: Type, kernels: Kernels) -> str:
    left, right = pair
    if operator in ("/", "%"):
        sign = "//" if operator == "/" else "%"
        zero = kernels.fail("DIVISION_BY_ZERO", "'Division by zero'", result)
        cases = f"WHEN {right} = 0 THEN {zero}"
        if operator == "/":
            over = kernels.fail(*_division_overflow(result, pair), result)
            cases += f" WHEN {right} = -1 AND {left} = {_least(result)} THEN {over}"
        else:
            cases += f" WHEN {right} = -1 THEN CAST({left} * 0 AS {physical(result)})"
        return f"CASE {cases} ELSE CAST({left} {sign} {right} AS {physical(result)}) END"
    return f"CAST({left} {operator} {right} AS {physical(result)})"


def _decimals(operator: str, kinds: tuple[Type, Type], pair: tuple[str, str], result: Type, kernels: Kernels) -> str:
    """Sums and products that can't overflow are DuckDB's own; the rest is computed digit by digit.

    What could overflow by its types seldom does by its values: only rows of great ones are computed digit by digit.
    """
    own = None
    if operator in ("+", "-"):
        a, b = (f"CAST({side} AS {physical(result)})" for side in pair)
        own = f"CAST({a} {operator} {b} AS {physical(result)})"
        digits = [37 - result.scale] * 2 if result.precision == 38 else [38, 38]
    elif operator == "*":
        own = f"CAST({_wide(pair[0], *kinds)} * {pair[1]} AS {physical(result)})"
        digits = [most - kind.scale for most, kind in zip(_factors(*kinds), kinds, strict=True)]
    function = _decimal_function(operator, result)
    computed = kernels.call(function, ((pair[0], kinds[0]), (pair[1], kinds[1])), result)
    if own is None:
        return computed
    great = [
        f"abs({side}) >= CAST('{Decimal(1).scaleb(most):f}' AS {physical(kind)})"
        for side, kind, most in zip(pair, kinds, digits, strict=True)
        if most < kind.precision - kind.scale
    ]
    return f"CASE WHEN {' OR '.join(great)} THEN {computed} ELSE {own} END" if great else own


def _wide(factor: str, kind: Type, other: Type) -> str:
    """DuckDB makes do with 18 digits for the product of two factors that each have no more: one must have."""
    if max(kind.precision, other.precision) > 18 or kind.precision + other.precision <= 18:
        return factor
    return f"CAST({factor} AS DECIMAL(19, {kind.scale}))"


def _factors(left: Type, right: Type) -> tuple[int, int]:
    """How many digits each of two factors may have for 38 to hold their product."""
    if left.precision + right.precision <= 38:
        return left.precision, right.precision
    if right.precision <= 19:
        return 38 - right.precision, right.precision
    return (left.precision, 38 - left.precision) if left.precision <= 19 else (19, 19)


@functools.cache
def _decimal_function(operator: str, result: Type) -> Any:
    """One function for each operator and result, so that a connection registers it once."""

    def run(left: Decimal, right: Decimal) -> Decimal:
        return _computed(operator, left, right, result)

    return run


def _computed(operator: str, left: Decimal, right: Decimal, result: Type) -> Decimal:
    if operator in ("/", "%") and not right:
        raise EngineError("DIVISION_BY_ZERO", "Division by zero")
    match operator:
        case "+":
            exact = _CONTEXT.add(left, right)
        case "-":
            exact = _CONTEXT.subtract(left, right)
        case "*":
            exact = _CONTEXT.multiply(left, right)
        case "%":
            exact = _CONTEXT.remainder(left, right)
        case _:
            exact = _divided(left, right, result.scale)
    if exact.scaleb(result.scale, _CONTEXT).copy_abs() >= Decimal(10) ** 38:
        raise EngineError("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow")
    return exact.quantize(Decimal(1).scaleb(-result.scale), context=_CONTEXT)


def _divided(left: Decimal, right: Decimal, scale: int) -> Decimal:
    """Half up on the last digit, from the exact quotient."""
    top = int(left.scaleb(80, _CONTEXT).to_integral_value(context=_CONTEXT)) * 10**scale
    bottom = int(right.scaleb(80, _CONTEXT).to_integral_value(context=_CONTEXT))
    quotient, rest = divmod(abs(top), abs(bottom))
    quotient += 2 * rest >= abs(bottom)
    return Decimal(quotient if (top < 0) == (bottom < 0) else -quotient).scaleb(-scale, _CONTEXT)
