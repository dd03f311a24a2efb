"""The everyday aggregates as DuckDB's, where they agree: counts, sums, averages, extremes, logic and lists."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache, cmp_to_key
from itertools import pairwise
from typing import Any

from athena_ds.local.engine.duckdb.functions.heaps import best
from athena_ds.local.engine.duckdb.functions.java_numbers import round_half_up, to_float32
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, Rule, rule
from athena_ds.local.engine.duckdb.functions.values import beats, compare, decimal_of, extreme, simple, unscaled
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BIGINT, DOUBLE, Type

_MOST = 10_000


def aggregate_named(name: str) -> Rule:
    """DuckDB's aggregate of the same meaning."""

    def write(call: Call) -> str:
        return call.aggregate(name, *call.sql)

    return write


for _name, _theirs in (
    *((n, "bool_and") for n in ("bool_and", "every")),
    *((n, "any_value") for n in ("arbitrary", "any_value")),
    *(("bool_or", "bool_or"), ("array_agg", "list"), ("count", "count")),
    *((f"bitwise_{n}_agg", f"bit_{n}") for n in ("and", "or", "xor")),
):
    rule(_name, *(["t"] if _name == "count" else []))(aggregate_named(_theirs))


@rule("count", "")
def _count_rows(call: Call) -> str:
    return call.aggregate("count", "*")


@rule("count_if")
def _count_if(call: Call) -> str:
    return call.aggregate("count", f"CASE WHEN {call.sql[0]} THEN true END")


@rule("sum", "bigint")
@rule("sum", "interval day to second")
def _sum(call: Call) -> str:
    total = call.aggregate("sum", call.sql[0])
    failed = call.fail("NUMERIC_VALUE_OUT_OF_RANGE", f"'bigint addition overflow: ' || CAST({total} AS VARCHAR)")
    out = f"{total} > {2**63 - 1} OR {total} < {-(2**63)}"
    above = call.aggregate("sum", f"greatest({call.sql[0]}, 0)")
    on_the_way = f"{above} > {2**63 - 1} OR {total} - {above} < {-(2**63)}"
    unknown = call.fail("NOT_SUPPORTED", "'Whether this sum overflows on the way depends on the order of its rows'")
    failed = unknown if call.around.over else failed
    return f"CASE WHEN {out} THEN {failed} WHEN {on_the_way} THEN {unknown} ELSE CAST({total} AS BIGINT) END"


@rule("sum", "interval year to month")
def _sum_months(call: Call) -> str:
    total = call.aggregate("sum", call.sql[0])
    message = f"'Value ' || CAST({total} AS VARCHAR) || ' exceeds MAX_INT for type interval year to month'"
    failed = call.fail("GENERIC_INTERNAL_ERROR", message)
    return f"CASE WHEN {total} > {2**31 - 1} OR {total} < {-(2**31)} THEN {failed} ELSE CAST({total} AS INTEGER) END"


@rule("sum", "double")
def _sum_doubles(call: Call) -> str:
    return call.aggregate("sum", call.sql[0])


@rule("sum", "real")
def _sum_reals(call: Call) -> str:
    """Reals are added as doubles."""
    return call.kernel(to_float32, (call.aggregate("sum", f"CAST({call.sql[0]} AS DOUBLE)"), DOUBLE))


@rule("sum", "decimal(p,s)")
def _sum_decimals(call: Call) -> str:
    """DuckDB fails beyond 38 digits, as Trino does."""
    return f"CAST({call.aggregate('sum', call.sql[0])} AS DECIMAL(38,{call.result.scale}))"


@rule("avg", "bigint")
@rule("avg", "double")
def _avg(call: Call) -> str:
    """Whole numbers too are added as doubles, row by row."""
    return call.aggregate("avg", f"CAST({call.sql[0]} AS DOUBLE)")


@rule("avg", "real")
def _avg_reals(call: Call) -> str:
    return call.kernel(to_float32, (call.aggregate("avg", f"CAST({call.sql[0]} AS DOUBLE)"), DOUBLE))


