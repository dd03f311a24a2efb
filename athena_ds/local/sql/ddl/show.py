"""SHOW TABLES, VIEWS, COLUMNS, TBLPROPERTIES, CREATE TABLE, CREATE VIEW, FUNCTIONS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

from athena_ds.local.glue.catalog import view_of
from athena_ds.local.seam.engine import Column
from athena_ds.local.seam.run import Outcome, Rows, Text
from athena_ds.local.seam.types import BOOLEAN, VARCHAR, parse_hive, varchar
from athena_ds.local.sql import hive
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.ddl.room import Room
from athena_ds.local.sql.like import like
from athena_ds.local.sql.reading.formats import LAZY_SIMPLE

WIDTH = 20
"""Hive pads the fields of SHOW COLUMNS and DESCRIBE to this."""

_UNSHOWN = ("EXTERNAL", "comment")
_DELIMITERS = (
    ("field.delim", "FIELDS TERMINATED BY"),
    ("colelction.delim", "COLLECTION ITEMS TERMINATED BY"),
    ("mapkey.delim", "MAP KEYS TERMINATED BY"),
    ("line.delim", "LINES TERMINATED BY"),
    ("serialization.null.format", "NULL DEFINED AS"),
)


def tables(statement: s.ShowTables, room: Room) -> Outcome:
    database = statement.database or room.context.database
    room.known_database(database)
    found = hive.matching(room.catalog.tables(database), statement.pattern, stars=True)
    return Text(columns=(Column("tab_name", s.STRING),), lines=found)


def views(statement: s.ShowViews, room: Room) -> Outcome:
    database = statement.database or room.context.database
    room.known_database(database)
    stored = room.catalog.glue.databases[database].tables
    names = [name for name in room.catalog.tables(database) if _is_view(stored[name].as_dict())]
    found = hive.matching(names, statement.pattern, stars=True)
    return Text(columns=(Column("views", VARCHAR),), lines=found)


def columns(statement: s.ShowColumns, room: Room) -> Outcome:
    entry = room.entry(statement.name)
    if _is_view(entry):
        return view_columns(entry)
    held = [*entry["StorageDescriptor"]["Columns"], *(entry.get("PartitionKeys") or [])]
    names = [column["Name"] for column in held]
    return Text(columns=(Column("field", s.STRING),), lines=[name.ljust(WIDTH) for name in names])


def view_columns(entry: Mapping[str, Any]) -> Text:
    """What DESCRIBE and SHOW COLUMNS say of a view: names and types in SQL's spelling, not padded."""
    lines = [f"{column['Name']}\t{parse_hive(column['Type'])}" for column in entry["StorageDescriptor"]["Columns"]]
    return Text(columns=(Column("column", VARCHAR), Column("type", VARCHAR)), lines=lines)


def properties(statement: s.ShowTableProperties, room: Room) -> Outcome:
    entry = room.entry(statement.name)
    held: Mapping[str, str] = entry.get("Parameters") or {}
    both = (Column("prpt_name", s.STRING), Column("prpt_value", s.STRING))
    if statement.property is None:
        return Text(columns=both, lines=[f"{key}\t{value}" for key, value in sorted(held.items())])
    missing = f"Table {entry['DatabaseName']}.{entry['Name']} does not have property: {statement.property}"
    return Text(columns=both, lines=[held.get(statement.property, missing)])


def create_table(statement: s.ShowCreateTable, room: Room) -> Outcome:
    entry = room.entry(statement.name)
    if _is_view(entry):
        raise hive.task(f"{entry['Name']} is a view; use SHOW CREATE VIEW")
    written = ".".join(part for part in (statement.name.database, statement.name.table) if part)
    return Text(columns=(Column("createtab_stmt", s.STRING),), lines=_statement(written, entry), update_count=None)


def create_view(statement: s.ShowCreateView, room: Room) -> Outcome:
    entry = room.entry(statement.name)
    view = view_of(entry)
    if view is None:
        raise hive.task(f"{entry['DatabaseName']}.{entry['Name']} is not a view")
    text = f"CREATE VIEW {entry['DatabaseName']}.{entry['Name']} AS\n{view.sql}"
    return Text(columns=(Column("create view", VARCHAR),), lines=text.split("\n"))


