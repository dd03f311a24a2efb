"""Parquet: columns by name, widened where Trino widens, refused where it refuses; only what is needed is read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.local.tables.running import Lake


def parquet(columns: dict[str, pa.Array], **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, **options)
    return bytes(sink.getvalue())


def table(lake: Lake, name: str, columns: str) -> None:
    lake.run(f"CREATE EXTERNAL TABLE {name} ({columns}) STORED AS PARQUET LOCATION 's3://lake/{name}/'")


def test_files_of_different_shapes_are_one_table(lake: Lake) -> None:
    """Order, case, width and missing columns differ from file to file."""
    lake.put("shapes/a", parquet({"B": pa.array(["x"]), "a": pa.array([1], pa.int32())}))
    lake.put("shapes/b", parquet({"a": pa.array([2**40], pa.int64()), "extra": pa.array([1])}))
    table(lake, "shapes", "a bigint, b string")
    assert lake.run("SELECT a, b FROM shapes ORDER BY a") == [["1", "x"], ["1099511627776", None]]


def test_nested_columns_match_by_name_at_every_depth(lake: Lake) -> None:
    """A field the file has not is NULL, one the table has not is left out."""
    held = pa.array(
        [{"x": 1, "Z": [{"q": 1}]}, None],
        pa.struct([("x", pa.int32()), ("Z", pa.list_(pa.struct([("q", pa.int32())])))]),
    )
    entries = pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int32()))
    lake.put("deep/a", parquet({"s": held, "m": entries}))
    table(lake, "deep", "s struct<z:array<struct<q:bigint,r:string>>,x:bigint>, m map<string,bigint>")
    assert lake.run("SELECT s.x, s.z, m['k'] FROM deep WHERE s IS NOT NULL") == [["1", "[{q=1, r=null}]", "1"]]
    assert lake.run("SELECT count(s), count(m) FROM deep") == [["1", "1"]]


@pytest.mark.parametrize(
    ("held", "declared", "words"),
    [
        (pa.array(["x"]), "int", "type BINARY in parquet file s3://lake/{}/a is incompatible with type integer"),
        (pa.array([1]), "string", "type INT64 in parquet file s3://lake/{}/a is incompatible with type varchar"),
        (pa.array([1.5]), "int", "type DOUBLE in parquet file s3://lake/{}/a is incompatible with type integer"),
        (pa.array([1]), "int", "type INT64 in parquet file s3://lake/{}/a is incompatible with type integer"),
    ],
)
def test_other_types_are_bad_data(lake: Lake, held: pa.Array, declared: str, words: str) -> None:
    """The error names column, file and both types, as Athena's does."""
    name = f"bad_{held.type}_{declared}"
    lake.put(f"{name}/a", parquet({"c": held}))
    table(lake, name, f"c {declared}")
    assert lake.failure(f"SELECT c FROM {name}") == (
        f"HIVE_BAD_DATA: Field c's {words.format(name)} defined in table schema"
    )


def test_timestamps_of_any_unit_have_milliseconds(lake: Lake) -> None:
    """INT96, micro- and nanoseconds are rounded; a zone in the file means UTC."""
    at = np.array(["2013-01-01T10:00:00.123500001", "1960-01-01T00:00:00.000400000"], "datetime64[ns]")
    lake.put("units/a", parquet({"t": pa.array(at)}, use_deprecated_int96_timestamps=True))
    lake.put("units/b", parquet({"t": pa.array(at, pa.timestamp("ns", "Europe/Paris"))}))
    lake.put("units/c", parquet({"t": pa.array(at[:1].astype("datetime64[ms]"))}))
    table(lake, "units", "t timestamp")
    assert lake.run("SELECT t, count(*) FROM units GROUP BY t ORDER BY t") == [
        ["1960-01-01 00:00:00.000", "2"],
        ["2013-01-01 10:00:00.123", "1"],
        ["2013-01-01 10:00:00.124", "2"],
    ]


def test_only_the_columns_asked_for_are_read(lake: Lake) -> None:
    """DataScannedInBytes is about the column's chunks, not the file."""
    random = np.random.default_rng(7)
    body = parquet({name: pa.array(random.random(100_000)) for name in "abcd"})
    lake.put("wide/a", body)
    table(lake, "wide", "a double, b double, c double, d double")
    one = lake.execution("SELECT sum(a) FROM wide")["Statistics"]["DataScannedInBytes"]
    chunk = 100_000 * 8
    assert chunk <= one <= chunk * 1.3
    every = lake.execution("SELECT sum(a + b + c + d) FROM wide")["Statistics"]["DataScannedInBytes"]
    assert every >= 3.9 * chunk


def test_what_is_no_parquet_says_so(lake: Lake) -> None:
    """With the object's name."""
    lake.put("fake/a.parquet", "hello world")
    table(lake, "fake", "a int")
    assert lake.failure("SELECT a FROM fake") == (
        "HIVE_BAD_DATA: Not valid Parquet file: s3://lake/fake/a.parquet expected magic number: PAR1 got: orld"
    )


def test_a_table_without_objects_is_empty(lake: Lake) -> None:
    """Its types are still known."""
    table(lake, "void", "a int, s struct<x:int>")
    assert lake.run("SELECT count(*), sum(a), max(s.x) FROM void") == [["0", None, None]]


def test_the_path_of_every_row(lake: Lake) -> None:
    """`"$path"`, also in a predicate."""
    body = parquet({"a": pa.array([1])})
    lake.put("paths/one", body)
    lake.put("paths/two", body)
    table(lake, "paths", "a bigint")
    assert lake.lines('SELECT "$path" FROM paths ORDER BY 1') == ["s3://lake/paths/one", "s3://lake/paths/two"]
    assert lake.run("""SELECT count(*) FROM paths WHERE "$path" LIKE '%two'""") == [["1"]]
