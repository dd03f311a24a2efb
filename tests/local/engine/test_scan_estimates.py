"""What DuckDB believes of the size of the objects it scans, which decides in which order it joins tables."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pyarrow as pa
import pytest

from athena_ds.local.engine.duckdb.formats.source import Scan, Source
from athena_ds.local.seam.engine import StoredObject

LINES = pa.table({"line": pa.array([f"a line of some width, number {at:060}" for at in range(5000)])})


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def scanned(connection: duckdb.DuckDBPyConnection, size: int) -> str:
    stored = StoredObject(bucket="lake", key="t/a.csv", size=size, etag="e")
    context = cast(Any, SimpleNamespace(connection=connection, seen=lambda rows: None))
    scan = Scan(table=cast(Any, None), sources=[Source(stored=stored)], wanted=[], context=context)
    return scan.register(LINES.schema, lambda: iter(LINES.to_batches()))


def test_a_file_is_taken_for_as_many_rows_as_its_size_lets_expect(connection: duckdb.DuckDBPyConnection) -> None:
    """The smaller table of a join is the one whose rows are kept."""
    relation = scanned(connection, size=LINES.nbytes)
    connection.execute("CREATE TABLE few AS SELECT 'x' AS line FROM range(100)")
    plan = connection.sql(f"EXPLAIN (FORMAT json) SELECT 1 FROM {relation} JOIN few USING (line)").fetchall()[0][1]
    [join] = [node for node in _nodes(json.loads(plan)[0]) if "JOIN" in node["name"]]
    probed, kept = (json.dumps(child) for child in join["children"])
    assert "ARROW" in probed.upper()
    assert "few" in kept


def test_the_estimate_adds_no_row(connection: duckdb.DuckDBPyConnection) -> None:
    relation = scanned(connection, size=10**12)
    assert connection.sql(f"FROM {relation}").fetchall() == [(line,) for line in LINES["line"].to_pylist()]


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(below for child in node["children"] for below in _nodes(child))]
