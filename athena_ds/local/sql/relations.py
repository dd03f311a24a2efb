"""How FROM is read: tables, views, aliases, joins, UNNEST, LATERAL, VALUES, samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from athena_ds.local.seam import types
from athena_ds.local.seam.engine import EngineError, Table
from athena_ds.local.sql.correlation import around, everything, require_separable
from athena_ds.local.sql.described import PARTITIONS, SCHEMA, information, partitions_of
from athena_ds.local.sql.grouping import require_scalar
from athena_ds.local.sql.parse import Node, identifier, label, names, parse, place
from athena_ds.local.sql.predicates import compared
from athena_ds.local.sql.reader import Reader, coerced, error, form, located
from athena_ds.local.sql.rows import read_unnest
from athena_ds.local.sql.scope import Scope
from athena_ds.local.sql.spelled import spot
from athena_ds.local.sql.table_functions import read_table_function
from athena_ds.local.sql.tree import (
    Cast,
    Constant,
    Expression,
    Field,
    Form,
    Join,
    Lambda,
    Project,
    Relation,
    Sample,
    Scan,
    Subquery,
    Symbol,
    Values,
)
from athena_ds.local.sql.unwrapping import filtering
from athena_ds.local.sql.walk import walk


def read_from(reader: Reader, nodes: Sequence[Node], scope: Scope) -> Relation:
    """`FROM a, b, ...`; no FROM at all is one row without columns."""
    if not nodes:
        return Values(fields=(), rows=((),))
    found = _relation(reader, nodes[0], scope)
    for node in nodes[1:]:
        found = _crossed(reader, node, scope, found)
    return found


def _relation(reader: Reader, node: Node, scope: Scope) -> Relation:
    match label(node):
        case "RelationDefault":
            return _sampled(reader, node.sampledRelation(), scope)
        case "JoinRelation":
            return _join(reader, node, scope)
        case "SampledRelation":
            return _sampled(reader, node, scope)
        case other:
            raise error("NOT_SUPPORTED", f"Not supported by the local engine: {other}", node)


def _crossed(reader: Reader, node: Node, scope: Scope, left: Relation) -> Join:
    right, lateral = _right(reader, node, scope, left)
    _separable(right, node, lateral=lateral)
    return _joined("cross", left, right, lateral=lateral)


def _right(reader: Reader, node: Node, scope: Scope, left: Relation) -> tuple[Relation, bool]:
    """A join's right side, and whether it is UNNEST or LATERAL and really uses the left's columns."""
    if _kind_of(node) is None:
        return _relation(reader, node, scope), False
    found = _relation(reader, node, replace(scope, fields=left.fields))
    return found, bool(around(found) & {field.number for field in left.fields})


def _separable(right: Relation, node: Node, *, lateral: bool, conditioned: bool = False) -> None:
    if lateral and _kind_of(node) == "Lateral":
        require_separable(right, "lateral", _primary_of(node).query(), conditioned=conditioned)


def _kind_of(node: Node) -> str | None:
    """Whether what a join has on its right is an Unnest or a Lateral."""
    found = label(_primary_of(node))
    return found if found in ("Unnest", "Lateral") else None


def _primary_of(node: Node) -> Node:
    while label(node) in ("RelationDefault", "SampledRelation", "PatternRecognition", "AliasedRelation"):
        node = node.getChild(0)
    return node


def _joined(
    kind: str, left: Relation, right: Relation, *, condition: Expression | None = None, lateral: bool = False
) -> Join:
    return Join(
        fields=(*left.fields, *right.fields), kind=kind, left=left, right=right, condition=condition, lateral=lateral
    )


def _join(reader: Reader, node: Node, scope: Scope) -> Relation:
    left = _relation(reader, node.left, scope)
    if node.NATURAL() is not None:
        raise error("NOT_SUPPORTED", "Natural join not supported", node)
    if node.CROSS() is not None:
        return _crossed(reader, node.right, scope, left)
    right, lateral = _right(reader, node.rightRelation, scope, left)
    word = node.joinType().getText().upper().removesuffix("OUTER") or "INNER"
    criteria = node.joinCriteria()
    if criteria.USING() is not None:
        if _kind_of(node.rightRelation) == "Unnest":
            raise error("NOT_SUPPORTED", f"{word} JOIN involving UNNEST is only supported with condition ON TRUE", node)
        if lateral:
            raise error("NOT_SUPPORTED", "USING with LATERAL is not supported by the local engine", node)
        return _using(reader, word.lower(), (left, right), criteria.identifier())
    both = (*left.fields, *right.fields)
    with reader.scoped(replace(scope, fields=both)):
        condition = reader.boolean(criteria.booleanExpression(), "JOIN ON clause")
    require_scalar(condition, "JOIN clause", criteria.booleanExpression())
    _check_reach(condition, word, (left, right), criteria.booleanExpression())
    conditioned = not (isinstance(condition, Constant) and condition.value is True)
    if _kind_of(node.rightRelation) is not None:
        _check_beside(node, word, (left, right), conditioned=conditioned)
        word = _ROW_BY_ROW.get(word, word)
    _separable(right, node.rightRelation, lateral=lateral, conditioned=conditioned)
    if word == "INNER":
        condition = filtering(condition, both)
    return _joined(word.lower(), left, right, condition=condition, lateral=lateral)


_ROW_BY_ROW = {"RIGHT": "INNER", "FULL": "LEFT"}
"""What Trino makes of an outer join with UNNEST: it goes from the left's rows, and has no others."""


