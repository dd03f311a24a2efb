"""Which tables a statement reads, views followed, so that the caller's rights are decided before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from athena_ds.local.seam.engine import CATALOG, Catalog, EngineError, Storage, Table
from athena_ds.local.sql.explaining import without_format
from athena_ds.local.sql.parse import Node, identifier, label, names, parse, place
from athena_ds.local.sql.reader import error, located
from athena_ds.local.sql.reading.formats import LAZY_SIMPLE, ORC, PARQUET

_HIDDEN = ("$partitions", "$properties")
"""Tables beside a table, which tell no more than Glue tells of it."""

_USUAL = {
    ORC: {"orc.column.index.access": "true"},
    PARQUET: {"parquet.column.index.access": "false"},
    LAZY_SIMPLE: {"serialization.encoding": "utf-8"},
}
"""Properties that change how Athena reads, which Trino leaves unread; only what they say by default is read alike."""


def query_of(sql: str) -> Node:
    """The query of a SELECT, WITH, VALUES or TABLE statement, or of an EXPLAIN of one; anything else is refused.

    EXPLAIN ANALYZE runs what it explains: of anything but a query it would write.
    """
    plain, given = without_format(sql)
    if given == "JSON":
        raise EngineError("NOT_SUPPORTED", "EXPLAIN ANALYZE (FORMAT JSON) is not supported through Trino")
    statement = parse(plain.rstrip().rstrip(";")).statement()
    if label(statement) in ("Explain", "ExplainAnalyze"):
        statement = statement.statement()
    if label(statement) != "StatementDefault":
        raise EngineError("NOT_SUPPORTED", f"Not a query: {label(statement)}", line=1, column=1)
    return statement.query()


@dataclass(kw_only=True, slots=True)
class Reading:
    """What one caller's statement reads. `allow` raises where the caller may not, or where a table isn't there."""

    catalog: Catalog
    storage: Storage
    database: str
    catalog_name: str = CATALOG
    views: tuple[tuple[str, str], ...] = ()
    _done: set[tuple[str, str]] = field(default_factory=set)

    def allow(self, query: Node) -> None:
        """Look at every table the query names."""
        for node, parts in _named(query, frozenset()):
            try:
                self._table(parts, node)
            except EngineError as failure:
                raise located(failure, place(node)) from None

    def _table(self, parts: tuple[str, ...], node: Node) -> None:
        if len(parts) > 3:
            raise error("SYNTAX_ERROR", f"Too many dots in table name: {'.'.join(parts)}", node)
        catalog = parts[0] if len(parts) == 3 else self.catalog_name.lower()
        if catalog != CATALOG:
            raise error("CATALOG_NOT_FOUND", f"Catalog '{catalog}' not found", node)
        database = parts[-2] if len(parts) > 1 else self.database.lower()
        if database == "information_schema":
            self._everything()
            return
        key = (database, _plain(parts[-1]))
        if key in self._done:
            return
        self._done.add(key)
        table = self.catalog.table(*key)
        _readable(table)
        if table.view_sql is not None:
            self._view(table, key)
        elif self.storage.restricted:
            self._data(table)

    def _view(self, table: Table, key: tuple[str, str]) -> None:
        """A view is read with its reader's rights; that it can't be read is Trino's to word, a denial is not."""
        if key in self.views:
            return
        inner = Reading(
            catalog=self.catalog,
            storage=self.storage,
            database=table.view_database or table.database,
            views=(*self.views, key),
            _done=self._done,
        )
        try:
            inner.allow(query_of(table.view_sql or ""))
        except EngineError as failure:
            if failure.name.startswith(("ACCESS_DENIED", "PERMISSION_DENIED")):
                raise

    def _data(self, table: Table) -> None:
        places = {table.location}
        if table.partition_keys:
            places = {partition.location for partition in self.catalog.partitions(table, {})}
        for location in sorted(places):
            self.storage.readable(location)

    def _everything(self) -> None:
        """`information_schema` tells of every database and table."""
        for database in self.catalog.databases():
            self.catalog.tables(database)


def _readable(table: Table) -> None:
    """Refuse what Trino would read another way than Athena, silently."""
    known = {**table.parameters, **table.serde_parameters}
    for name, usual in _USUAL.get(table.serde, {}).items():
        if known.get(name, usual).lower() != usual:
            raise EngineError("NOT_SUPPORTED", f"Trino does not know the table property '{name}'='{known[name]}'")


def _plain(name: str) -> str:
    for hidden in _HIDDEN:
        name = name.removesuffix(hidden)
    return name


def _named(node: Node, known: frozenset[str]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Every table a tree names, but for what a WITH around it has named."""
    kind = label(node)
    if kind in ("TableName", "Table", "TableArgumentTable"):
        parts = names(node.qualifiedName())
        if len(parts) > 1 or parts[0] not in known:
            yield node, parts
        return
    if kind == "Query" and node.with_() is not None:
        recursive = node.with_().RECURSIVE() is not None
        for query in node.with_().namedQuery():
            name = identifier(query.name).lower()
            yield from _named(query.query(), known | {name} if recursive else known)
            known |= {name}
        yield from _named(node.queryNoWith(), known)
        return
    for child in getattr(node, "children", None) or ():
        yield from _named(child, known)
