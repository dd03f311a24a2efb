"""The files a scan reads, each with the partition it belongs to; and what every format needs to know."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pyarrow as pa

from athena_ds.local.engine.duckdb.formats.context import ScanContext
from athena_ds.local.engine.duckdb.physical import physical, quote, text
from athena_ds.local.seam.engine import Column, EngineError, Partition, StoredObject, Table
from athena_ds.local.seam.types import VARCHAR, Type

FILE = "_athena_ds_file"
"""The column every format's reader adds: the index of the file a row is from."""

HIDDEN: Mapping[str, Type] = {"$path": VARCHAR}
"""Columns every table has without saying so."""

_numbers = count()


_ONE_PLACE = frozenset(
    {"field.delim", "escape.delim", "serialization.null.format", "separatorChar", "quoteChar", "escapeChar"}
)
"""Properties of which Trino refuses two values, one of the SerDe's and another of the table's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An object to read, and the values of its partition."""

    stored: StoredObject
    partition: Partition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One reading of a table: the files, the data columns wanted, and what may be used to read them."""

    table: Table
    sources: Sequence[Source]
    wanted: Sequence[Column]
    context: ScanContext
    positions: Mapping[str, int] = field(default_factory=dict)
    """Where each data column stands in the table, from 0."""

    @property
    def properties(self) -> dict[str, str]:
        """SerDe properties; Trino puts them among the table's, Hive among the SerDe's: both are looked at."""
        table, serde = self.table.parameters, self.table.serde_parameters
        for name in _ONE_PLACE & table.keys() & serde.keys():
            if table[name] != serde[name]:
                told = f"serde properties and table properties: '{serde[name]}' and '{table[name]}'"
                raise EngineError(
                    "HIVE_INVALID_METADATA", f"Different values for '{name}' set in {told}", kind="EXTERNAL"
                )
        return {**table, **serde}

    def local(self, source: Source) -> Path:
        """A local file of the object, unless the query was stopped meanwhile."""
        if self.context.cancelled():
            raise EngineError("USER_CANCELED", "Query was canceled")
        return self.context.storage.local(source.stored)

    def register(self, relation: object) -> str:
        """A name by which the query finds a Python object to scan."""
        name = f"athena_ds_scan_{next(_numbers)}"
        self.context.connection.register(name, relation)
        return name


def nothing(columns: Sequence[Column]) -> str:
    """A relation of these columns without rows."""
    nulls = ", ".join(f"CAST(NULL AS {physical(column.type)}) AS {quote(column.name)}" for column in columns)
    return f"(SELECT {nulls or '1'} WHERE false)"


def per_file(values: Sequence[str | None], kind: str) -> str:
    """An expression giving each file's value: a constant where all have the same."""
    literals = ["NULL" if value is None else text(value) for value in values]
    if len(set(literals)) == 1:
        return f"CAST({literals[0]} AS {kind})"
    return f"CAST([{', '.join(literals)}] AS {kind}[])[{quote(FILE)} + 1]"


def linked(scan: Scan) -> list[Path]:
    """The files under names that tell DuckDB their index: `.../<FILE>=3/data.parquet`, read as a Hive partition."""
    folder = scan.context.work / f"scan-{next(_numbers)}"
    found = []
    for index, source in enumerate(scan.sources):
        target = folder / f"{FILE}={index}" / "data"
        target.parent.mkdir(parents=True)
        _link(scan.local(source), target)
        found.append(target)
    return found


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def told(batches: Iterator[pa.RecordBatch], scan: Scan) -> Iterator[pa.RecordBatch]:
    """The batches, their rows counted; a failure on the way is remembered: DuckDB keeps no more than its text."""
    try:
        for batch in batches:
            scan.context.seen(batch.num_rows)
            yield batch
    except EngineError as error:
        scan.context.failures.append(error)
        raise
