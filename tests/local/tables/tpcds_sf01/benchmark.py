"""The TPC-DS tables in an endpoint's lake, its queries and a real Trino's answers.

Data and queries are those of DuckDB's tpcds extension (PyPI: duckdb-extension-tpcds). Ten queries are respelled because
Trino refuses them as they stand: dates are DATE literals (16, 32, 58, 83, 92, 94, 95), a date plus an interval (72),
an outer ORDER BY in place of one over grouping() (70, 86). The answers are those Trino 476's Hive connector gave,
reading the very objects and the Glue tables of an embedded endpoint, bare literals such as 1.2 written as 1.2E0, which
is what Athena takes them for. `order` are the output columns ORDER BY begins with, `limit` is the query's LIMIT.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import subprocess
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from athena_ds.local.s3.objects import Location, Store
from tests.local.fidelity.text import column_info, matches
from tests.local.tables.running import FailedQuery, Lake
from tests.peers.environments import environment

HERE = Path(__file__).parent
_HIVE = {"int32": "int", "int64": "bigint", "date32[day]": "date"}


@cache
def queries() -> dict[int, str]:
    """Number to SQL."""
    parts = re.split(r"^-- (\d+)\n", (HERE / "queries.sql").read_text(), flags=re.MULTILINE)[1:]
    return {int(number): sql.strip() for number, sql in zip(parts[::2], parts[1::2], strict=True)}


@cache
def answers() -> dict[int, dict[str, Any]]:
    """Number to Trino's columns and rows, and how the query orders and limits them."""
    with gzip.open(HERE / "answers.json.gz", "rt") as file:
        return {int(number): answer for number, answer in json.load(file).items()}


def data() -> Path:
    """The folder of the generated Parquet files, made once in the user's cache."""
    home = environment("tpcds", "duckdb==1.5.5", "duckdb-extension-tpcds==1.5.5")
    folder = home / "sf0.1"
    done = folder / "done"
    if not done.is_file():
        folder.mkdir(exist_ok=True)
        subprocess.run([home / "bin" / "python", HERE / "generate.py", "0.1", folder], check=True, capture_output=True)
        done.touch()
    return folder


def load(lake: Lake) -> None:
    """Put the data into the lake and register the tables through DDL."""
    store = Store(account=lake.endpoint.account_id, region=lake.endpoint.region)
    for path in sorted(data().glob("*.parquet")):
        store.put(Location(bucket="lake", key=f"tpcds/{path.stem}/{path.name}"), path.open("rb"))
        columns = ", ".join(f"{field.name} {_hive(str(field.type))}" for field in pq.read_schema(path))
        lake.run(
            f"CREATE EXTERNAL TABLE {path.stem} ({columns}) STORED AS PARQUET LOCATION 's3://lake/tpcds/{path.stem}/'"
        )


def _hive(kind: str) -> str:
    return _HIVE.get(kind, kind.replace("decimal128", "decimal").replace(" ", ""))


def differences(lake: Lake, number: int) -> list[str]:
    """Where the endpoint's answer is not Trino's; one line `REFUSED reason` where the query failed."""
    try:
        told, rows = lake.answer(queries()[number])
    except FailedQuery as failed:
        return [f"REFUSED {failed}"]
    expected = answers()[number]
    columns = [(name, *column_info(kind)) for name, kind in expected["columns"]]
    return ([] if told == columns else [f"columns {told}, Trino {columns}"]) + _rows(expected, rows)


def _rows(expected: dict[str, Any], rows: list[list[str | None]]) -> list[str]:
    """Rows equal under the sort keys may come in any order; where LIMIT cuts through such rows, in any choice."""
    kinds = [kind for _, kind in expected["columns"]]
    if len(rows) != len(expected["rows"]):
        return [f"{len(rows)} rows, Trino {len(expected['rows'])}"]
    groups = [list(group) for _, group in groupby(expected["rows"], lambda row: [row[i] for i in expected["order"]])]
    wrong, at = [], 0
    for group in groups:
        ours, at = rows[at : at + len(group)], at + len(group)
        cut = at == len(rows) == expected["limit"]
        wrong += [f"order {row}" for row in ours if not _same(kinds, group[0], row, expected["order"])]
        left = list(ours)
        for theirs in group:
            hit = next((row for row in left if _same(kinds, theirs, row, range(len(kinds)))), None)
            if hit is not None:
                left.remove(hit)
            elif not cut:
                wrong.append(f"missing {theirs}, instead {left[:1]}")
    return wrong


def _same(kinds: list[str], theirs: list[Any], ours: list[str | None], columns: Iterable[int]) -> bool:
    return all(matches(ours[i], kinds[i], theirs[i]) or _near(kinds[i], ours[i], theirs[i]) for i in columns)


def _near(kind: str, ours: str | None, theirs: Any) -> bool:
    """The last digits of a sum of doubles depend on the order it is added in, in Trino too."""
    known = kind == "double" and ours is not None and theirs is not None
    return known and math.isclose(float(ours or 0), float(theirs), rel_tol=1e-12)
