"""Operators and special forms to DuckDB SQL."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

from athena_ds.local.engine.duckdb import json_forms
from athena_ds.local.engine.duckdb.arithmetic import arithmetic
from athena_ds.local.engine.duckdb.comparison import compare, extreme, is_plain, unbroken
from athena_ds.local.engine.duckdb.functions.maps import subscripted
from athena_ds.local.engine.duckdb.functions.registry import Call as RegistryCall
from athena_ds.local.engine.duckdb.functions.registry import Unknown, meaning
from athena_ds.local.engine.duckdb.physical import physical, text
from athena_ds.local.engine.duckdb.planner import Applied, Planner, apply
from athena_ds.local.engine.duckdb.unwrapping import unwrapped
from athena_ds.local.engine.duckdb.values import literal
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BOOLEAN, VARCHAR
from athena_ds.local.sql.coercion import can_coerce
from athena_ds.local.sql.like import like
from athena_ds.local.sql.tree import Cast, Constant, Expression, Form, Subquery, Symbol
from athena_ds.local.sql.unwrapping import UNWRAPPED, is_unwrapped
from athena_ds.local.sql.walk import walk

Lower = Callable[[Planner, Form], str]


def lowered(planner: Planner, form: Form) -> str:
    how = _FORMS.get(form.op)
    if how is None:
        raise EngineError("NOT_SUPPORTED", f"Not supported by the local engine: {form.op}")
    return how(planner, form)


def _arithmetic(planner: Planner, form: Form) -> str:
    operands = tuple(planner.expression(a) for a in form.arguments)
    how = meaning(form.op, form.detail) if isinstance(form.detail, str) else None
    if how is not None:
        kinds = tuple(a.type for a in form.arguments)
        call = RegistryCall(
            name=form.op,
            signature=form.detail,
            arguments=kinds,
            result=form.type,
            sql=operands,
            constants=(Unknown,) * len(kinds),
            lambdas=(None,) * len(kinds),
            workshop=planner,
        )
        return apply(planner, how, Applied(call=call))
    return arithmetic(form.op, tuple(a.type for a in form.arguments), form.type, operands, planner.kernels)


def _comparison(planner: Planner, form: Form) -> str:
    left, right = form.arguments
    if form.detail == UNWRAPPED and (is_unwrapped(left) or is_unwrapped(right)):
        return unwrapped(planner, form)
    sides = planner.expression(left), planner.expression(right)
    if form.op == "=" and isinstance(left, Symbol) and isinstance(right, Symbol):
        sides = unbroken(sides[0], left.type, planner.kernels), unbroken(sides[1], right.type, planner.kernels)
    return compare(form.op, left.type, sides, planner.kernels)


def can_fail(expression: Expression) -> bool:
    """Whether evaluating may raise: what must not run where Trino would not run it."""
    for part in walk(expression):
        if isinstance(part, (Constant, Symbol)):
            continue
        if isinstance(part, Form) and (part.op in _SAFE or _certain(part)):
            continue
        if isinstance(part, Cast) and (plain_date(part) or can_coerce(part.argument.type, part.type)):
            continue
        return True
    return False


def _certain(form: Form) -> bool:
    """LIKE with a literal pattern, and sums of small literals (`quantity <= 1 + 10`)."""
    values = [part.value if isinstance(part, Constant) else None for part in form.arguments]
    if form.op == "like":
        return len(values) == 2 and isinstance(values[1], str) and "\\" not in values[1]
    bound = _SMALL.get(form.type.base, 0) if form.op in ("+", "-") else 0
    return all(type(value) is int and abs(value) < bound for value in values)


def plain_date(expression: Cast) -> str | None:
    """The date a cast of a literal gives (`CAST('1998-09-02' AS date)`), where that is certain from the text."""
    value = expression.argument.value if isinstance(expression.argument, Constant) else None
    if expression.type.base != "date" or not isinstance(value, str) or len(value) != len("1998-09-02"):
        return None
    try:
        return value if datetime.date.fromisoformat(value).isoformat() == value else None
    except ValueError:
        return None


_SMALL = {"tinyint": 64, "smallint": 1 << 14, "integer": 1 << 30, "bigint": 1 << 62}
"""The sum of two literals smaller than this fits the type."""

_SAFE = frozenset(
    (
        "and",
        "or",
        "not",
        "=",
        "<>",
        "<",
        "<=",
        ">",
        ">=",
        "is null",
        "IS DISTINCT FROM",
        "between",
        "in",
        "case",
        "coalesce",
        "nullif",
        "field",
    )
)


def _and(planner: Planner, form: Form) -> str:
    return _logical(planner, form, "AND", "false")


def _or(planner: Planner, form: Form) -> str:
    return _logical(planner, form, "OR", "true")


def _logical(planner: Planner, form: Form, word: str, decided: str) -> str:
    """From left to right, and no further than needed: what follows may fail. No term is written more than twice."""
    terms = list(_terms(form, form.op))
    written = [planner.expression(term) for term in terms]
    guards: list[str] = []
    before: list[str] = []
    for term, sql in zip(terms, written, strict=True):
        guarded = can_fail(term) and not any(isinstance(part, Subquery) for part in walk(term))
        if guarded and before:
            guards.append(f"WHEN ({f' {word} '.join(before)}) = {decided} THEN {decided}")
            before = []
        before.append(sql)
    whole = f"({f' {word} '.join(written)})"
    return f"CASE {' '.join(guards)} ELSE {whole} END" if guards else whole


def _terms(expression: Expression, word: str) -> Iterator[Expression]:
    """The terms of `a AND b AND c`, however nested."""
    if isinstance(expression, Form) and expression.op == word:
        for argument in expression.arguments:
            yield from _terms(argument, word)
    else:
        yield expression


def _not(planner: Planner, form: Form) -> str:
    return f"(NOT {planner.expression(form.arguments[0])})"


def _is_null(planner: Planner, form: Form) -> str:
    return f"({planner.expression(form.arguments[0])} IS NULL)"


def _between(planner: Planner, form: Form) -> str:
    value, low, high = (planner.expression(a) for a in form.arguments)
    kind = form.arguments[0].type
    if is_plain(kind):
        return f"({value} BETWEEN {low} AND {high})"
    above, below = (compare(o, kind, (value, side), planner.kernels) for o, side in ((">=", low), ("<=", high)))
    return f"({above} AND {below})"


def _in(planner: Planner, form: Form) -> str:
    value, *options = (planner.expression(a) for a in form.arguments)
    kind = form.arguments[0].type
    if is_plain(kind):
        return f"({value} IN ({', '.join(options)}))"
    if kind.base in ("real", "double") and value in options and _varies(form.arguments[0]):
        raise EngineError("NOT_SUPPORTED", "x IN (x, ...) of numbers that may be NaN: Trino's answer is not equality's")
    return "(" + " OR ".join(compare("=", kind, (value, option), planner.kernels) for option in options) + ")"


def _varies(expression: Expression) -> bool:
    return any(isinstance(part, Symbol | Subquery) for part in walk(expression))


def _like(planner: Planner, form: Form) -> str:
    parts = [planner.expression(a) for a in form.arguments]
    pattern = form.arguments[1]
    escape = form.arguments[2] if len(form.arguments) > 2 else None
    if (
        isinstance(pattern, Constant)
        and isinstance(pattern.value, str)
        and escape is None
        and "\\" not in pattern.value
    ):
        return f"({parts[0]} LIKE {parts[1]})"
    arguments = tuple((part, VARCHAR) for part in parts)
    return planner.kernels.call(like, arguments, BOOLEAN)


def _case(planner: Planner, form: Form) -> str:
    *pairs, other = form.arguments
    whens = " ".join(
        f"WHEN {planner.expression(condition)} THEN {planner.expression(result)}"
        for condition, result in zip(pairs[::2], pairs[1::2], strict=True)
    )
    return f"CASE {whens} ELSE {planner.expression(other)} END"


def _coalesce(planner: Planner, form: Form) -> str:
    return f"COALESCE({', '.join(planner.expression(a) for a in form.arguments)})"


def _nullif(planner: Planner, form: Form) -> str:
    value, same = form.arguments
    null = f"CAST(NULL AS {physical(form.type)})"
    return f"CASE WHEN {planner.expression(same)} THEN {null} ELSE {planner.expression(value)} END"


def _try(planner: Planner, form: Form) -> str:
    planner.tries = True
    argument = form.arguments[0]
    if any(isinstance(p, Subquery) for p in walk(argument)):
        raise EngineError("NOT_SUPPORTED", "TRY over a subquery is not supported by the local engine")
    return f"TRY({planner.expression(argument)})"


def _array(planner: Planner, form: Form) -> str:
    return f"CAST([{', '.join(planner.expression(a) for a in form.arguments)}] AS {physical(form.type)})"


def _row(planner: Planner, form: Form) -> str:
    parts = (f"f{i} := {planner.expression(a)}" for i, a in enumerate(form.arguments))
    return f"CAST(struct_pack({', '.join(parts)}) AS {physical(form.type)})"


def _field(planner: Planner, form: Form) -> str:
    return f"struct_extract({planner.expression(form.arguments[0])}, 'f{form.detail}')"


def _subscript(planner: Planner, form: Form) -> str:
    container, index = (planner.expression(a) for a in form.arguments)
    if form.arguments[0].type.base == "map":
        return _map_subscript(planner, form, container, index)

    def fail(message: str) -> str:
        return planner.fail("INVALID_FUNCTION_ARGUMENT", message, form.type)

    size = f"len({container})"
    zero = fail("'SQL array indices start at 1'")
    negative = fail(f"'Array subscript is negative: ' || {index}")
    beyond = fail(f"'Array subscript must be less than or equal to array length: ' || {index} || ' > ' || {size}")
    return (
        f"CASE WHEN {container} IS NULL OR {index} IS NULL THEN NULL"
        f" WHEN {index} = 0 THEN {zero} WHEN {index} < 0 THEN {negative}"
        f" WHEN {index} > {size} THEN {beyond} ELSE list_extract({container}, {index}) END"
    )


def _map_subscript(planner: Planner, form: Form, container: str, key: str) -> str:
    kind = form.arguments[0].type.elements[0]
    if kind.elements or "zone" in kind.base or kind.base in ("real", "double"):
        arguments = ((container, form.arguments[0].type), (key, kind))
        return planner.kernels.call(subscripted(kind), arguments, form.type)
    shown = (
        f"CAST({key} AS VARCHAR)"
        if kind.base in ("varchar", "char", "tinyint", "smallint", "integer", "bigint", "boolean", "date")
        else "''"
    )
    missing = planner.fail("INVALID_FUNCTION_ARGUMENT", f"'Key not present in map: ' || {shown}", form.type)
    return (
        f"CASE WHEN {container} IS NULL OR {key} IS NULL THEN NULL"
        f" WHEN NOT map_contains({container}, {key}) THEN {missing}"
        f" ELSE list_extract(map_extract({container}, {key}), 1) END"
    )


def _extreme(planner: Planner, form: Form) -> str:
    """GREATEST and LEAST: NULL if any is; NaN gives way to any number."""
    parts = [planner.expression(a) for a in form.arguments]
    kind = form.type
    if kind.base == "unknown" or len(parts) == 1:
        return parts[0]
    if kind.elements or "zone" in kind.base or kind.base in ("real", "double", "ipaddress"):
        return planner.kernels.call(extreme(form.op, kind), tuple((part, kind) for part in parts), kind)
    nulls = " OR ".join(f"{part} IS NULL" for part in parts)
    return f"CASE WHEN {nulls} THEN NULL ELSE {form.op}({', '.join(parts)}) END"


def _typeof(planner: Planner, form: Form) -> str:
    argument = form.arguments[0]
    shown = text(str(argument.type).replace('"', ""))
    if not can_fail(argument):
        return shown
    return f"CASE WHEN {planner.expression(argument)} IS NULL THEN {shown} ELSE {shown} || '' END"


def _grouping(planner: Planner, form: Form) -> str:
    if not form.arguments:
        return f"CAST(0 AS {physical(form.type)})"
    return f"CAST(GROUPING({', '.join(planner.expression(a) for a in form.arguments)}) AS {physical(form.type)})"


def _now(planner: Planner, form: Form) -> str:
    unit = 10 ** (6 - min(form.type.precision, 6))
    moment = planner.now.replace(microsecond=planner.now.microsecond // unit * unit)
    values = {
        "date": moment.date(),
        "timestamp": moment,
        "time": moment.time(),
        "timestamp with time zone": (moment, "UTC"),
        "time with time zone": (moment.time(), 0),
    }
    return literal(values[form.type.base], form.type)


def _timezone(_: Planner, form: Form) -> str:  # noqa: ARG001
    return "'UTC'"


_FORMS: dict[str, Lower] = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "negate"), _arithmetic),
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"), _comparison),
    **dict.fromkeys(("now", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"), _now),
    "current_timezone": _timezone,
    "and": _and,
    "or": _or,
    "not": _not,
    "is null": _is_null,
    "between": _between,
    "in": _in,
    "like": _like,
    "case": _case,
    "coalesce": _coalesce,
    "nullif": _nullif,
    "try": _try,
    "array": _array,
    "row": _row,
    "field": _field,
    "subscript": _subscript,
    "typeof": _typeof,
    "greatest": _extreme,
    "least": _extreme,
    "grouping": _grouping,
    **dict.fromkeys(("json_exists", "json_value", "json_query", "json_object", "json_array"), json_forms.lowered),
}
