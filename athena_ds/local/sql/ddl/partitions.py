"""Partitions in Glue: ADD, DROP, RENAME, SET LOCATION, SHOW PARTITIONS, MSCK REPAIR TABLE."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from athena_ds.local.s3.objects import Location
from athena_ds.local.seam.engine import Column, EngineError
from athena_ds.local.seam.run import Done, Outcome, Text
from athena_ds.local.sql import hive
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.ddl.room import Room
from athena_ds.local.sql.ddl.tables import checked_location, columns

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double")


def add(statement: s.AddPartitions, room: Room) -> Outcome:
    entry = room.table_entry(statement.name)
    made = [_new(entry, spec, room) for spec in statement.partitions]
    known = {tuple(partition["Values"]) for partition in _entries(entry, room)}
    twice = next((partition for partition in made if tuple(partition["Values"]) in known), None)
    if twice is not None and not statement.if_not_exists:
        message = f"AlreadyExistsException(message:Partition already exists: {twice['Values']})"
        raise hive.task(message, name="ALREADY_EXISTS")
    store(entry, [partition for partition in made if tuple(partition["Values"]) not in known], room)
    return Done()


def drop(statement: s.DropPartitions, room: Room) -> Outcome:
    """The objects stay. Without IF EXISTS a spec that matches nothing fails."""
    entry = room.table_entry(statement.name)
    keys = entry.get("PartitionKeys") or []
    doomed: dict[tuple[str, ...], None] = {}
    for spec in statement.partitions:
        _known_keys(spec.terms, keys)
        found = [values for values in map(_values, _entries(entry, room)) if _matches(values, spec, keys)]
        if not found and not statement.if_exists:
            raise hive.semantic(10006, f"Partition not found {hive.described(spec.values)}")
        doomed |= dict.fromkeys(found)
    room.catalog.require("glue:BatchDeletePartition", database=entry["DatabaseName"], table=entry["Name"])
    for values in doomed:
        room.catalog.glue.delete_partition(entry["DatabaseName"], entry["Name"], list(values))
    return Done()


def rename(statement: s.RenamePartition, room: Room) -> Outcome:
    entry = room.table_entry(statement.name)
    partition = copy.deepcopy(_one(entry, statement.before, room))
    before, after = list(partition["Values"]), list(_spec_values(entry, statement.after))
    if any(list(known["Values"]) == after for known in _entries(entry, room)):
        raise hive.task(f"AlreadyExistsException(message:Partition already exists: {after})", name="ALREADY_EXISTS")
    partition["Values"] = after
    _update(entry, before, partition, room)
    return Done()


def set_location(statement: s.SetLocation, room: Room) -> Outcome:
    assert statement.partition is not None
    entry = room.table_entry(statement.name)
    checked_location(statement.location, room)
    partition = copy.deepcopy(_one(entry, statement.partition, room))
    partition["StorageDescriptor"]["Location"] = statement.location
    _update(entry, list(partition["Values"]), partition, room)
    return Done()


def add_columns(statement: s.AddColumns, room: Room) -> Outcome:
    """Columns of one partition alone: those its objects have. Queries see the table's."""
    assert statement.partition is not None
    entry = room.table_entry(statement.name)
    partition = copy.deepcopy(_one(entry, statement.partition, room))
    descriptor = partition["StorageDescriptor"]
    descriptor["Columns"] = [*(descriptor.get("Columns") or []), *columns(statement.columns)]
    _update(entry, list(partition["Values"]), partition, room)
    return Done()


def show(statement: s.ShowPartitions, room: Room) -> Outcome:
    entry = room.table_entry(statement.name)
    keys = [key["Name"] for key in entry.get("PartitionKeys") or []]
    if not keys:
        raise hive.task(f"Table {entry['Name']} is not a partitioned table")
    _known_keys([(key, "=", value) for key, value in statement.partition.items()], entry["PartitionKeys"])
    found = (
        values
        for values in map(_values, _entries(entry, room))
        if all(values[keys.index(key)] == value for key, value in statement.partition.items())
    )
    lines = sorted(hive.partition_path(keys, values) for values in found)
    return Text(columns=(Column("partition", s.STRING),), lines=lines)


def repair(statement: s.RepairTable, room: Room) -> Outcome:
    """Add the partitions whose `key=value` folders lie under the table's location; none is taken away."""
    database, table = room.database(statement.name), statement.name.table
    room.known_database(database)
    if not room.catalog.has(database, table):
        return Text(columns=(), lines=(f"Tables not in metastore:\t{table}",), update_count=None)
    entry = room.catalog.entry(database, table)
    if entry.get("TableType") == "VIRTUAL_VIEW":
        raise hive.task("Can not create a Path from an empty string", name="INVALID_TABLE_PROPERTY")
    keys = [key["Name"] for key in entry.get("PartitionKeys") or []]
    location = entry["StorageDescriptor"]["Location"].rstrip("/")
    if not room.storage.everything(f"{location}/"):
        return Text(columns=(), lines=(f"Tables missing on filesystem:\t{table}",), update_count=None)
    if not keys:
        return Text(columns=(), lines=(), update_count=None)
    found = _folders(location, keys, room)
    known = {tuple(partition["Values"]) for partition in _entries(entry, room)}
    new = {values: path for values, path in found.items() if values not in known}
    store(entry, [_partition(entry, values, f"{location}/{path}") for values, path in new.items()], room)
    name = entry["Name"]
    missing = [hive.partition_path(keys, values) for values in sorted(known - set(found))]
    lines = []
    if new:
        lines.append("Partitions not in metastore:" + "".join(f"\t{name}:{path}" for path in new.values()))
    if missing:
        lines.append("Partitions missing from filesystem:" + "".join(f"\t{name}:{path}" for path in missing))
    lines += [f"Repair: Added partition to metastore {name}:{path}" for path in new.values()]
    return Text(columns=(), lines=lines, update_count=None)


