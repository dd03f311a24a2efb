"""Delimited text is read as Hive's LazySimpleSerDe reads it: what can't be read is NULL, quotes are data."""

from __future__ import annotations

import bz2
import gzip
import zlib

import pyarrow as pa
import pytest

from tests.local.tables.running import Lake

SERDE = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"


def table(
    lake: Lake, name: str, columns: str, *, body: bytes | str, key: str = "a.csv", more: str = "", row: str = SERDE
) -> None:
    lake.put(f"{name}/{key}", body)
    lake.run(f"CREATE EXTERNAL TABLE {name} ({columns}) {row} LOCATION 's3://lake/{name}/' {more}")


def test_values_that_are_not_of_the_type_are_null(lake: Lake) -> None:
    """Out of range, unparsable and empty numbers, `yes`, a date without dashes; 1.5 is 1, 30 February 2 March."""
    table(
        lake,
        "odd",
        "i int, d double, b boolean, dt date, s string",
        body="1,1.5,true,2013-1-1,x\n99999999999,nope,yes,20130101,\n,,TRUE,2013-02-30,'q'\n1.5, 2 ,1,,\"a\"\n",
    )
    assert lake.run("SELECT * FROM odd") == [
        ["1", "1.5", "true", "2013-01-01", "x"],
        [None, None, None, None, ""],
        [None, None, "true", "2013-03-02", "'q'"],
        ["1", "2.0", None, None, '"a"'],
    ]


OPTIONS = {"field.delim": ";", "serialization.null.format": "-"}


def with_options(lake: Lake, name: str, *, table: dict[str, str], serde: dict[str, str]) -> str:
    """A table of two lines whose options lie among the parameters of the table, or of the SerDe."""
    lake.put(f"{name}/a", "1;a\n2;-\n")
    text = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
    storage = {
        "Columns": [{"Name": "a", "Type": "int"}, {"Name": "b", "Type": "string"}],
        "Location": f"s3://lake/{name}/",
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": text, "Parameters": serde},
    }
    entry = {"Name": name, "TableType": "EXTERNAL_TABLE", "Parameters": table, "StorageDescriptor": storage}
    lake.glue.create_table(DatabaseName="db", TableInput=entry)
    return f"SELECT * FROM {name} ORDER BY a"


@pytest.mark.parametrize(
    ("name", "table", "serde"),
    [("of_the_serde", {}, OPTIONS), ("of_the_table", OPTIONS, {}), ("of_both", OPTIONS, OPTIONS)],
)
def test_options_of_the_serde_may_be_the_tables(
    lake: Lake, name: str, table: dict[str, str], serde: dict[str, str]
) -> None:
    """Hive writes them to the SerDe's parameters, Trino to the table's."""
    assert lake.run(with_options(lake, name, table=table, serde=serde)) == [["1", "a"], ["2", None]]


def test_options_that_contradict_each_other_fail(lake: Lake) -> None:
    """One value of the SerDe's and another of the table's."""
    sql = with_options(lake, "of_two_minds", table={"field.delim": "x"}, serde=OPTIONS)
    assert lake.failure(sql).startswith("HIVE_INVALID_METADATA: Different values for 'field.delim' set in serde ")


def test_timestamps_have_milliseconds_and_need_a_time(lake: Lake) -> None:
    """Finer fractions are rounded; a T or a blank between; a bare date, or one without seconds, is NULL."""
    body = "2013-01-01 10:00:00.1235\n2013-01-01T10:00:01\n2013-01-01\n2013-01-01 10:00\n1969-12-31 23:59:59.9995\n"
    table(lake, "moments", "t timestamp", body=body)
    found = lake.lines("SELECT t FROM moments")
    assert found[:2] == ["2013-01-01 10:00:00.124", "2013-01-01 10:00:01.000"]
    assert found[2:] == [None, None, "1970-01-01 00:00:00.000"]


def test_dates_and_times_past_their_end_go_on(lake: Lake) -> None:
    """As java.sql.Date has it: month 13 is the next January, day 0 the day before the 1st, second 60 a minute more."""
    dates = {
        "2013-02-31": "2013-03-03",
        "2013-13-01": "2014-01-01",
        "2013-00-10": "2012-12-10",
        "2013-01-00": "2012-12-31",
        " 2013-01-01 ": "2013-01-01",
        "2013-01-01 10:00:00": "2013-01-01",
        "+2013-01-01": "2013-01-01",
    }
    table(lake, "on_dates", "d date", body="\n".join(dates) + "\n")
    assert lake.lines("SELECT d FROM on_dates") == [*dates.values()]
    moments = {
        "2013-02-30 10:00:00": "2013-03-02 10:00:00.000",
        "2013-01-01 10:00:60": "2013-01-01 10:01:00.000",
        "2013-01-01 24:00:00.5": "2013-01-02 00:00:00.500",
    }
    table(lake, "on_moments", "t timestamp", body="\n".join(moments) + "\n")
    assert lake.lines("SELECT t FROM on_moments") == [*moments.values()]


