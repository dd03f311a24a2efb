"""Statements with what Trino 476's Hive connector answered over the objects in `data/` (bare 1.5 asked as 1.5E0).

`tp`, `tor`, `tt`, `tj` hold the same rows in Parquet, ORC, delimited text and JSON: every type, NULLs, NaN, infinities,
the greatest decimals, years 1 and 9999, padded chars, collections with NULLs inside. `s1` and `s2` have keys that
repeat and miss, `e0` no rows, `pt` partitions. Trino wrote all of them. A line of `answers.jsonl`: `sql`, then
`columns` and `rows` as Trino's protocol tells them, or `error`; `refused` marks what the embedded engine refuses
(and a Trino behind the endpoint answers).
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.local.fidelity.text import column_info, matches
from tests.local.tables.running import Lake

HERE = Path(__file__).parent
Case = dict[str, Any]

_EVERY = (
    "id int, ti tinyint, si smallint, bi bigint, bo boolean, de decimal(10,2), dh decimal(38,12), re float, du double,"
    " st string, ch char(4), da date, ts timestamp, vb binary, ar array<int>, ma map<string,int>,"
    " ro struct<p:int,q:string>"
)
DDL = {
    "tp": f"({_EVERY}) STORED AS PARQUET",
    "tor": f"({_EVERY}) STORED AS ORC",
    "tt": f"({_EVERY}) ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' ESCAPED BY '\\\\'",
    "tj": f"({_EVERY}) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
    "s1": "(k int, g string, n bigint, d double, m decimal(12,2), t timestamp, b boolean) STORED AS PARQUET",
    "s2": "(k int, g string, x bigint, y double, z decimal(20,4), u date) STORED AS PARQUET",
    "e0": "(k int, g string) STORED AS PARQUET",
    "pt": "(a int, w string) PARTITIONED BY (dt date, r string) STORED AS PARQUET",
}


def load(lake: Lake) -> None:
    """Put the objects into the lake and register the tables through DDL."""
    for path in sorted((HERE / "data").rglob("*")):
        if path.is_file():
            lake.put(path.relative_to(HERE / "data").as_posix(), path.read_bytes())
    for name, words in DDL.items():
        lake.run(f"CREATE EXTERNAL TABLE {name} {words} LOCATION 's3://lake/{name}/'")
    lake.run("MSCK REPAIR TABLE pt")


def cases() -> Iterator[Case]:
    for line in (HERE / "answers.jsonl").read_text(encoding="utf-8").split("\n"):
        if line:
            yield json.loads(line)


def complaint(lake: Lake, case: Case) -> str | None:
    """What is wrong with the endpoint's answer: other rows, names or types, or an answer where Trino fails."""
    try:
        columns, rows = lake.answer(case["sql"])
    except Exception as failure:
        told = str(failure)
        return None if "error" in case or (told.startswith("NOT_SUPPORTED") and "refused" in case) else told
    if "error" in case or ("refused" in case and not os.environ.get("ATHENA_DS_LOCAL_ENGINE")):
        return f"answered {rows[:3]}"
    expected = [(name, *column_info(kind)) for name, kind in case["columns"]]
    if columns != expected:
        return f"columns {columns}, Trino {expected}"
    return _unlike(case, rows)


def _unlike(case: Case, rows: list[list[str | None]]) -> str | None:
    """Rows are compared in no order: which of them ORDER BY leaves equal is nobody's promise."""
    kinds = [kind for _, kind in case["columns"]]
    left = list(rows)
    for theirs in case["rows"]:
        hit = next((row for row in left if _same(kinds, theirs, row)), None)
        if hit is None:
            return f"no row {theirs}, instead {left[:2]}"
        left.remove(hit)
    return f"{len(left)} rows too many: {left[:2]}" if left else None


def _same(kinds: list[str], theirs: list[Any], ours: list[str | None]) -> bool:
    fields = zip(ours, kinds, theirs, strict=True)
    return all(matches(*field) or _near(*field) for field in fields)


def _near(ours: str | None, kind: str, theirs: Any) -> bool:
    """The last digits of a sum of doubles depend on the order it is added in."""
    known = kind in ("double", "real") and ours is not None and theirs is not None
    return known and math.isclose(float(ours or 0), float(theirs), rel_tol=1e-12 if kind == "double" else 1e-6)
