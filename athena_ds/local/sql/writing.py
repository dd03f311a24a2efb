"""CREATE TABLE AS, INSERT INTO and UNLOAD: where rows go, as what, and what Glue knows of them afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from athena_ds.local.glue import projection
from athena_ds.local.glue.catalog import table_of
from athena_ds.local.seam.engine import Column, EngineError, Table, Write, Written
from athena_ds.local.seam.run import Outcome, Wrote
from athena_ds.local.seam.types import Type, to_hive
from athena_ds.local.sql import hive, options
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.ddl import partitions, tables, views
from athena_ds.local.sql.ddl.room import Room

_ENFORCED = (
    "The Create Table As Select query failed because it was submitted with an 'external_location' property to an "
    "Athena Workgroup that enforces a centralized output location for all queries. Please remove the "
    "'external_location' property and resubmit the query."
)


def create_table_as(statement: s.CreateTableAs, room: Room) -> Outcome:
    database, name = room.target(statement.name), statement.name.table
    room.catalog.database(database)
    if room.catalog.has(database, name):
        if statement.unless_exists:
            return Wrote(written=Written(rows=0, files=()), update_type="CREATE TABLE")
        raise _exists(database, name)
    room.catalog.require("glue:CreateTable", database=database, table=name)
    wanted = options.ctas(statement.properties)
    target = replace(wanted.write, location=_ctas_location(statement, room))
    if room.storage.everything(target.location):
        raise _not_empty(f"{database}.{name}", target.location)
    columns = views.columns_of(statement.query, room)
    _storable(columns, target)
    views.distinct([column.name.lower() for column in columns])
    if not statement.with_data:
        written = Written(rows=0, files=())
    else:
        written = _run(statement.query, replace(target, columns=None), room)
    if room.catalog.has(database, name):
        _take_back(written, room)
        raise _exists(database, name)
    entry = _ctas_entry(statement, columns, wanted, target, room)
    room.catalog.glue.create_table(database, name, entry)
    _add_partitions({**entry, "DatabaseName": database}, written, room)
    return Wrote(written=written, update_type="CREATE TABLE")


def insert(statement: s.InsertInto, room: Room) -> Outcome:
    database, name = room.target(statement.name), statement.name.table
    entry = room.catalog.entry(database, name)
    if entry.get("TableType") == "VIRTUAL_VIEW":
        raise EngineError("NOT_SUPPORTED", "Inserting into views is not supported")
    table = table_of(entry)
    target = replace(options.insert(table), location=_folder(table.location))
    if projection.enabled(table) and "storage.location.template" in table.parameters:
        message = "Inserting into a table with storage.location.template is not supported by the local endpoint"
        raise EngineError("NOT_SUPPORTED", message)
    target = replace(target, **_insert_columns(table, statement.columns))
    written = _run(statement.query, target, room)
    if table.partition_keys:
        written = _settled(entry, table, written, room)
        if not projection.enabled(table):
            _add_partitions(entry, written, room)
    return Wrote(written=written, update_type="INSERT")


def unload(statement: s.Unload, room: Room) -> Outcome:
    target = replace(options.unload(statement.properties), location=_folder(statement.location))
    if room.storage.everything(target.location):
        raise _not_empty(f"{room.context.database}.unload", target.location)
    columns = views.columns_of(statement.query, room)
    _storable(columns, target)
    names = [column.name.lower() for column in columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise EngineError("DUPLICATE_COLUMN_NAME", f"Column name '{twice}' specified more than once")
    return Wrote(written=_run(statement.query, target, room), update_type="UNLOAD")


def _run(query: str, target: Write, room: Room) -> Written:
    """Run a query whose rows are written. A failure says where files may be left, as Athena does."""
    room.storage.writable(target.location)
    execution = room.submit(query, write=target)
    room.context.on_engine(execution)
    for _ in execution.batches():
        pass
    written = execution.written()
    if written is None:
        raise EngineError("GENERIC_INTERNAL_ERROR", "The engine wrote nothing", kind="INTERNAL")
    return written


def _ctas_location(statement: s.CreateTableAs, room: Room) -> str:
    given = statement.properties.get("external_location")
    context = room.context
    if given is None:
        if not context.output:
            raise EngineError(
                "INVALID_TABLE_PROPERTY", "external_location is needed where results are managed by Athena"
            )
        return f"{context.output}tables/{context.execution_id}/"
    if context.output_enforced:
        raise hive.HiveError("INVALID_TABLE_PROPERTY", _ENFORCED)
    tables.checked_location(str(given), room)
    return _folder(str(given))


def _storable(columns: Sequence[Column], target: Write) -> None:
    """Every type must be one Hive has; partition keys must come last, in their order, and leave a column."""
    for at, column in enumerate(columns):
        if column.type.base == "unknown":
            raise EngineError("COLUMN_TYPE_UNKNOWN", f"Column type is unknown at position {at + 1}")
        if column.type.base == "timestamp" and column.type.precision != 3:
            message = (
                f"Incorrect timestamp precision for {column.type}; the configured precision is MILLISECONDS; "
                f"column name: {column.name}"
            )
            raise EngineError("NOT_SUPPORTED", message)
        try:
            _check_text(column.type.elements)
            to_hive(column.type)
        except ValueError:
            raise EngineError("NOT_SUPPORTED", f"Unsupported Hive type: {column.type}") from None
    _partitioned([column.name.lower() for column in columns], target.partitioned_by)


def _check_text(kinds: Sequence[Type]) -> None:
    """Hive has no text of no length: Trino makes a column of it one character, and fails where it is inside."""
    for kind in kinds:
        if kind.base == "varchar" and kind.arguments == (0,):
            raise ValueError(kind)
        _check_text(kind.elements)


def _partitioned(names: Sequence[str], keys: tuple[str, ...]) -> None:
    if not keys:
        return
    missing = [key for key in keys if key not in names]
    if missing:
        raise EngineError(
            "INVALID_TABLE_PROPERTY", f"Partition columns {missing} not present in schema".replace("'", "")
        )
    if tuple(names[-len(keys) :]) != keys:
        message = (
            "Partition keys must be the last columns in the table and in the same order as the table properties: "
            f"[{', '.join(keys)}]"
        )
        raise EngineError("HIVE_COLUMN_ORDER_MISMATCH", message)
    if len(names) == len(keys):
        raise EngineError("INVALID_TABLE_PROPERTY", "Table contains only partition columns")


def _insert_columns(table: Table, named: tuple[str, ...] | None) -> dict[str, Any]:
    """All of the table's columns, the keys last; and, for a list of columns, which of them the query gives."""
    every = (*table.columns, *table.partition_keys)
    names = [column.name for column in every]
    for name in named or ():
        if name not in names:
            raise EngineError("COLUMN_NOT_FOUND", f"Insert column name does not exist in target table: {name}")
    if named is not None and len(set(named)) < len(named):
        raise EngineError("DUPLICATE_COLUMN_NAME", "Insert column name is specified more than once")
    return {
        "columns": every,
        "given": named,
        "partitioned_by": tuple(key.name for key in table.partition_keys),
    }


