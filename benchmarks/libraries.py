"""Each library measured, as a function that runs one query's text to its end and holds the rows: defaults untouched."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

LOCATION = "s3://bench/results/"
REGION = "eu-west-1"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "EXAMPLE" * 6,
    "AWS_DEFAULT_REGION": REGION,
}

Run = Callable[[str], int]
"""Run a query's text to the end and hold its rows; how many there were."""


def _ours(how: str) -> Run:
    from athena_ds import AthenaDataSource

    ds = AthenaDataSource.from_access_key(
        access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        region=REGION,
        database="bench",
        results_bucket="bench",
        results_path="results",
        endpoint_url=os.environ["AWS_ENDPOINT_URL"],
    )
    unload = "UNLOAD ({}) TO '" + LOCATION + "u/' WITH (format='PARQUET')"
    ways: dict[str, Run] = {
        "": lambda sql: len(ds.query(sql)),
        "pyarrow": lambda sql: len(ds.query(sql, dtype_backend="pyarrow")),
        "arrow": lambda sql: int(ds.submit(sql).arrow().num_rows),
        "batches": lambda sql: sum(len(frame) for frame in ds.submit(sql).batches()),
        "unload": lambda sql: len(ds.query(unload.format(sql))),
        "describe": lambda _: len(ds.describe()),
        "names": lambda _: len(ds.tables()),
        "first page": lambda _: len(ds.describe(limit=100)),
        "many": lambda sql: sum(len(each.result()) for each in ds.query_many(sql.split(";"))),
    }
    return ways[how]


def _pyathena(cursor: str, **options: Any) -> Run:
    import importlib

    import pyathena

    if "arrow" in cursor:
        _arrow_to_the_stub()
    module = importlib.import_module(f"pyathena.{cursor}.cursor" if cursor else "pyathena.cursor")
    kind = getattr(module, f"{cursor.capitalize()}Cursor" if cursor != "s3fs" else "S3FSCursor")
    unload = {"unload": True} if options.pop("unload", False) else {}
    connection = pyathena.connect(s3_staging_dir=LOCATION, cursor_class=kind, schema_name="bench", cursor_kwargs=unload)

    def run(sql: str) -> int:
        done = connection.cursor().execute(sql, **options)
        if not cursor or cursor == "s3fs":
            return len(done.fetchall())
        if cursor == "pandas":
            return len(done.as_pandas())
        found = done.as_arrow() if cursor == "arrow" else done.as_polars()
        return len(found.to_pandas())

    return run


def _pyathena_many(cursor: str) -> Run:
    """PyAthena's own ways to have many in flight: threads behind futures, or asyncio; texts parted by `;`."""
    import asyncio
    import importlib

    import pyathena

    given: dict[str, Any] = {"s3_staging_dir": LOCATION, "schema_name": "bench"}

    async def together(texts: list[str]) -> int:
        kind = importlib.import_module("pyathena.aio.pandas.cursor").AioPandasCursor
        async with await pyathena.aio_connect(cursor_class=kind, **given) as connection:

            async def one(text: str) -> int:
                cursor = connection.cursor()
                await cursor.execute(text)
                return len(await cursor.as_pandas())

            return sum(await asyncio.gather(*map(one, texts)))

    if cursor == "aio":
        return lambda sql: asyncio.run(together(sql.split(";")))
    kind = importlib.import_module("pyathena.pandas.async_cursor").AsyncPandasCursor
    connection = pyathena.connect(cursor_class=kind, **given)

    def run(sql: str) -> int:
        with connection.cursor() as cursor:
            futures = [cursor.execute(text)[1] for text in sql.split(";")]
            return sum(len(future.result().as_pandas()) for future in futures)

    return run


def _arrow_to_the_stub() -> None:
    """The one change made to a peer: ArrowCursor's file system does not see AWS_ENDPOINT_URL."""
    import pyarrow.fs

    real, endpoint = pyarrow.fs.S3FileSystem, os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")

    def placed(*given: Any, **named: Any) -> Any:
        return real(*given, **{**named, "endpoint_override": endpoint, "scheme": "http"})

    pyarrow.fs.S3FileSystem = placed


def _awswrangler(**options: Any) -> Run:
    import awswrangler as wr

    return lambda sql: len(wr.athena.read_sql_query(sql, database="bench", s3_output=LOCATION, **options))


def _awswrangler_tables() -> Run:
    import awswrangler as wr

    return lambda _: len(wr.catalog.tables(database="bench", limit=10_000))


def _boto3_tables() -> Run:
    import boto3

    pages = boto3.client("glue").get_paginator("get_tables")
    return lambda _: sum(len(page["TableList"]) for page in pages.paginate(DatabaseName="bench"))


