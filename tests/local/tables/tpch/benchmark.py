"""The TPC-H tables in an endpoint's lake, its queries and its published answers.

Queries and answers (scale factors 0.1 and 1) are those DuckDB's tpch extension ships; query 15 groups by a column
rather than by an alias, which Trino has not. The data come from the PyPI package tpchgen-cli, whose addresses and
comments are the reference generator's (supplier 8449 of the published answer 15 lives at Wp34zim9qYFbVctdW). DuckDB's
generator writes other ones: those columns of its answers are not compared, and answer 13, which counts comments, is
plain DuckDB's over the generated data (at scale factor 1 it begins 0|50005, 9|6641, 10|6532, as published).
"""

from __future__ import annotations

import gzip
import json
import math
import re
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from athena_ds.local.s3.objects import Location, Store
from tests.local.tables.running import Lake

HERE = Path(__file__).parent
_TABLES = {
    "region": "r_regionkey bigint, r_name string, r_comment string",
    "nation": "n_nationkey bigint, n_name string, n_regionkey bigint, n_comment string",
    "supplier": "s_suppkey bigint, s_name string, s_address string, s_nationkey bigint, s_phone string, "
    "s_acctbal decimal(15,2), s_comment string",
    "customer": "c_custkey bigint, c_name string, c_address string, c_nationkey bigint, c_phone string, "
    "c_acctbal decimal(15,2), c_mktsegment string, c_comment string",
    "part": "p_partkey bigint, p_name string, p_mfgr string, p_brand string, p_type string, p_size int, "
    "p_container string, p_retailprice decimal(15,2), p_comment string",
    "partsupp": "ps_partkey bigint, ps_suppkey bigint, ps_availqty int, ps_supplycost decimal(15,2), ps_comment string",
    "orders": "o_orderkey bigint, o_custkey bigint, o_orderstatus string, o_totalprice decimal(15,2), "
    "o_orderdate date, "
    "o_orderpriority string, o_clerk string, o_shippriority int, o_comment string",
    "lineitem": "l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int, l_quantity decimal(15,2), "
    "l_extendedprice decimal(15,2), l_discount decimal(15,2), l_tax decimal(15,2), l_returnflag string, "
    "l_linestatus string, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct string, "
    "l_shipmode string, l_comment string",
}

_SMALL = ("nation", "supplier")


@cache
def queries() -> dict[int, str]:
    """Number to SQL."""
    parts = re.split(r"^-- (\d+)\n", (HERE / "queries.sql").read_text(), flags=re.MULTILINE)[1:]
    return {int(number): sql.strip().rstrip(";") for number, sql in zip(parts[::2], parts[1::2], strict=True)}


@cache
def answers(scale: float) -> dict[int, list[list[str]]]:
    """Number to the published labels and rows, as texts."""
    with gzip.open(HERE / "answers.jsonl.gz", "rt") as file:
        known = [json.loads(line) for line in file]
    return {
        one["query"]: [row.split("|") for row in one["answer"].strip("\n").split("\n")]
        for one in known
        if one["scale"] == scale
    }


def load(lake: Lake, scale: float, folder: Path) -> None:
    """Generate the data, put them into the lake, and make the tables."""
    generate(scale, folder)
    register(lake, folder)


def generate(scale: float, folder: Path) -> None:
    """The data as files: Parquet, but two small tables as text."""
    generator = Path(sys.executable).parent / "tpchgen-cli"
    large = ",".join(name for name in _TABLES if name not in _SMALL)
    for kind, names in (("parquet", large), ("tbl", ",".join(_SMALL))):
        subprocess.run(
            [generator, kind, "-s", str(scale), f"--tables={names}", f"--output-dir={folder}"],
            check=True,
            capture_output=True,
        )


def register(lake: Lake, folder: Path) -> None:
    """Put the files into the lake and make the tables."""
    store = Store(account=lake.endpoint.account_id, region=lake.endpoint.region)
    for path in sorted(folder.iterdir()):
        store.put(Location(bucket="lake", key=f"tpch/{path.stem}/{path.name}"), path.open("rb"))
    for name, columns in _TABLES.items():
        delimited = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '|'"
        stored = delimited if name in _SMALL else "STORED AS PARQUET"
        lake.run(f"CREATE EXTERNAL TABLE {name} ({columns}) {stored} LOCATION 's3://lake/tpch/{name}/'")


def compared(labels: list[str], row: list[str | None]) -> list[str | None]:
    """A row without the addresses and comments."""
    return [cell for label, cell in zip(labels, row, strict=True) if not label.endswith(("_address", "_comment"))]


def same(found: str | None, published: str) -> bool:
    """Equal texts, or equal numbers: to the digits both have where one is rounded, else to a hundred-millionth part."""
    if found == published or (found is None and published in ("", "NULL")):
        return True
    try:
        ours, theirs = Decimal(found or ""), Decimal(published)
    except InvalidOperation:
        return (found or "").rstrip() == published.rstrip()
    fewest = max(int(ours.as_tuple().exponent), int(theirs.as_tuple().exponent))
    step = Decimal(1).scaleb(min(fewest, 0))
    if ours.quantize(step, ROUND_HALF_UP) == theirs.quantize(step, ROUND_HALF_UP):
        return True
    return math.isclose(ours, theirs, rel_tol=1e-8)
