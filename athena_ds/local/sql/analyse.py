"""Athena SQL to a query with its meaning settled: the one door to the analyser."""

from __future__ import annotations

from dataclasses import dataclass

from athena_ds.local.seam.engine import CATALOG, Catalog, Column, EngineError
from athena_ds.local.sql import calls, expressions, jsonforms, predicates, worded  # noqa: F401 - they register how nodes are read
from athena_ds.local.sql.expressions import parameters as read_parameters
from athena_ds.local.sql.parse import Node, label, parse
from athena_ds.local.sql.query import read_query
from athena_ds.local.sql.reader import Session
from athena_ds.local.sql.scope import Scope
from athena_ds.local.sql.tree import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a query answers and touches. `tables` are (database, table), views and what they read included."""

    columns: tuple[Column, ...]
    tables: tuple[tuple[str, str], ...]
    relation: Relation


def analyse(
    sql: str, *, catalog: Catalog, database: str, parameters: tuple[str, ...] = (), home: str = CATALOG
) -> Analysis:
    """The meaning of a query (SELECT, WITH, VALUES, TABLE); raises EngineError with Trino's name, message and place."""
    statement = parse(sql.rstrip().rstrip(";")).statement()
    if label(statement) != "StatementDefault":
        raise EngineError("NOT_SUPPORTED", f"Not a query: {label(statement)}", line=1, column=1)
    return analyse_query(statement.query(), catalog=catalog, database=database, parameters=parameters, home=home)


def analyse_query(
    node: Node, *, catalog: Catalog, database: str, parameters: tuple[str, ...] = (), home: str = CATALOG
) -> Analysis:
    """The meaning of a query already parsed. `home` is the catalog of names that say none."""
    session = Session(catalog=catalog, database=database.lower(), parameters=read_parameters(parameters), home=home)
    try:
        relation = read_query(session, node, Scope())
    except RecursionError:
        raise EngineError("STATEMENT_TOO_LARGE", "statement is too large (stack overflow during analysis)") from None
    names = (f.name or f"_col{i}" for i, f in enumerate(relation.fields))
    columns = tuple(Column(name, field.type) for name, field in zip(names, relation.fields, strict=True))
    return Analysis(columns=columns, tables=tuple(session.touched), relation=relation)