def store(entry: Mapping[str, Any], partitions: Sequence[dict[str, Any]], room: Room) -> None:
    """Create partitions in Glue; those that came meanwhile stay as they are."""
    if not partitions:
        return
    room.catalog.require("glue:BatchCreatePartition", database=entry["DatabaseName"], table=entry["Name"])
    room.catalog.glue.batch_create_partition(entry["DatabaseName"], entry["Name"], list(partitions))


def new_partition(entry: Mapping[str, Any], values: Sequence[str]) -> dict[str, Any]:
    """A partition at its usual place under the table's location."""
    keys = [key["Name"] for key in entry["PartitionKeys"]]
    location = entry["StorageDescriptor"]["Location"].rstrip("/")
    return _partition(entry, values, f"{location}/{hive.partition_path(keys, values)}")


def _folders(location: str, keys: Sequence[str], room: Room) -> dict[tuple[str, ...], str]:
    """Partition values to the path they were found at. Keys must be spelled as the table's (Athena: lower case)."""
    base = Location.parse(f"{location}/").key
    found: dict[tuple[str, ...], str] = {}
    for stored in room.storage.list(f"{location}/"):
        if room.context.cancelled():
            raise EngineError("USER_CANCELED", "Query was canceled")
        pieces = stored.key[len(base) :].split("/")
        if len(pieces) <= len(keys):
            continue
        path = "/".join(pieces[: len(keys)])
        named = hive.path_values(path)
        if named is not None and list(named) == list(keys):
            found.setdefault(tuple(named.values()), path)
    return found


def _new(entry: Mapping[str, Any], spec: s.PartitionSpec, room: Room) -> dict[str, Any]:
    values = _spec_values(entry, spec)
    if spec.location is None:
        return new_partition(entry, values)
    checked_location(spec.location, room)
    return _partition(entry, values, spec.location)


def _partition(entry: Mapping[str, Any], values: Sequence[str], location: str) -> dict[str, Any]:
    described = copy.deepcopy(dict(entry["StorageDescriptor"]))
    described["Location"] = location
    return {"Values": list(values), "StorageDescriptor": described, "Parameters": {}}


def _spec_values(entry: Mapping[str, Any], spec: s.PartitionSpec) -> tuple[str, ...]:
    """All keys' values, in the table's order."""
    keys = entry.get("PartitionKeys") or []
    if not keys:
        raise hive.semantic(10241, f"Table is not partitioned: {entry['Name']}")
    _known_keys(spec.terms, keys)
    given = spec.values
    if len(given) != len(keys):
        raise hive.semantic(10215, f"Partition spec {given} does not name every partition key")
    return tuple(given[key["Name"]] for key in keys)


def _known_keys(terms: Sequence[tuple[str, str, str]], keys: Sequence[Mapping[str, Any]]) -> None:
    names = [key["Name"] for key in keys]
    unknown = next((key for key, _, _ in terms if key not in names), None)
    if unknown is not None:
        raise hive.semantic(10098, f"Non-Partition column appears in the partition specification: {unknown}")


def _matches(values: Sequence[str], spec: s.PartitionSpec, keys: Sequence[Mapping[str, Any]]) -> bool:
    names = [key["Name"] for key in keys]
    types = {key["Name"]: key["Type"] for key in keys}
    for key, comparison, wanted in spec.terms:
        held: Any = values[names.index(key)]
        other: Any = wanted
        if types[key] in _NUMBERS:
            try:
                held, other = float(held), float(wanted)
            except ValueError:
                return False
        if not _COMPARE[comparison](held, other):
            return False
    return True


def _one(entry: Mapping[str, Any], spec: s.PartitionSpec, room: Room) -> dict[str, Any]:
    values = list(_spec_values(entry, spec))
    found = next((known for known in _entries(entry, room) if list(known["Values"]) == values), None)
    if found is None:
        raise hive.semantic(10006, f"Partition not found {hive.described(spec.values)}")
    return {key: found[key] for key in ("Values", "StorageDescriptor", "Parameters") if key in found}


def _update(entry: Mapping[str, Any], before: list[str], partition: dict[str, Any], room: Room) -> None:
    room.catalog.require("glue:UpdatePartition", database=entry["DatabaseName"], table=entry["Name"])
    room.catalog.glue.update_partition(entry["DatabaseName"], entry["Name"], partition, before)


def _entries(entry: Mapping[str, Any], room: Room) -> list[dict[str, Any]]:
    return room.catalog.partition_entries(entry["DatabaseName"], entry["Name"])


def _values(partition: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(partition["Values"])
