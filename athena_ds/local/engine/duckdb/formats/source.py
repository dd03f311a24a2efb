"""The files a scan reads, each with the partition it belongs to; and what every format needs to know."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
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


_BYTES_A_ROW = 100
_FEW = 1000
"""Rows up to which any order of joins will do."""

Batches = Callable[[], Iterator[pa.RecordBatch]]


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

    def register(self, schema: pa.Schema, batches: Batches, *, files: Sequence[int] | None = None) -> str:
        """A FROM item by which the query finds these rows; `files` are the sources they are read from, all when None.

        DuckDB asks for the batches as often as the query reads them.
        """
        name = f"athena_ds_scan_{next(_numbers)}"
        self.context.connection.register(name, _Stream(schema=schema, batches=batches, context=self.context))
        read = self.sources if files is None else [self.sources[index] for index in files]
        rows = sum(source.stored.size for source in read) // _BYTES_A_ROW
        return _of_about(rows, name, columns=len(schema))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream:
    """Batches as DuckDB scans them: an Arrow stream whose schema is known beforehand."""

    schema: pa.Schema
    batches: Batches
    context: ScanContext

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return pa.RecordBatchReader.from_batches(self.schema, self._told()).__arrow_c_stream__(requested_schema)

    def _told(self) -> Iterator[pa.RecordBatch]:
        """The batches, their rows counted; a failure on the way is remembered: DuckDB keeps no more than its text."""
        try:
            for batch in self.batches():
                self.context.seen(batch.num_rows)
                yield batch
        except EngineError as error:
            self.context.failures.append(error)
            raise


def _of_about(rows: int, name: str, *, columns: int) -> str:
    """A scanned object, and beside it nothing that DuckDB takes for so many rows.

    It takes any such object for one row, and would join tables in a hopeless order, or build the hash table of a join
    from the largest. Of the second part no row is made: its limit is 0, which is known only when it runs.
    """
    if rows < _FEW:
        return name
    nothing_of_many = f"SELECT {', '.join(['NULL'] * columns)} FROM repeat(0, {rows}) LIMIT (SELECT 0)"
    return f"(SELECT * FROM {name} UNION ALL SELECT * FROM ({nothing_of_many}))"


def nothing(columns: Sequence[Column]) -> str:
    """A relation of these columns without rows."""
    nulls = ", ".join(f"CAST(NULL AS {physical(column.type)}) AS {quote(column.name)}" for column in columns)
    return f"(SELECT {nulls or '1'} WHERE false)"


def file_index(index: int, rows: int) -> pa.Array:
    """The column `FILE` of so many rows of one file."""
    return pa.repeat(pa.scalar(index, pa.int32()), rows)


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
