"""DESCRIBE, plain, FORMATTED and EXTENDED, as Hive lays it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from athena_ds.local.seam.engine import Column
from athena_ds.local.seam.run import Outcome, Text
from athena_ds.local.sql import hive
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.ddl.room import Room
from athena_ds.local.sql.ddl.show import WIDTH, view_columns

_COLUMNS = tuple(Column(name, s.STRING) for name in ("col_name", "data_type", "comment"))
_BLANK = "\t \t "
_HEAD = f"{'# col_name':22}\t{'data_type':{WIDTH}}\t{'comment':{WIDTH}}"


def describe(statement: s.Describe, room: Room) -> Outcome:
    entry = room.entry(statement.name)
    if entry.get("TableType") == "VIRTUAL_VIEW":
        return view_columns(entry)
    columns, keys = entry["StorageDescriptor"]["Columns"], entry.get("PartitionKeys") or []
    if statement.column is not None:
        return Text(columns=_COLUMNS, lines=[_one(statement.column, [*columns, *keys])], update_count=None)
    if statement.formatted:
        return Text(columns=_COLUMNS, lines=_formatted(entry, columns, keys), update_count=None)
    lines = _plain(columns, keys)
    if statement.extended:
        lines += [_BLANK, f"{'Detailed Table Information':{WIDTH}}\t{_extended(entry)}\t"]
    return Text(columns=_COLUMNS, lines=lines, update_count=None)


def _plain(columns: Sequence[Mapping[str, str]], keys: Sequence[Mapping[str, str]]) -> list[str]:
    lines = [_row(column) for column in (*columns, *keys)]
    return [*lines, _BLANK, *_partitions(keys)] if keys else lines


def _partitions(keys: Sequence[Mapping[str, str]]) -> list[str]:
    return ["# Partition Information\t \t ", _HEAD, _BLANK, *map(_row, keys)]


def _row(column: Mapping[str, str]) -> str:
    return f"{column['Name']:{WIDTH}}\t{column['Type']:{WIDTH}}\t{column.get('Comment') or '':{WIDTH}}"


def _one(name: str, columns: Sequence[Mapping[str, str]]) -> str:
    found = next((column for column in columns if column["Name"] == name), None)
    if found is None:
        raise hive.semantic(10002, f"Invalid column reference {name}")
    return _row(found)


def _formatted(
    entry: Mapping[str, Any], columns: Sequence[Mapping[str, str]], keys: Sequence[Mapping[str, str]]
) -> list[str]:
    lines = [_HEAD, _BLANK, *map(_row, columns), _BLANK]
    if keys:
        lines += [*_partitions(keys), _BLANK]
    return [*lines, *_table_information(entry), *_storage_information(entry["StorageDescriptor"])]


def _table_information(entry: Mapping[str, Any]) -> list[str]:
    created = entry.get("CreateTime") or datetime.now(UTC)
    facts = (
        ("Database:", entry["DatabaseName"]),
        ("Owner:", entry.get("Owner") or "hadoop"),
        ("CreateTime:", f"{created:%a %b %d %H:%M:%S} UTC {created:%Y}"),
        ("LastAccessTime:", "UNKNOWN"),
        ("Protect Mode:", "None"),
        ("Retention:", str(entry.get("Retention") or 0)),
        ("Location:", entry["StorageDescriptor"].get("Location") or ""),
        ("Table Type:", entry.get("TableType") or "EXTERNAL_TABLE"),
    )
    return [
        "# Detailed Table Information\t \t ",
        *(_fact(name, value) for name, value in facts),
        "Table Parameters:\t \t ",
        *_parameters(entry.get("Parameters") or {}),
        _BLANK,
    ]


def _storage_information(stored: Mapping[str, Any]) -> list[str]:
    serde = stored.get("SerdeInfo") or {}
    order = ", ".join(column["Column"] for column in stored.get("SortColumns") or [])
    facts = (
        ("SerDe Library:", serde.get("SerializationLibrary") or ""),
        ("InputFormat:", stored.get("InputFormat") or ""),
        ("OutputFormat:", stored.get("OutputFormat") or ""),
        ("Compressed:", "Yes" if stored.get("Compressed") else "No"),
        ("Num Buckets:", str(stored.get("NumberOfBuckets", -1))),
        ("Bucket Columns:", f"[{', '.join(stored.get('BucketColumns') or [])}]"),
        ("Sort Columns:", f"[{order}]"),
    )
    return [
        "# Storage Information\t \t ",
        *(_fact(name, value) for name, value in facts),
        "Storage Desc Params:\t \t ",
        *_parameters(serde.get("Parameters") or {}),
    ]


def _fact(name: str, value: str) -> str:
    return f"{name:{WIDTH}}\t{value:{WIDTH}}\t "


def _parameters(given: Mapping[str, str]) -> list[str]:
    return [f"\t{key:{WIDTH}}\t{value:{WIDTH}}" for key, value in sorted(given.items())]


def _extended(entry: Mapping[str, Any]) -> str:
    """Thrift's own spelling of the table, as far as people read it."""
    stored = entry["StorageDescriptor"]
    fields = ", ".join(
        f"FieldSchema(name:{c['Name']}, type:{c['Type']}, comment:{c.get('Comment')})" for c in stored["Columns"]
    )
    keys = ", ".join(
        f"FieldSchema(name:{c['Name']}, type:{c['Type']}, comment:{c.get('Comment')})"
        for c in entry.get("PartitionKeys") or []
    )
    serde = stored.get("SerdeInfo") or {}
    return (
        f"Table(tableName:{entry['Name']}, dbName:{entry['DatabaseName']}, owner:{entry.get('Owner') or 'hadoop'}, "
        f"retention:{entry.get('Retention') or 0}, sd:StorageDescriptor(cols:[{fields}], "
        f"location:{stored.get('Location')}, inputFormat:{stored.get('InputFormat')}, "
        f"outputFormat:{stored.get('OutputFormat')}, compressed:{str(bool(stored.get('Compressed'))).lower()}, "
        f"numBuckets:{stored.get('NumberOfBuckets', -1)}, serdeInfo:SerDeInfo(name:null, "
        f"serializationLib:{serde.get('SerializationLibrary')}, parameters:{_map(serde.get('Parameters') or {})})), "
        f"partitionKeys:[{keys}], parameters:{_map(entry.get('Parameters') or {})}, "
        f"tableType:{entry.get('TableType')})"
    )


def _map(given: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}={value}" for key, value in sorted(given.items())) + "}"
