"""How queries are read: WITH, SELECT, set operations, ORDER BY, OFFSET and LIMIT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.coercion import is_comparable
from athena_ds.local.sql.combining import combined
from athena_ds.local.sql.grouping import (
    Grouped,
    Grouping,
    aggregates_in,
    is_grouping,
    is_position,
    read_grouping,
    require_scalar,
    windows_in,
)
from athena_ds.local.sql.labels import name_of, star_names
from athena_ds.local.sql.matching import sort_key
from athena_ds.local.sql.named_queries import with_queries
from athena_ds.local.sql.parse import Node, chain, identifier, label, source
from athena_ds.local.sql.predicates import demanded
from athena_ds.local.sql.reader import Reader, Session, error
from athena_ds.local.sql.relations import named, read_from, read_values, with_fields
from athena_ds.local.sql.scope import Scope, ends_with
from athena_ds.local.sql.tree import (
    Call,
    Constant,
    Expression,
    Field,
    Filter,
    Form,
    Project,
    Relation,
    Sort,
    SortKey,
    Symbol,
)
from athena_ds.local.sql.unwrapping import filtering
from athena_ds.local.sql.walk import rewrite, walk


def read_query(session: Session, node: Node, scope: Scope) -> Relation:
    """The relation a query means; its fields are its output columns, in order."""
    if node.with_() is not None:
        scope = with_queries(session, node.with_(), scope, query=read_query, term=read_term)
    return read_without(session, node.queryNoWith(), scope)


def _reader(session: Session, scope: Scope) -> Reader:
    return Reader(session, scope, read_query)


def read_without(session: Session, node: Node, scope: Scope) -> Relation:
    """A query's body with its ORDER BY, OFFSET and LIMIT."""
    term = node.queryTerm()
    specification = _specification_of(term)
    if specification is not None:
        found, keys = _Select(session, specification, scope).read(node.sortItem())
    else:
        found = read_term(session, term, scope)
        reader = _reader(session, replace(scope, fields=found.fields))
        keys = tuple(_order_key(reader, item, found.fields) for item in node.sortItem())
        for key, item in zip(keys, node.sortItem(), strict=True):
            require_scalar(key.expression, "ORDER BY clause", item.expression())
    return _limited(session, node, found, keys)


def _specification_of(term: Node) -> Node | None:
    if label(term) != "QueryTermDefault":
        return None
    primary = term.queryPrimary()
    return primary.querySpecification() if label(primary) == "QueryPrimaryDefault" else None


_MOST_SORTED = 2**31 - 1


def _limited(session: Session, node: Node, found: Relation, keys: tuple[SortKey, ...]) -> Relation:
    offset = _count(session, node.offset) if node.offset is not None else 0
    limit = None
    if node.limit is not None and node.limit.rowCount() is not None:
        limit = _count(session, node.limit.rowCount())
    elif node.FETCH() is not None:
        limit = _count(session, node.fetchFirst) if node.fetchFirst is not None else 1
        if limit == 0:
            raise error("NUMERIC_VALUE_OUT_OF_RANGE", "FETCH FIRST row count must be positive (actual value: 0)", node)
    ties = node.TIES() is not None
    if ties and not keys:
        raise error("MISSING_ORDER_BY", "FETCH FIRST WITH TIES clause requires ORDER BY", node)
    if keys and limit is not None and offset + limit > _MOST_SORTED:
        raise error("NOT_SUPPORTED", f"ORDER BY LIMIT > {_MOST_SORTED} is not supported", node)
    if keys or offset or limit is not None:
        found = Sort(fields=found.fields, source=found, keys=keys, offset=offset, limit=limit, ties=ties)
    shown = tuple(f for f in found.fields if not f.hidden)
    return found if len(shown) == len(found.fields) else with_fields(found, shown)


def _count(session: Session, node: Node) -> int:
    if node.QUESTION_MARK() is None:
        return int(node.INTEGER_VALUE().getText())
    reader = _reader(session, Scope())
    index = session.used_parameters
    if index >= len(session.parameters):
        raise error(
            "INVALID_PARAMETER_USAGE", f"Incorrect number of parameters: expected {index + 1} but found {index}", node
        )
    session.used_parameters += 1
    value = reader.read(session.parameters[index])
    if not isinstance(value, Constant) or not isinstance(value.value, int):
        raise error("TYPE_MISMATCH", "Non constant parameter value for LIMIT or OFFSET", node)
    return value.value


def read_term(session: Session, node: Node, scope: Scope) -> Relation:
    """A query term without order: SELECT, VALUES, TABLE, a parenthesised query, or a set operation."""
    if label(node) == "SetOperation":
        return _set_operation(session, node, scope)
    primary = node.queryPrimary()
    match label(primary):
        case "QueryPrimaryDefault":
            found, _ = _Select(session, primary.querySpecification(), scope).read(())
            return found
        case "Subquery":
            return read_without(session, primary.queryNoWith(), scope)
        case "InlineTable":
            return read_values(_reader(session, scope), primary.expression())
        case "Table":
            found = named(_reader(session, scope), primary, scope)
            return with_fields(found, tuple(f for f in found.fields if not f.hidden))
        case other:
            raise error("NOT_SUPPORTED", f"Not supported by the local engine: {other}", primary)


