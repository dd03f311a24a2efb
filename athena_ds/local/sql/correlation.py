"""Which correlated subqueries Trino can take apart; the rest it refuses, and so do we.

Trino turns a subquery that uses columns from around it into a join. It can where the columns from around stand in one
condition over the subquery's own tables, with projections and aggregations above; grouping, DISTINCT and ORDER BY LIMIT
want that condition to be equalities. What is not known to be taken apart is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from athena_ds.local.sql import tree
from athena_ds.local.sql.parse import Node
from athena_ds.local.sql.reader import error
from athena_ds.local.sql.tree import Expression, Relation, Subquery, Symbol
from athena_ds.local.sql.walk import walk


def everything(value: Any) -> Iterator[Any]:
    """All relations and expressions of a tree, subqueries too."""
    if isinstance(value, tuple):
        for item in value:
            yield from everything(item)
    elif isinstance(value, (Relation, Expression, tree.SortKey, tree.Frame)):
        yield value
        for part in fields(value):
            if part.name not in ("fields", "table", "type", "place"):
                yield from everything(getattr(value, part.name))


def around(relation: Relation) -> set[int]:
    """The symbols a query reads that nothing inside it makes."""
    made, read = set[int](), set[int]()
    for part in everything(relation):
        if isinstance(part, Relation):
            made |= {field.number for field in part.fields}
        elif isinstance(part, Symbol):
            read.add(part.number)
        elif isinstance(part, tree.Lambda):
            made |= set(part.parameters)
    return read - made


def require_separable(query: Relation, kind: str, node: Node) -> Relation:
    """The query, of a `kind` scalar | exists | in | lateral; raises NOT_SUPPORTED where Trino can't take it apart."""
    outside = around(query)
    if outside and not _Shape(kind=kind, outside=frozenset(outside)).fits(query):
        raise error("NOT_SUPPORTED", "Given correlated subquery is not supported", node)
    return query


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What has been seen above: `equal`, the condition must be equalities; `below`, an aggregation is above."""

    kind: str
    outside: frozenset[int]
    equal: bool = False
    below: bool = False

    def fits(self, relation: Relation) -> bool:  # noqa: PLR0911 - an answer a kind of relation
        if not self._uses(relation):
            return True
        match relation:
            case tree.Project():
                return self._project(relation)
            case tree.Aggregation():
                return self._aggregation(relation)
            case tree.Filter():
                return self._filter(relation)
            case tree.Sort():
                return self._sort(relation)
            case tree.Join(kind="inner", lateral=False):
                apart = not self._uses(relation.left) and not self._uses(relation.right)
                return apart and self._condition(relation.condition)
            case tree.Unnest():
                return self.kind == "scalar" and self.below and not self.equal
            case _:
                return False

    def _project(self, relation: tree.Project) -> bool:
        here = [e for e in relation.expressions if self._uses(e)]
        if any(isinstance(part, (tree.Window, Subquery)) for e in relation.expressions for part in walk(e)):
            return False
        if here and (self.below or relation.distinct or self.kind in ("in", "exists")):
            return False
        if relation.distinct:
            return self.kind != "in" and self._with(equal=True).fits(relation.source)
        return self.fits(relation.source)

    def _aggregation(self, relation: tree.Aggregation) -> bool:
        if self.kind == "in" or any(self._uses(a) for a in relation.aggregates):
            return False
        whole = relation.sets == ((),)
        return self._with(equal=self.equal or not whole, below=True).fits(relation.source)

    def _filter(self, relation: tree.Filter) -> bool:
        if not self._uses(relation.condition):
            below = _bare(relation.source)
            apart = not isinstance(below, tree.Unnest) and (
                self.kind == "exists" or not isinstance(below, tree.Aggregation)
            )
            return apart and self.fits(relation.source)
        nothing = isinstance(relation.source, tree.Values) and not relation.source.fields
        return not nothing and not self._uses(relation.source) and self._condition(relation.condition)

    def _sort(self, relation: tree.Sort) -> bool:
        if relation.offset or relation.ties or any(self._uses(k.expression) for k in relation.keys):
            return False
        if relation.limit is None:
            return self.fits(relation.source)
        if self.kind == "in" or relation.limit == 0 or not (relation.keys or self.kind == "exists"):
            return False
        return self._with(equal=True).fits(relation.source)

    def _condition(self, condition: Expression | None) -> bool:
        if condition is None or any(isinstance(p, Subquery) and self._uses(p) for p in walk(condition)):
            return False
        terms = condition.arguments if isinstance(condition, tree.Form) and condition.op == "and" else (condition,)
        if len(terms) > 1:
            return all(not self._uses(term) or self._condition(term) for term in terms)
        return not self.equal or self._is_equality(condition)

    def _is_equality(self, term: Expression) -> bool:
        if not isinstance(term, tree.Form) or term.op != "=":
            return False
        used = [{p.number for p in walk(side) if isinstance(p, Symbol)} for side in term.arguments]
        inside = [side for side, numbers in zip(term.arguments, used, strict=True) if not numbers & self.outside]
        return len(inside) == 1 and isinstance(inside[0], Symbol) and any(n and n <= self.outside for n in used)

    def _with(self, *, equal: bool, below: bool | None = None) -> _Shape:
        return _Shape(kind=self.kind, outside=self.outside, equal=equal, below=self.below if below is None else below)

    def _uses(self, part: Relation | Expression) -> bool:
        return any(isinstance(p, Symbol) and p.number in self.outside for p in everything(part))


def _bare(relation: Relation) -> Relation:
    while isinstance(relation, tree.Project):
        relation = relation.source
    return relation