def _naive() -> Run:
    import boto3
    import pandas as pd

    athena, s3 = boto3.client("athena"), boto3.client("s3")

    def run(sql: str) -> int:
        name = athena.start_query_execution(QueryString=sql, ResultConfiguration={"OutputLocation": LOCATION})[
            "QueryExecutionId"
        ]
        while athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]["Status"]["State"] != "SUCCEEDED":
            time.sleep(1)
        return len(pd.read_csv(s3.get_object(Bucket="bench", Key=f"results/{name}.csv")["Body"]))

    return run


def _floor_download() -> Run:
    """Every byte once, by ranges in 16 threads, and let go: what the network and the client's sockets take."""
    import boto3
    from botocore.config import Config

    s3 = boto3.client("s3", config=Config(max_pool_connections=64))

    def part(key: str, first: int) -> int:
        return len(
            s3.get_object(Bucket="bench", Key=key, Range=f"bytes={first}-{first + (8 << 20) - 1}")["Body"].read()
        )

    def run(sql: str) -> int:
        key = f"{sql.rsplit(None, 1)[-1]}.csv"
        size = s3.head_object(Bucket="bench", Key=key)["ContentLength"]
        with ThreadPoolExecutor(int(os.environ.get("FLOOR_STREAMS", "16"))) as pool:
            return sum(pool.map(lambda first: part(key, first), range(0, size, 8 << 20)))

    return run


def _floor_parse() -> Run:
    """The best parse known, from memory, to an Arrow-backed frame: whole rows in blocks, a thread a processor."""
    from athena_ds.results.blocks import Cutter
    from athena_ds.results.columns import Columns
    from athena_ds.results.csv import _parsed, _without_header
    from athena_ds.results.types import Column

    data = Path(os.environ["BENCH_DATA"])

    def run(sql: str) -> int:
        name = sql.rsplit(None, 1)[-1]
        columns = [Column.of(each) for each in json.loads((data / f"{name}.json").read_text())["columns"]]
        gathered, cutter = Columns(columns, backend="pyarrow"), Cutter()
        with (data / f"{name}.csv").open("rb", buffering=0) as file:
            blocks = (block for part in iter(lambda: file.read(4 << 20), b"") for block in cutter.blocks(part))
            for block in _parsed(_without_header(blocks, width=len(columns)), columns):
                gathered.add(block)
        return len(gathered.frame()[0])

    return run


CASES: dict[str, tuple[str, Callable[[], Run]]] = {
    "athena_ds": ("ours", lambda: _ours("")),
    "athena_ds pyarrow": ("ours", lambda: _ours("pyarrow")),
    "athena_ds arrow": ("ours", lambda: _ours("arrow")),
    "athena_ds batches": ("ours", lambda: _ours("batches")),
    "athena_ds unload": ("ours", lambda: _ours("unload")),
    "athena_ds query_many": ("ours", lambda: _ours("many")),
    "athena_ds describe": ("ours", lambda: _ours("describe")),
    "athena_ds tables": ("ours", lambda: _ours("names")),
    "athena_ds describe first page": ("ours", lambda: _ours("first page")),
    "awswrangler catalog.tables": ("awswrangler", _awswrangler_tables),
    "boto3 get_tables paginator": ("ours", _boto3_tables),
    "PyAthena Cursor": ("pyathena", lambda: _pyathena("")),
    "PyAthena S3FSCursor": ("pyathena", lambda: _pyathena("s3fs")),
    "PyAthena PandasCursor": ("pyathena", lambda: _pyathena("pandas")),
    "PyAthena PandasCursor engine=pyarrow": ("pyathena", lambda: _pyathena("pandas", engine="pyarrow")),
    "PyAthena ArrowCursor": ("pyathena", lambda: _pyathena("arrow")),
    "PyAthena PolarsCursor": ("pyathena", lambda: _pyathena("polars")),
    "PyAthena AsyncPandasCursor": ("pyathena", lambda: _pyathena_many("async")),
    "PyAthena AioPandasCursor": ("pyathena", lambda: _pyathena_many("aio")),
    "PyAthena PandasCursor unload": ("pyathena", lambda: _pyathena("pandas", unload=True)),
    "PyAthena ArrowCursor unload": ("pyathena", lambda: _pyathena("arrow", unload=True)),
    "PyAthena PolarsCursor unload": ("pyathena", lambda: _pyathena("polars", unload=True)),
    "awswrangler": ("awswrangler", lambda: _awswrangler(ctas_approach=False)),
    "awswrangler unload": ("awswrangler", lambda: _awswrangler(ctas_approach=False, unload_approach=True)),
    "awswrangler ctas": ("awswrangler", _awswrangler),
    "naive get_object + read_csv": ("ours", _naive),
    "floor: download": ("ours", _floor_download),
    "floor: parse": ("ours", _floor_parse),
}
"""Name -> the environment it runs in, and how it is made."""

IMPORTS = {"athena_ds": "athena_ds", "PyAthena PandasCursor": "pyathena.pandas.cursor", "awswrangler": "awswrangler"}
"""What a program imports to use a case."""
