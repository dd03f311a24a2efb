"""The shape a recursive WITH query must have: a base, UNION, and a step that reads it once, in its FROM clause.

The rules, their order and their places are those of Trino's `StatementAnalyzer`.
"""

from __future__ import annotations

from collections.abc import Iterator

from athena_ds.local.sql.parse import Node, identifier, label
from athena_ds.local.sql.reader import error


def recursive_term(named: Node) -> Node | None:
    """The UNION of a named query that reads itself, None for one that doesn't; EngineError where its shape is wrong."""
    name = identifier(named.name).lower()
    if named.columnAliases() is None:
        raise error("MISSING_COLUMN_ALIASES", "missing column aliases in recursive WITH query", named)
    body = named.query().queryNoWith()
    term = body.queryTerm()
    everywhere = list(_references(named.query(), name))
    if not everywhere:
        return None
    if label(term) != "SetOperation" or term.operator.text.lower() != "union":
        raise _refused(everywhere[0], "recursive reference not allowed in this context")
    base = next(_references(term.left, name), None)
    if base is not None:
        raise _refused(base, "WITH table name is referenced in the base relation of recursion")
    _check_step(term.right, name)
    _check_clauses(named.query())
    return term


def _check_step(step: Node, name: str) -> None:
    references = list(_references(step, name))
    if len(references) > 1:
        raise _refused(references[1], "multiple recursive references in the step relation of recursion")
    primary = _primary(step)
    sources = primary.querySpecification().relation() if label(primary) == "QueryPrimaryDefault" else []
    if not any(True for source in sources for _ in _references(source, name)):
        words = "recursive reference outside of FROM clause of the step relation of recursion"
        raise _refused(references[0], words)
    for source in sources:
        _check_joins(source, name)


def _primary(term: Node) -> Node:
    """A term without the parentheses around it."""
    if label(term) != "QueryTermDefault":
        return term
    primary = term.queryPrimary()
    return _primary(primary.queryNoWith().queryTerm()) if label(primary) == "Subquery" else primary


def _check_clauses(query: Node) -> None:
    body = query.queryNoWith()
    if query.with_() is not None:
        raise error("NOT_SUPPORTED", "immediate WITH clause in recursive query", query)
    if body.sortItem():
        raise error("NOT_SUPPORTED", "immediate ORDER BY clause in recursive query", body.ORDER())
    if body.offset is not None:
        raise error("NOT_SUPPORTED", "immediate OFFSET clause in recursive query", body.OFFSET())
    limit = body.LIMIT() or body.FETCH()
    if limit is not None:
        raise error("INVALID_LIMIT_CLAUSE", "immediate FETCH FIRST / LIMIT clause in recursive query", limit)


_FORBIDDEN = {"LEFT": ("right",), "RIGHT": ("left",), "FULL": ("left", "right")}
"""On which sides of an outer join a query can't read itself."""


def _check_joins(node: Node, name: str) -> None:
    if label(node) == "JoinRelation" and node.joinType() is not None:
        kind = node.joinType().getText().upper().removesuffix("OUTER")
        for side in _FORBIDDEN.get(kind, ()):
            source = node.left if side == "left" else node.rightRelation
            reference = next(_references(source, name), None)
            if reference is not None:
                raise _refused(reference, f"recursive reference in {side} source of {kind} join")
    for child in _below(node):
        _check_joins(child, name)


def _references(node: Node, name: str) -> Iterator[Node]:
    if label(node) in ("TableName", "Table"):
        parts = node.qualifiedName().identifier()
        if len(parts) == 1 and identifier(parts[0]).lower() == name:
            yield node
        return
    for child in _below(node):
        yield from _references(child, name)


def _below(node: Node) -> Iterator[Node]:
    return (child for child in node.getChildren() if hasattr(child, "start"))


def _refused(reference: Node, message: str) -> Exception:
    return error("INVALID_RECURSIVE_REFERENCE", message, reference)
