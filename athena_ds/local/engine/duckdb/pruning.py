"""What a query's predicates leave of a table's partitions."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from athena_ds.local.engine.duckdb.formats.context import Pruning, Term
from athena_ds.local.seam.engine import Allowed
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.hive import NULL_PARTITION
from athena_ds.local.sql.tree import Cast, Constant, Expression, Form, Scan, Symbol

_Test = Callable[[str], bool]
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def conjuncts_of(condition: Expression) -> Iterator[Expression]:
    """The terms that must all hold."""
    if isinstance(condition, Form) and condition.op == "and":
        for term in condition.arguments:
            yield from conjuncts_of(term)
    else:
        yield condition


def pruning(scan: Scan, conjuncts: list[Expression]) -> Pruning:
    """What the conjuncts say of the scan's partition keys; only what is certain counts."""
    keys = {
        f.number: f.name or "" for f in scan.fields if f.name in {k.name.lower() for k in scan.table.partition_keys}
    }
    allowed: dict[str, Allowed] = {}
    tests: list[tuple[str, _Test]] = []
    terms: list[Term] = []
    for conjunct in conjuncts:
        for term, values, test in _read(conjunct, keys):
            terms.append(term)
            tests.append((term.key, test))
            if values is not None and term.key not in allowed:
                allowed[term.key] = values

    def keep(values: Mapping[str, str]) -> bool:
        return all(name not in values or test(values[name]) for name, test in tests)

    return Pruning(allowed=allowed, keep=keep, terms=tuple(terms), nothing=any(map(_never, conjuncts)))


_Read = tuple[Term, tuple[str, ...] | None, _Test]


def _read(term: Expression, keys: dict[int, str]) -> Iterator[_Read]:
    if not isinstance(term, Form):
        return
    sides = [_plain(a) for a in term.arguments]
    if term.op in _ORDER and len(sides) == 2:
        pair = (
            (sides[0], sides[1], term.op) if isinstance(sides[0], Symbol) else (sides[1], sides[0], _FLIPPED[term.op])
        )
        if isinstance(pair[0], Symbol) and isinstance(pair[1], Constant) and pair[0].number in keys:
            yield _compared(keys[pair[0].number], pair[0].type, pair[1], pair[2])
    elif term.op == "between" and isinstance(sides[0], Symbol) and sides[0].number in keys:
        for bound, sign in ((sides[1], ">="), (sides[2], "<=")):
            if isinstance(bound, Constant):
                yield _compared(keys[sides[0].number], sides[0].type, bound, sign)
    elif term.op == "in" and isinstance(sides[0], Symbol) and sides[0].number in keys:
        options = [s for s in sides[1:] if isinstance(s, Constant)]
        if len(options) == len(sides) - 1:
            yield _member(keys[sides[0].number], sides[0].type, options)


def _never(term: Expression) -> bool:
    """Whether a term is known not to be true."""
    if isinstance(term, Constant):
        return term.value is not True
    if not isinstance(term, Form) or term.op not in _ORDER:
        return False
    sides = [_plain(side) for side in term.arguments]
    if any(isinstance(side, Constant) and side.value is None for side in sides):
        return True
    known = [side.value for side in sides if isinstance(side, Constant)]
    return len(known) == 2 and _alike(*known) and not _ORDER[term.op](*known)


def _plain(expression: Expression) -> Expression:
    """The expression below silent casts that keep its value."""
    while (
        isinstance(expression, Cast)
        and not expression.explicit
        and expression.type.base == expression.argument.type.base
    ):
        expression = expression.argument
    return expression


def _compared(name: str, kind: Type, constant: Constant, sign: str) -> _Read:
    compare = _ORDER[sign]

    def test(value: str) -> bool:
        own = _value(value, kind)
        return own is None or constant.value is None or not _alike(own, constant.value) or compare(own, constant.value)

    exact = sign == "=" and kind.base == "varchar" and isinstance(constant.value, str)
    term = Term(key=name, type=kind, op=sign, values=(constant.value,))
    return term, ((constant.value,) if exact else None), test


def _member(name: str, kind: Type, options: list[Constant]) -> _Read:
    values = [o.value for o in options if o.value is not None]

    def test(value: str) -> bool:
        own = _value(value, kind)
        return own is None or any(not _alike(own, v) or own == v for v in values)

    exact = kind.base == "varchar" and all(isinstance(v, str) for v in values)
    return Term(key=name, type=kind, op="in", values=tuple(values)), (tuple(values) if exact else None), test


def _alike(left: Any, right: Any) -> bool:
    return type(left) is type(right)


def _value(text: str, kind: Type) -> Any:
    """A partition's value, None where it can't be read: then it is kept."""
    try:
        match kind.base:
            case "varchar":
                return text if text != NULL_PARTITION else None
            case "tinyint" | "smallint" | "integer" | "bigint":
                return int(text)
            case "date":
                return datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return None
