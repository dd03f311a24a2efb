"""How two relations are joined: what Trino refuses of it, and what USING makes."""

from __future__ import annotations

from collections.abc import Sequence

from athena_ds.local.seam.types import BOOLEAN
from athena_ds.local.sql.correlation import around, everything
from athena_ds.local.sql.parse import Node, identifier, place
from athena_ds.local.sql.predicates import compared
from athena_ds.local.sql.reader import Reader, coerced, error, form
from athena_ds.local.sql.scope import Scope
from athena_ds.local.sql.spelled import spot
from athena_ds.local.sql.tree import Expression, Field, Form, Join, Lambda, Project, Relation, Subquery, Symbol
from athena_ds.local.sql.walk import walk


def joined(
    kind: str, left: Relation, right: Relation, *, condition: Expression | None = None, lateral: bool = False
) -> Join:
    return Join(
        fields=(*left.fields, *right.fields), kind=kind, left=left, right=right, condition=condition, lateral=lateral
    )


def using(reader: Reader, kind: str, sides: tuple[Relation, Relation], columns: Sequence[Node]) -> Project:
    """USING joins on equal names and answers each once, unqualified, first."""
    equal: list[Form] = []
    shared: list[Field] = []
    values: list[Expression] = []
    gone = set[int]()
    for column in columns:
        name = identifier(column)
        if name.lower() in {field.name for field in shared}:
            raise error("DUPLICATE_COLUMN_NAME", f"Column '{name}' appears multiple times in USING clause", column)
        left, right = (_column(s, word, column) for s, word in zip(sides, ("left", "right"), strict=True))
        same = compared("=", left, right, place(column))
        wanted = same.arguments[0].type
        equal.append(same)
        shared.append(Field(number=reader.session.number(), type=wanted, name=name.lower()))
        values.append(form("coalesce", wanted, coerced(left, wanted), coerced(right, wanted), at=left.place))
        gone |= {left.number, right.number}
    condition = equal[0] if len(equal) == 1 else form("and", BOOLEAN, *equal, at=equal[0].place)
    found = joined(kind, *sides, condition=condition)
    rest = [field for field in found.fields if field.number not in gone]
    kept = [Symbol(type=field.type, number=field.number) for field in rest]
    return Project(fields=(*shared, *rest), source=found, expressions=(*values, *kept))


def _column(side: Relation, word: str, column: Node) -> Symbol:
    name = identifier(column)
    found = Scope(fields=side.fields).find((name,), place(column))
    if found is None:
        raise error("COLUMN_NOT_FOUND", f"Column '{name}' is missing from {word} side of join", column)
    return found


def require_in_reach(condition: Expression, word: str, sides: tuple[Relation, Relation], node: Node) -> None:
    """An outer join's condition uses no column from around the query, and its subqueries none of the join's."""
    if word == "INNER":
        return
    own = {f.number for side in sides for f in side.fields}
    inner = {n for part in walk(condition) if isinstance(part, Subquery) for n in around(part.query)}
    named = {part.number for part in walk(condition) if isinstance(part, Symbol)}
    bound = {n for part in walk(condition) if isinstance(part, Lambda) for n in part.parameters}
    if inner or named - own - bound:
        raise error("NOT_SUPPORTED", "Reference to column from outer scope not allowed in this context", node)


def row_by_row(node: Node, word: str, sides: tuple[Relation, Relation], *, unnest: bool, conditioned: bool) -> str:
    """The kind that a join with UNNEST (or LATERAL) on its right is: it goes from the left's rows, and has no others.

    Raises:
        EngineError: Trino refuses the join.
    """
    outer = word in ("RIGHT", "FULL")
    own = {field.number for field in sides[0].fields}
    reference = next((p for p in everything(sides[1]) if isinstance(p, Symbol) and p.number in own), None)
    if outer and reference is not None:
        raise error("INVALID_COLUMN_REFERENCE", f"LATERAL reference not allowed in {word} JOIN", reference.place)
    if conditioned and (unnest or outer):
        what = "UNNEST" if unnest else "LATERAL relation"
        words = f"{word} JOIN involving {what} is only supported with condition ON TRUE"
        raise error("NOT_SUPPORTED", words, spot(node.joinCriteria().booleanExpression()))
    if outer and not unnest:
        # With nothing on the left Trino answers one thing for VALUES on the right and another for a table.
        raise error("NOT_SUPPORTED", f"{word} JOIN with LATERAL is not supported by the local engine", node)
    return {"RIGHT": "INNER", "FULL": "LEFT"}.get(word, word)
