"""Trino's arithmetic in DuckDB: integers that overflow, decimals that keep their scale, points in time that move."""

from __future__ import annotations

import calendar
import datetime
import decimal
from decimal import Decimal
from typing import Any

from athena_ds.local.engine.duckdb.comparison import order_of
from athena_ds.local.engine.duckdb.functions.registry import OffsetTime, Zoned
from athena_ds.local.engine.duckdb.kernels import Kernels
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type

_INTEGERS = ("tinyint", "smallint", "integer", "bigint")
_CONTEXT = decimal.Context(prec=120, rounding=decimal.ROUND_HALF_UP)


def arithmetic(
    operator: str, kinds: tuple[Type, ...], result: Type, operands: tuple[str, ...], kernels: Kernels
) -> str:
    """An operator on operands of the types its signature takes."""
    if operator == "negate":
        return _negated(kinds[0], operands[0], result, kernels)
    pair = operands[0], operands[1]
    if kinds[0].base == kinds[1].base and kinds[0].base in _INTEGERS:
        return _integers(operator, pair, result, kernels)
    if kinds[0].base == kinds[1].base and kinds[0].base in ("real", "double"):
        return f"CAST({pair[0]} {operator} {pair[1]} AS {physical(result)})"
    if kinds[0].base == kinds[1].base == "decimal":
        return _decimals(operator, (kinds[0], kinds[1]), pair, result, kernels)
    return _times(operator, (kinds[0], kinds[1]), pair, result, kernels)


def _negated(kind: Type, sql: str, result: Type, kernels: Kernels) -> str:
    if kind.base in _INTEGERS:
        return _guarded(
            f"(-{sql})", f"{sql} = {_least(kind)}", f"'{kind.base} negation overflow: ' || {sql}", result, kernels
        )
    return f"CAST(-{sql} AS {physical(result)})"


