"""Typed expressions to DuckDB SQL."""

from __future__ import annotations

import re

from athena_ds.local.engine.duckdb import forms
from athena_ds.local.engine.duckdb.aggregates import lowered_window
from athena_ds.local.engine.duckdb.calls import registry_call
from athena_ds.local.engine.duckdb.casting import cast
from athena_ds.local.engine.duckdb.comparison import compare, is_plain, unbroken
from athena_ds.local.engine.duckdb.functions.registry import meaning
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.engine.duckdb.planner import Applied, Planner, apply, column
from athena_ds.local.engine.duckdb.values import known, literal
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.correlation import around
from athena_ds.local.sql.tree import Aggregate, Call, Cast, Constant, Expression, Form, Lambda, Subquery, Symbol, Window


def lowered(planner: Planner, expression: Expression) -> str:  # noqa: PLR0911
    """The DuckDB expression that has exactly this value; raises EngineError NOT_SUPPORTED where none is known."""
    match expression:
        case Constant():
            return literal(expression.value, expression.type)
        case Symbol():
            return column(expression.number)
        case Call():
            return _enclosed(_call(planner, expression))
        case Form():
            return _enclosed(forms.lowered(planner, expression))
        case Cast():
            return _enclosed(_cast(planner, expression))
        case Window():
            return _enclosed(lowered_window(planner, expression))
        case Subquery():
            return _subquery(planner, expression)
        case Lambda():
            raise EngineError("NOT_SUPPORTED", "Lambda outside a function call")
        case Aggregate():
            raise EngineError("NOT_SUPPORTED", f"Aggregate in an unexpected place: {expression.name}")
        case _:
            raise EngineError("NOT_SUPPORTED", f"Not supported by the local engine: {type(expression).__name__}")


_WHOLE = re.compile(r"""\w+\((?:[^()']|'[^']*')*\)|"c\d+"|DATE '[^']*'|'[^']*'""")


def _enclosed(sql: str) -> str:
    """In brackets where it isn't plainly one thing: whatever is written around it takes it as a whole."""
    return sql if _WHOLE.fullmatch(sql) else f"({sql})"


def _call(planner: Planner, call: Call) -> str:
    how = meaning(call.name, call.signature)
    if how is None:
        raise EngineError("NOT_SUPPORTED", f"Function not supported by the local engine: {call.name}({call.signature})")
    return apply(planner, how, Applied(call=registry_call(planner, call), deterministic=call.deterministic))


def _cast(planner: Planner, expression: Cast) -> str:
    argument = expression.argument
    if (date := forms.plain_date(expression)) is not None:
        return f"DATE '{date}'"
    source = lowered(planner, argument)
    if not expression.safe:
        return cast(planner, source, argument.type, expression.type, known(argument))
    planner.tries = True
    if isinstance(argument, (Constant, Symbol)):
        return f"TRY({cast(planner, source, argument.type, expression.type, known(argument))})"
    variable = f"t{id(expression)}"
    inside = cast(planner, variable, argument.type, expression.type)
    return f"list_extract(list_transform([{source}], lambda {variable}: TRY({inside})), 1)"


def _subquery(planner: Planner, expression: Subquery) -> str:
    query = planner.relation(expression.query)
    if expression.kind == "exists":
        return f"EXISTS ({query})"
    fields = expression.query.fields
    symbols = [column(f.number) for f in fields]
    if expression.kind == "scalar":
        value = (
            symbols[0]
            if len(fields) == 1
            else f"struct_pack({', '.join(f'f{i} := {s}' for i, s in enumerate(symbols))})"
        )
        found = f"(SELECT {value} FROM ({query}))"
        if len(fields) == 1 or around(expression.query):
            return found
        nothing = ", ".join(f"f{i} := CAST(NULL AS {physical(f.type)})" for i, f in enumerate(fields))
        # No row is a row of NULLs, unless the subquery is joined to what is around it.
        return f"coalesce({found}, struct_pack({nothing}))"
    return _in(planner, expression, query, symbols)


def _in(planner: Planner, expression: Subquery, query: str, symbols: list[str]) -> str:
    """IN, NULLs counted as Trino counts them.

    Trino joins on what is not distinct (NaN is NaN, a NULL inside a row is itself), but where the subquery uses columns
    from around it, it compares with `=`.
    """
    element = expression.element
    assert element is not None
    assert expression.value is not None
    fields = expression.query.fields
    value = lowered(planner, expression.value)
    if not element.elements or (len(fields) == 1 and expression.value.type.base != "row"):
        item = cast(planner, symbols[0], fields[0].type, element)
    else:
        parts = (cast(planner, s, f.type, k) for s, f, k in zip(symbols, fields, element.elements, strict=True))
        item = f"struct_pack({', '.join(f'f{i} := {p}' for i, p in enumerate(parts))})"
    beside = bool(around(expression.query))
    equal = expression.joined or beside
    if is_plain(element) or (element.base in ("real", "double") and not beside):
        found = f"({value} IN (SELECT {item} FROM ({query})))"
        return found if is_plain(element) or not equal else f"({found} AND NOT isnan({value}))"
    if element.elements and isinstance(expression.value, (Symbol, Cast)):
        item = unbroken(item, element, planner.kernels)
    if equal:
        test = compare("=", element, (value, item), planner.kernels)
    else:
        different = compare("IS DISTINCT FROM", element, (value, item), planner.kernels)
        test = f"CASE WHEN {value} IS NOT NULL AND {item} IS NOT NULL THEN NOT {different} END"
    return (
        "(SELECT CASE WHEN count(*) = 0 THEN false WHEN bool_or(t) THEN true"
        f" WHEN count(t) < count(*) THEN NULL ELSE false END FROM (SELECT {test} AS t FROM ({query})))"
    )
