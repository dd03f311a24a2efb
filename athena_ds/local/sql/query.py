"""How queries are read: WITH, SELECT, set operations, ORDER BY, OFFSET and LIMIT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.coercion import is_comparable, is_orderable
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
from athena_ds.local.sql.matching import sort_key
from athena_ds.local.sql.named_queries import with_queries
from athena_ds.local.sql.naming import named, with_fields
from athena_ds.local.sql.parse import Node, identifier, label
from athena_ds.local.sql.predicates import demanded
from athena_ds.local.sql.reader import Reader, Session, error
from athena_ds.local.sql.relations import read_from
from athena_ds.local.sql.rows import read_values
from athena_ds.local.sql.scope import Scope
from athena_ds.local.sql.select_items import Item, read_items
from athena_ds.local.sql.spelled import spelled
from athena_ds.local.sql.tree import (
    Call,
    Constant,
    Expression,
    Field,
    Filter,
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
        found, keys = _Select(session, specification, scope, order=node.sortItem()).read()
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
            words = "FETCH FIRST row count must be positive (actual value: 0)"
            raise error("NUMERIC_VALUE_OUT_OF_RANGE", words, node.FETCH())
    ties = node.TIES() is not None
    if ties and not keys:
        raise error("MISSING_ORDER_BY", "FETCH FIRST WITH TIES clause requires ORDER BY", node.FETCH())
    if keys and limit is not None and offset + limit > _MOST_SORTED:
        raise error("NOT_SUPPORTED", f"ORDER BY LIMIT > {_MOST_SORTED} is not supported", node)
    if keys or offset or limit is not None:
        found = Sort(fields=found.fields, source=found, keys=keys, offset=offset, limit=limit, ties=ties)
    shown = tuple(f for f in found.fields if not f.hidden)
    return found if len(shown) == len(found.fields) else with_fields(found, shown)


def _count(session: Session, node: Node) -> int:
    if node.QUESTION_MARK() is None:
        text = node.INTEGER_VALUE().getText()
        if int(text) >= 2**63:
            raise error("SYNTAX_ERROR", f"Invalid numeric literal: {text}", node)
        return int(text)
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
            found, _ = _Select(session, primary.querySpecification(), scope).read()
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
    if not is_orderable(expression.type):
        told = spelled(item.expression())
        words = f"Type {expression.type} is not orderable, and therefore cannot be used in ORDER BY: {told}"
        raise error("TYPE_MISMATCH", words, item.parentCtx)
    return sort_key(expression, item)


class _Select:
    """One SELECT. Output columns get symbols of their own; ORDER BY may use them or the source's columns."""

    def __init__(self, session: Session, node: Node, scope: Scope, *, order: Sequence[Node] = ()) -> None:
        self._session, self._node, self._sort_items = session, node, order
        outer = _reader(session, scope)
        self._source = read_from(outer, node.relation(), replace(scope, fields=()))
        windows: dict[str, Node] = {}
        for window in node.windowDefinition():
            name = identifier(window.name)
            if name.lower() in windows:
                raise error("DUPLICATE_WINDOW_NAME", f"WINDOW name '{name}' specified more than once", window)
            windows[name.lower()] = window.windowSpecification()
        self._scope = replace(scope, fields=self._source.fields, windows=windows)
        self._reader = _reader(session, self._scope)

    def read(self) -> tuple[Relation, tuple[SortKey, ...]]:
        """The rows and how they are sorted. Columns only the sort needs are hidden fields."""
        relation = self._filtered()
        items = read_items(self._reader, self._node, self._source)
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
        keys = self._order(fields)
        having = self._having()
        relation, items, keys = self._grouped(relation, items, having, keys, shown)
        if not self._distinct:
            keys = tuple(key for key in keys if not isinstance(key.expression, Constant))
        return self._projected(relation, items, fields, keys)

    @property
    def _distinct(self) -> bool:
        quantifier = self._node.setQuantifier()
        return quantifier is not None and quantifier.DISTINCT() is not None

    def _filtered(self) -> Relation:
        if self._node.where is None:
            return self._source
        condition = self._reader.boolean(self._node.where, "WHERE clause")
        require_scalar(condition, "WHERE clause", self._node.where)
        demands = filtering(demanded(condition), self._source.fields)
        return Filter(fields=self._source.fields, source=self._source, condition=demands)

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

    def _order(self, fields: tuple[Field, ...]) -> tuple[SortKey, ...]:
        named = tuple(f for f in fields if f.name is not None)
        inner = replace(self._scope, fields=named, parent=self._scope)
        reader = _reader(self._session, inner)
        keys = tuple(_order_key(reader, node, fields) for node in self._sort_items)
        own = {f.number for f in fields}
        if self._distinct and any(not isinstance(k.expression, Symbol) and own & _symbols(k.expression) for k in keys):
            # A name in ORDER BY is first the output's: `a + b` of the output is not the `a + b` selected.
            raise self._not_selected()
        return keys

    def _not_selected(self) -> EngineError:
        words = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
        return error("EXPRESSION_NOT_IN_DISTINCT", words, self._node)

    def _grouped(
        self,
        relation: Relation,
        items: list[Item],
        having: Expression | None,
        keys: tuple[SortKey, ...],
        shown: dict[int, Expression],
    ) -> tuple[Relation, list[Item], tuple[SortKey, ...]]:
        sorting = [
            rewrite(k.expression, lambda e: shown.get(e.number) if isinstance(e, Symbol) else None) for k in keys
        ]
        used = [*(i.expression for i in items), *([having] if having is not None else []), *sorting]
        group = self._node.groupBy()
        if group is None and having is None and not any(aggregates_in(e) for e in used):
            return relation, items, keys
        if group is None and any(is_grouping(a) for e in used for a in aggregates_in(e)):
            message = (
                "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause"
            )
            raise error("MISSING_GROUP_BY", message, self._node)
        grouping = Grouping(keys=(), sets=((),))
        if group is not None:
            grouping = read_grouping(self._reader, group, [(i.expression, i.written or i.node) for i in items])
        grouped = Grouped(self._reader, relation, grouping, used, node=self._node)
        items = [replace(i, expression=grouped.over(i.expression, i.written)) for i in items]
        result: Relation = grouped.relation
        if having is not None:
            condition = demanded(grouped.over(having, self._node.having))
            result = Filter(fields=result.fields, source=result, condition=condition)
        rewritten = tuple(
            k
            if isinstance(k.expression, Symbol) and k.expression.number in shown
            else replace(k, expression=grouped.over(e, item.expression()))
            for k, e, item in zip(keys, sorting, self._sort_items, strict=True)
        )
        return result, items, rewritten

    def _projected(
        self, relation: Relation, items: list[Item], fields: tuple[Field, ...], keys: tuple[SortKey, ...]
    ) -> tuple[Relation, tuple[SortKey, ...]]:
        expressions = [i.expression for i in items]
        own = {f.number: e for f, e in zip(fields, expressions, strict=True)}
        distinct = self._distinct
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
                    told = f": {spelled(item.written)}" if item.written is not None else ""
                    words = f"DISTINCT can only be applied to comparable types (actual: {item.expression.type}){told}"
                    raise error("TYPE_MISMATCH", words, self._node)
        project = Project(fields=(*fields, *extra), source=relation, expressions=tuple(expressions), distinct=distinct)
        return project, tuple(made)


def _symbols(expression: Expression) -> set[int]:
    return {part.number for part in walk(expression) if isinstance(part, Symbol)}


def _stable(expression: Expression) -> bool:
    return all(e.deterministic for e in walk(expression) if isinstance(e, Call))
