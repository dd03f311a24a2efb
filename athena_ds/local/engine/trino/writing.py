"""CTAS, INSERT and UNLOAD at a Trino: rows go into a staged table, and its files to where the caller wants them.

Trino never writes to a table or a place of the caller's: managed tables are never made, and what a Trino that was
killed leaves half written is nowhere to be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from athena_ds.local.seam.engine import Column, EngineError, Query, Storage, Write, Written, WrittenFile
from athena_ds.local.seam.types import to_hive
from athena_ds.local.sql.reading.formats import formats_of
from athena_ds.local.staging import DATABASE, Staging

_CODECS: Mapping[str, str] = {
    "GZIP": "GZIP",
    "ZLIB": "GZIP",
    "SNAPPY": "SNAPPY",
    "ZSTD": "ZSTD",
    "LZ4": "LZ4",
    "NONE": "NONE",
    "UNCOMPRESSED": "NONE",
}
"""Athena's word to Trino's. BZIP2 and DEFLATE, which Athena writes text with, Trino doesn't write."""

_MOST = 100
"""Partitions one write may make in Athena. Trino's own limit is for each of its writers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A staged table; `str()` is its name in an INSERT."""

    name: str
    location: str
    write: Write
    work: Path
    staging: Staging = field(repr=False)
    catalog: str
    given: str = ""

    def __str__(self) -> str:
        return f"{self.catalog}.{DATABASE}.{self.name}{self.given}"

    @property
    def session(self) -> dict[str, str]:
        """Session properties of the catalog for this write."""
        return {
            "compression_codec": _codec(self.write),
            "collect_column_statistics_on_write": "false",
        }

    def stored(self, storage: Storage, rows: int) -> Written:
        """Bring the finished files to where they belong, all read before the first is stored."""
        folder = self.work / "written"
        folder.mkdir(exist_ok=True)
        prefix = len(self.location.partition("://")[2].partition("/")[2])
        pairs = []
        for at, key in enumerate(self.staging.objects(self.location)):
            path = folder / f"{at:05d}"
            self.staging.save(key, path)
            pairs.append((key[prefix:], path))
        if len({below.rpartition("/")[0] for below, _ in pairs}) > _MOST:
            message = f"Exceeded limit of {_MOST} open writers for partitions/buckets"
            raise EngineError("HIVE_TOO_MANY_OPEN_PARTITIONS", message)
        files = [self._file(below, path, storage) for below, path in pairs]
        return Written(rows=rows, files=tuple(files))

    def _file(self, below: str, path: Path, storage: Storage) -> WrittenFile:
        partition = tuple(unquote(part.partition("=")[2]) for part in below.split("/")[:-1])
        stored = storage.put(f"{self.write.location}{below}", path)
        return WrittenFile(uri=stored.uri, size=stored.size, rows=None, partition=partition)


class Writes:
    """The writes of one engine."""

    def __init__(self, staging: Staging, *, catalog: str) -> None:
        self._staging, self._catalog = staging, catalog

    @contextmanager
    def target(self, query: Query, columns: Sequence[Column]) -> Iterator[Target]:
        """A staged table of these columns, as the query's `write` says; gone with everything in it afterwards."""
        write = query.write
        assert write is not None
        assert query.work is not None
        name = f"w_{query.execution_id.replace('-', '_').lower()}"
        _codec(write)
        given = f" ({', '.join(_quoted(one) for one in write.given)})" if write.given else ""
        with self._staging.table(name, _entry(columns, write)) as location:
            yield Target(
                name=name,
                location=location,
                write=write,
                work=query.work,
                staging=self._staging,
                catalog=self._catalog,
                given=given,
            )


def _codec(write: Write) -> str:
    codec = _CODECS.get(str(write.compression).upper())
    if codec is None:
        raise EngineError("NOT_SUPPORTED", f"Trino writes no {write.format} compressed with {write.compression}")
    return codec


def _entry(columns: Sequence[Column], write: Write) -> dict[str, Any]:
    cut = len(columns) - len(write.partitioned_by)
    fields = [{"Name": column.name.lower(), "Type": to_hive(column.type)} for column in columns]
    serde, input_format, output_format = formats_of(write.format)
    delimiter = write.field_delimiter or "\x01"
    parameters = {"serialization.format": "1"}
    if write.format == "TEXTFILE":
        parameters = {"field.delim": delimiter, "serialization.format": delimiter}
    return {
        "Owner": "athena_ds",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE"},
        "PartitionKeys": fields[cut:],
        "StorageDescriptor": {
            "Columns": fields[:cut],
            "InputFormat": input_format,
            "OutputFormat": output_format,
            "Compressed": False,
            "NumberOfBuckets": 0,
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": parameters},
            "BucketColumns": [],
            "SortColumns": [],
            "Parameters": {},
            "StoredAsSubDirectories": False,
        },
    }


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
