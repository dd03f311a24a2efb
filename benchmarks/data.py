"""The data sets, made from a seed: as the CSV Athena writes, as the Parquet files of an UNLOAD, and as pages.

`narrow` is bigint, double, timestamp(3), varchar; `wide` is 30 mixed columns with quotes, newlines, empty texts and
five in a hundred NULL; `small` and `pages` are 100 and 10,000 rows of `wide`, `tenth` is a million of `narrow`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

SIZES = {
    "ci": {"narrow": 1_000_000, "wide": 100_000},
    "full": {"narrow": 10_000_000, "wide": 1_000_000},
}
FIXED = {"small": 100, "pages": 10_000, "tenth": 1_000_000}
NARROW = ("narrow", "tenth")
FILES = 16
SEED = 20261124

_WORDS = np.array(
    [
        "plain",
        "",
        'say "hi"',
        "two\nlines",
        "größer, schöner",
        "日本語",
        "comma, and more",
        "NULL",
        "NaN",
        "x" * 40,
        "a b c",
    ]
)
_ATHENA = {
    "int64": "bigint",
    "double": "double",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[ms]": "timestamp",
}


def narrow(rows: int) -> pa.Table:
    """Four columns without NULL."""
    rng = np.random.default_rng(SEED)
    names = pa.array([f"customer-{number:05}" for number in range(50_000)])
    return pa.table(
        {
            "id": np.arange(rows, dtype=np.int64),
            "amount": np.round(rng.normal(100, 40, rows), 4),
            "at": pa.array(rng.integers(1_500_000_000_000, 1_700_000_000_000, rows), pa.timestamp("ms")),
            "name": names.take(pa.array(rng.integers(0, len(names), rows))),
        }
    )


def wide(rows: int) -> pa.Table:
    """Thirty columns: 6 bigint, 5 double, 4 decimal(18,2), 7 varchar, 4 timestamp(3), 2 date, 2 boolean."""
    rng = np.random.default_rng(SEED)
    found: dict[str, pa.Array] = {}
    for number in range(6):
        found[f"i{number}"] = pa.array(rng.integers(-(10**12), 10**12, rows))
    for number in range(5):
        found[f"f{number}"] = pa.array(np.round(rng.normal(0, 1e4, rows), 5))
    for number in range(4):
        found[f"d{number}"] = _decimals(rng.integers(-(10**10), 10**10, rows))
    words = pa.array(_WORDS)
    for number in range(7):
        texts = [words.take(pa.array(rng.integers(0, len(words), rows))) for _ in range(2)]
        found[f"s{number}"] = pc.binary_join_element_wise(*texts, " ") if number % 2 else texts[0]
    for number in range(4):
        found[f"t{number}"] = pa.array(rng.integers(10**12, 17 * 10**11, rows), pa.timestamp("ms"))
    for number in range(2):
        found[f"a{number}"] = pa.array(rng.integers(0, 20_000, rows).astype(np.int32), pa.date32())
    for number in range(2):
        found[f"b{number}"] = pa.array(rng.random(rows) < 0.5)
    return pa.table({name: pc.if_else(pa.array(rng.random(rows) < 0.95), array, None) for name, array in found.items()})


def _decimals(cents: np.ndarray) -> pa.Array:
    whole = pc.cast(pa.array(cents), pa.decimal128(19, 0))
    return pc.cast(pc.multiply(whole, pa.scalar("0.01", pa.string()).cast(pa.decimal128(3, 2))), pa.decimal128(18, 2))


def make(folder: Path, size: str) -> None:
    """Write every data set of a size that is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in {**FIXED, **SIZES[size]}.items():
        if not (folder / f"{name}.json").exists():
            write(folder, name, narrow(rows) if name in NARROW else wide(rows))


def write(folder: Path, name: str, table: pa.Table) -> None:
    """A data set's CSV, its Parquet files with their manifest, its columns and its first pages."""
    options = pyarrow.csv.WriteOptions(quoting_style="all_valid")
    pyarrow.csv.write_csv(table, folder / f"{name}.csv", options)
    parts = folder / "unload" / name
    parts.mkdir(parents=True, exist_ok=True)
    (folder / "manifests").mkdir(exist_ok=True)
    step, lines = -(-table.num_rows // FILES), []
    for number in range(FILES):
        file = f"part-{number:02}.snappy.parquet"
        pq.write_table(table.slice(number * step, step), parts / file, use_deprecated_int96_timestamps=True)
        lines.append(f"s3://bench/unload/{name}/{file}")
    (folder / "manifests" / f"{name}-manifest.csv").write_text("\n".join(lines) + "\n")
    columns = [_column_info(field) for field in table.schema]
    rows = [{"Data": [{"VarCharValue": each["Name"]} for each in columns]}]
    if table.num_rows <= 100_000:
        rows += _pages(table.slice(0, 10_000))
    (folder / f"{name}.json").write_text(json.dumps({"columns": columns, "pages": rows}))


def _column_info(field: pa.Field) -> dict[str, object]:
    decimal = pa.types.is_decimal(field.type)
    base = "decimal" if decimal else _ATHENA.get(str(field.type), "varchar")
    found = {"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": field.name, "Label": field.name}
    numbers = (field.type.precision, field.type.scale) if decimal else (0, 0)
    return {
        **found,
        "Type": base,
        "Precision": numbers[0],
        "Scale": numbers[1],
        "Nullable": "UNKNOWN",
        "CaseSensitive": False,
    }


def _pages(table: pa.Table) -> list[dict[str, object]]:
    texts = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    return [
        {"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in zip(*texts, strict=True)
    ]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text[:23] if len(text) == 26 and text[10] == " " else text
