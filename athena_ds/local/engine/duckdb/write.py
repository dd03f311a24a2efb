"""Rows into files into the store: one file a partition, all of them finished before the first is stored."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote as percent

import pyarrow as pa
import pyarrow.compute as pc

from athena_ds.local.engine.duckdb.formats.context import ScanContext
from athena_ds.local.engine.duckdb.plan import Plan, arrow_schema, as_seam
from athena_ds.local.engine.duckdb.write_coerce import Target, coerced
from athena_ds.local.engine.duckdb.write_files import RowFile, open_file, suffix
from athena_ds.local.seam.engine import Column, EngineError, Query, Storage, Write, Written, WrittenFile
from athena_ds.local.seam.format import text
from athena_ds.local.sql.hive import NULL_PARTITION

_MOST = 100
_ROWS_A_BATCH = 65536
_SAFE = "".join(chr(code) for code in range(32, 127) if chr(code) not in "\"#%'*/:=?\\{[]^")


@dataclass(kw_only=True, slots=True)
class _Open:
    """Files being written, by partition."""

    folder: Path
    write: Write
    columns: tuple[Column, ...]
    prefix: str
    files: dict[tuple[str, ...], tuple[Path, RowFile]] = field(default_factory=dict)

    def file(self, partition: tuple[str, ...]) -> RowFile:
        if partition not in self.files:
            if len(self.files) >= _MOST and self.write.partitioned_by:
                message = f"Exceeded limit of {_MOST} open writers for partitions/buckets"
                raise EngineError("HIVE_TOO_MANY_OPEN_PARTITIONS", message)
            path = self.folder / f"{self.prefix}_{len(self.files):05d}{suffix(self.write)}"
            self.files[partition] = (path, open_file(path, self.write, self.columns))
        return self.files[partition][1]


def write(plan: Plan, query: Query, context: ScanContext) -> Written:
    """Write a planned query's rows as its `write` says. Nothing is stored unless every row was written."""
    assert query.write is not None
    target = Target.of(plan.columns, query.write)
    cut = len(target.columns) - len(query.write.partitioned_by)
    folder = context.work / "written"
    folder.mkdir(exist_ok=True)
    opened = _Open(folder=folder, write=query.write, columns=target.columns[:cut], prefix=_prefix())
    schema = arrow_schema(plan.columns)
    try:
        for batch in context.connection.sql(plan.sql).to_arrow_reader(_ROWS_A_BATCH):
            rows = as_seam(batch, plan.columns, schema)
            _write_batch(coerced(rows, target), target.columns, cut, opened)
            if context.cancelled():
                raise EngineError("USER_CANCELED", "Query was canceled")
    finally:
        for _, file in opened.files.values():
            file.close()
    if context.failures:
        raise context.failures[0]
    return _stored(opened, context.storage)


def _write_batch(batch: pa.RecordBatch, columns: Sequence[Column], cut: int, opened: _Open) -> None:
    if cut == len(columns):
        if batch.num_rows:
            opened.file(()).write(batch)
        return
    values = [_partition_text(batch.column(at), columns[at]) for at in range(cut, len(columns))]
    data = batch.select(range(cut))
    groups = pa.table(
        [*values, pa.array(range(batch.num_rows), pa.int64())], names=[*(f"k{at}" for at in range(len(values))), "row"]
    )
    grouped = groups.group_by([f"k{at}" for at in range(len(values))], use_threads=False).aggregate([("row", "list")])
    for group in grouped.to_pylist():
        partition = tuple(group[f"k{at}"] for at in range(len(values)))
        rows = data.take(pa.array(group["row_list"], pa.int64()))
        opened.file(partition).write(rows)


def _partition_text(values: pa.Array, column: Column) -> pa.Array:
    """A partition key's values as Hive writes them; NULL and the empty string are Hive's default partition."""
    spelled = text(values, column.type)
    foreign = spelled.filter(pc.fill_null(pc.match_substring_regex(spelled, "[^ -~]"), False))
    if len(foreign):
        told = "Hive partition keys can only contain printable ASCII characters (0x20 - 0x7E). Invalid value: "
        raise EngineError("HIVE_INVALID_PARTITION_VALUE", told + foreign[0].as_py().encode().hex(" ").upper())
    return pc.if_else(pc.fill_null(pc.equal(spelled, ""), True), NULL_PARTITION, spelled)


def _stored(opened: _Open, storage: Storage) -> Written:
    files: list[WrittenFile] = []
    for partition, (path, file) in opened.files.items():
        pieces = zip(opened.write.partitioned_by, partition, strict=True)
        folder = "".join(f"{_escaped(key)}={_escaped(value)}/" for key, value in pieces)
        stored = storage.put(f"{opened.write.location}{folder}{path.name}", path)
        files.append(WrittenFile(uri=stored.uri, size=stored.size, rows=file.rows, partition=partition))
    return Written(rows=sum(file.rows for _, file in opened.files.values()), files=tuple(files))


def _escaped(value: str) -> str:
    """Special characters as `%3A`; letters of any alphabet stay."""
    return "".join(percent(char, safe="") if ord(char) < 127 and char not in _SAFE else char for char in value)


def _prefix() -> str:
    """Like Athena's file names: a query's time, a number, five letters, and something unique."""
    now = datetime.now(UTC)
    letters = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(5))
    return f"{now:%Y%m%d_%H%M%S}_{secrets.randbelow(100_000):05d}_{letters}_{secrets.token_hex(8)}"
