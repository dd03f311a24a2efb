"""Runs what a statement is: DDL against Glue, a write, or a query for the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from athena_ds.local.glue.catalog import GlueCatalog
from athena_ds.local.s3.objects import Store
from athena_ds.local.s3.store import ObjectCache, ObjectStore
from athena_ds.local.seam.engine import CATALOG, Engine, EngineError
from athena_ds.local.seam.run import Context, MissingTargetError, Outcome, Place, Plan, Rows
from athena_ds.local.sql import hive, writing
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.ddl import databases, describe, partitions, show, tables, views
from athena_ds.local.sql.ddl.room import Room
from athena_ds.local.sql.reading import read
from athena_ds.local.sql.tokens import Text

Runner = Callable[[Any, Room], Outcome]

_RUNNERS: dict[type, Runner] = {
    s.CreateTableAs: writing.create_table_as,
    s.InsertInto: writing.insert,
    s.Unload: writing.unload,
    s.CreateView: views.create,
    s.DropView: views.drop,
    s.ShowDatabases: databases.show,
    s.ShowTables: show.tables,
    s.ShowViews: show.views,
    s.ShowColumns: show.columns,
    s.ShowPartitions: partitions.show,
    s.ShowTableProperties: show.properties,
    s.ShowCreateTable: show.create_table,
    s.ShowCreateView: show.create_view,
    s.ShowFunctions: show.functions,
    s.Describe: describe.describe,
    s.CreateDatabase: databases.create,
    s.DropDatabase: databases.drop,
    s.SetDatabaseProperties: databases.set_properties,
    s.CreateExternalTable: tables.create,
    s.DropTable: tables.drop,
    s.AddPartitions: partitions.add,
    s.DropPartitions: partitions.drop,
    s.RenamePartition: partitions.rename,
    s.SetTableProperties: tables.set_properties,
    s.AddColumns: tables.add_columns,
    s.ReplaceColumns: tables.replace_columns,
    s.ChangeColumn: tables.change_column,
    s.RenameTable: tables.rename,
    s.RepairTable: partitions.repair,
}


class StatementExecutor:
    """`Executor` of the front over one engine. The local copies of objects are shared by its queries."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._caches: dict[str, ObjectCache] = {}
        self._lock = threading.Lock()

    def plan(self, sql: str) -> Plan:
        """Classify and parse; the engine checks the syntax of the queries inside."""
        try:
            return self._planned(sql)
        except EngineError as error:
            if Text(sql).several:
                # Athena's own words, where Trino would say that it did not expect the semicolon.
                raise EngineError("SYNTAX_ERROR", f"Only one sql statement is allowed. Got: {sql}") from error
            raise

    def _planned(self, sql: str) -> Plan:
        statement = read(sql)
        match statement:
            case s.Query(sql=query) | s.Explain(sql=query):
                self.engine.check(query)
            case s.CreateTableAs() | s.InsertInto() | s.Unload() | s.CreateView():
                self.engine.check(statement.query)
        kind, substatement = statement.reported
        return Plan(
            sql=sql,
            statement_type=kind,
            substatement_type=substatement,
            statement=statement,
            placeholders=Text(sql).placeholders,
        )

    def placed(self, plan: Plan, place: Place) -> Plan:
        """DESCRIBE and SHOW COLUMNS are looked at before they are queued, every other statement is not."""
        statement = plan.statement
        if not isinstance(statement, s.Describe | s.ShowColumns):
            return plan
        name = statement.name
        if name.catalog not in (None, CATALOG):
            raise MissingTargetError(catalog=name.catalog)
        catalog = GlueCatalog(account=place.account_id, region=place.region, rights=place.rights)
        try:
            entry = catalog.entry(name.database or place.database, name.table)
        except EngineError as error:
            if error.name in ("TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND"):
                raise MissingTargetError from error
            return plan
        view = entry.get("TableType") == "VIRTUAL_VIEW"
        return replace(plan, substatement_type="DESC_VIEW") if view else plan

    def execute(self, plan: Plan, context: Context) -> Outcome:
        """Run a planned statement with the rights and in the places of its context."""
        room = self._room(context)
        statement = plan.statement
        match statement:
            case s.Query(sql=sql) | s.Explain(sql=sql):
                return self._query(sql, room)
            case s.Refused(reason=reason):
                raise EngineError("NOT_SUPPORTED", reason)
            case s.HiveRefused(reason=reason):
                raise hive.HiveError("SYNTAX_ERROR", reason)
            case s.AddColumns() if statement.partition is not None:
                return partitions.add_columns(statement, room)
            case s.SetLocation(partition=None):
                return tables.set_location(statement, room)
            case s.SetLocation():
                return partitions.set_location(statement, room)
            case _:
                return _RUNNERS[type(statement)](statement, room)

    def _query(self, sql: str, room: Room) -> Outcome:
        execution = room.submit(sql)
        room.context.on_engine(execution)
        return Rows(columns=execution.columns, batches=execution.batches())

    def _room(self, context: Context) -> Room:
        store = Store(account=context.account_id, region=context.region)
        catalog = GlueCatalog(account=context.account_id, region=context.region, rights=context.rights)
        storage = ObjectStore(store, cache=self._cache(context), work=context.work, rights=context.rights)
        return Room(context=context, catalog=catalog, storage=storage, engine=self.engine)

    def _cache(self, context: Context) -> ObjectCache:
        """Beside the queries' directories, so that linking into them costs nothing."""
        place = context.work.parent / "objects"
        with self._lock:
            return self._caches.setdefault(str(place), ObjectCache(place))
