"""WITH: common table expressions, recursive ones too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from athena_ds.local.sql.coercion import can_coerce, is_comparable
from athena_ds.local.sql.combining import as_types
from athena_ds.local.sql.naming import with_fields
from athena_ds.local.sql.parse import Node, identifier
from athena_ds.local.sql.reader import Session, error
from athena_ds.local.sql.recursion import recursive_term
from athena_ds.local.sql.scope import Made, Scope
from athena_ds.local.sql.tree import Field, Project, Recursion, Recursive, Relation, Symbol

Reads = Callable[[Session, Node, Scope], Relation]


def with_queries(session: Session, node: Node, scope: Scope, *, query: Reads, term: Reads) -> Scope:
    """The scope with what WITH names; each query sees those before it. `query` and `term` read what it holds."""
    recursive = node.RECURSIVE() is not None
    seen: set[str] = set()
    for each in node.namedQuery():
        name = identifier(each.name).lower()
        if name in seen:
            raise error("DUPLICATE_NAMED_QUERY", f"WITH query name '{name}' specified more than once", each)
        seen.add(name)
        made = _Made(session, each, scope, recursive=recursive, reads=(query, term))
        made()
        scope = scope.with_queries({name: made})
    return scope


class _Made:
    """Reads one named query, anew at each reference."""

    def __init__(
        self, session: Session, node: Node, scope: Scope, *, recursive: bool, reads: tuple[Reads, Reads]
    ) -> None:
        self._session, self._node, self._scope = session, node, scope
        self._read_query, self._read_term = reads
        self._recursive = recursive
        self._parameters = session.used_parameters
        self._after: int | None = None

    def __call__(self) -> Relation:
        session, before = self._session, self._session.used_parameters
        session.used_parameters = self._parameters
        try:
            return self._aliased(self._read())
        finally:
            if self._after is None:
                self._after = session.used_parameters
            else:
                session.used_parameters = before

    def _read(self) -> Relation:
        term = recursive_term(self._node) if self._recursive else None
        if term is not None:
            return self._recursion(term)
        return self._read_query(self._session, self._node.query(), replace(self._scope, fields=()))

    def _aliased(self, found: Relation) -> Relation:
        aliases = self._node.columnAliases()
        if aliases is None:
            return found
        names = [identifier(i) for i in aliases.identifier()]
        if len(names) != len(found.fields):
            raise error(
                "MISMATCHED_COLUMN_ALIASES",
                f"Column alias list has {len(names)} entries but relation has {len(found.fields)} columns",
                aliases.identifier(0),
            )
        return with_fields(found, tuple(replace(f, name=n) for f, n in zip(found.fields, names, strict=True)))

    def _recursion(self, term: Node) -> Relation:
        node, session = self._node, self._session
        name = identifier(node.name).lower()
        scope = replace(self._scope, fields=())
        base = self._aliased(self._read_term(session, term.left, scope))
        key = f"{name}_{session.number()}"

        def previous() -> Relation:
            fields = tuple(Field(number=session.number(), type=f.type, name=f.name) for f in base.fields)
            return Recursion(fields=fields, name=key)

        made: Made = previous
        step = self._read_term(session, term.right, scope.with_queries({name: made}))
        found = self._checked(base, step, key, node=term.right)
        every = term.setQuantifier() is not None and term.setQuantifier().ALL() is not None
        return found if every else self._distinct(found)

    def _distinct(self, found: Relation) -> Relation:
        """UNION DISTINCT: Trino drops equal rows when all steps are done, not between them."""
        for field in found.fields:
            if not is_comparable(field.type):
                message = f"Type {field.type} is not comparable and therefore cannot be used in UNION"
                raise error("TYPE_MISMATCH", message, self._node)
        fields = tuple(replace(f, number=self._session.number()) for f in found.fields)
        symbols = tuple(Symbol(type=f.type, number=f.number) for f in found.fields)
        return Project(fields=fields, source=found, expressions=symbols, distinct=True)

    def _checked(self, base: Relation, step: Relation, key: str, *, node: Node) -> Relation:
        if len(base.fields) != len(step.fields):
            counts = f"{len(base.fields)}, {len(step.fields)}"
            words = f"base and step relations of recursion have different number of fields: {counts}"
            raise error("TYPE_MISMATCH", words, node)
        for i, (b, s) in enumerate(zip(base.fields, step.fields, strict=True)):
            if not can_coerce(s.type, b.type):
                message = (
                    f"recursion step relation output type ({s.type}) is not coercible to"
                    f" recursion base relation output type ({b.type}) at column {i + 1}"
                )
                raise error("TYPE_MISMATCH", message, node)
        step = as_types(self._session, step, tuple(f.type for f in base.fields))
        fields = tuple(Field(number=self._session.number(), type=f.type, name=f.name) for f in base.fields)
        return Recursive(fields=fields, name=key, base=base, step=step)
