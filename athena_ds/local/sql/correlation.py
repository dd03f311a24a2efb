"""Which correlated subqueries Trino can take apart; the rest it refuses, and so do we.

Trino turns a subquery that uses columns from around it into a join. For that the conditions on those columns are taken
out of the subquery (its PlanNodeDecorrelator), which goes through filters, projections, GROUP BY and LIMIT as long as
the columns a condition names are still there above, or are fixed by an equality. Around that it has rules of its own
for an aggregation over all rows, for GROUP BY in LATERAL, for UNNEST of arrays from around, and for a single row.
What none of them fits is refused; so is what is not known to fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
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


def require_separable(query: Relation, kind: str, node: Node, *, conditioned: bool = False) -> Relation:
    """The query, of a `kind` scalar | exists | in | lateral; raises NOT_SUPPORTED where Trino can't take it apart.

    `conditioned`: a LATERAL joined on another condition than TRUE.
    """
    outside = around(query)
    if outside and not _Subquery(kind=kind, outside=frozenset(outside), conditioned=conditioned).fits(query):
        raise error("NOT_SUPPORTED", "Given correlated subquery is not supported", node)
    return query


@dataclass(frozen=True, slots=True, kw_only=True)
class _Apart:
    """What the conditions taken out of a relation ask of what is above it.

    `named`: the columns they name, to be there above. `fixed`: those that equal something from around.
    """

    named: frozenset[int] = frozenset()
    fixed: frozenset[int] = frozenset()
    single: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subquery:
    """A subquery that uses the columns `outside`."""

    kind: str
    outside: frozenset[int]
    conditioned: bool = False

    def fits(self, query: Relation) -> bool:
        """Whether one of Trino's rules takes the subquery apart."""
        bare, passed = self._peeled(query)
        if any(isinstance(part, (tree.Window, Subquery)) for e in passed for part in walk(e)):
            return False
        here = any(map(self._uses, passed))
        if self.kind == "in":
            return not here and self._filters(query) and self._apart(query) is not None
        if not self.conditioned and self._ruled(bare, here=here):
            return True
        if self.kind == "exists":
            return self._apart(bare, sorted_here=True) is not None
        sorted_here = self.kind == "lateral" or (isinstance(bare, tree.Sort) and bare.limit == 1)
        return not here and self._apart(query, sorted_here=sorted_here) is not None

    def _peeled(self, query: Relation) -> tuple[Relation, list[Expression]]:
        """What is below the projections on top, and a LIMIT of what has one row at most; what they compute."""
        passed: list[Expression] = []
        while True:
            match query:
                case tree.Project(distinct=False):
                    passed += query.expressions
                case tree.Filter(condition=tree.Constant(value=True)):
                    pass
                case tree.Sort(limit=None, offset=0) if not any(self._uses(key.expression) for key in query.keys):
                    pass
                case tree.Sort(offset=0) if query.limit != 0 and _is_one_row(_bare(query.source)):
                    pass
                case _:
                    return query, passed
            query = query.source

    def _ruled(self, bare: Relation, *, here: bool) -> bool:
        """The rules for a single row, UNNEST, an aggregation over all rows, and GROUP BY in LATERAL."""
        exists = self.kind == "exists"
        match bare:
            case tree.Values():
                found = len(bare.rows) == 1
            case tree.Sort(limit=0):
                found = exists
            case tree.Sort(offset=0, ties=False):
                found = not exists and self._unnests(_bare(bare.source), grouped=False)
            case tree.Unnest():
                found = self._unnests(bare, grouped=False)
            case tree.Aggregation(sets=((),)):
                found = self._whole(bare)
            case tree.Aggregation() | tree.Project():
                found = exists and self._unnests(bare, grouped=True)
                found = found or (self.kind == "lateral" and not here and self._groups(bare))
            case _:
                found = False
        return found

    def _whole(self, bare: tree.Aggregation) -> bool:
        """An aggregation over all rows, of which an EXISTS only needs to know that it has one."""
        if self.kind == "exists":
            below, _ = self._peeled(bare.source)
            return self._unnests(below, grouped=True) or self._apart(below) is not None
        if any(isinstance(a, tree.Aggregate) and a.condition is not None for a in bare.aggregates):
            unnests = False
        else:
            unnests = self._unnests(bare.source, grouped=True)
        return unnests or (not any(map(self._uses, bare.aggregates)) and self._apart(bare.source) is not None)

    def _groups(self, bare: tree.Aggregation | tree.Project) -> bool:
        if isinstance(bare, tree.Aggregation):
            simple = len(bare.sets) == 1 and not any(map(self._uses, bare.aggregates))
        else:
            simple = bare.distinct and not any(map(self._uses, bare.expressions))
        return simple and self._apart(bare.source) is not None

    def _unnests(self, relation: Relation, *, grouped: bool) -> bool:
        """UNNEST of what is all from around, below projections and, where `grouped`, GROUP BYs without FILTER."""
        match relation:
            case tree.Unnest():
                read = {number for expression in relation.expressions for number in _free(expression)}
                return bool(read) and read <= self.outside
            case tree.Project(distinct=distinct):
                return (grouped or not distinct) and self._unnests(relation.source, grouped=grouped)
            case tree.Aggregation() if grouped and len(relation.sets) == 1 and relation.sets != ((),):
                plain = all(isinstance(a, tree.Aggregate) and a.condition is None for a in relation.aggregates)
                return plain and self._unnests(relation.source, grouped=True)
            case _:
                return False

    def _filters(self, relation: Relation) -> bool:
        """Whether nothing but conditions and projections is above the columns from around."""
        if not self._uses(relation):
            return True
        match relation:
            case tree.Project(distinct=False) | tree.Filter() | tree.Sort(limit=None, offset=0):
                return self._filters(relation.source)
            case tree.Join(kind="inner", lateral=False):
                return True
            case _:
                return False

    def _apart(self, relation: Relation, *, sorted_here: bool = False) -> _Apart | None:
        """What taking the conditions out of a relation asks; None where they can't be."""
        if not self._uses(relation):
            return _Apart()
        found: _Apart | None = None
        match relation:
            case tree.Filter():
                found = self._conditions(self._apart(relation.source), relation.condition)
            case tree.Join(kind="inner", lateral=False):
                if not self._uses(relation.left) and not self._uses(relation.right):
                    found = self._conditions(_Apart(), relation.condition)
            case tree.Project():
                found = self._projected(relation, sorted_here=sorted_here)
            case tree.Aggregation() if len(relation.sets) == 1 and relation.sets != ((),):
                below = None if any(map(self._uses, relation.aggregates)) else self._apart(relation.source)
                found = _grouped(below, frozenset(relation.keys))
            case tree.Sort() if not (relation.offset or relation.ties or relation.limit == 0):
                found = self._limited(relation, sorted_here=sorted_here)
        return found

    def _projected(self, relation: tree.Project, *, sorted_here: bool) -> _Apart | None:
        computed = relation.expressions
        if any(isinstance(part, (tree.Window, Subquery)) for e in computed for part in walk(e)):
            return None
        below = None if any(map(self._uses, computed)) else self._apart(relation.source, sorted_here=sorted_here)
        if below is None:
            return None
        names = {
            e.number: field.number
            for field, e in zip(relation.fields, relation.expressions, strict=True)
            if isinstance(e, Symbol)
        }
        renamed = replace(
            below,
            named=frozenset(names.get(n, n) for n in below.named),
            fixed=frozenset(names.get(n, n) for n in below.fixed),
        )
        return _grouped(renamed, frozenset(f.number for f in relation.fields)) if relation.distinct else renamed

    def _conditions(self, below: _Apart | None, condition: Expression | None) -> _Apart | None:
        if below is None or condition is None:
            return None
        is_and = isinstance(condition, tree.Form) and condition.op == "and"
        terms = [t for t in (condition.arguments if is_and else (condition,)) if self._uses(t)]  # type: ignore[attr-defined]
        if any(isinstance(part, Subquery) for term in terms for part in walk(term)):
            return None
        named = {number for term in terms for number in _free(term)} - self.outside
        fixed = {n for term in terms for n in self._equal(term)}
        return replace(below, named=below.named | named, fixed=below.fixed | fixed)

    def _equal(self, term: Expression) -> set[int]:
        """The column an equality sets to something from around."""
        if not isinstance(term, tree.Form) or term.op != "=":
            return set()
        for side, other in (term.arguments, term.arguments[::-1]):
            used = {part.number for part in walk(other) if isinstance(part, Symbol)}
            if isinstance(side, Symbol) and side.number not in self.outside and used and used <= self.outside:
                return {side.number}
        return set()

    def _limited(self, relation: tree.Sort, *, sorted_here: bool) -> _Apart | None:
        if any(self._uses(key.expression) for key in relation.keys):
            return None
        below = self._apart(relation.source)
        if below is None or relation.limit is None or below.single:
            return below
        if relation.keys:
            kept = sorted_here and below.named <= below.fixed
            return replace(below, single=relation.limit == 1) if kept else None
        if relation.limit == 1:
            # Of what EXISTS selects nothing is left but the columns its conditions name.
            shown = below.named if self.kind == "exists" else {field.number for field in relation.fields}
            return replace(below, single=True) if below.fixed and shown <= below.fixed else None
        return below if below.named <= below.fixed else None

    def _uses(self, part: Relation | Expression) -> bool:
        return any(isinstance(p, Symbol) and p.number in self.outside for p in everything(part))


def _grouped(below: _Apart | None, keys: frozenset[int]) -> _Apart | None:
    """GROUP BY: a column a condition names is a key, or becomes one, which is the same where it is fixed."""
    if below is None or not below.named - keys <= below.fixed:
        return None
    return replace(below, single=bool(keys | below.named) and keys | below.named <= below.fixed)


def _free(expression: Expression) -> set[int]:
    """The columns an expression reads, the variables of its lambdas left out."""
    bound = {number for part in walk(expression) if isinstance(part, tree.Lambda) for number in part.parameters}
    return {part.number for part in walk(expression) if isinstance(part, Symbol)} - bound


def _bare(relation: Relation) -> Relation:
    while isinstance(relation, tree.Project) and not relation.distinct:
        relation = relation.source
    return relation


def _is_one_row(relation: Relation) -> bool:
    whole = isinstance(relation, tree.Aggregation) and relation.sets == ((),)
    return whole or (isinstance(relation, tree.Values) and len(relation.rows) == 1)