@rule("avg", "decimal(p,s)")
def _avg_decimals(call: Call) -> str:
    """The sum over the count at the scale of the values, halves away from zero."""
    count = call.aggregate("count", call.sql[0])
    if call.result.precision > _SUMMED and call.around.distinct:
        values = Type("array", elements=(call.result,))
        return call.kernel(_average_of_all, (call.lists()[0], values))
    if call.result.precision > _SUMMED:
        digits = f"CAST(replace(CAST({call.sql[0]} AS VARCHAR), '.', '') AS HUGEINT)"
        halves = (call.aggregate("sum", f"{digits} {part} {10**19}") for part in ("//", "%"))
        high, low = ((f"CAST({half} AS DECIMAL(38, 0))", Type("decimal", (38, 0))) for half in halves)
        return call.kernel(_average_of_halves(call.result.scale), high, low, (count, BIGINT))
    total = call.aggregate("sum", call.sql[0])
    return call.kernel(average_decimal, (total, Type("decimal", (38, call.result.scale))), (count, BIGINT))


_SUMMED = 28
"""Decimals of so many digits may be summed ten thousand million times in 38."""


@cache
def _average_of_halves(scale: int) -> Callable[[Decimal, Decimal, int], Decimal]:
    """The mean of sums of the digits before the last nineteen, and of these.

    Trino adds in 128 bits and counts how often they overflow; what it adds for that it forgets to scale.
    """

    def average(high: Decimal, low: Decimal, count: int) -> Decimal:
        total = int(high) * 10**19 + int(low)
        held = (total + 2**127) % 2**128 - 2**127
        if total == -(2**127):
            raise EngineError("GENERIC_INTERNAL_ERROR", "Overflow")
        total = held + (total - held) * 10**scale
        quotient, rest = divmod(abs(total), count)
        quotient += rest * 2 >= count
        if quotient >= 10**38:
            raise EngineError("GENERIC_INTERNAL_ERROR", "Decimal overflow")
        return decimal_of(-quotient if total < 0 else quotient, scale)

    return average


def _average_of_all(values: list[Decimal | None]) -> Decimal | None:
    known = [one for one in values if one is not None]
    if not known:
        return None
    scale = -int(known[0].as_tuple().exponent)
    return _average_of_halves(scale)(Decimal(0), Decimal(sum(map(unscaled, known))), len(known))


def average_decimal(total: Decimal, count: int) -> Decimal:
    scale = -int(total.as_tuple().exponent)
    quotient, rest = divmod(abs(unscaled(total)), count)
    quotient += rest * 2 >= count
    return decimal_of(-quotient if total < 0 else quotient, scale)


@rule("avg", "interval day to second")
@rule("avg", "interval year to month")
def _avg_intervals(call: Call) -> str:
    return call.kernel(round_half_up, (call.aggregate("avg", call.sql[0]), DOUBLE))


def _extreme(name: str) -> Rule:
    def write(call: Call) -> str:
        value, kind = call.sql[0], call.result
        if kind.base in ("double", "real"):
            if name == "min":
                return call.aggregate(name, value)
            known = call.aggregate(name, f"CASE WHEN isnan({value}) THEN NULL ELSE {value} END")
            return f"coalesce({known}, {call.aggregate(name, value)})"
        if kind.base == "timestamp with time zone":
            return call.aggregate(f"arg_{name}", value, f"({value}).utc")
        if simple(kind) and kind.base != "ipaddress":
            return call.aggregate(name, value)
        return call.gather(greatest_of if name == "max" else least_of, typed=True)

    return write


rule("max", "t")(_extreme("max"))
rule("min", "t")(_extreme("min"))


def greatest_of(items: list[Any], *, call: Call) -> Any:
    return _best(items, call.result, 1)


def least_of(items: list[Any], *, call: Call) -> Any:
    return _best(items, call.result, -1)


def _best(items: list[Any], kind: Type, sign: int) -> Any:
    known = [item for item in items if item is not None]
    return extreme(known, kind, sign) if known else None


def _extremes(name: str) -> Rule:
    def write(call: Call) -> str:
        return call.gather(greatest_n if name == "max" else least_n, typed=True)

    return write


rule("max", "e,bigint")(_extremes("max"))
rule("min", "e,bigint")(_extremes("min"))


def greatest_n(items: list[Any], counts: list[int | None], *, call: Call) -> list[Any] | None:
    rows = [(v, n, v) for v, n in zip(items, counts, strict=True)]
    return top(rows, call.arguments[0], ("second argument of max_n", True))


