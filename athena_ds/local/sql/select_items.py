"""The select list: what each item's column is called and means, `*`, `t.*` and `row.*` taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.parse import Node, bare, chain, identifier, label, source
from athena_ds.local.sql.reader import Reader, error
from athena_ds.local.sql.scope import Scope, ends_with
from athena_ds.local.sql.tree import Expression, Field, Form, Relation, Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A column of the select list; `field` is the source's, where it is one unchanged."""

    name: str | None
    expression: Expression
    node: Node
    field: Field | None = None

    @property
    def written(self) -> Node | None:
        """The item's expression as it was written; None for a column of `*`."""
        return self.node.expression() if label(self.node) == "SelectSingle" else None


def read_items(reader: Reader, specification: Node, origin: Relation) -> list[Item]:
    """The columns of a SELECT over what its FROM gives; `reader` sees those."""
    return [
        item
        for node in specification.selectItem()
        for item in (
            [_single(reader, node, origin.fields)]
            if label(node) == "SelectSingle"
            else _star(reader, node, specification, origin.fields)
        )
    ]


def _single(reader: Reader, node: Node, fields: Sequence[Field]) -> Item:
    expression = reader.read(node.expression())
    if node.identifier() is not None:
        return Item(name=identifier(node.identifier()), expression=expression, node=node)
    number = expression.number if isinstance(expression, Symbol) else None
    field = next((f for f in fields if f.number == number), None)
    return Item(name=_name_of(node.expression()), expression=expression, node=node, field=field)


def _name_of(node: Node) -> str | None:
    """The name an unaliased select item gives its column: that of the column or field it is."""
    node = bare(node)
    if not chain(node):
        return None
    return identifier(node.identifier() if label(node) == "ColumnReference" else node.fieldName)


def _star(reader: Reader, node: Node, specification: Node, fields: Sequence[Field]) -> list[Item]:
    if node.primaryExpression() is None:
        found = [f for f in fields if not f.hidden]
        if not specification.relation():
            raise error("COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause", node)
        if not found:
            raise error("COLUMN_NOT_FOUND", "SELECT * not allowed from relation that has no columns", node)
    else:
        found = _qualified(reader.scope, node)
        if not found:
            return _row_star(reader, node)
    names = _star_names(node, len(found))
    return [
        Item(
            name=names[i] if names else f.name,
            expression=Symbol(type=f.type, number=f.number, text=f.name or ""),
            node=node,
            field=f,
        )
        for i, f in enumerate(found)
    ]


def _qualified(scope: Scope, node: Node) -> list[Field]:
    parts = tuple(p.strip('"') for p in source(node.primaryExpression()).split("."))
    around: Scope | None = scope
    while around is not None:
        found = [f for f in around.fields if f.qualifier and ends_with(f.qualifier, parts) and not f.hidden]
        if found:
            return found
        around = around.parent
    return []


def _row_star(reader: Reader, node: Node) -> list[Item]:
    """`row.*`: the fields of a row as columns."""
    text = source(node.primaryExpression())
    unresolved = error("TABLE_NOT_FOUND", f"Unable to resolve reference {text}", node)
    if len(chain(node.primaryExpression())) == 1:
        raise unresolved
    try:
        base = reader.read(node.primaryExpression())
    except EngineError:
        raise unresolved from None
    if base.type.base != "row":
        raise error("TYPE_MISMATCH", f"Expression {text} is not of type ROW", node)
    parts = zip(base.type.names, base.type.elements, strict=True)
    names = _star_names(node, len(base.type.elements))
    return [
        Item(name=names[i] if names else name, expression=_field(base, kind, at=i), node=node)
        for i, (name, kind) in enumerate(parts)
    ]


def _field(base: Expression, kind: Type, *, at: int) -> Expression:
    return Form(type=kind, op="field", arguments=(base,), detail=at)


def _star_names(node: Node, columns: int) -> list[str] | None:
    """The names of `t.* AS (a, b)`; Trino gives the columns their canonical spelling, upper case without quotes."""
    if node.columnAliases() is None:
        return None
    names = [
        identifier(i) if str(i.getText()).startswith('"') else identifier(i).upper()
        for i in node.columnAliases().identifier()
    ]
    if len(names) != columns:
        raise error(
            "MISMATCHED_COLUMN_ALIASES",
            f"Column alias list has {len(names)} entries but relation has {columns} columns",
            node,
        )
    return names
