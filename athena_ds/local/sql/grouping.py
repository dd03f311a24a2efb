"""GROUP BY and what it demands: keys, grouping sets, aggregates taken out, nothing else left of the source."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.coercion import is_comparable
from athena_ds.local.sql.correlation import everything
from athena_ds.local.sql.parse import Node, label
from athena_ds.local.sql.reader import Reader, error
from athena_ds.local.sql.spelled import calls_at, spelled, spot
from athena_ds.local.sql.tree import (
    Aggregate,
    Aggregation,
    Constant,
    Expression,
    Field,
    Form,
    Lambda,
    Project,
    Relation,
    Subquery,
    Symbol,
    Window,
)
from athena_ds.local.sql.walk import children, rewrite, walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The keys of a GROUP BY, and its sets as indexes of keys."""

    keys: tuple[Expression, ...]
    sets: tuple[tuple[int, ...], ...]


def is_position(expression: Expression, node: Node) -> bool:
    """Whether a key is the number of a column: a bare integer; `BIGINT '1'` is a value like any other."""
    whole = isinstance(expression, Constant) and expression.type.base in ("integer", "bigint")
    return whole and isinstance(expression.value, int) and not node.getText()[:1].isalpha()  # type: ignore[attr-defined]


def is_aggregate(expression: Expression) -> bool:
    return isinstance(expression, Aggregate) or (isinstance(expression, Form) and expression.op == "grouping")


def is_grouping(expression: Expression) -> bool:
    return isinstance(expression, Form)


def aggregates_in(expression: Expression) -> list[Expression]:
    """The aggregates of an expression, those over which a window runs not counted (their arguments are)."""
    if isinstance(expression, Window):
        parts = (*expression.function.arguments, *expression.partition, *(k.expression for k in expression.order))
        return [found for part in parts for found in aggregates_in(part)]
    if is_aggregate(expression):
        return [expression]
    return [found for child in children(expression) for found in aggregates_in(child)]


def windows_in(expression: Expression) -> list[Window]:
    return [e for e in walk(expression) if isinstance(e, Window)]


def require_scalar(expression: Expression, clause: str, node: Node) -> None:
    """WHERE and the like hold no aggregates and no windows."""
    found = [*aggregates_in(expression), *windows_in(expression)]
    if found:
        told = _told(node, found)
        message = f"{clause} cannot contain aggregations, window functions or grouping operations: {told}"
        raise error("EXPRESSION_NOT_SCALAR", message, spot(node))


def _told(node: Node, calls: Sequence[Expression]) -> str:
    """The calls in Trino's brackets: `[sum(x), rank() OVER ()]`."""
    return f"[{', '.join(map(spelled, calls_at(node, [call.place for call in calls])))}]"


def read_grouping(reader: Reader, node: Node, items: Sequence[tuple[Expression, Node]]) -> Grouping:
    """GROUP BY's keys and sets; an integer means a select item."""
    keys: list[Expression] = []

    def index(part: Node, *, plain: bool) -> int:
        key = _key(reader, part, items) if plain else _column(reader, part)
        if key not in keys:
            keys.append(key)
        return keys.index(key)

    def members(part: Node, *, plain: bool) -> tuple[int, ...]:
        return tuple(dict.fromkeys(index(e, plain=plain) for e in part.expression()))

    elements = []
    for element in node.groupingElement():
        kind = label(element)
        sets = element.groupingSet()
        parts = [members(s, plain=kind == "SingleGroupingSet") for s in (sets if isinstance(sets, list) else [sets])]
        elements.append(_sets(kind, parts))
    combined = [tuple(dict.fromkeys(itertools.chain(*c))) for c in itertools.product(*elements)]
    if node.setQuantifier() is not None and node.setQuantifier().DISTINCT():
        combined = list({frozenset(c): c for c in combined}.values())
    return Grouping(keys=tuple(keys), sets=tuple(combined))