def _check_beside(node: Node, word: str, sides: tuple[Relation, Relation], *, conditioned: bool) -> None:
    """What of a join with UNNEST or LATERAL Trino refuses."""
    own = {field.number for field in sides[0].fields}
    reference = next((p for p in everything(sides[1]) if isinstance(p, Symbol) and p.number in own), None)
    if reference is not None and word in ("RIGHT", "FULL"):
        words = f"LATERAL reference not allowed in {word} JOIN"
        raise EngineError("INVALID_COLUMN_REFERENCE", words, line=reference.place[0], column=reference.place[1])
    unnest = _kind_of(node.rightRelation) == "Unnest"
    if conditioned and (unnest or word in ("RIGHT", "FULL")):
        where = spot(node.joinCriteria().booleanExpression())
        what = "UNNEST" if unnest else "LATERAL relation"
        words = f"{word} JOIN involving {what} is only supported with condition ON TRUE"
        raise EngineError("NOT_SUPPORTED", words, line=where[0], column=where[1])
    if not unnest and word in ("RIGHT", "FULL"):
        # With nothing on the left Trino answers one thing for VALUES on the right and another for a table.
        raise error("NOT_SUPPORTED", f"{word} JOIN with LATERAL is not supported by the local engine", node)


def _check_reach(condition: Expression, word: str, sides: tuple[Relation, Relation], node: Node) -> None:
    """An outer join's condition uses no column from around the query, and its subqueries none of the join's."""
    if word == "INNER":
        return
    own = {f.number for side in sides for f in side.fields}
    inner = {n for part in walk(condition) if isinstance(part, Subquery) for n in around(part.query)}
    named = {part.number for part in walk(condition) if isinstance(part, Symbol)}
    bound = {n for part in walk(condition) if isinstance(part, Lambda) for n in part.parameters}
    if inner or named - own - bound:
        raise error("NOT_SUPPORTED", "Reference to column from outer scope not allowed in this context", node)


def _using(reader: Reader, kind: str, sides: tuple[Relation, Relation], columns: Sequence[Node]) -> Relation:
    """USING joins on equal names and answers each once, unqualified, first."""
    left, right = sides
    pairs = []
    seen = set[str]()
    for column in columns:
        name = identifier(column)
        if name.lower() in seen:
            raise error("DUPLICATE_COLUMN_NAME", f"Column '{name}' appears multiple times in USING clause", column)
        seen.add(name.lower())
        symbols = [Scope(fields=s.fields).find((name,), place(column)) for s in sides]
        for symbol, side in zip(symbols, ("left", "right"), strict=True):
            if symbol is None:
                raise error("COLUMN_NOT_FOUND", f"Column '{name}' is missing from {side} side of join", column)
        pairs.append((name, symbols[0], symbols[1], column))
    equal = [compared("=", a, b, place(c)) for _, a, b, c in pairs if a is not None and b is not None]
    condition = equal[0] if len(equal) == 1 else form("and", types.BOOLEAN, *equal, at=equal[0].place)
    joined = _joined(kind, left, right, condition=condition)
    shown, expressions = [], []
    gone = set()
    for (name, a, b, _), same in zip(pairs, equal, strict=True):
        assert a is not None
        assert b is not None
        assert isinstance(same, Form)
        shared = same.arguments[0].type
        gone |= {a.number, b.number}
        shown.append(Field(number=reader.session.number(), type=shared, name=name.lower()))
        expressions.append(form("coalesce", shared, coerced(a, shared), coerced(b, shared), at=a.place))
    rest = [f for f in joined.fields if f.number not in gone]
    kept = [Symbol(type=f.type, number=f.number) for f in rest]
    return Project(fields=(*shown, *rest), source=joined, expressions=(*expressions, *kept))


