"""What a name in FROM stands for (a table, a view, a common table expression), and names given to a relation."""

from __future__ import annotations

from dataclasses import replace

from athena_ds.local.seam import types
from athena_ds.local.seam.engine import EngineError, Table
from athena_ds.local.sql.described import PARTITIONS, SCHEMA, information, partitions_of
from athena_ds.local.sql.parse import Node, names, parse, place
from athena_ds.local.sql.reader import Reader, error, located
from athena_ds.local.sql.scope import Scope
from athena_ds.local.sql.tree import Cast, Field, Project, Relation, Scan, Symbol


def named(reader: Reader, node: Node, scope: Scope) -> Relation:
    """A table, a view or a common table expression by name."""
    parts = names(node.qualifiedName())
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
