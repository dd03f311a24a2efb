"""What a statement runs in: whose rights, which catalog and storage, which database is meant."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from athena_ds.local.glue.catalog import GlueCatalog
from athena_ds.local.s3.store import ObjectStore
from athena_ds.local.seam.engine import CATALOG, Engine, EngineError, Execution, Query, Write
from athena_ds.local.seam.run import Context
from athena_ds.local.sql import hive
from athena_ds.local.sql.statement import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One execution's surroundings."""

    context: Context
    catalog: GlueCatalog
    storage: ObjectStore
    engine: Engine

    def database(self, name: Name) -> str:
        """The database a name means; raises where it names another catalog than Glue's.

        The catalog of the query's context is not looked at: Athena runs DDL and SHOW in its own (measured).
        """
        _glue(name.catalog)
        return name.database or self.context.database

    def target(self, name: Name) -> str:
        """The database rows are written to: there the context's catalog counts too."""
        _glue(name.catalog or self.context.catalog)
        return self.database(name)

    def entry(self, name: Name) -> dict[str, Any]:
        """Glue's description of a table or view, Hive's error where there is none."""
        database = self.database(name)
        self.known_database(database)
        if not self.catalog.has(database, name.table):
            raise hive.table_not_found(database, name.table)
        return self.catalog.entry(database, name.table)

    def table_entry(self, name: Name) -> dict[str, Any]:
        """The same, of a table only."""
        found = self.entry(name)
        if found.get("TableType") == "VIRTUAL_VIEW":
            raise hive.semantic(10131, "To alter a view you need to use the ALTER VIEW command.")
        return found

    def known_database(self, name: str) -> None:
        """Raise Hive's error unless there is such a database."""
        try:
            self.catalog.database(name)
        except EngineError as error:
            if error.name == "SCHEMA_NOT_FOUND":
                raise hive.database_not_found(name) from None
            raise

    def update(self, entry: dict[str, Any]) -> None:
        """Store a changed table description as a new version."""
        database, name = entry["DatabaseName"], entry["Name"]
        self.catalog.require("glue:UpdateTable", database=database, table=name)
        self.catalog.glue.update_table(database, name, table_input(entry))

    def submit(self, sql: str, *, write: Write | None = None, described: bool = False) -> Execution:
        """Give the engine a query: for its rows, to write them, or only to be told its columns."""
        context = self.context
        query = Query(
            sql=sql,
            database=context.database,
            catalog=context.catalog,
            parameters=context.parameters,
            write=write,
            described=described,
            execution_id=context.execution_id,
            work=context.work,
        )
        return self.engine.submit(query, self.catalog, self.storage)

    def now(self) -> str:
        """What Hive calls `transient_lastDdlTime`."""
        return str(int(time.time()))


def _glue(catalog: str | None) -> None:
    if catalog is not None and catalog.lower() != CATALOG:
        raise EngineError("CATALOG_NOT_FOUND", f"Catalog '{catalog.lower()}' does not exist")


_INPUT = (
    "Name",
    "Description",
    "Owner",
    "LastAccessTime",
    "LastAnalyzedTime",
    "Retention",
    "StorageDescriptor",
    "PartitionKeys",
    "ViewOriginalText",
    "ViewExpandedText",
    "TableType",
    "Parameters",
    "TargetTable",
)


def table_input(entry: dict[str, Any]) -> dict[str, Any]:
    """Of a description, what Glue takes as TableInput."""
    return {key: entry[key] for key in _INPUT if key in entry}