def _sampled(reader: Reader, node: Node, scope: Scope) -> Relation:
    pattern = node.patternRecognition()
    if pattern.MATCH_RECOGNIZE() is not None:
        raise error("NOT_SUPPORTED", "MATCH_RECOGNIZE is not supported by the local engine", node)
    found = _aliased(reader, pattern.aliasedRelation(), scope)
    if node.sampleType() is None:
        return found
    method = node.sampleType().getText().upper()
    return Sample(fields=found.fields, source=found, method=method, percentage=_percentage(reader, node.percentage))


def _percentage(reader: Reader, node: Node) -> float:
    """How much of a relation a sample takes; a constant, so it reads no columns."""
    with reader.scoped(replace(reader.scope, fields=(), parent=None)):
        try:
            found = reader.read(node)
        except EngineError as failure:
            if failure.name != "COLUMN_NOT_FOUND":
                raise
            raise error("EXPRESSION_NOT_CONSTANT", "Sample percentage cannot contain column references", node) from None
    if found.type.base not in types.NUMBERS or not isinstance(found, Constant):
        raise error("TYPE_MISMATCH", "Sample percentage should be a numeric expression", node)
    for wrong, told in (
        (found.value < 0, "greater than or equal to 0"),
        (found.value > 100, "less than or equal to 100"),
    ):
        if wrong:
            raise error("NUMERIC_VALUE_OUT_OF_RANGE", f"Sample percentage must be {told}", node)
    return float(found.value)


def _aliased(reader: Reader, node: Node, scope: Scope) -> Relation:
    found = _primary(reader, node.relationPrimary(), scope)
    if node.identifier() is None:
        return found
    aliases = [identifier(a) for a in node.columnAliases().identifier()] if node.columnAliases() is not None else None
    return renamed(found, identifier(node.identifier()), aliases, node)


def renamed(relation: Relation, alias: str, columns: list[str] | None, node: Node) -> Relation:
    """The relation under an alias, its visible columns renamed where names are given."""
    visible = [f for f in relation.fields if not f.hidden]
    if columns is not None and len(columns) != len(visible):
        message = f"Column alias list has {len(columns)} entries but '{alias}' has {len(visible)} columns available"
        raise error("MISMATCHED_COLUMN_ALIASES", message, node)
    fresh = iter(columns) if columns is not None else None
    made = tuple(
        replace(f, qualifier=(alias.lower(),), name=f.name if fresh is None or f.hidden else next(fresh))
        for f in relation.fields
    )
    if fresh is not None:
        made = tuple(f for f in made if not f.hidden)
    return with_fields(relation, made)


def with_fields(relation: Relation, fields: tuple[Field, ...]) -> Relation:
    """The relation under other names. A projection, so that what a name means below (a scan's column) stays."""
    symbols = tuple(Symbol(type=f.type, number=f.number) for f in fields)
    return Project(fields=fields, source=relation, expressions=symbols)


def _primary(reader: Reader, node: Node, scope: Scope) -> Relation:
    match label(node):
        case "TableName":
            if node.queryPeriod() is not None:
                raise error("NOT_SUPPORTED", "Time travel is not supported by the local engine", node)
            return named(reader, node, scope)
        case "SubqueryRelation":
            found = reader.query(node.query(), _outer(scope))
            return with_fields(found, tuple(replace(f, qualifier=()) for f in found.fields))
        case "Lateral":
            return reader.query(node.query(), scope.inner())
        case "Unnest":
            return read_unnest(reader, node, scope)
        case "ParenthesizedRelation":
            return _relation(reader, node.relation(), scope)
        case "TableFunctionInvocation":
            return read_table_function(reader, node)
        case other:
            raise error("NOT_SUPPORTED", f"Not supported by the local engine: {other}", node)


