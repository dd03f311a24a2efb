"""Rows that a query makes itself: VALUES, and the elements of arrays and maps (UNNEST)."""

from __future__ import annotations

from collections.abc import Sequence

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BIGINT, UNKNOWN, Type
from athena_ds.local.sql.coercion import common_type
from athena_ds.local.sql.grouping import require_scalar
from athena_ds.local.sql.parse import Node
from athena_ds.local.sql.reader import Reader, coerced, error, form
from athena_ds.local.sql.scope import Scope
from athena_ds.local.sql.tree import Expression, Field, Form, Unnest, Values


def read_unnest(reader: Reader, node: Node, scope: Scope) -> Unnest:
    """UNNEST: a column for an array's elements, two for a map's, one for each field of rows."""
    with reader.scoped(scope):
        expressions = reader.read_all(node.expression())
    for expression, part in zip(expressions, node.expression(), strict=True):
        require_scalar(expression, "UNNEST", part)
    fields: list[Field] = []
    for expression in expressions:
        for name, kind in _unnested(expression.type):
            fields.append(Field(number=reader.session.number(), type=kind, name=name))
    ordinality = node.ORDINALITY() is not None
    if ordinality:
        fields.append(Field(number=reader.session.number(), type=BIGINT))
    return Unnest(fields=tuple(fields), expressions=expressions, ordinality=ordinality)


def _unnested(kind: Type) -> list[tuple[str | None, Type]]:
    if kind.base == "array":
        element = kind.elements[0]
        return list(zip(element.names, element.elements, strict=True)) if element.base == "row" else [(None, element)]
    if kind.base == "map":
        return [(None, kind.elements[0]), (None, kind.elements[1])]
    raise EngineError("INVALID_FUNCTION_ARGUMENT", f"Cannot unnest type: {kind}")


def read_values(reader: Reader, nodes: Sequence[Node]) -> Values:
    """VALUES: columns take the type their rows share."""
    rows = [_row(reader.read(node)) for node in nodes]
    width = len(rows[0])
    kinds: list[Type] = [UNKNOWN] * width
    for row in rows:
        if len(row) != width:
            words = f"Values rows have mismatched sizes: {width} vs {len(row)}"
            raise error("TYPE_MISMATCH", words, nodes[0].parentCtx)
        for i, value in enumerate(row):
            shared = common_type(kinds[i], value.type)
            if shared is None:
                first = f"row({', '.join(str(v.type) for v in rows[0])})"
                other = f"row({', '.join(str(v.type) for v in row)})"
                words = f"Values rows have mismatched types: {first} vs {other}"
                raise error("TYPE_MISMATCH", words, nodes[0].parentCtx)
            kinds[i] = shared
    made = tuple(tuple(coerced(v, k) for v, k in zip(row, kinds, strict=True)) for row in rows)
    fields = tuple(Field(number=reader.session.number(), type=k) for k in kinds)
    return Values(fields=fields, rows=made)


def _row(value: Expression) -> tuple[Expression, ...]:
    if isinstance(value, Form) and value.op == "row":
        return value.arguments
    if value.type.base == "row":
        return tuple(form("field", k, value, at=value.place, detail=i) for i, k in enumerate(value.type.elements))
    return (value,)
