"""What names mean at a place: columns of the relations in reach, lambda variables, common table expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.parse import Node
from athena_ds.local.sql.tree import Field, Place, Relation, Symbol

Made = Callable[[], Relation]
"""Analyses a common table expression anew: each reference has symbols of its own, as Trino inlines it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The columns of one query level, those of the levels around it, and what WITH named."""

    fields: tuple[Field, ...] = ()
    parent: Scope | None = None
    variables: Mapping[str, Symbol] = field(default_factory=dict)
    queries: Mapping[str, Made] = field(default_factory=dict)
    windows: Mapping[str, Node] = field(default_factory=dict)

    def inner(self, fields: tuple[Field, ...] = ()) -> Scope:
        """A level below this one: a subquery's."""
        return Scope(fields=fields, parent=self, queries=self.queries)

    def with_fields(self, fields: tuple[Field, ...]) -> Scope:
        return replace(self, fields=fields)

    def with_variables(self, variables: Mapping[str, Symbol]) -> Scope:
        return replace(self, variables={**self.variables, **variables})

    def with_queries(self, queries: Mapping[str, Made]) -> Scope:
        return replace(self, queries={**self.queries, **queries})

    def find(self, parts: tuple[str, ...], place: Place) -> Symbol | None:
        """The column or variable a (qualified) name means, None where there is none."""
        if len(parts) == 1 and parts[0].lower() in self.variables:
            return self.variables[parts[0].lower()]
        found = [f for f in self.fields if matches(f, parts)]
        if len(found) > 1:
            text = ".".join(parts)
            raise EngineError("AMBIGUOUS_NAME", f"Column '{text}' is ambiguous", line=place[0], column=place[1])
        if found:
            return Symbol(type=found[0].type, number=found[0].number, place=place, text=".".join(parts))
        if self.parent is None or self._begins_with_a_column(parts):
            return None
        return self.parent.find(parts, place)

    def _begins_with_a_column(self, parts: tuple[str, ...]) -> bool:
        """`a.b` is a field of the column `a` here, before it is the column `b` of a relation `a` further out."""
        return any(matches(f, parts[:cut]) for cut in range(1, len(parts)) for f in self.fields)


def matches(candidate: Field, parts: tuple[str, ...]) -> bool:
    if candidate.name is None or candidate.name.lower() != parts[-1].lower():
        return False
    return ends_with(candidate.qualifier, parts[:-1])


def ends_with(qualifier: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether a written prefix names this relation: `t`, `db.t` and `awsdatacatalog.db.t` all do."""
    written = tuple(part.lower() for part in parts)
    return not written or qualifier[-len(written) :] == written
