"""CREATE, DROP and SHOW DATABASES."""

from __future__ import annotations

from typing import Any

from athena_ds.local.seam.engine import Column
from athena_ds.local.seam.run import Done, Outcome, Text
from athena_ds.local.sql import hive
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.ddl.room import Room


def create(statement: s.CreateDatabase, room: Room) -> Outcome:
    room.catalog.require("glue:CreateDatabase", database=statement.name)
    if statement.name in room.catalog.glue.databases:
        if statement.if_not_exists:
            return Done()
        message = f"AlreadyExistsException(message:Database {statement.name} already exists)"
        raise hive.task(message, name="SCHEMA_ALREADY_EXISTS")
    made: dict[str, Any] = {"Name": statement.name, "Parameters": dict(statement.properties)}
    if statement.comment is not None:
        made["Description"] = statement.comment
    if statement.location is not None:
        made["LocationUri"] = statement.location
    room.catalog.glue.create_database(statement.name, made)
    return Done()


def set_properties(statement: s.SetDatabaseProperties, room: Room) -> Outcome:
    """The given properties over those there are."""
    room.known_database(statement.name)
    room.catalog.require("glue:UpdateDatabase", database=statement.name)
    held = dict(room.catalog.glue.databases[statement.name].input)
    held["Parameters"] = {**(held.get("Parameters") or {}), **statement.properties}
    room.catalog.glue.update_database(statement.name, held)
    return Done()


def drop(statement: s.DropDatabase, room: Room) -> Outcome:
    """Tables in it are forgotten with CASCADE; their objects stay where they are."""
    room.catalog.require("glue:DeleteDatabase", database=statement.name)
    if statement.name not in room.catalog.glue.databases:
        if statement.if_exists:
            return Done()
        raise hive.database_not_found(statement.name)
    tables = room.catalog.tables(statement.name)
    if tables and not statement.cascade:
        message = (
            f"InvalidOperationException(message:Database {statement.name} is not empty. One or more tables exist.)"
        )
        raise hive.task(message)
    for table in tables:
        room.catalog.require("glue:DeleteTable", database=statement.name, table=table)
    room.catalog.glue.delete_database(statement.name)
    return Done()


def show(statement: s.ShowDatabases, room: Room) -> Outcome:
    found = hive.matching(room.catalog.databases(), statement.pattern, stars=False)
    return Text(columns=(Column("database_name", s.STRING),), lines=found)