def least_n(items: list[Any], counts: list[int | None], *, call: Call) -> list[Any] | None:
    rows = [(v, n, v) for v, n in zip(items, counts, strict=True)]
    return top(rows, call.arguments[0], ("second argument of min_n", False))


def top(
    rows: list[tuple[Any, int | None, Any]], kind: Type, asked: tuple[str, bool], *, listed: bool = True
) -> list[Any] | None:
    """Values of the rows (key, n, value) with the n most extreme keys; rows with a NULL key or n don't count.

    Where the rows are not just listed, Trino's order of equal keys depends on how it split the work: refused.
    """
    what, largest = asked
    known = [(key, n, value) for key, n, value in rows if key is not None and n is not None]
    if not known:
        return None
    count = known[0][1]
    _check_count(count, what)
    if len(known) > count and any(value is None for _, _, value in known):
        # Trino forgets that a place in its heap no longer holds NULL, when another value is put there.
        raise EngineError("NOT_SUPPORTED", "The n extreme rows among NULL values are not supported by the local engine")
    order = _by_key(kind, largest=largest)
    found = best(known, count, order)
    if not listed:
        kept = sorted((row for row in known if order(row, found[-1]) <= 0), key=cmp_to_key(order))
        if any(order(a, b) == 0 and a[2] != b[2] for a, b in pairwise(kept)):
            raise EngineError("NOT_SUPPORTED", "Rows with equal keys have no defined order in max_by and min_by")
    return [value for _, _, value in found]


def _by_key(kind: Type, *, largest: bool) -> Callable[[Any, Any], int]:
    """Rows by their keys, the most extreme first and NaN last."""
    sign = -1 if largest else 1
    return lambda left, right: sign * compare(left[0], right[0], kind, nan=sign)


def _check_count(count: int, what: str) -> None:
    if count <= 0:
        raise invalid(f"{what} must be {'a positive integer' if '_by' in what else 'positive'}")
    if count > _MOST:
        raise invalid(f"{what} must be less than or equal to {_MOST}; found {count}")


def _by(name: str) -> Rule:
    def write(call: Call) -> str:
        value, key = call.sql
        kind = call.arguments[1]
        if kind.base in ("double", "real"):
            return call.gather(value_of_greatest if name == "max" else value_of_least, typed=True)
        if kind.base == "timestamp with time zone":
            key = f"({key}).utc"
        elif not simple(kind) or kind.base == "ipaddress":
            return call.gather(value_of_greatest if name == "max" else value_of_least, typed=True)
        return call.aggregate(f"arg_{name}_null", value, key)

    return write


rule("max_by", "v,k")(_by("max"))
rule("min_by", "v,k")(_by("min"))


def value_of_greatest(items: list[Any], keys: list[Any], *, call: Call) -> Any:
    return _value_of(items, keys, call.arguments[1], 1)


def value_of_least(items: list[Any], keys: list[Any], *, call: Call) -> Any:
    return _value_of(items, keys, call.arguments[1], -1)


def _value_of(items: list[Any], keys: list[Any], kind: Type, sign: int) -> Any:
    """The value of the most extreme key that is not NULL, the first of equal ones."""
    best: tuple[Any, Any] | None = None
    for item, key in zip(items, keys, strict=True):
        if key is not None and (best is None or beats(key, best[0], kind, sign)):
            best = key, item
    return best[1] if best else None


def _by_n(name: str) -> Rule:
    def write(call: Call) -> str:
        return call.gather(_VALUES_OF[name, call.around.listed], typed=True)

    return write


rule("max_by", "v,k,bigint")(_by_n("max"))
rule("min_by", "v,k,bigint")(_by_n("min"))


def _values_by(name: str, *, listed: bool) -> Callable[..., list[Any] | None]:
    def values_by(items: list[Any], keys: list[Any], counts: list[Any], *, call: Call) -> list[Any] | None:
        asked = f"third argument of {name}_by", name == "max"
        return top(list(zip(keys, counts, items, strict=True)), call.arguments[1], asked, listed=listed)

    return values_by


_VALUES_OF = {(name, listed): _values_by(name, listed=listed) for name in ("max", "min") for listed in (True, False)}