def _least(kind: Type) -> str:
    bits = {"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}[kind.base]
    return f"CAST({-(2 ** (bits - 1))} AS {physical(kind)})"


def _guarded(sql: str, bad: str, message: str, result: Type, kernels: Kernels) -> str:
    failing = kernels.fail("NUMERIC_VALUE_OUT_OF_RANGE", message, result)
    return f"CASE WHEN {bad} THEN {failing} ELSE CAST({sql} AS {physical(result)}) END"


_WORDS = {"+": "addition", "-": "subtraction", "*": "multiplication"}


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
        f"abs({side}) >= CAST('1e{most}' AS {physical(kind)})"
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


_MADE: dict[tuple[str, Type], Any] = {}


def _decimal_function(operator: str, result: Type) -> Any:
    """One function for each operator and result, so that a connection registers it once."""
    if (operator, result) not in _MADE:

        def run(left: Decimal, right: Decimal) -> Decimal:
            return _computed(operator, left, right, result)

        _MADE[operator, result] = run
    return _MADE[operator, result]


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
    if abs(exact.scaleb(result.scale, _CONTEXT)) >= Decimal(10) ** 38:
        raise EngineError("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow")
    return exact.quantize(Decimal(1).scaleb(-result.scale), context=_CONTEXT)


def _divided(left: Decimal, right: Decimal, scale: int) -> Decimal:
    """Half up on the last digit, from the exact quotient."""
    top = int(left.scaleb(80, _CONTEXT).to_integral_value(context=_CONTEXT)) * 10**scale
    bottom = int(right.scaleb(80, _CONTEXT).to_integral_value(context=_CONTEXT))
    quotient, rest = divmod(abs(top), abs(bottom))
    quotient += 2 * rest >= abs(bottom)
    return Decimal(quotient if (top < 0) == (bottom < 0) else -quotient).scaleb(-scale, _CONTEXT)


def _times(operator: str, kinds: tuple[Type, Type], pair: tuple[str, str], result: Type, kernels: Kernels) -> str:
    """Dates, times and intervals: all by the same small functions."""
    function = _time_function(operator, kinds, result)
    return kernels.call(function, ((pair[0], kinds[0]), (pair[1], kinds[1])), result)


_TIMES_MADE: dict[tuple[str, tuple[Type, Type], Type], Any] = {}


def _time_function(operator: str, kinds: tuple[Type, Type], result: Type) -> Any:
    key = (operator, kinds, result)
    if key not in _TIMES_MADE:

        def run(left: Any, right: Any) -> Any:
            return _moved(operator, kinds, left, right)

        _TIMES_MADE[key] = run
    return _TIMES_MADE[key]


def _moved(operator: str, kinds: tuple[Type, Type], left: Any, right: Any) -> Any:
    intervals = [k.base.startswith("interval") for k in kinds]
    if all(intervals):
        return _checked(left + right if operator == "+" else left - right, kinds[0])
    if operator in ("*", "/"):
        return _scaled(operator, *((left, right, kinds[0]) if intervals[0] else (right, left, kinds[1])))
    if not any(intervals):
        return _difference(left, right)
    if intervals[0]:
        return _shifted(right, left, kinds[1], kinds[0])
    return _shifted(left, right if operator == "+" else -right, kinds[0], kinds[1])


def _checked(value: int, kind: Type) -> int:
    bits = 64 if kind.base == "interval day to second" else 32
    if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise EngineError("GENERIC_INTERNAL_ERROR", f"Value {value} exceeds range of type {kind}")
    return value


def _scaled(operator: str, value: int, factor: float, kind: Type) -> int:
    if isinstance(factor, int):
        return _checked(value * factor, kind)
    if factor != factor or (operator == "/" and factor == 0):  # noqa: PLR0124 - NaN
        word = "multiply" if operator == "*" else "divide"
        raise EngineError(
            "INVALID_FUNCTION_ARGUMENT",
            f"Cannot {word} by double {'NaN' if factor != factor else factor}",  # noqa: PLR0124
        )
    exact = value * factor if operator == "*" else value / factor
    bound = 2**63 - 1 if kind.base == "interval day to second" else 2**31 - 1
    return bound if exact > bound else -bound - 1 if exact < -bound - 1 else int(exact)


def _difference(left: Any, right: Any) -> int:
    if isinstance(left, Zoned):
        left, right = left.utc, right.utc
    if isinstance(left, OffsetTime):
        kind = Type("time with time zone", (6,))
        return int(order_of(kind, left) - order_of(kind, right)) // 1000
    if isinstance(left, datetime.time):
        left, right = (datetime.datetime.combine(datetime.date(2000, 1, 1), side) for side in (left, right))
    return int((left - right) // datetime.timedelta(milliseconds=1))


def _shifted(point: Any, amount: int, kind: Type, interval: Type) -> Any:
    if interval.base == "interval year to month":
        return _by_months(point, amount)
    step = datetime.timedelta(milliseconds=amount)
    if kind.base == "date":
        if amount % 86400000:
            raise EngineError("INVALID_FUNCTION_ARGUMENT", "Cannot add hour, minutes or seconds to a date")
        return point + step
    if isinstance(point, Zoned):
        return Zoned(point.utc + step, point.zone)
    if kind.base == "time":
        return (datetime.datetime.combine(datetime.date(2000, 1, 1), point) + step).time()
    if kind.base == "time with time zone":
        return ((datetime.datetime.combine(datetime.date(2000, 1, 1), point[0]) + step).time(), point[1])
    return point + step


def _by_months(point: Any, months: int) -> Any:
    if isinstance(point, Zoned):
        return _zoned_months(point, months)
    total = point.year * 12 + point.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        raise EngineError("NOT_SUPPORTED", "Years outside 1 to 9999 are not supported by the local engine")
    last = calendar.monthrange(year, month + 1)[1]
    return point.replace(year=year, month=month + 1, day=min(point.day, last))


def _zoned_months(point: Zoned, months: int) -> Zoned:
    """Months move the wall time in its zone."""
    from athena_ds.local.sql.literals import to_utc  # noqa: PLC0415

    return Zoned(*to_utc(_by_months(_local(point), months), point.zone))


def _local(point: Zoned) -> datetime.datetime:
    import zoneinfo  # noqa: PLC0415

    if point.zone[0] in "+-":
        offset = datetime.timedelta(hours=int(point.zone[1:3]), minutes=int(point.zone[4:6]))
        return point.utc + offset if point.zone[0] == "+" else point.utc - offset
    aware = point.utc.replace(tzinfo=datetime.UTC)
    return aware.astimezone(zoneinfo.ZoneInfo(point.zone)).replace(tzinfo=None)
