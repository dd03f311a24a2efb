"""CREATE EXTERNAL TABLE, DROP TABLE, and ALTER TABLE of columns, properties and location."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from athena_ds.local.s3.objects import Location
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.run import Done, Outcome
from athena_ds.local.sql import hive
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.ddl.room import Room


def create(statement: s.CreateExternalTable, room: Room) -> Outcome:
    database = room.database(statement.name)
    room.known_database(database)
    _distinct(statement)
    if statement.properties.get("table_type", "").upper() == "ICEBERG":
        raise EngineError("NOT_SUPPORTED", "Iceberg tables are not supported by the local endpoint")
    checked_location(statement.location, room)
    room.catalog.require("glue:CreateTable", database=database, table=statement.name.table)
    if room.catalog.has(database, statement.name.table):
        if statement.if_not_exists:
            return Done()
        message = f"AlreadyExistsException(message:Table {statement.name.table} already exists)"
        raise hive.task(message, name="TABLE_ALREADY_EXISTS")
    room.catalog.glue.create_table(database, statement.name.table, _entry(statement, room))
    return Done()


def drop(statement: s.DropTable, room: Room) -> Outcome:
    """The objects stay: Athena's tables are external."""
    database = room.database(statement.name)
    room.known_database(database)
    room.catalog.require("glue:DeleteTable", database=database, table=statement.name.table)
    if not room.catalog.has(database, statement.name.table):
        if statement.if_exists:
            return Done()
        raise hive.table_not_found(database, statement.name.table)
    if room.entry(statement.name).get("TableType") == "VIRTUAL_VIEW":
        raise hive.semantic(10131, "Cannot drop a view with DROP TABLE")
    room.catalog.glue.delete_table(database, statement.name.table)
    return Done()


def set_properties(statement: s.SetTableProperties, room: Room) -> Outcome:
    entry = room.table_entry(statement.name)
    entry["Parameters"] = {**(entry.get("Parameters") or {}), **statement.properties}
    return _changed(entry, room)


def set_location(statement: s.SetLocation, room: Room) -> Outcome:
    entry = room.table_entry(statement.name)
    checked_location(statement.location, room)
    entry["StorageDescriptor"] = {**entry["StorageDescriptor"], "Location": statement.location}
    return _changed(entry, room)


def add_columns(statement: s.AddColumns, room: Room) -> Outcome:
    entry = room.table_entry(statement.name)
    known = [*entry["StorageDescriptor"]["Columns"], *columns(statement.columns)]
    return _with_columns(entry, known, room)


def replace_columns(statement: s.ReplaceColumns, room: Room) -> Outcome:
    return _with_columns(room.table_entry(statement.name), columns(statement.columns), room)


def change_column(statement: s.ChangeColumn, room: Room) -> Outcome:
    entry = room.table_entry(statement.name)
    known: list[dict[str, Any]] = list(entry["StorageDescriptor"]["Columns"])
    at = _position(known, statement.before)
    changed = columns([statement.column])[0]
    if statement.column.comment is None and known[at].get("Comment"):
        changed["Comment"] = known[at]["Comment"]
    known.pop(at)
    if statement.position is not None:
        at = 0 if statement.position == "" else _position(known, statement.position) + 1
    known.insert(at, changed)
    return _with_columns(entry, known, room)


def rename(statement: s.RenameTable, room: Room) -> Outcome:
    """Never: Glue has no renaming."""
    room.entry(statement.name)
    reason = "Unable to alter table. Table cannot be renamed"
    raise hive.task(reason, name="SYNTAX_ERROR")


def columns(fields: Sequence[s.Field]) -> list[dict[str, str]]:
    """Glue's columns; a comment only where one is given."""
    return [
        {"Name": field.name, "Type": field.type, **({"Comment": field.comment} if field.comment is not None else {})}
        for field in fields
    ]


def descriptor(
    fields: list[dict[str, str]], storage: s.Storage, *, location: str, bucketing: s.Bucketing | None = None
) -> dict[str, Any]:
    """Glue's StorageDescriptor as Athena writes it."""
    order = bucketing.sorted_by if bucketing else ()
    return {
        "Columns": fields,
        "Location": location,
        "InputFormat": storage.input_format,
        "OutputFormat": storage.output_format,
        "Compressed": False,
        "NumberOfBuckets": bucketing.count if bucketing else -1,
        "SerdeInfo": {"SerializationLibrary": storage.serde, "Parameters": dict(storage.serde_parameters)},
        "BucketColumns": list(bucketing.columns) if bucketing else [],
        "SortColumns": [{"Column": name, "SortOrder": direction} for name, direction in order],
        "Parameters": {},
        "StoredAsSubDirectories": False,
    }


def checked_location(location: str, room: Room) -> None:
    """A location must be `s3://bucket/...` of a bucket that exists."""
    try:
        place = Location.parse(location)
    except ValueError:
        message = f"MetaException(message:Got exception: java.lang.IllegalArgumentException Not an S3 path: {location})"
        raise hive.task(message) from None
    if any(character in location for character in "*?"):
        raise hive.task(f"MetaException(message:The location must not have a wildcard: {location})")
    if room.storage.store.bucket(place.bucket) is None:
        raise hive.task(f"MetaException(message:The specified bucket does not exist: {place.bucket})")


def _entry(statement: s.CreateExternalTable, room: Room) -> dict[str, Any]:
    parameters = {"EXTERNAL": "TRUE", "transient_lastDdlTime": room.now(), **statement.properties}
    if statement.comment is not None:
        parameters["comment"] = statement.comment
    return {
        "Name": statement.name.table,
        "Owner": "hadoop",
        "Retention": 0,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": columns(statement.partition_keys),
        "StorageDescriptor": descriptor(
            columns(statement.columns),
            statement.storage,
            location=statement.location,
            bucketing=statement.bucketing,
        ),
    }


def _distinct(statement: s.CreateExternalTable) -> None:
    names = [field.name for field in statement.columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise hive.semantic(10036, f"Duplicate column name: {twice}")
    if any(key.name in names for key in statement.partition_keys):
        raise hive.semantic(10035, "Column repeated in partitioning columns")


def _with_columns(entry: dict[str, Any], known: list[dict[str, Any]], room: Room) -> Outcome:
    names = [column["Name"] for column in (*known, *(entry.get("PartitionKeys") or []))]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise hive.semantic(10036, f"Duplicate column name: {twice}")
    entry["StorageDescriptor"] = {**entry["StorageDescriptor"], "Columns": known}
    return _changed(entry, room)


def _position(known: list[dict[str, Any]], name: str) -> int:
    names = [column["Name"] for column in known]
    if name not in names:
        raise hive.semantic(10002, f"Invalid column reference {name}")
    return names.index(name)


def _changed(entry: dict[str, Any], room: Room) -> Outcome:
    entry["Parameters"] = {**(entry.get("Parameters") or {}), "last_modified_time": room.now()}
    room.update(entry)
    return Done()
