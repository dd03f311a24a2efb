"""Writes of random queries by both engines, each read back by both: Glue's tables, types and rows must be the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.local.tables.crossed.answers import DDL
from tests.local.tables.running import Lake
from tests.local.trino.random_queries.asked import Both, Outcome, answered, compared
from tests.local.trino.random_queries.expressions import PLAIN, Draw, expression
from tests.local.trino.random_queries.parts import Query, items, listed, where
from tests.local.trino.random_queries.queries import query
from tests.local.trino.random_queries.tables import TABLES, columns

_NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Statements run one after the other, `{name}` being a table nobody has."""

    statements: tuple[str, ...]


_FORMATS = (
    "format = 'PARQUET'", "format = 'PARQUET', write_compression = 'ZSTD'", "format = 'ORC'", "format = 'TEXTFILE'",
    "format = 'PARQUET', parquet_compression = 'GZIP'", "format = 'ORC', write_compression = 'SNAPPY'",
    "format = 'JSON'", "format = 'TEXTFILE', field_delimiter = ','",
    "format = 'TEXTFILE', field_delimiter = '|', write_compression = 'NONE'",
)  # fmt: skip
_PLACE = "external_location = 's3://lake/{name}/'"
_WRITTEN = (*PLAIN, "array", "words", "map", "row")
_KEYS = ("integer", "varchar", "date", "boolean", "char", "decimal")


def writings() -> st.SearchStrategy[Writing]:
    """CTAS, INSERT and UNLOAD of random queries in every format."""
    shapes = (_made, _made, _parted, _inserted, _inserted, _unloaded)
    return st.randoms(use_true_random=True).map(lambda draw: draw.choice(shapes)(draw))


def _escaped(sql: str) -> str:
    return sql.replace("{", "{{").replace("}", "}}")


def _asked(draw: Draw) -> str:
    """A query of any shape, or one whose columns can be written."""
    if draw.random() < 0.4:
        return _escaped(query(draw).sql)
    table = draw.choice(sorted(TABLES))
    scope = columns(table)
    shown = listed(items(draw, scope, most=5, kinds=_WRITTEN))
    return _escaped(f"SELECT {shown} FROM {table}{where(draw, scope, depth=1)}")


def _made(draw: Draw) -> Writing:
    """A query becomes a table."""
    return Writing(statements=(f"CREATE TABLE {{name}} WITH ({draw.choice(_FORMATS)}, {_PLACE}) AS {_asked(draw)}",))


def _parted(draw: Draw) -> Writing:
    """With one or two partition keys, NULLs and special characters among their values."""
    table = draw.choice(sorted(TABLES))
    scope, kinds = columns(table), draw.choices(_KEYS, k=draw.randint(1, 2))
    keys = [f"{expression(draw, scope, kind, 1)} AS p{at}" for at, kind in enumerate(kinds)]
    names = ", ".join(f"'p{at}'" for at in range(len(keys)))
    with_ = f"WITH ({draw.choice(_FORMATS)}, {_PLACE}, partitioned_by = ARRAY[{names}])"
    shown = listed(items(draw, scope, most=3, kinds=_WRITTEN))
    sql = f"SELECT {shown}, {', '.join(keys)} FROM {table}{where(draw, scope, depth=1)}"
    return Writing(statements=(f"CREATE TABLE {{name}} {with_} AS {_escaped(sql)}",))


def _inserted(draw: Draw) -> Writing:
    """Rows put into a table of every type, by its columns in order or by name, from expressions of like kinds."""
    target, source = draw.choice(sorted({*TABLES} - {"e0"})), draw.choice(sorted(TABLES))
    parted = ", partitioned_by = ARRAY['dt', 'r']" if target == "pt" else ""
    form = (
        f"CREATE TABLE {{name}} WITH ({draw.choice(_FORMATS)}, {_PLACE}{parted}) AS SELECT * FROM {target} WHERE 1 = 0"
    )
    if draw.random() < 0.5:
        form = f"CREATE EXTERNAL TABLE {{name}} {_escaped(DDL[target])} LOCATION 's3://lake/{{name}}/'"
    scope, wanted = columns(source), columns(target)
    named = draw.sample(wanted, draw.randint(1, len(wanted))) if draw.random() < 0.7 else wanted
    told = f" ({', '.join(one.text for one in named)})" if named is not wanted or draw.random() < 0.5 else ""
    own = [one.text for one in scope]
    values = [
        one.text if one.text in own and draw.random() < 0.5 else expression(draw, scope, one.kind, draw.randint(0, 1))
        for one in named
    ]
    sql = f"SELECT {', '.join(values)} FROM {source}{where(draw, scope, depth=1)}"
    return Writing(statements=(form, f"INSERT INTO {{name}}{told} {_escaped(sql)}"))


