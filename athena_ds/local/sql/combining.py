"""Set operations: two relations side by side, their columns brought to the types they share."""

from __future__ import annotations

from athena_ds.local.seam.types import Type
from athena_ds.local.sql.coercion import common_type, is_comparable
from athena_ds.local.sql.parse import Node
from athena_ds.local.sql.reader import Session, coerced, error
from athena_ds.local.sql.tree import Field, Project, Relation, SetOperation, Symbol


def combined(session: Session, node: Node, sides: tuple[Relation, Relation], *, kind: str, distinct: bool) -> Relation:
    """Two relations under a set operation, columns brought to the types they share."""
    left, right = sides
    if len(left.fields) != len(right.fields):
        counts = f"{len(left.fields)}, {len(right.fields)}"
        raise error("TYPE_MISMATCH", f"{kind.upper()} query has different number of fields: {counts}", node)
    kinds = []
    for i, (a, b) in enumerate(zip(left.fields, right.fields, strict=True)):
        shared = common_type(a.type, b.type)
        if shared is None:
            message = f"column {i + 1} in {kind.upper()} query has incompatible types: {a.type}, {b.type}"
            raise error("TYPE_MISMATCH", message, node)
        if (distinct or kind != "union") and not is_comparable(shared):
            word = "UNION DISTINCT" if kind == "union" else kind.upper()
            message = f"Type {shared} is not comparable and therefore cannot be used in {word}"
            raise error("TYPE_MISMATCH", message, node)
        if not distinct and kind != "union" and shared.base in ("array", "row", "map"):
            # Trino numbers equal rows here, and fails on a NULL inside only where it has to compare two.
            raise error(
                "NOT_SUPPORTED", f"{kind.upper()} ALL of type {shared} is not supported by the local engine", node
            )
        kinds.append(shared)
    fields = tuple(Field(number=session.number(), type=k, name=f.name) for k, f in zip(kinds, left.fields, strict=True))
    inputs = tuple(as_types(session, side, tuple(kinds)) for side in sides)
    return SetOperation(fields=fields, kind=kind, distinct=distinct, inputs=inputs)


def as_types(session: Session, relation: Relation, kinds: tuple[Type, ...]) -> Relation:
    if all(f.type == k for f, k in zip(relation.fields, kinds, strict=True)):
        return relation
    symbols = (Symbol(type=f.type, number=f.number) for f in relation.fields)
    made = tuple(coerced(s, k) for s, k in zip(symbols, kinds, strict=True))
    fields = tuple(
        Field(number=session.number(), type=k, name=f.name) for k, f in zip(kinds, relation.fields, strict=True)
    )
    return Project(fields=fields, source=relation, expressions=made)
