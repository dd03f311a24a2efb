"""What reading a table means to DuckDB: the door between the query's lowering and the tables' formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from athena_ds.local.engine.duckdb.formats import delimited, json_hive, json_openx, opencsv, orc, parquet, regex
from athena_ds.local.engine.duckdb.formats.context import Pruning, ScanContext
from athena_ds.local.engine.duckdb.formats.source import HIDDEN, Scan, Source, nothing, per_file
from athena_ds.local.engine.duckdb.physical import physical, quote
from athena_ds.local.seam.engine import Column, EngineError, Table
from athena_ds.local.sql.hive import NULL_PARTITION
from athena_ds.local.sql.reading import formats

_READERS: Mapping[str, Callable[[Scan], str]] = {
    formats.PARQUET: parquet.read,
    formats.ORC: orc.read,
    formats.LAZY_SIMPLE: delimited.read,
    formats.OPEN_CSV: opencsv.read,
    formats.OPENX_JSON: json_openx.read,
    formats.HCATALOG_JSON: json_hive.read,
    formats.HIVE_JSON: json_hive.read,
    formats.REGEX: regex.read,
    "com.amazonaws.glue.serde.RegexSerDe": regex.read,
}


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
    if found not in (parquet.read, orc.read) and table.input_format not in ("", formats.TEXT_INPUT):
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
    plain = [value for value in given if value not in (NULL_PARTITION, r"\N")]
    kind = physical(column.type)
    reading = f"SELECT CAST(TRY_CAST(value AS {kind}) AS VARCHAR) FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS value)"
    read = [row[0] for row in scan.context.connection.execute(reading, [plain]).fetchall()]
    for value, found in zip(plain, read, strict=True):
        if found is None:
            known = f"{str(column.type).upper()} partition key: {column.name}={value}"
            message = f"Invalid partition value '{value}' for {known}"
            raise EngineError("HIVE_INVALID_PARTITION_VALUE", message)
    return {**dict.fromkeys(given), **dict(zip(plain, read, strict=True))}
