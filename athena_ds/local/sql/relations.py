"""How FROM is read: tables, views, aliases, joins, UNNEST, LATERAL, VALUES, samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from athena_ds.local.seam import types
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.correlation import around, require_separable
from athena_ds.local.sql.grouping import require_scalar
from athena_ds.local.sql.joins import joined, require_in_reach, row_by_row, using
from athena_ds.local.sql.naming import named, renamed, with_fields
from athena_ds.local.sql.parse import Node, identifier, label
from athena_ds.local.sql.reader import Reader, error
from athena_ds.local.sql.rows import read_unnest
from athena_ds.local.sql.scope import Scope
from athena_ds.local.sql.table_functions import read_table_function
from athena_ds.local.sql.tree import Constant, Join, Relation, Sample, Values
from athena_ds.local.sql.unwrapping import filtering


def read_from(reader: Reader, nodes: Sequence[Node], scope: Scope) -> Relation:
    """`FROM a, b, ...`; no FROM at all is one row without columns."""
    if not nodes:
        return Values(fields=(), rows=((),))
    found = _relation(reader, nodes[0], scope)
    for node in nodes[1:]:
        found = _crossed(reader, node, scope, found)
    return found


def _relation(reader: Reader, node: Node, scope: Scope) -> Relation:
    match label(node):
        case "RelationDefault":
            return _sampled(reader, node.sampledRelation(), scope)
        case "JoinRelation":
            return _join(reader, node, scope)
        case "SampledRelation":
            return _sampled(reader, node, scope)
        case other:
            raise error("NOT_SUPPORTED", f"Not supported by the local engine: {other}", node)


def _crossed(reader: Reader, node: Node, scope: Scope, left: Relation) -> Join:
    right, lateral = _right(reader, node, scope, left)
    _separable(right, node, lateral=lateral)
    return joined("cross", left, right, lateral=lateral)


def _right(reader: Reader, node: Node, scope: Scope, left: Relation) -> tuple[Relation, bool]:
    """A join's right side, and whether it is UNNEST or LATERAL and really uses the left's columns."""
    if _kind_of(node) is None:
        return _relation(reader, node, scope), False
    found = _relation(reader, node, replace(scope, fields=left.fields))
    return found, bool(around(found) & {field.number for field in left.fields})


def _separable(right: Relation, node: Node, *, lateral: bool, conditioned: bool = False) -> None:
    if lateral and _kind_of(node) == "Lateral":
        require_separable(right, "lateral", _primary_of(node).query(), conditioned=conditioned)


def _kind_of(node: Node) -> str | None:
    """Whether what a join has on its right is an Unnest or a Lateral."""
    found = label(_primary_of(node))
    return found if found in ("Unnest", "Lateral") else None


def _primary_of(node: Node) -> Node:
    while label(node) in ("RelationDefault", "SampledRelation", "PatternRecognition", "AliasedRelation"):
        node = node.getChild(0)
    return node


def _join(reader: Reader, node: Node, scope: Scope) -> Relation:
    left = _relation(reader, node.left, scope)
    if node.NATURAL() is not None:
        raise error("NOT_SUPPORTED", "Natural join not supported", node)
    if node.CROSS() is not None:
        return _crossed(reader, node.right, scope, left)
    right, lateral = _right(reader, node.rightRelation, scope, left)
    kind = _kind_of(node.rightRelation)
    word = node.joinType().getText().upper().removesuffix("OUTER") or "INNER"
    criteria = node.joinCriteria()
    if criteria.USING() is not None:
        if kind == "Unnest":
            raise error("NOT_SUPPORTED", f"{word} JOIN involving UNNEST is only supported with condition ON TRUE", node)
        if lateral:
            raise error("NOT_SUPPORTED", "USING with LATERAL is not supported by the local engine", node)
        return using(reader, word.lower(), (left, right), criteria.identifier())
    both = (*left.fields, *right.fields)
    with reader.scoped(replace(scope, fields=both)):
        condition = reader.boolean(criteria.booleanExpression(), "JOIN ON clause")
    require_scalar(condition, "JOIN clause", criteria.booleanExpression())
    require_in_reach(condition, word, (left, right), criteria.booleanExpression())
    conditioned = not (isinstance(condition, Constant) and condition.value is True)
    if kind is not None:
        word = row_by_row(node, word, (left, right), unnest=kind == "Unnest", conditioned=conditioned)
    _separable(right, node.rightRelation, lateral=lateral, conditioned=conditioned)
    if word == "INNER":
        condition = filtering(condition, both)
    return joined(word.lower(), left, right, condition=condition, lateral=lateral)


def _sampled(reader: Reader, node: Node, scope: Scope) -> Relation:
    pattern = node.patternRecognition()
    if pattern.MATCH_RECOGNIZE() is not None:
        raise error("NOT_SUPPORTED", "MATCH_RECOGNIZE is not supported by the local engine", node)
    found = _aliased(reader, pattern.aliasedRelation(), scope)
    if node.sampleType() is None:
        return found
    method = node.sampleType().getText().upper()
    return Sample(fields=found.fields, source=found, method=method, percentage=_percentage(reader, node.percentage))


def _percentage(reader: Reader, node: Node) -> float:
    """How much of a relation a sample takes; a constant, so it reads no columns."""
    with reader.scoped(replace(reader.scope, fields=(), parent=None)):
        try:
            found = reader.read(node)
        except EngineError as failure:
            if failure.name != "COLUMN_NOT_FOUND":
                raise
            raise error("EXPRESSION_NOT_CONSTANT", "Sample percentage cannot contain column references", node) from None
    if found.type.base not in types.NUMBERS or not isinstance(found, Constant):
        raise error("TYPE_MISMATCH", "Sample percentage should be a numeric expression", node)
    for wrong, told in (
        (found.value < 0, "greater than or equal to 0"),
        (found.value > 100, "less than or equal to 100"),
    ):
        if wrong:
            raise error("NUMERIC_VALUE_OUT_OF_RANGE", f"Sample percentage must be {told}", node)
    return float(found.value)


def _aliased(reader: Reader, node: Node, scope: Scope) -> Relation:
    found = _primary(reader, node.relationPrimary(), scope)
    if node.identifier() is None:
        return found
    aliases = [identifier(a) for a in node.columnAliases().identifier()] if node.columnAliases() is not None else None
    return renamed(found, identifier(node.identifier()), aliases, node)


def _primary(reader: Reader, node: Node, scope: Scope) -> Relation:
    match label(node):
        case "TableName":
            if node.queryPeriod() is not None:
                raise error("NOT_SUPPORTED", "Time travel is not supported by the local engine", node)
            return named(reader, node, scope)
        case "SubqueryRelation":
            found = reader.query(node.query(), _outer(scope))
            return with_fields(found, tuple(replace(f, qualifier=()) for f in found.fields))
        case "Lateral":
            return reader.query(node.query(), scope.inner())
        case "Unnest":
            return read_unnest(reader, node, scope)
        case "ParenthesizedRelation":
            return _relation(reader, node.relation(), scope)
        case "TableFunctionInvocation":
            return read_table_function(reader, node)
        case other:
            raise error("NOT_SUPPORTED", f"Not supported by the local engine: {other}", node)


def _outer(scope: Scope) -> Scope:
    """The scope a subquery in FROM sees: not its neighbours, but what is around the whole query."""
    return replace(scope, fields=())