def test_short_rows_are_filled_and_long_ones_cut(lake: Lake) -> None:
    r"""`\N` is NULL, the empty string is not."""
    table(lake, "ragged", "a string, b string, c string", body="1\n1,2,3,4\n\\N,,x\n")
    assert lake.run("SELECT * FROM ragged") == [["1", None, None], ["1", "2", "3"], [None, "", "x"]]


def test_collections_split_at_their_own_delimiters(lake: Lake) -> None:
    """Arrays, maps and structs; empty is an empty collection."""
    row = f"{SERDE} COLLECTION ITEMS TERMINATED BY '|' MAP KEYS TERMINATED BY ':'"
    table(
        lake,
        "nested",
        "a array<int>, m map<string,int>, s struct<x:int,y:string>",
        body="1|2,k:1|l:2,7|z\n,,\n\\N,\\N,\\N\n",
        row=row,
    )
    assert lake.run("SELECT a, m, s.x, s.y FROM nested") == [
        ["[1, 2]", "{k=1, l=2}", "7", "z"],
        ["[]", "{}", None, None],
        [None, None, None, None],
    ]


def test_escaped_delimiters_are_data(lake: Lake) -> None:
    """With ESCAPED BY, the character after the escape stands for itself."""
    table(lake, "escaped", "a string, b string", body="a\\,b,c\\\\d\n", row=f"{SERDE} ESCAPED BY '\\\\'")
    assert lake.run("SELECT * FROM escaped") == [["a,b", "c\\d"]]


def test_headers_are_skipped_in_every_file_and_hidden_files_not_read(lake: Lake) -> None:
    """skip.header.line.count is per file; `_x` and `.x` in any folder, and empty files, don't count."""
    for key in ("b.csv", "sub/c.csv", "_hidden.csv", ".tmp/d.csv"):
        lake.put(f"headed/{key}", "i\n2\n")
    lake.put("headed/empty.csv", "")
    table(lake, "headed", "i int", body="i\r\n1\r\n", more="TBLPROPERTIES ('skip.header.line.count'='1')")
    assert sorted(lake.run("SELECT i FROM headed")) == [["1"], ["2"], ["2"]]


@pytest.mark.parametrize("suffix", ["gz", "bz2", "zst", "deflate", "snappy"])
def test_compression_goes_by_suffix(lake: Lake, suffix: str) -> None:
    """Each codec Athena reads in text files."""
    text = b"1,a\n2,b\n"
    raw = pa.Codec("snappy").compress(text).to_pybytes()
    packed = {
        "gz": gzip.compress(text),
        "bz2": bz2.compress(text),
        "zst": pa.Codec("zstd").compress(text).to_pybytes(),
        "deflate": zlib.compress(text),
        "snappy": len(text).to_bytes(4, "big") + len(raw).to_bytes(4, "big") + raw,
    }[suffix]
    table(lake, f"packed_{suffix}", "i int, s string", body=packed, key=f"a.csv.{suffix}")
    assert lake.run(f"SELECT * FROM packed_{suffix}") == [["1", "a"], ["2", "b"]]


def test_a_broken_compressed_file_fails_by_name(lake: Lake) -> None:
    """The error says which object."""
    table(lake, "broken", "i int", body=gzip.compress(b"1\n" * 1000)[:20], key="a.csv.gz")
    assert "HIVE_CURSOR_ERROR" in lake.failure("SELECT * FROM broken")
    assert "s3://lake/broken/a.csv.gz" in lake.failure("SELECT * FROM broken")


def test_scanned_bytes_are_the_objects_size(lake: Lake) -> None:
    """Text is read whole, as compressed; once for each time it is named."""
    table(lake, "measured", "i int", body="1\n2\n3\n")
    assert lake.execution("SELECT count(*) FROM measured")["Statistics"]["DataScannedInBytes"] == 6
    both = lake.execution("SELECT count(*) FROM measured a JOIN measured b ON a.i = b.i")
    assert both["Statistics"]["DataScannedInBytes"] == 12


def test_invalid_utf8_is_replaced(lake: Lake) -> None:
    """One bad byte does not fail the file."""
    table(lake, "latin", "s string", body=b"caf\xe9\nok\n")
    assert lake.lines("SELECT s FROM latin") == ["caf\ufffd", "ok"]


def test_char_is_padded_and_varchar_cut(lake: Lake) -> None:
    """As Trino reads them."""
    table(lake, "sized", "c char(4), v varchar(2)", body="ab,abc\n")
    assert lake.run("SELECT c || '|', v FROM sized") == [["ab  |", "ab"]]


def test_binary_is_base64_where_it_can_be(lake: Lake) -> None:
    """Either alphabet, blanks between, no padding needed; bits that fill no byte are dropped; all else as it stands."""
    lake.put("binary/a.txt", "\n".join(["YQ==", "YQ", "-7", "x y", "1", "1e400", "1.5"]))
    lake.run("CREATE EXTERNAL TABLE bytes (b binary) LOCATION 's3://lake/binary/'")
    assert lake.lines("SELECT to_hex(b) FROM bytes") == ["61", "61", "FB", "C7", "", "D5EE34", "312E35"]
