"""How function calls are read: overloads, lambdas, aggregates, windows, and forms that look like functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from athena_ds.local.seam import types
from athena_ds.local.seam.types import BOOLEAN, UNKNOWN, VARCHAR
from athena_ds.local.sql.coercion import common_type
from athena_ds.local.sql.expressions import string_value
from athena_ds.local.sql.functions import kind_of
from athena_ds.local.sql.matching import aggregate, check_distinct, matched, ordered
from athena_ds.local.sql.parse import Node, identifier, names, place
from athena_ds.local.sql.predicates import compared
from athena_ds.local.sql.reader import Reader, coerced, error, form, reads, unified
from athena_ds.local.sql.spelled import spelled
from athena_ds.local.sql.tree import Aggregate, Call, Cast, Constant, Expression
from athena_ds.local.sql.windows import read_window


@reads("FunctionCall")
def _function(reader: Reader, node: Node) -> Expression:
    if node.label is not None:
        words = "label.* syntax is only supported as the only argument of row pattern count function"
        raise error("INVALID_FUNCTION_ARGUMENT", words, node.label)
    if node.processingMode() is not None:
        mode = node.processingMode()
        words = f"{mode.getText().upper()} semantics is not supported out of pattern recognition context"
        raise error("INVALID_PROCESSING_MODE", words, mode)
    name = _function_name(node)
    if node.over() is not None:
        return read_window(reader, node, name)
    special = _SPECIAL.get(name)
    if special is not None:
        _plain_only(node)
        return special(reader, node, list(node.expression()))
    kind = kind_of(name)
    if kind == "aggregate":
        return aggregate(reader, node, name)
    if kind == "window":
        raise error("MISSING_OVER", f"Window function system.builtin.{name} requires an OVER clause", node)
    _plain_only(node)
    return scalar(reader, name, list(node.expression()), at=place(node))


def _function_name(node: Node) -> str:
    """The name of a call. Built-in functions are in one schema; another has none."""
    parts = names(node.qualifiedName())
    if len(parts) > 1 and parts[:-1] != ("system", "builtin"):
        raise error("FUNCTION_NOT_FOUND", f"Function '{'.'.join(parts)}' not registered", node)
    return parts[-1]


def _plain_only(node: Node) -> None:
    if node.filter_() is not None:
        raise error("FUNCTION_NOT_AGGREGATE", "Filter is only valid for aggregation functions", node)
    if node.setQuantifier() is not None and node.setQuantifier().DISTINCT():
        raise error("FUNCTION_NOT_AGGREGATE", "DISTINCT is not supported for non-aggregation functions", node)
    if node.sortItem():
        raise error("FUNCTION_NOT_AGGREGATE", "ORDER BY is only valid for aggregation functions", node)


def scalar(reader: Reader, name: str, nodes: Sequence[Node], *, at: tuple[int, int]) -> Expression:
    """A call of a catalogued scalar function."""
    found, taken = matched(reader, name, nodes)
    if name in _AT_LEAST_TWO and len(nodes) < 2 and not (isinstance(taken[0], Constant) and taken[0].value is None):
        raise error("INVALID_FUNCTION_ARGUMENT", "There must be two or more concatenation arguments", nodes[0])
    if name == "date":
        return Cast(type=found.result, place=at, argument=taken[0])
    if name in FORMS:
        return form(name, found.result, *taken, at=at)
    return Call(
        type=found.result,
        place=at,
        name=found.signature.name.lower(),
        signature=found.signature.text,
        arguments=taken,
        deterministic=found.signature.deterministic,
    )


_AT_LEAST_TWO = ("concat", "concat_ws", "map_concat")
FORMS = frozenset({"greatest", "least", "typeof", "now", "current_timezone", "current_date"})
"""Functions that an engine answers as forms: from more than the values of their arguments."""


@reads("Lambda")
def _stray_lambda(_: Reader, node: Node) -> Expression:
    raise error("TYPE_MISMATCH", "Lambda expression should always be used inside a function", node)


@reads("Listagg")
def _listagg(reader: Reader, node: Node) -> Expression:
    given = reader.read(node.expression())
    if given.type.base != "varchar":
        words = f"Expected expression of varchar, but '{spelled(node.expression())}' has {given.type} type"
        raise error("TYPE_MISMATCH", words, node)
    value = coerced(given, VARCHAR)
    overflow = node.listAggOverflowBehavior()
    separator = string_value(node.string()) if node.string() is not None else ""
    distinct = node.setQuantifier() is not None and node.setQuantifier().DISTINCT() is not None
    order = ordered(reader, node)
    if distinct:
        check_distinct(node, (value,), order)
    return Aggregate(
        type=VARCHAR,
        place=place(node),
        name="listagg",
        signature="varchar,varchar,boolean,varchar,boolean",
        arguments=(value, Constant(type=VARCHAR, value=separator)),
        distinct=distinct,
        order=order,
        detail=_overflow(overflow) if overflow is not None and overflow.TRUNCATE() is not None else None,
    )


def _overflow(node: Node) -> tuple[str, bool]:
    """What ON OVERFLOW TRUNCATE puts where it cuts, and whether it counts what is left out."""
    from athena_ds.local.sql.expressions import string_value  # noqa: PLC0415

    filler = string_value(node.string()) if node.string() is not None else "..."
    return filler, node.listaggCountIndication().WITH() is not None


def _coalesce(reader: Reader, node: Node, nodes: list[Node]) -> Expression:
    if len(nodes) < 2:
        raise error("SYNTAX_ERROR", "The 'coalesce' function must have at least two arguments", node)
    taken, shared = unified(reader, nodes, "All COALESCE operands")
    return form("coalesce", shared, *taken, at=place(node))


def _nullif(reader: Reader, node: Node, nodes: list[Node]) -> Expression:
    if len(nodes) != 2:
        raise error("SYNTAX_ERROR", "Invalid number of arguments for 'nullif' function", node)
    first, second = reader.read(nodes[0]), reader.read(nodes[1])
    shared = common_type(first.type, second.type)
    if shared is None:
        raise error("TYPE_MISMATCH", f"Types are not comparable with NULLIF: {first.type} vs {second.type}", node)
    same = compared("=", first, second, place(node))
    return form("nullif", first.type, first, same, at=place(node))


def _if(reader: Reader, node: Node, nodes: list[Node]) -> Expression:
    if len(nodes) not in (2, 3):
        raise error("SYNTAX_ERROR", "Invalid number of arguments for 'if' function", node)
    condition = reader.read(nodes[0])
    if condition.type not in (BOOLEAN, UNKNOWN):
        raise error("TYPE_MISMATCH", f"IF condition must evaluate to a boolean (actual: {condition.type})", nodes[0])
    results = reader.read_all(nodes[1:])
    shared = results[0].type if len(results) == 1 else common_type(results[0].type, results[1].type)
    if shared is None:
        kinds = f"{results[0].type} vs {results[1].type}"
        raise error("TYPE_MISMATCH", f"Result types for IF must be the same: {kinds}", node)
    results = tuple(coerced(result, shared) for result in results)
    other = results[1] if len(results) > 1 else Constant(type=shared, value=None)
    return form("case", shared, coerced(condition, BOOLEAN), results[0], other, at=place(node))


def _try(reader: Reader, node: Node, nodes: list[Node]) -> Expression:
    if len(nodes) != 1:
        raise error("SYNTAX_ERROR", "The 'try' function must have exactly one argument", node)
    value = reader.read(nodes[0])
    return form("try", value.type, value, at=place(node))


def _format(reader: Reader, node: Node, nodes: list[Node]) -> Expression:
    if len(nodes) < 2:
        raise error("SYNTAX_ERROR", "The 'format' function must have at least two arguments", node)
    taken = reader.read_all(nodes)
    if taken[0].type.base != "varchar":
        raise error(
            "TYPE_MISMATCH", f"Type of first argument to format() must be VARCHAR (actual: {taken[0].type})", nodes[0]
        )
    arguments = (coerced(taken[0], VARCHAR), *taken[1:])
    return Call(type=VARCHAR, place=place(node), name="format", signature="varchar,row", arguments=arguments)


_SPECIAL: dict[str, Callable[[Reader, Node, list[Node]], Expression]] = {
    "coalesce": _coalesce,
    "nullif": _nullif,
    "if": _if,
    "try": _try,
    "format": _format,
}


@reads("SearchedCase")
def _searched(reader: Reader, node: Node) -> Expression:
    conditions = [reader.read(w.condition) for w in node.whenClause()]
    for condition, clause in zip(conditions, node.whenClause(), strict=True):
        if condition.type not in (BOOLEAN, UNKNOWN):
            raise error(
                "TYPE_MISMATCH",
                f"CASE WHEN clause must evaluate to a boolean (actual: {condition.type})",
                clause.condition,
            )
    return _case(reader, node, [coerced(c, BOOLEAN) for c in conditions])


@reads("SimpleCase")
def _simple(reader: Reader, node: Node) -> Expression:
    operand = reader.read(node.operand)
    conditions: list[Expression] = []
    for clause in node.whenClause():
        value = reader.read(clause.condition)
        if common_type(operand.type, value.type) is None:
            raise error(
                "TYPE_MISMATCH",
                f"CASE operand type does not match WHEN clause operand type: {operand.type} vs {value.type}",
                clause.condition,
            )
        conditions.append(compared("=", operand, value, place(clause)))
    return _case(reader, node, conditions)


def _case(reader: Reader, node: Node, conditions: list[Expression]) -> Expression:
    nodes = [w.result for w in node.whenClause()] + ([node.elseExpression] if node.elseExpression is not None else [])
    results, shared = unified(
        reader,
        nodes,
        "All CASE results",
    )
    parts = [e for pair in zip(conditions, results, strict=False) for e in pair]
    other = results[-1] if node.elseExpression is not None else Constant(type=shared, value=None)
    return form("case", shared, *parts, other, at=place(node))


@reads("GroupingOperation")
def _grouping(reader: Reader, node: Node) -> Expression:
    symbols = []
    for part in node.qualifiedName():
        found = reader.scope.find(tuple(identifier(i) for i in part.identifier()), place(part))
        if found is None:
            raise error("COLUMN_NOT_FOUND", f"Column '{part.getText()}' cannot be resolved", part)
        symbols.append(found)
    kind = types.INTEGER if len(symbols) < 32 else types.BIGINT
    return form("grouping", kind, *symbols, at=place(node))