def _outer(scope: Scope) -> Scope:
    """The scope a subquery in FROM sees: not its neighbours, but what is around the whole query."""
    return replace(scope, fields=())


def named(reader: Reader, node: Node, scope: Scope) -> Relation:
    """A table, a view or a common table expression by name."""
    parts = names(node.qualifiedName())
    for part in node.qualifiedName().identifier():
        if not identifier(part):
            raise error("SYNTAX_ERROR", "Zero-length delimited identifier not allowed", part)
    if len(parts) == 1 and parts[0] in scope.queries:
        found = scope.queries[parts[0]]()
        return with_fields(found, tuple(replace(f, qualifier=(parts[0],)) for f in found.fields))
    session = reader.session
    if len(parts) > 3:
        raise EngineError("SYNTAX_ERROR", f"Too many dots in table name: {'.'.join(parts)}")
    catalog = parts[0] if len(parts) == 3 else session.home
    if catalog != session.catalog_name:
        raise error("CATALOG_NOT_FOUND", f"Catalog '{catalog}' not found", node)
    database = parts[-2] if len(parts) > 1 else session.database
    try:
        found = _stored(reader, database, parts[-1], node)
    except EngineError as failure:
        raise located(failure, place(node)) from None
    qualifier = (session.catalog_name, database.lower(), parts[-1].lower())
    return with_fields(found, tuple(replace(f, qualifier=qualifier) for f in found.fields))


def _stored(reader: Reader, database: str, name: str, node: Node) -> Relation:
    """What the catalog has under a name: a table, a view, or one of the tables that tell of tables."""
    session = reader.session
    if database == SCHEMA:
        return information(session, name)
    if name.endswith(PARTITIONS):
        return partitions_of(session, session.catalog.table(database, name.removesuffix(PARTITIONS)))
    table = session.catalog.table(database, name)
    session.touched.setdefault((table.database, table.name), set())
    return _view(reader, table, node) if table.view_sql is not None else _scan(reader, table)


def _scan(reader: Reader, table: Table) -> Scan:
    columns = [*table.columns, *table.partition_keys]
    origin = (table.database, table.name)
    fields = [
        Field(number=reader.session.number(), type=c.type, name=c.name.lower(), origin=(*origin, c.name.lower()))
        for c in columns
    ]
    path = Field(
        number=reader.session.number(), type=types.VARCHAR, name="$path", hidden=True, origin=(*origin, "$path")
    )
    return Scan(fields=(*fields, path), table=table)


def _view(reader: Reader, table: Table, node: Node) -> Relation:
    """A view's query, read in the database it was written in; its columns' names and types are the view's."""
    session = reader.session
    key = (table.database, table.name)
    if key in session.views:
        raise error("VIEW_IS_RECURSIVE", f"View is recursive: {'.'.join(key)}", node)
    inner = replace(
        session,
        database=table.view_database or table.database,
        home=session.catalog_name,
        views=(*session.views, key),
        parameters=(),
        used_parameters=0,
    )
    try:
        statement = parse(table.view_sql or "").statement()
        found = reader.query(statement.query(), Scope(), session=inner)
    except EngineError as failure:
        message = f"Failed analyzing stored view '{session.catalog_name}.{'.'.join(key)}': {failure.message}"
        raise error("VIEW_IS_STALE" if failure.name == "VIEW_IS_STALE" else "INVALID_VIEW", message, node) from failure
    if table.columns and len(table.columns) != len(found.fields):
        raise error(
            "VIEW_IS_STALE", f"View '{'.'.join(key)}' is stale or in invalid state: a column number mismatch", node
        )
    shown = table.columns or ()
    kinds = [c.type for c in shown] or [f.type for f in found.fields]
    words: list[str | None] = [c.name.lower() for c in shown] or [f.name for f in found.fields]
    made = tuple(Field(number=session.number(), type=kind, name=word) for word, kind in zip(words, kinds, strict=True))
    symbols = (Symbol(type=f.type, number=f.number) for f in found.fields)
    casts = tuple(s if s.type == k else Cast(type=k, argument=s) for s, k in zip(symbols, kinds, strict=True))
    return Project(fields=made, source=found, expressions=casts)
