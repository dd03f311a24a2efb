"""The reader of expressions: it walks the syntax tree with a scope in hand and answers typed expressions.

How each rule of the grammar is read is registered by the modules that know it (`expressions`, `predicates`, `calls`,
`worded`, `jsonforms`); this module holds what they share.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal

from athena_ds.local.seam.engine import CATALOG, Catalog, EngineError
from athena_ds.local.seam.types import BOOLEAN, INTEGERS, UNKNOWN, Type
from athena_ds.local.sql.coercion import OPAQUE, can_coerce, common_type
from athena_ds.local.sql.parse import Node, label, place
from athena_ds.local.sql.scope import Scope
from athena_ds.local.sql.tree import Cast, Constant, Expression, Form, Lambda, Place, Relation


@dataclass(slots=True, kw_only=True)
class Session:
    """What one analysis knows and gathers: where names live, parameters, symbols given out, tables touched."""

    catalog: Catalog
    database: str
    catalog_name: str = CATALOG
    home: str = CATALOG
    """The catalog a name without one belongs to: the query's own; only `catalog_name` can be read."""
    parameters: tuple[Node, ...] = ()
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    touched: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    views: tuple[tuple[str, str], ...] = ()
    used_parameters: int = 0

    def number(self) -> int:
        return next(self.numbers)


_CLAUSES = ("WHERE clause", "HAVING clause", "JOIN ON clause")


class Reader:
    """Reads the expressions of one query level."""

    def __init__(self, session: Session, scope: Scope, queries: Callable[[Session, Node, Scope], Relation]) -> None:
        self.session, self.scope, self._queries = session, scope, queries
        self.grouped = False

    def query(self, node: Node, scope: Scope, *, session: Session | None = None) -> Relation:
        """The relation a query inside means; a view's is read in a session of its own."""
        if self.scope.variables and label(node.parentCtx) != "Exists":
            raise error("NOT_SUPPORTED", "Lambda expression cannot contain subqueries", node.parentCtx)
        return self._queries(session or self.session, node, scope)

    def read(self, node: Node) -> Expression:
        """The typed expression of a node; raises EngineError with Trino's name, message and place."""
        name = label(node)
        how = READERS.get(name)
        if how is None:
            raise error("NOT_SUPPORTED", f"Not supported by the local engine: {name}", node)
        try:
            return how(self, node)
        except EngineError as failure:
            raise located(failure, place(node)) from None

    def read_all(self, nodes: Sequence[Node]) -> tuple[Expression, ...]:
        return tuple(self.read(node) for node in nodes)

    def boolean(self, node: Node, what: str) -> Expression:
        """A condition; `what` names it in the message (`WHERE clause`)."""
        found = self.read(node)
        if found.type not in (BOOLEAN, UNKNOWN):
            told = f": actual type {found.type}" if what in _CLAUSES else f" (actual: {found.type})"
            raise error("TYPE_MISMATCH", f"{what} must evaluate to a boolean{told}", node)
        return coerced(found, BOOLEAN)

    @contextmanager
    def scoped(self, scope: Scope) -> Iterator[None]:
        before, self.scope = self.scope, scope
        try:
            yield
        finally:
            self.scope = before


Reads = Callable[[Reader, Node], Expression]
READERS: dict[str, Reads] = {}


def reads(*labels: str) -> Callable[[Reads], Reads]:
    """Register how the grammar's rules of these names are read."""

    def register(how: Reads) -> Reads:
        READERS.update(dict.fromkeys(labels, how))
        return how

    return register


def error(name: str, message: str, where: Node | Place) -> EngineError:
    """An error at a node of the statement, or at a place in it."""
    line, column = where if isinstance(where, tuple) else place(where)
    return EngineError(name, message, line=line, column=column)


def located(failure: EngineError, where: Place) -> EngineError:
    """The same error with a place, where it had none."""
    if failure.line is not None:
        return failure
    return EngineError(failure.name, failure.message, kind=failure.kind, line=where[0], column=where[1])


def coerced(expression: Expression, kind: Type) -> Expression:
    """`expression` as `kind`, silently; constants are converted here, so that plans stay readable."""
    if expression.type == kind:
        return expression
    if isinstance(expression, Constant) and _exact(expression, kind):
        value = expression.value
        if value is not None and kind.base in ("double", "real"):
            value = float(value)
        elif value is not None and kind.base == "decimal":
            value = Decimal(value)
        return replace(expression, type=kind, value=value)
    if isinstance(expression, Lambda):
        return replace(expression, type=kind, body=coerced(expression.body, kind.elements[-1]))
    return Cast(type=kind, place=expression.place, argument=expression, explicit=False)


def _exact(constant: Constant, kind: Type) -> bool:
    """Whether the constant's Python value means the same as `kind`."""
    if constant.value is None:
        return True
    source = constant.type.base
    if source in INTEGERS:
        exact = abs(constant.value) < 2**24
        return (
            kind.base in INTEGERS
            or (kind.base == "decimal" and not kind.scale)
            or (exact and kind.base in ("double", "real"))
        )
    return source == kind.base == "varchar" or (source == "varchar" and kind.base in OPAQUE)


def unified(reader: Reader, nodes: Sequence[Node], what: str) -> tuple[tuple[Expression, ...], Type]:
    """Expressions brought to the type they share; `what` they are is told where there is none."""
    found = reader.read_all(nodes)
    shared = shared_type(found, what)
    return tuple(coerced(expression, shared) for expression in found), shared


def shared_type(found: Sequence[Expression], what: str) -> Type:
    """The type all have or can be brought to; raises EngineError at the first that can't."""
    shared: Type = UNKNOWN
    for expression in found:
        wider = common_type(shared, expression.type)
        if wider is None:
            kinds = ", ".join(dict.fromkeys(str(e.type) for e in found))
            message = (
                f"{what} must be the same type or coercible to a common type. Cannot find common type between"
                f" {shared} and {expression.type}, all types (without duplicates): [{kinds}]"
            )
            raise error("TYPE_MISMATCH", message, expression.place)
        shared = wider
    return shared


def require(expression: Expression, kind: Type, message: str) -> Expression:
    """`expression` coerced to `kind`, or TYPE_MISMATCH where it can't be."""
    if not can_coerce(expression.type, kind):
        raise error("TYPE_MISMATCH", message, expression.place)
    return coerced(expression, kind)


def form(op: str, kind: Type, *arguments: Expression, at: Place, detail: object = None) -> Form:
    return Form(type=kind, place=at, op=op, arguments=arguments, detail=detail)
