"""The tables one caller may see, read from the Glue of one account; and the changes DDL makes there."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.glue.models import glue_backends
from moto.utilities.utils import get_partition

from athena_ds.local.glue import projection
from athena_ds.local.seam.engine import CATALOG, Allowed, Column, EngineError, Partition, Table
from athena_ds.local.seam.run import EVERYTHING, Rights
from athena_ds.local.seam.types import INTEGERS, Type, parse_hive

VIEW_PREFIX, VIEW_SUFFIX = "/* Presto View: ", " */"


class GlueCatalog:
    """`Catalog` of the seam: everything is read under the caller's rights, in Glue's own actions."""

    def __init__(self, *, account: str, region: str, rights: Rights = EVERYTHING, name: str = CATALOG) -> None:
        self.account, self.region, self.rights, self.name = account, region, rights, name
        self.glue: Any = glue_backends[account][region]

    def databases(self) -> list[str]:
        """Every database, in order."""
        self.require("glue:GetDatabases", database="*")
        return sorted(str(database.name) for database in self.glue.get_databases())

    def tables(self, database: str) -> list[str]:
        """Every table and view of a database, in order."""
        self.require("glue:GetTables", database=database, table="*")
        return sorted(self._database(database).tables)

    def entry(self, database: str, name: str, *, action: str = "glue:GetTable") -> dict[str, Any]:
        """Glue's own description of a table or view."""
        self.require(action, database=database, table=name)
        found = self._database(database).tables.get(name)
        if found is None:
            message = f"Table '{self.name}.{database}.{name}' does not exist"
            raise EngineError("TABLE_NOT_FOUND", message)
        entry: dict[str, Any] = found.as_dict()
        return entry

    def has(self, database: str, name: str) -> bool:
        """Whether there is such a table or view; raises where there is no such database."""
        self.require("glue:GetTable", database=database, table=name)
        return name in self._database(database).tables

    def database(self, name: str) -> dict[str, Any]:
        """Glue's own description of a database; raises SCHEMA_NOT_FOUND."""
        self.require("glue:GetDatabase", database=name)
        found: dict[str, Any] = self._database(name).as_dict()
        return found

    def table(self, database: str, name: str) -> Table:
        """A table or view as an engine needs it."""
        return table_of(self.entry(database, name))

    def partitions(self, table: Table, allowed: Mapping[str, Allowed]) -> list[Partition]:
        """From Glue, or computed where the table projects its partitions."""
        if projection.enabled(table):
            return projection.partitions(table, allowed)
        return [
            Partition(
                values=tuple(entry["Values"]),
                location=(entry.get("StorageDescriptor") or {}).get("Location") or table.location,
                parameters=entry.get("Parameters") or {},
            )
            for entry in self.partition_entries(table.database, table.name)
            if wanted(table.partition_keys, entry["Values"], allowed)
        ]

    def partition_entries(self, database: str, name: str) -> list[dict[str, Any]]:
        """Glue's own descriptions of a table's partitions."""
        self.require("glue:GetPartitions", database=database, table=name)
        found = self._database(database).tables.get(name)
        return [] if found is None else [partition.as_dict() for partition in list(found.partitions.values())]

    def require(self, action: str, *, database: str | None = None, table: str | None = None) -> None:
        """Ask for an action on the catalog, the database and the table, as Glue does."""
        root = f"arn:{get_partition(self.region)}:glue:{self.region}:{self.account}"
        resources = [f"{root}:catalog"]
        if database is not None:
            resources.append(f"{root}:database/{database}")
        if table is not None:
            resources.append(f"{root}:table/{database}/{table}")
        self.rights.require(action, *resources)

    def _database(self, name: str) -> Any:
        found = self.glue.databases.get(name)
        if found is None:
            raise EngineError("SCHEMA_NOT_FOUND", f"Schema '{name}' does not exist")
        return found


def wanted(keys: Sequence[Column], values: Sequence[str], allowed: Mapping[str, Allowed]) -> bool:
    """Whether a partition's values are among the allowed ones; numbers are compared as numbers."""
    for key, value in zip(keys, values, strict=False):
        possible = allowed.get(key.name)
        if possible is not None and _same(key.type, value) not in {_same(key.type, other) for other in possible}:
            return False
    return True


def _same(kind: Type, value: str) -> str | int:
    if kind.base in INTEGERS:
        try:
            return int(value)
        except ValueError:
            return value
    return value


def table_of(entry: Mapping[str, Any]) -> Table:
    """Glue's description as the seam's value. Raises EngineError for what no engine here reads."""
    descriptor = entry.get("StorageDescriptor") or {}
    parameters = {str(key): str(value) for key, value in (entry.get("Parameters") or {}).items()}
    if parameters.get("table_type", "").upper() in ("ICEBERG", "DELTA", "HUDI"):
        reason = f"{parameters['table_type'].upper()} tables are not supported by the local endpoint"
        raise EngineError("NOT_SUPPORTED", f"{reason}: {entry['DatabaseName']}.{entry['Name']}")
    serde = descriptor.get("SerdeInfo") or {}
    view = view_of(entry)
    return Table(
        database=entry["DatabaseName"],
        name=entry["Name"],
        columns=view.columns if view else columns_of(descriptor.get("Columns") or []),
        partition_keys=columns_of(entry.get("PartitionKeys") or []),
        location=descriptor.get("Location") or "",
        serde=serde.get("SerializationLibrary") or "",
        input_format=descriptor.get("InputFormat") or "",
        parameters=parameters,
        serde_parameters={str(key): str(value) for key, value in (serde.get("Parameters") or {}).items()},
        view_sql=view.sql if view else None,
        view_database=view.database if view else None,
    )


def columns_of(entries: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """Glue's columns with their Trino types, names folded."""
    return tuple(
        Column(entry["Name"].lower(), hive_type(entry), entry.get("Comment") or "")
        for entry in entries
    )  # fmt: skip


def hive_type(entry: Mapping[str, Any]) -> Type:
    """The type of a Glue column; raises EngineError where Hive has no such type."""
    text = entry.get("Type") or "string"
    try:
        return parse_hive(text.strip())
    except ValueError:
        message = f"Unsupported Hive type: {text} (column {entry['Name']})"
        raise EngineError("HIVE_INVALID_METADATA", message, kind="EXTERNAL") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a Glue entry says of a view: its SQL, where names in it are looked up, and its columns."""

    sql: str
    database: str
    columns: tuple[Column, ...]


def view_of(entry: Mapping[str, Any]) -> View | None:
    """The view an entry holds, as Presto, Trino and Athena write it; None for a table."""
    if entry.get("TableType") != "VIRTUAL_VIEW":
        return None
    text = (entry.get("ViewOriginalText") or "").strip()
    if not (text.startswith(VIEW_PREFIX) and text.endswith(VIEW_SUFFIX)):
        message = f"Hive views are not supported by the local endpoint: {entry['DatabaseName']}.{entry['Name']}"
        raise EngineError("NOT_SUPPORTED", message)
    try:
        body = json.loads(base64.b64decode(text[len(VIEW_PREFIX) : -len(VIEW_SUFFIX)]))
        columns = columns_of((entry.get("StorageDescriptor") or {}).get("Columns") or [])
        return View(sql=body["originalSql"], database=body.get("schema") or entry["DatabaseName"], columns=columns)
    except (ValueError, KeyError) as error:
        name = f"{entry['DatabaseName']}.{entry['Name']}"
        raise EngineError("HIVE_INVALID_VIEW_DATA", f"Invalid view JSON in {name}", kind="EXTERNAL") from error