def _set_operation(session: Session, node: Node, scope: Scope) -> Relation:
    kind = node.operator.text.lower()
    distinct = node.setQuantifier() is None or node.setQuantifier().ALL() is None
    sides = read_term(session, node.left, scope), read_term(session, node.right, scope)
    return combined(session, node, sides, kind=kind, distinct=distinct)


def _order_key(reader: Reader, item: Node, fields: Sequence[Field]) -> SortKey:
    """A sort item; an integer means an output column."""
    expression = reader.read(item.expression())
    if is_position(expression, item.expression()):
        assert isinstance(expression, Constant)
        if not 1 <= expression.value <= len(fields):
            raise error("INVALID_COLUMN_REFERENCE", f"ORDER BY position {expression.value} is not in select list", item)
        field = fields[expression.value - 1]
        expression = Symbol(type=field.type, number=field.number, place=expression.place)
    return sort_key(expression, item)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    name: str | None
    expression: Expression
    node: Node
    field: Field | None = None


class _Select:
    """One SELECT. Output columns get symbols of their own; ORDER BY may use them or the source's columns."""

    def __init__(self, session: Session, node: Node, scope: Scope) -> None:
        self._session, self._node = session, node
        outer = _reader(session, scope)
        self._source = read_from(outer, node.relation(), replace(scope, fields=()))
        windows = {identifier(w.name).lower(): w.windowSpecification() for w in node.windowDefinition()}
        self._scope = replace(scope, fields=self._source.fields, windows=windows)
        self._reader = _reader(session, self._scope)

    def read(self, order: Sequence[Node]) -> tuple[Relation, tuple[SortKey, ...]]:
        """The rows and how they are sorted. Columns only the sort needs are hidden fields."""
        relation = self._filtered()
        items = [item for node in self._node.selectItem() for item in self._items(node)]
        fields = tuple(
            Field(
                number=self._session.number(),
                type=i.expression.type,
                name=i.name,
                origin=i.field.origin if i.field else None,
            )
            for i in items
        )
        shown = {f.number: i.expression for f, i in zip(fields, items, strict=True)}
        keys = self._order(order, fields)
        having = self._having()
        relation, items, keys, shown = self._grouped(relation, items, having, keys, shown)
        return self._projected(relation, items, fields, keys)

    def _filtered(self) -> Relation:
        if self._node.where is None:
            return self._source
        condition = self._reader.boolean(self._node.where, "WHERE clause")
        require_scalar(condition, "WHERE clause", self._node.where)
        demands = filtering(demanded(condition), self._source.fields)
        return Filter(fields=self._source.fields, source=self._source, condition=demands)

    def _items(self, node: Node) -> list[_Item]:
        if label(node) == "SelectSingle":
            expression = self._reader.read(node.expression())
            if node.identifier() is not None:
                return [_Item(name=identifier(node.identifier()), expression=expression, node=node)]
            return [
                _Item(name=name_of(node.expression()), expression=expression, node=node, field=self._field(expression))
            ]
        return self._star(node)

    def _field(self, expression: Expression) -> Field | None:
        if not isinstance(expression, Symbol):
            return None
        return next((f for f in self._source.fields if f.number == expression.number), None)

    def _star(self, node: Node) -> list[_Item]:
        if node.primaryExpression() is None:
            found = [f for f in self._source.fields if not f.hidden]
            if not self._node.relation():
                raise error("COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause", node)
            if not found:
                raise error("COLUMN_NOT_FOUND", "SELECT * not allowed from relation that has no columns", node)
        else:
            found = self._qualified(node)
            if not found:
                return self._row_star(node)
        names = star_names(node, len(found))
        return [
            _Item(
                name=names[i] if names else f.name,
                expression=Symbol(type=f.type, number=f.number, text=f.name or ""),
                node=node,
                field=f,
            )
            for i, f in enumerate(found)
        ]

    def _qualified(self, node: Node) -> list[Field]:
        parts = tuple(p.strip('"') for p in source(node.primaryExpression()).split("."))
        scope: Scope | None = self._scope
        while scope is not None:
            found = [f for f in scope.fields if f.qualifier and ends_with(f.qualifier, parts) and not f.hidden]
            if found:
                return found
            scope = scope.parent
        return []

    def _row_star(self, node: Node) -> list[_Item]:
        """`row.*`: the fields of a row as columns."""
        if len(chain(node.primaryExpression())) == 1:
            raise error("TABLE_NOT_FOUND", f"Unable to resolve reference {source(node.primaryExpression())}", node)
        try:
            base = self._reader.read(node.primaryExpression())
        except EngineError:
            raise error(
                "TABLE_NOT_FOUND", f"Unable to resolve reference {source(node.primaryExpression())}", node
            ) from None
        if base.type.base != "row":
            raise error("TYPE_MISMATCH", f"Expression {source(node.primaryExpression())} is not of type ROW", node)
        parts = zip(base.type.names, base.type.elements, strict=True)
        names = star_names(node, len(base.type.elements))
        return [
            _Item(name=names[i] if names else name, expression=_field(base, kind, at=i), node=node)
            for i, (name, kind) in enumerate(parts)
        ]

    def _having(self) -> Expression | None:
        if self._node.having is None:
            return None
        found = self._reader.boolean(self._node.having, "HAVING clause")
        if windows_in(found):
            raise error(
                "NESTED_WINDOW",
                "HAVING clause cannot contain window functions or row pattern measures",
                self._node.having,
            )
        return filtering(found, self._source.fields)

    def _order(self, nodes: Sequence[Node], fields: tuple[Field, ...]) -> tuple[SortKey, ...]:
        if not nodes:
            return ()
        named = tuple(f for f in fields if f.name is not None)
        inner = replace(self._scope, fields=named, parent=self._scope)
        reader = _reader(self._session, inner)
        keys = tuple(_order_key(reader, node, fields) for node in nodes)
        if not self._distinct():
            return tuple(key for key in keys if not isinstance(key.expression, Constant))
        own = {f.number for f in fields}
        if any(not isinstance(key.expression, Symbol) and own & _symbols(key.expression) for key in keys):
            # A name in ORDER BY is first the output's: `a + b` of the output is not the `a + b` selected.
            raise self._not_selected()
        return keys

    def _distinct(self) -> bool:
        quantifier = self._node.setQuantifier()
        return quantifier is not None and quantifier.DISTINCT() is not None

    def _not_selected(self) -> EngineError:
        words = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
        return error("EXPRESSION_NOT_IN_DISTINCT", words, self._node)

    def _grouped(
        self,
        relation: Relation,
        items: list[_Item],
        having: Expression | None,
        keys: tuple[SortKey, ...],
        shown: dict[int, Expression],
    ) -> tuple[Relation, list[_Item], tuple[SortKey, ...], dict[int, Expression]]:
        sorting = [
            rewrite(k.expression, lambda e: shown.get(e.number) if isinstance(e, Symbol) else None) for k in keys
        ]
        used = [*(i.expression for i in items), *([having] if having is not None else []), *sorting]
        group = self._node.groupBy()
        if group is None and having is None and not any(aggregates_in(e) for e in used):
            return relation, items, keys, shown
        if group is None and any(is_grouping(a) for e in used for a in aggregates_in(e)):
            message = (
                "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause"
            )
            raise error("MISSING_GROUP_BY", message, self._node)
        grouping = Grouping(keys=(), sets=((),))
        if group is not None:
            grouping = read_grouping(self._reader, group, [(i.expression, _said(i.node)) for i in items])
        grouped = Grouped(self._reader, relation, grouping, used, self._node)
        items = [replace(i, expression=grouped.said(i.expression, _said(i.node))) for i in items]
        result: Relation = grouped.relation
        if having is not None:
            condition = demanded(grouped.said(having, self._node.having))
            result = Filter(fields=result.fields, source=result, condition=condition)
        rewritten = tuple(
            k
            if isinstance(k.expression, Symbol) and k.expression.number in shown
            else replace(k, expression=grouped.over(e))
            for k, e in zip(keys, sorting, strict=True)
        )
        return result, items, rewritten, shown

    def _projected(
        self, relation: Relation, items: list[_Item], fields: tuple[Field, ...], keys: tuple[SortKey, ...]
    ) -> tuple[Relation, tuple[SortKey, ...]]:
        expressions = [i.expression for i in items]
        own = {f.number: e for f, e in zip(fields, expressions, strict=True)}
        distinct = self._distinct()
        extra: list[Field] = []
        made: list[SortKey] = []
        for key in keys:
            if isinstance(key.expression, Symbol) and key.expression.number in own:
                made.append(key)
                continue
            wanted = rewrite(key.expression, lambda e: own.get(e.number) if isinstance(e, Symbol) else None)
            field = next((f for f, e in zip(fields, expressions, strict=False) if e == wanted and _stable(e)), None)
            if field is None:
                if distinct:
                    raise self._not_selected()
                field = Field(number=self._session.number(), type=wanted.type, hidden=True)
                extra.append(field)
                expressions.append(wanted)
            made.append(replace(key, expression=Symbol(type=field.type, number=field.number)))
        if distinct:
            for item in items:
                if not is_comparable(item.expression.type):
                    raise error(
                        "TYPE_MISMATCH",
                        f"DISTINCT can only be applied to comparable types (actual: {item.expression.type})",
                        item.node,
                    )
        project = Project(fields=(*fields, *extra), source=relation, expressions=tuple(expressions), distinct=distinct)
        return project, tuple(made)


def _said(item: Node) -> Node:
    """A select item without its alias."""
    return item.expression() if label(item) == "SelectSingle" else item


def _field(base: Expression, kind: Type, *, at: int) -> Expression:
    return Form(type=kind, op="field", arguments=(base,), detail=at)


def _symbols(expression: Expression) -> set[int]:
    return {part.number for part in walk(expression) if isinstance(part, Symbol)}


def _stable(expression: Expression) -> bool:
    return all(e.deterministic for e in walk(expression) if isinstance(e, Call))
