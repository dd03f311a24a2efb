"""A value cast and compared with a constant: Trino brings the constant to the value's own type instead.

So `total > DECIMAL '0.0000000000005'` does not fail where `total` has too many digits for that scale, which the cast
its types ask for would (Trino's `UnwrapCastInComparison`); and an array or row cast so is compared with no constant
that has a NULL inside. It does so for comparisons, for IN with one value, for a constant BETWEEN others, and, where a
filter reaches a table, for any BETWEEN and for IN over a bare column (`DomainTranslator`). Everything else is cast, and
fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BOOLEAN, Type
from athena_ds.local.sql.coercion import can_coerce, common_type
from athena_ds.local.sql.tree import (
    Aggregate,
    Call,
    Cast,
    Constant,
    Expression,
    Field,
    Form,
    Lambda,
    Project,
    Subquery,
    Symbol,
    Values,
    Window,
)
from athena_ds.local.sql.walk import children, walk

UNWRAPPED = "unwrapped"
"""The `detail` of a comparison in which an engine does not cast, but the constant."""


def unwrapped(comparison: Form) -> Form:
    """The comparison, marked where its cast is not made."""
    left, right = comparison.arguments
    marked = any(is_unwrapped(a) and is_foldable(b) for a, b in ((left, right), (right, left)))
    if marked and left.type.base in ("array", "row") and is_foldable(left) and is_foldable(right):
        return comparison  # the whole is a constant
    return replace(comparison, detail=UNWRAPPED) if marked else comparison


def in_one(found: Form) -> Form:
    """IN over the same value, be it written twice, is `=`."""
    value, *options = found.arguments
    if len(set(options)) > 1:
        return found
    equal = unwrapped(replace(found, op="=", arguments=(value, options[0])))
    return equal if equal.detail == UNWRAPPED else found


def between(found: Form) -> Form:
    """A constant BETWEEN two values is compared with one and the other."""
    value, low, high = found.arguments
    return _split(found, "and", [(">=", value, low), ("<=", value, high)]) if is_foldable(value) else found


def filtering(condition: Expression, fields: Iterable[Field]) -> Expression:
    """A filter's condition, its BETWEEN and IN as comparisons where those are made without the cast.

    HAVING filters the table by its keys, not by its aggregates.
    """
    if isinstance(condition, Form) and condition.op in ("and", "not"):
        return replace(condition, arguments=tuple(filtering(part, fields) for part in condition.arguments))
    if not isinstance(condition, Form) or any(isinstance(part, Aggregate) for part in walk(condition)):
        return condition
    if condition.op == "IS DISTINCT FROM" and condition.arguments[0].type.base == "row":
        a, b = condition.arguments
        if any(_is_column(x, fields) and is_foldable(y) for x, y in ((a, b), (b, a))):
            raise EngineError("NOT_SUPPORTED", "A filter by IS DISTINCT FROM a row: Trino loses rows with NULLs")
    if condition.op == "between":
        value, low, high = condition.arguments
        return _split(condition, "and", [(">=", value, low), ("<=", value, high)])
    if condition.op == "in" and _is_column(condition.arguments[0], fields):
        value, *options = condition.arguments
        if all(is_foldable(option) and not _is_null(option) for option in options):
            return _split(condition, "or", [("=", value, option) for option in options])
    return condition


def _split(whole: Form, word: str, parts: list[tuple[str, Expression, Expression]]) -> Form:
    made = tuple(
        unwrapped(Form(type=BOOLEAN, place=whole.place, op=op, arguments=(left, right))) for op, left, right in parts
    )
    marked = any(part.detail == UNWRAPPED for part in made)
    return Form(type=BOOLEAN, place=whole.place, op=word, arguments=made) if marked else whole


def is_unwrapped(expression: Expression) -> bool:
    """Whether it is a cast that leaving out makes a difference for.

    A number's to a decimal it may be too large for; an array's or row's; a time's to a finer one. (A row built on the
    spot is cast by fields.)
    """
    if not isinstance(expression, Cast) or expression.safe:
        return False
    source, target = expression.argument.type, expression.type
    if target.base not in ("decimal", "array", "row", "time") or not can_coerce(source, target):
        return False
    if target.base == "array":
        return True
    if target.base == "time":
        return not isinstance(expression.argument, Constant)
    if target.base == "row":
        built = isinstance(expression.argument, Form) and expression.argument.op == "row"
        return not built or any(target.names)
    digits = _digits(source)
    return digits is not None and digits > target.precision - target.scale


def _digits(kind: Type) -> int | None:
    """How many digits a number of this type may have before the point."""
    widest = common_type(kind, Type("decimal", (1, 0)))
    return widest.precision - widest.scale if widest is not None and widest.base == "decimal" else None


def is_foldable(expression: Expression) -> bool:
    """Whether Trino knows the value before it reads a row."""
    match expression:
        case Symbol() | Aggregate() | Window() | Lambda():
            return False
        case Subquery(kind="scalar", query=Project(source=Values(rows=(_,)), expressions=(value,))):
            return is_foldable(value)
        case Subquery() | Call(deterministic=False):
            return False
        case _:
            return all(map(is_foldable, children(expression)))


def _is_column(expression: Expression, fields: Iterable[Field]) -> bool:
    inside = expression.argument if isinstance(expression, Cast) else expression
    return isinstance(inside, Symbol) and any(f.number == inside.number and f.origin is not None for f in fields)


def _is_null(expression: Expression) -> bool:
    if isinstance(expression, Cast):
        return _is_null(expression.argument)
    return isinstance(expression, Constant) and expression.value is None
