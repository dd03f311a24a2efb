"""`greatest` and `least`: NULL when one is, NaN only among NaNs."""

from __future__ import annotations

from typing import Any

from athena_ds.local.engine.duckdb.functions.registry import Call, Rule, rule
from athena_ds.local.engine.duckdb.functions.values import compare, is_nan, simple
from athena_ds.local.seam.types import Type


def _written(name: str) -> Rule:
    def write(call: Call) -> str:
        if not simple(call.result) or call.result.base == "ipaddress":
            return call.compute(greatest if name == "greatest" else least, typed=True)
        null = " OR ".join(f"({sql}) IS NULL" for sql in call.sql)
        return f"CASE WHEN {null} THEN NULL ELSE {name}({', '.join(call.sql)}) END"

    return write


rule("greatest")(_written("greatest"))
rule("least")(_written("least"))


def greatest(*values: Any, call: Call) -> Any:
    return extreme(values, call.result, 1)


def least(*values: Any, call: Call) -> Any:
    return extreme(values, call.result, -1)


def extreme(values: tuple[Any, ...], kind: Type, sign: int) -> Any:
    """The first of equals."""
    best = values[0]
    for value in values[1:]:
        if is_nan(best) or (not is_nan(value) and compare(value, best, kind) * sign > 0):
            best = value
    return best