def _ctas_entry(
    statement: s.CreateTableAs, columns: Sequence[Column], wanted: options.Wanted, target: Write, room: Room
) -> dict[str, Any]:
    cut = len(columns) - len(target.partitioned_by)
    fields = [{"Name": column.name.lower(), "Type": to_hive(column.type)} for column in columns]
    parameters = {
        "EXTERNAL": "TRUE",
        "auto.purge": "false",
        "has_encrypted_data": "false",
        "presto_query_id": room.context.execution_id,
        "transient_lastDdlTime": room.now(),
        **wanted.parameters,
    }
    if statement.comment is not None:
        parameters["comment"] = statement.comment
    return {
        "Name": statement.name.table,
        "Owner": "hadoop",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": fields[cut:],
        "StorageDescriptor": tables.descriptor(fields[:cut], wanted.storage, location=target.location.rstrip("/")),
    }


def _add_partitions(entry: Mapping[str, Any], written: Written, room: Room) -> None:
    """Glue learns of partitions it has not; those it has stay as they are."""
    known = {tuple(one["Values"]) for one in room.catalog.partition_entries(entry["DatabaseName"], entry["Name"])}
    new = dict.fromkeys(file.partition for file in written.files if file.partition and file.partition not in known)
    partitions.store(entry, [partitions.new_partition(entry, values) for values in new], room)


def _settled(entry: Mapping[str, Any], table: Table, written: Written, room: Room) -> Written:
    """Files of partitions that Glue has at a place of their own are moved there."""
    known = {
        tuple(one["Values"]): _folder(one["StorageDescriptor"]["Location"])
        for one in room.catalog.partition_entries(entry["DatabaseName"], entry["Name"])
    }
    keys = [key.name for key in table.partition_keys]
    files = []
    for file in written.files:
        usual = f"{_folder(table.location)}{hive.partition_path(keys, file.partition)}/"
        place = known.get(file.partition, usual)
        files.append(file if place == usual else replace(file, uri=room.storage.move(file.uri, place)))
    return replace(written, files=tuple(files))


def _take_back(written: Written, room: Room) -> None:
    for file in written.files:
        room.storage.remove(file.uri)


def _folder(location: str) -> str:
    return location if location.endswith("/") else f"{location}/"


def _exists(database: str, name: str) -> EngineError:
    return EngineError(
        "TABLE_ALREADY_EXISTS", f"Table 'awsdatacatalog.{database}.{name}' already exists", line=1, column=1
    )


def _not_empty(name: str, location: str) -> EngineError:
    message = (
        f"Target directory for table '{name}' already exists: {location}. Athena will not overwrite or delete data."
    )
    return EngineError("HIVE_PATH_ALREADY_EXISTS", message)