def _unloaded(draw: Draw) -> Writing:
    """Files alone; the columns of a table over them are those a CTAS without rows tells."""
    sql, form = _asked(draw), draw.choice([one for one in _FORMATS if "parquet_" not in one])
    options = form.replace("write_compression", "compression")
    return Writing(
        statements=(
            f"CREATE TABLE {{name}} WITH ({form}, external_location = 's3://lake/{{name}}/') AS {sql} WITH NO DATA",
            f"UNLOAD ({sql}) TO 's3://lake/{{name}}/' WITH ({options})",
        )
    )


def written(both: Both, writing: Writing) -> Outcome:
    """The outcome of a write: of its statements, of Glue's tables, then of the four ways to read what was written."""
    name = f"w{next(_NUMBERS)}"
    said = Query("; ".join(one.format(name=name) for one in writing.statements))
    for statement in writing.statements:
        ours, trinos = (answered(lake, statement.format(name=name)) for lake in (both.ours, both.trinos))
        if ours.failure or trinos.failure:
            return compared(said, ours, trinos)
    tables = [lake.glue.get_table(DatabaseName="db", Name=name)["Table"] for lake in (both.ours, both.trinos)]
    told = [_told(table) for table in tables]
    if told[0] != told[1]:
        return Outcome(query=said, verdict="different", told=f"Glue: {told[0]}; Trino: {told[1]}")
    _copied(both.ours, both.trinos, tables[0], name)
    _copied(both.trinos, both.ours, tables[1], name)
    return _read(both, said, name)


def _read(both: Both, said: Query, name: str) -> Outcome:
    """What Trino reads of its own files is what everybody must read of any."""
    expected = answered(both.trinos, f"SELECT * FROM {name}")
    ways = {"own files": (both.ours, name), "Trino's files": (both.ours, f"{name}x")}
    found = Outcome(query=said, verdict="same")
    for files, (lake, table) in {"Trino reads ours": (both.trinos, f"{name}x"), **ways}.items():
        one = compared(said, answered(lake, f"SELECT * FROM {table}"), expected)
        if one.verdict != "same":
            found = Outcome(query=said, verdict=one.verdict, told=f"{files}: {one.told}")
        if one.verdict == "different":
            break
    return found


def _told(table: dict[str, Any]) -> tuple[Any, ...]:
    storage = table["StorageDescriptor"]
    shown = [
        tuple((c["Name"], c["Type"]) for c in part) for part in (storage["Columns"], table.get("PartitionKeys", []))
    ]
    return (*shown, storage["SerdeInfo"]["SerializationLibrary"], storage["InputFormat"], storage["OutputFormat"])


_KEPT = ("Name", "StorageDescriptor", "PartitionKeys", "TableType", "Parameters")


def _copied(source: Lake, target: Lake, table: dict[str, Any], name: str) -> None:
    """A table's files and partitions for the other endpoint, where it is called `{name}x`."""
    for key in source.keys(f"{name}/"):
        body = source.s3.get_object(Bucket="lake", Key=key)["Body"].read()
        target.put(key.replace(name, f"{name}x", 1), body)
    made = {word: table[word] for word in _KEPT if word in table}
    target.glue.create_table(DatabaseName="db", TableInput=_moved({**made, "Name": f"{name}x"}, name))
    for partition in _partitions(source, name):
        kept: dict[str, Any] = {
            word: partition[word] for word in ("Values", "StorageDescriptor", "Parameters") if word in partition
        }
        target.glue.create_partition(DatabaseName="db", TableName=f"{name}x", PartitionInput=_moved(kept, name))


def _moved(told: dict[str, Any], name: str) -> dict[str, Any]:
    storage = told["StorageDescriptor"]
    return {
        **told,
        "StorageDescriptor": {**storage, "Location": storage["Location"].replace(f"/{name}", f"/{name}x", 1)},
    }


def _partitions(lake: Lake, name: str) -> Iterator[dict[str, Any]]:
    for page in lake.glue.get_paginator("get_partitions").paginate(DatabaseName="db", TableName=name):
        yield from page["Partitions"]