def _sets(kind: str, parts: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    if kind == "SingleGroupingSet":
        return parts
    if kind == "MultipleGroupingSets":
        return parts
    if kind == "Rollup":
        return [tuple(itertools.chain(*parts[:n])) for n in range(len(parts), -1, -1)]
    different = list(dict.fromkeys(parts))
    chosen = (c for n in range(len(different), -1, -1) for c in itertools.combinations(different, n))
    return [tuple(itertools.chain(*c)) for c in chosen]


def _column(reader: Reader, node: Node) -> Expression:
    """ROLLUP, CUBE and GROUPING SETS take columns only, no places and nothing computed."""
    key = reader.read(node)
    if not isinstance(key, Symbol):
        raise error(
            "INVALID_COLUMN_REFERENCE", f"GROUP BY expression must be a column reference: {spelled(node)}", node
        )
    return _key(reader, node, ())


def _key(reader: Reader, node: Node, items: Sequence[tuple[Expression, Node]]) -> Expression:
    key, said = reader.read(node), node
    if is_position(key, node):
        assert isinstance(key, Constant)
        if not 1 <= key.value <= len(items):
            raise error("INVALID_COLUMN_REFERENCE", f"GROUP BY position {key.value} is not in select list", node)
        key, said = items[key.value - 1]
    require_scalar(key, "GROUP BY clause", said)
    if not is_comparable(key.type):
        raise error("TYPE_MISMATCH", f"{key.type} is not comparable, and therefore cannot be used in GROUP BY", node)
    return key


def _lambdas(expression: Expression) -> bool:
    return any(isinstance(part, Lambda) for part in walk(expression))


def _renumbered(expression: Expression) -> Expression:
    """The same with the variables of its lambdas numbered from -1 down: written twice, they have other numbers."""
    numbers: dict[int, int] = {}

    def change(part: Expression) -> Expression | None:
        if isinstance(part, Lambda):
            own = tuple(numbers.setdefault(one, -1 - len(numbers)) for one in part.parameters)
            return replace(part, parameters=own, body=rewrite(part.body, change))
        if isinstance(part, Symbol) and part.number in numbers:
            return replace(part, number=numbers[part.number])
        return None

    return rewrite(expression, change)


class Grouped:
    """A source grouped: the relation, and the rewriting of what was said over the source."""

    def __init__(
        self, reader: Reader, source: Relation, grouping: Grouping, used: Sequence[Expression], *, node: Node
    ) -> None:
        self._source, self._node = source, node
        own = {f.number for f in source.fields}
        self._keys: dict[Expression, Symbol] = {}
        for key in grouping.keys:
            plain = isinstance(key, Symbol) and key.number in own
            number = key.number if plain and isinstance(key, Symbol) else reader.session.number()
            self._keys[key] = Symbol(type=key.type, number=number, place=key.place)
        self._aggregates: dict[Expression, Symbol] = {}
        for found in (a for expression in used for a in aggregates_in(expression)):
            self._check_nesting(found)
            if found not in self._aggregates:
                number = reader.session.number()
                self._aggregates[found] = Symbol(type=found.type, number=number, place=found.place)
        self.relation = self._made(grouping)

    def _check_nesting(self, found: Expression) -> None:
        windows = windows_in(found)
        over = [window.function for window in windows]
        aggregates = [e for e in list(walk(found))[1:] if is_aggregate(e) and e not in over]
        where = f"inside aggregation '{getattr(found, 'name', 'grouping')}'"
        if aggregates:
            words = f"Cannot nest aggregations {where}: {_told(self._node, aggregates)}"
            raise error("NESTED_AGGREGATION", words, found.place)
        if windows:
            words = f"Cannot nest window functions or row pattern measures {where}: {_told(self._node, windows)}"
            raise error("NESTED_WINDOW", words, found.place)

    def _made(self, grouping: Grouping) -> Relation:
        source = self._source
        extra = {k: s for k, s in self._keys.items() if k != s}
        if extra:
            kept = tuple(Symbol(type=f.type, number=f.number) for f in source.fields)
            added = tuple(Field(number=s.number, type=s.type) for s in extra.values())
            source = Project(fields=(*source.fields, *added), source=source, expressions=(*kept, *extra))
        keys = tuple(self._keys.values())
        return Aggregation(
            fields=tuple(Field(number=s.number, type=s.type) for s in (*keys, *self._aggregates.values())),
            source=source,
            keys=tuple(s.number for s in keys),
            sets=grouping.sets,
            aggregates=tuple(self._grouping_keys(a) for a in self._aggregates),
        )

    def _grouping_keys(self, aggregate: Expression) -> Expression:
        """GROUPING's arguments are keys, whatever they were called."""
        if isinstance(aggregate, Form):
            for argument in aggregate.arguments:
                if argument not in self._keys:
                    words = (
                        "The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated"
                        f" query level. Mismatch due to {getattr(argument, 'text', '')}."
                    )
                    raise error("INVALID_ARGUMENTS", words, aggregate.place)
            return rewrite(aggregate, self._keys.get)
        return aggregate

    def over(self, expression: Expression, node: Node | None) -> Expression:
        """`expression` said over the groups; raises EXPRESSION_NOT_AGGREGATE where it needs the rows.

        `node` is how it was written, None for a column of `*`.
        """
        changed = self._changed(expression)
        needed = self._rows_needed(changed)
        if needed is not None and node is None:
            field = next(f for f in self._source.fields if f.number == needed.number)
            column = ".".join((*field.qualifier[-1:], field.name or ""))
            raise EngineError("EXPRESSION_NOT_AGGREGATE", f"Column '{column}' not in GROUP BY clause")
        if needed is not None:
            words = f"'{spelled(node)}' must be an aggregate expression or appear in GROUP BY clause"
            raise error("EXPRESSION_NOT_AGGREGATE", words, spot(node))
        return changed

    def _changed(self, expression: Expression) -> Expression:
        known = {**self._keys, **self._aggregates}
        alike = {_renumbered(key): symbol for key, symbol in self._keys.items() if _lambdas(key)}

        def key_of(part: Expression) -> Expression | None:
            if isinstance(part, Window):
                return self._window(part)
            return known.get(part) or (alike.get(_renumbered(part)) if alike and _lambdas(part) else None)

        return rewrite(expression, key_of)

    def _window(self, window: Window) -> Expression | None:
        """A window's own function is no aggregate of the group, but its arguments may hold some."""
        arguments = tuple(self._changed(a) for a in window.function.arguments)
        partition = tuple(self._specified(p, window, "PARTITION BY", i) for i, p in enumerate(window.partition))
        keys = (self._specified(k.expression, window, "ORDER BY", i) for i, k in enumerate(window.order))
        order = tuple(replace(k, expression=key) for k, key in zip(window.order, keys, strict=True))
        return replace(window, function=replace(window.function, arguments=arguments), partition=partition, order=order)

    def _specified(self, expression: Expression, window: Window, clause: str, at: int) -> Expression:
        """An expression of a window's PARTITION BY or ORDER BY, the one `at` that place of it, over the groups."""
        changed = self._changed(expression)
        needed = self._rows_needed(changed)
        if needed is not None:
            node = self._written(window, clause, at)
            told, where = (needed.text, needed.place) if node is None else (spelled(node), spot(node))
            words = f"{clause} expression '{told}' must be an aggregate expression or appear in GROUP BY clause"
            raise error("EXPRESSION_NOT_AGGREGATE", words, where)
        return changed

    def _written(self, window: Window, clause: str, at: int) -> Node | None:
        """How that expression was written; None where a window of a name has it."""
        for call in calls_at(self._node, [window.place]):
            own = call.over().windowSpecification()
            if own is not None:
                nodes = own.partition if clause == "PARTITION BY" else [item.expression() for item in own.sortItem()]
                return nodes[at] if at < len(nodes) else None
        return None

    def _rows_needed(self, expression: Expression) -> Symbol | None:
        """A column of the source that is no key, which the rows of a group may differ in."""
        kept = {s.number for s in self._keys.values()}
        bound = {n for e in walk(expression) if isinstance(e, Lambda) for n in e.parameters}
        rows = {f.number for f in self._source.fields} - kept - bound
        for part in walk(expression):
            if isinstance(part, Subquery):
                self._check_subquery(part, rows)
            if isinstance(part, Symbol) and part.number in rows:
                return part
        return None

    @staticmethod
    def _check_subquery(query: Subquery, rows: set[int]) -> None:
        for part in everything(query.query):
            if isinstance(part, Symbol) and part.number in rows:
                words = f"Subquery uses '{part.text}' which must appear in GROUP BY clause"
                raise error("EXPRESSION_NOT_AGGREGATE", words, part.place)
