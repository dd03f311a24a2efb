"""Tables that tell of tables: `information_schema` and, beside a partitioned table, its `"table$partitions"`.

They are read from the catalog when the query is analysed, under its caller's rights, and stand in the query as values.
Columns and rows are those of Trino's information schema, which Athena documents under "Query the Glue Data Catalog".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from athena_ds.local.seam.engine import EngineError, Table
from athena_ds.local.seam.types import BIGINT, BOOLEAN, VARCHAR, Type
from athena_ds.local.sql.hive import NULL_PARTITION
from athena_ds.local.sql.reader import Session
from athena_ds.local.sql.tree import Cast, Constant, Expression, Field, Filter, Relation, Values

SCHEMA = "information_schema"
PARTITIONS = "$partitions"

_Row = tuple[str | int | None, ...]
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "schemata": ("catalog_name", "schema_name"),
    "tables": ("table_catalog", "table_schema", "table_name", "table_type"),
    "views": ("table_catalog", "table_schema", "table_name", "view_definition"),
    "columns": (
        "table_catalog",
        "table_schema",
        "table_name",
        "column_name",
        "ordinal_position",
        "column_default",
        "is_nullable",
        "data_type",
    ),
}
_HIDDEN: Mapping[str, tuple[str, ...]] = {"columns": ("comment", "extra_info")}
"""Columns there under their names, but not of `*`."""


def information(session: Session, name: str) -> Relation:
    """`information_schema.<name>`, its fields named and not yet qualified; raises TABLE_NOT_FOUND for another name."""
    if name not in _COLUMNS:
        raise EngineError("TABLE_NOT_FOUND", f"Table '{session.catalog_name}.{SCHEMA}.{name}' does not exist")
    hidden = _HIDDEN.get(name, ())
    fields = tuple(
        Field(number=session.number(), type=_type(column), name=column, hidden=column in hidden)
        for column in (*_COLUMNS[name], *hidden)
    )
    return _values(fields, [_constants(fields, row) for row in _ROWS[name](session)])


def partitions_of(session: Session, table: Table) -> Relation:
    """`"table$partitions"`: a row a partition, a column a partition key, each of the key's type."""
    if not table.partition_keys:
        message = f"Table '{session.catalog_name}.{table.database}.\"{table.name}{PARTITIONS}\"' does not exist"
        raise EngineError("TABLE_NOT_FOUND", message)
    fields = tuple(Field(number=session.number(), type=key.type, name=key.name.lower()) for key in table.partition_keys)
    rows = [
        tuple(
            Cast(type=field.type, argument=Constant(type=VARCHAR, value=None if value == NULL_PARTITION else value))
            for field, value in zip(fields, partition.values, strict=True)
        )
        for partition in session.catalog.partitions(table, {})
    ]
    return _values(fields, rows)


def _type(column: str) -> Type:
    return BIGINT if column == "ordinal_position" else VARCHAR


def _constants(fields: Sequence[Field], row: _Row) -> tuple[Expression, ...]:
    return tuple(Constant(type=field.type, value=value) for field, value in zip(fields, row, strict=True))


def _values(fields: tuple[Field, ...], rows: Sequence[tuple[Expression, ...]]) -> Relation:
    if rows:
        return Values(fields=fields, rows=tuple(rows))
    nothing = tuple(Constant(type=field.type, value=None) for field in fields)
    return Filter(
        fields=fields,
        source=Values(fields=fields, rows=(nothing,)),
        condition=Constant(type=BOOLEAN, value=False),
    )


def _schemata(session: Session) -> Iterator[_Row]:
    for database in sorted({*session.catalog.databases(), SCHEMA}):
        yield session.catalog_name, database


def _tables(session: Session) -> Iterator[_Row]:
    for table in _known(session):
        yield session.catalog_name, table.database, table.name, "BASE TABLE" if table.view_sql is None else "VIEW"
    for name in sorted(_COLUMNS):
        yield session.catalog_name, SCHEMA, name, "BASE TABLE"


def _views(session: Session) -> Iterator[_Row]:
    for table in _known(session):
        if table.view_sql is not None:
            yield session.catalog_name, table.database, table.name, table.view_sql


def _columns(session: Session) -> Iterator[_Row]:
    for table in _known(session):
        keys = {key.name for key in table.partition_keys}
        for place, column in enumerate((*table.columns, *table.partition_keys), start=1):
            of = session.catalog_name, table.database, table.name
            told = column.comment or None, "partition key" if column.name in keys else None
            yield *of, column.name.lower(), place, None, "YES", str(column.type), *told
    for name, columns in sorted(_COLUMNS.items()):
        for place, word in enumerate(columns, start=1):
            yield session.catalog_name, SCHEMA, name, word, place, None, "YES", str(_type(word)), None, None


def _known(session: Session) -> Iterator[Table]:
    """The tables and views of every database; one that can't be described is left out, as Trino leaves it out."""
    for database in session.catalog.databases():
        for name in session.catalog.tables(database):
            try:
                yield session.catalog.table(database, name)
            except EngineError:
                continue


_ROWS: Mapping[str, Callable[[Session], Iterator[_Row]]] = {
    "schemata": _schemata,
    "tables": _tables,
    "views": _views,
    "columns": _columns,
}
