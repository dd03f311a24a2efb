"""CREATE VIEW and DROP VIEW."""

from __future__ import annotations

from athena_ds.local.seam.engine import Column, EngineError
from athena_ds.local.seam.run import Done, Outcome
from athena_ds.local.seam.types import to_hive
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.ddl.room import Room
from athena_ds.local.sql.views import view_entry


def create(statement: s.CreateView, room: Room) -> Outcome:
    """The query is planned, not run: its columns go to Glue beside its text."""
    database, name = room.database(statement.name), statement.name.table
    found = columns_of(statement.query, room)
    described = [{"Name": column.name.lower(), "Type": _hive(column)} for column in found]
    distinct([column["Name"] for column in described])
    room.catalog.database(database)
    entry = view_entry(name, statement.original, columns=described, database=room.context.database)
    if not room.catalog.has(database, name):
        room.catalog.require("glue:CreateTable", database=database, table=name)
        room.catalog.glue.create_table(database, name, entry)
        return Done()
    known = room.catalog.entry(database, name)
    if known.get("TableType") != "VIRTUAL_VIEW":
        raise EngineError("TABLE_ALREADY_EXISTS", f"Table already exists: 'awsdatacatalog.{database}.{name}'")
    if not statement.replace:
        raise EngineError("TABLE_ALREADY_EXISTS", f"View already exists: 'awsdatacatalog.{database}.{name}'")
    room.catalog.require("glue:UpdateTable", database=database, table=name)
    room.catalog.glue.update_table(database, name, entry)
    return Done()


def drop(statement: s.DropView, room: Room) -> Outcome:
    database, name = room.database(statement.name), statement.name.table
    room.catalog.require("glue:DeleteTable", database=database, table=name)
    room.catalog.database(database)
    if not room.catalog.has(database, name):
        if statement.if_exists:
            return Done()
        raise EngineError("TABLE_NOT_FOUND", f"View 'awsdatacatalog.{database}.{name}' does not exist")
    if room.catalog.entry(database, name).get("TableType") != "VIRTUAL_VIEW":
        raise EngineError(
            "TABLE_NOT_FOUND", f"View 'awsdatacatalog.{database}.{name}' does not exist, but a table does"
        )
    room.catalog.glue.delete_table(database, name)
    return Done()


def columns_of(query: str, room: Room) -> tuple[Column, ...]:
    """The columns a query would give, without running it."""
    execution = room.submit(query, described=True)
    try:
        return execution.columns
    finally:
        execution.cancel()


def _hive(column: Column) -> str:
    try:
        return to_hive(column.type)
    except ValueError:
        raise EngineError("NOT_SUPPORTED", f"Unsupported Hive type: {column.type}") from None


def distinct(names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise EngineError("DUPLICATE_COLUMN_NAME", f"Column name '{twice}' specified more than once")
    unnamed = next((name for name in names if name.startswith("_col") and name[4:].isdigit()), None)
    if unnamed is not None:
        position = names.index(unnamed) + 1
        raise EngineError("MISSING_COLUMN_NAME", f"Column name not specified at position {position}")