def functions(statement: s.ShowFunctions, room: Room) -> Outcome:  # noqa: ARG001
    """Trino's signatures, those whose name fits the pattern of LIKE where one is given."""
    rows = _functions()
    if statement.pattern is not None:
        rows = [row for row in rows if like(row[0], statement.pattern, statement.escape)]
    arrays = [
        pa.array([row[at] for row in rows], pa.bool_() if column.type == BOOLEAN else pa.string())
        for at, column in enumerate(_TOLD)
    ]
    batch = pa.RecordBatch.from_arrays(arrays, names=[column.name for column in _TOLD])
    return Rows(columns=_TOLD, batches=iter([batch]))


# As wide as the widest of all of a Trino 476's functions, whichever are listed.
_TOLD = (
    Column("Function", varchar(31)),
    Column("Return Type", varchar(28)),
    Column("Argument Types", varchar(78)),
    Column("Function Type", varchar(9)),
    Column("Deterministic", BOOLEAN),
    Column("Description", varchar(205)),
)


@cache
def _functions() -> list[tuple[Any, ...]]:
    text = resources.files("athena_ds.local.sql").joinpath("functions.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines() if line.strip()]
    return sorted(
        (
            one["name"],
            one["returns"],
            ", ".join(one["arguments"]) if isinstance(one["arguments"], list) else one["arguments"],
            one["kind"],
            one["deterministic"],
            one["description"],
        )
        for one in found
    )


def _is_view(entry: Mapping[str, Any]) -> bool:
    return entry.get("TableType") == "VIRTUAL_VIEW"


def _statement(name: str, entry: Mapping[str, Any]) -> list[str]:
    """The CREATE EXTERNAL TABLE Hive would print, line by line, blanks at the ends included."""
    stored = entry["StorageDescriptor"]
    parameters = dict(entry.get("Parameters") or {})
    lines = [f"CREATE EXTERNAL TABLE `{name}`(", *_fields(stored["Columns"])]
    if parameters.get("comment"):
        lines.append(f"COMMENT '{_quoted(parameters['comment'])}'")
    if entry.get("PartitionKeys"):
        lines += ["PARTITIONED BY ( ", *_fields(entry["PartitionKeys"])]
    if stored.get("BucketColumns"):
        names = ", ".join(stored["BucketColumns"])
        lines += ["CLUSTERED BY ( ", f"  {names}) ", f"INTO {stored['NumberOfBuckets']} BUCKETS"]
    lines += _row_format(stored.get("SerdeInfo") or {})
    lines += ["STORED AS INPUTFORMAT ", f"  '{stored.get('InputFormat', '')}' "]
    lines += ["OUTPUTFORMAT ", f"  '{stored.get('OutputFormat', '')}'"]
    lines += ["LOCATION", f"  '{stored.get('Location', '')}'"]
    shown = {key: value for key, value in parameters.items() if key not in _UNSHOWN}
    return [*lines, *(["TBLPROPERTIES (", *_pairs(shown)] if shown else [])]


def _fields(columns: list[dict[str, str]]) -> list[str]:
    texts = [
        f"  `{column['Name']}` {column['Type']}"
        + (f" COMMENT '{_quoted(column['Comment'])}'" if column.get("Comment") else "")
        for column in columns
    ]
    return [*(f"{text}, " for text in texts[:-1]), f"{texts[-1]})"] if texts else [")"]


def _row_format(serde: Mapping[str, Any]) -> list[str]:
    given = dict(serde.get("Parameters") or {})
    library = serde.get("SerializationLibrary", "")
    if library == LAZY_SIMPLE and "field.delim" in given:
        said = [f"  {words} '{_quoted(given[key])}' " for key, words in _DELIMITERS if key in given]
        return ["ROW FORMAT DELIMITED ", *said]
    if given.get("serialization.format") == "1":
        del given["serialization.format"]
    lines = ["ROW FORMAT SERDE ", f"  '{library}' "]
    return (
        [*lines, "WITH SERDEPROPERTIES ( ", *(f"{line} " if line.endswith(")") else line for line in _pairs(given))]
        if given
        else lines
    )


def _pairs(given: Mapping[str, str]) -> list[str]:
    texts = [f"  '{_quoted(key)}'='{_quoted(value)}'" for key, value in sorted(given.items())]
    return [*(f"{text}, " for text in texts[:-1]), f"{texts[-1]})"]


def _quoted(text: str) -> str:
    """As Hive's DDL reads it back."""
    shown = (
        text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    )
    return "".join(f"\\u{ord(character):04x}" if ord(character) < 32 else character for character in shown)
