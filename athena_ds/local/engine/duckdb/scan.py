"""What reading a table means to DuckDB: the door between the query's lowering and the tables' formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from athena_ds.local.engine.duckdb.formats import delimited, json_lines, opencsv, orc, parquet, regex
from athena_ds.local.engine.duckdb.formats.source import HIDDEN, Scan, Source, nothing, per_file
from athena_ds.local.engine.duckdb.physical import physical, quote, text
from athena_ds.local.seam.engine import Allowed, Catalog, Column, EngineError, Storage, Table
from athena_ds.local.seam.types import Type

_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"

_READERS: Mapping[str, Callable[[Scan], str]] = {
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": parquet.read,
    "org.apache.hadoop.hive.ql.io.orc.OrcSerde": orc.read,
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": delimited.read,
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": opencsv.read,
    "org.openx.data.jsonserde.JsonSerDe": json_lines.read_openx,
    "org.apache.hive.hcatalog.data.JsonSerDe": json_lines.read_hive,
    "org.apache.hadoop.hive.serde2.JsonSerDe": json_lines.read_hive,
    "org.apache.hadoop.hive.serde2.RegexSerDe": regex.read,
    "com.amazonaws.glue.serde.RegexSerDe": regex.read,
}
_TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """What the query's predicates leave of a table's partitions.

    `allowed` goes to `Catalog.partitions` as it is (key = literal, IN); `keep` says of one partition's values (by key
    name, lower case) whether it may hold rows the query wants, ranges included. Both only narrow: every predicate is
    evaluated again on the rows.
    """

    allowed: Mapping[str, Allowed] = field(default_factory=dict)
    keep: Callable[[Mapping[str, str]], bool] = lambda values: True  # noqa: ARG005


def _fail(name: str, message: str, kind: Type) -> str:
    return f"CAST(error({text(f'{name}: ')} || {message}) AS {physical(kind)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanContext:
    """What reading a table may use: the caller's catalog and storage, the query's connection and private directory.

    `scanned` is told of bytes read by anything but DuckDB's own readers (an ORC file through Arrow, say). `cancelled`
    answers whether to stop: ask it between files. `fail` writes an expression that raises an EngineError when it is
    evaluated. `failures` collects what went wrong while DuckDB pulled rows from Python: DuckDB keeps only its text.
    """

    catalog: Catalog
    storage: Storage
    connection: duckdb.DuckDBPyConnection
    work: Path
    scanned: Callable[[int], None] = lambda size: None  # noqa: ARG005
    seen: Callable[[int], None] = lambda rows: None  # noqa: ARG005
    """Told of rows read so."""
    reads: Callable[[], None] = lambda: None
    """Told of a scan that reads more than footers: `count(*)` over Parquet costs nothing in Athena."""
    cancelled: Callable[[], bool] = lambda: False
    fail: Callable[[str, str, Type], str] = _fail
    failures: list[EngineError] = field(default_factory=list)


def relation(table: Table, columns: Sequence[str], pruning: Pruning, context: ScanContext) -> str:
    """The DuckDB FROM item (`read_parquet(...)`, `(SELECT ...)`) that reads `columns` of a table.

    It answers columns of exactly those names, as `physical(column.type)` of `engine.duckdb.physical`: data columns and
    partition keys, lower case, and `$path` (varchar, `s3://...`) only when asked for. `columns` may be empty
    (`count(*)`): then any one column will do, the row count must be right. Called while planning, on the query's
    own thread. What it names may be read as often as the query says.
    """
    reader = _reader(table)
    sources = _sources(table, pruning, context)
    known = {column.name: column for column in (*table.columns, *table.partition_keys)}
    known |= {name: Column(name, kind) for name, kind in HIDDEN.items()}
    wanted = [known[name] for name in columns]
    if not sources:
        return nothing(wanted)
    keys = {key.name for key in table.partition_keys}
    scan = Scan(
        table=table,
        sources=sources,
        wanted=[column for column in wanted if column.name not in keys and column.name not in HIDDEN],
        context=context,
        positions={column.name: at for at, column in enumerate(table.columns)},
    )
    if scan.wanted or reader is not parquet.read:
        context.reads()
    shown = [f"{_expression(column, scan)} AS {quote(column.name)}" for column in wanted]
    return f"(SELECT {', '.join(shown) or '1 AS one'} FROM ({reader(scan)}))"


def _reader(table: Table) -> Callable[[Scan], str]:
    found = _READERS.get(table.serde)
    if found is None:
        message = f"SerDe not supported by the local engine: {table.serde or 'none'} ({table.database}.{table.name})"
        raise EngineError("NOT_SUPPORTED", message)
    if found not in (parquet.read, orc.read) and table.input_format not in ("", _TEXT_INPUT):
        message = f"Input format not supported by the local engine: {table.input_format}"
        raise EngineError("NOT_SUPPORTED", message)
    return found


def _sources(table: Table, pruning: Pruning, context: ScanContext) -> list[Source]:
    if not table.partition_keys:
        return [Source(stored=stored) for stored in context.storage.list(table.location) if stored.size]
    names = [key.name for key in table.partition_keys]
    found = []
    for partition in context.catalog.partitions(table, pruning.allowed):
        if pruning.keep(dict(zip(names, partition.values, strict=True))):
            if context.cancelled():
                raise EngineError("USER_CANCELED", "Query was canceled")
            listed = context.storage.list(partition.location)
            found += [Source(stored=stored, partition=partition) for stored in listed if stored.size]
    return found


def _expression(column: Column, scan: Scan) -> str:
    """A data column as its reader gives it; a partition key or a hidden column from the file's index."""
    if column.name == "$path":
        return per_file([source.stored.uri for source in scan.sources], "VARCHAR")
    keys = [key.name for key in scan.table.partition_keys]
    if column.name not in keys:
        return quote(column.name)
    at = keys.index(column.name)
    given = [source.partition.values[at] for source in scan.sources if source.partition is not None]
    read = _partition_values(column, sorted(set(given)), scan)
    return per_file([read[value] for value in given], physical(column.type))


def _partition_values(column: Column, given: Sequence[str], scan: Scan) -> dict[str, str | None]:
    """A partition key's values as text its type can be cast from."""
    plain = [value for value in given if value not in (_NULL_PARTITION, r"\N")]
    kind = physical(column.type)
    reading = f"SELECT CAST(TRY_CAST(value AS {kind}) AS VARCHAR) FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS value)"
    read = [row[0] for row in scan.context.connection.execute(reading, [plain]).fetchall()]
    for value, found in zip(plain, read, strict=True):
        if found is None:
            known = f"{str(column.type).upper()} partition key: {column.name}={value}"
            message = f"Invalid partition value '{value}' for {known}"
            raise EngineError("HIVE_INVALID_PARTITION_VALUE", message)
    return {**dict.fromkeys(given), **dict(zip(plain, read, strict=True))}
