"""The same rows through each way a result can come: CSV object, pages, UNLOAD, batches."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from athena_ds import results
from athena_ds.aws import Door
from athena_ds.execution import QueryExecution
from athena_ds.results import ReadOptions

from .athena_text import csv_bytes, parquet_bytes
from .shelf import Result, Shelf

Texts = Sequence[Sequence[str | None]]
_names = itertools.count()


def by_csv(shelf: Shelf, infos: Sequence[dict[str, object]], texts: Texts) -> QueryExecution:
    body = csv_bytes([str(each["Label"]) for each in infos], texts)
    return shelf.lay(f"q{next(_names)}", Result(columns=infos, rows=texts), csv=body)


def by_pages(shelf: Shelf, infos: Sequence[dict[str, object]], texts: Texts) -> QueryExecution:
    return shelf.lay(f"q{next(_names)}", Result(columns=infos, rows=texts))


def by_unload(shelf: Shelf, tables: Sequence[pa.Table]) -> QueryExecution:
    name, lines = f"q{next(_names)}", []
    for number, table in enumerate(tables):
        shelf.objects[f"unload/{name}/{number}"] = parquet_bytes(table)
        lines.append(f"s3://bucket/unload/{name}/{number}\n")
    shelf.objects[f"manifests/{name}.csv"] = "".join(lines).encode()
    manifest = {"DataManifestLocation": f"s3://bucket/manifests/{name}.csv"}
    result = Result(columns=(), labelled=False)
    return shelf.lay(name, result, location=f"s3://bucket/unload/{name}", substatement="UNLOAD", statistics=manifest)


def whole(execution: QueryExecution, door: Door, backend: results.Backend = "pyarrow") -> pd.DataFrame:
    return results.read(execution, door, options=ReadOptions(dtype_backend=backend))


def in_batches(execution: QueryExecution, door: Door, backend: results.Backend = "pyarrow") -> pd.DataFrame:
    frames = list(results.batches(execution, door, rows=2, options=ReadOptions(dtype_backend=backend)))
    assert all(frame.dtypes.equals(frames[0].dtypes) for frame in frames)
    return pd.concat(frames)


Reader = Callable[[QueryExecution, Door, results.Backend], pd.DataFrame]


def values(series: pd.Series[Any]) -> list[Any]:
    """Python values of an Arrow-backed column, NULL as None."""
    found: list[Any] = pa.chunked_array(
        [pa.array(series.array)] if len(series) else [], series.dtype.pyarrow_dtype
    ).to_pylist()
    return [value.to_pytimedelta() if isinstance(value, pd.Timedelta) else value for value in found]


def numpy_values(series: pd.Series[Any]) -> list[Any]:
    """Python values of a column with pandas' own dtypes; what is missing as None."""
    found = []
    for value, missing in zip(series.tolist(), series.isna(), strict=True):
        if missing:
            found.append(None)
        elif isinstance(value, pd.Timestamp):
            found.append(value.to_pydatetime())
        else:
            found.append(value.to_pytimedelta() if isinstance(value, pd.Timedelta) else value)
    return found


def same(found: Sequence[Any], expected: Sequence[Any]) -> bool:
    """Equal, and of one kind; NaN is NaN, and -0.0 is not 0.0."""
    return len(found) == len(expected) and all(map(_same, found, expected))


def _same(found: Any, expected: Any) -> bool:
    if isinstance(expected, float):
        both_nan = isinstance(found, float) and math.isnan(found) and math.isnan(expected)
        return both_nan or (isinstance(found, float) and struct.pack("d", found) == struct.pack("d", expected))
    return type(found) is type(expected) and bool(found == expected)
