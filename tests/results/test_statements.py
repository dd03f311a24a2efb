"""Every kind of statement gives the frame a person expects, its header known from the statement and not from values."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from athena_ds import results
from athena_ds.aws import Door
from athena_ds.errors import ResultError

from .athena_text import info
from .corpus import TEXT
from .shelf import Result, Shelf
from .transports import by_csv, by_pages, by_unload, whole


def utility(shelf: Shelf, kind: str, columns: list[str], rows: list[str], *, column_type: str = "string") -> Any:
    """A statement whose result is a .txt and whose rows come as one text each."""
    result = Result(
        columns=[info(name, column_type) for name in columns], rows=[(row,) for row in rows], labelled=False
    )
    return shelf.lay(kind, result, statement="UTILITY", substatement=kind, location=f"s3://bucket/results/{kind}.txt")


@pytest.mark.parametrize(
    ("kind", "label", "rows"),
    [
        ("SHOW_TABLES", "tab_name", ["a", "b"]),
        ("SHOW_DATABASES", "database_name", ["database_name", "default"]),
        ("SHOW_VIEWS", "views", ["v"]),
        ("SHOW_PARTITIONS", "partition", ["p=a/q=1", "p=a/q=2"]),
        ("SHOW_CREATE_TABLE", "createtab_stmt", ["CREATE EXTERNAL TABLE `t`(", "  `id` int)", ""]),
    ],
)
def test_show_keeps_every_row(shelf: Shelf, door: Door, kind: str, label: str, rows: list[str]) -> None:
    """Not even a first row that equals the label is taken for a header."""
    found = whole(utility(shelf, kind, [label], rows), door, "numpy")
    assert found[label].tolist() == rows
    assert list(found.columns) == [label]


def test_show_columns_is_not_padded(shelf: Shelf, door: Door) -> None:
    """Athena fills names up to twenty characters; nobody wants the blanks."""
    found = whole(
        utility(shelf, "SHOW_COLUMNS", ["field"], ["id                  ", "name                "]), door, "numpy"
    )
    assert found["field"].tolist() == ["id", "name"]


def test_describe_has_its_three_columns(shelf: Shelf, door: Door) -> None:
    """Each row comes as one text with tabs; the partition section stays, as Athena sends it."""
    rows = [
        "id                  \tint                 \tthe key             ",
        "p                   \tstring              \t                    ",
        "\t \t ",
        "# Partition Information\t \t ",
        "# col_name            \tdata_type           \tcomment             ",
        "\t \t ",
        "p                   \tstring              \t                    ",
    ]
    found = whole(utility(shelf, "DESCRIBE_TABLE", ["col_name", "data_type", "comment"], rows), door, "numpy")
    assert found.values.tolist() == [
        ["id", "int", "the key"],
        ["p", "string", ""],
        ["", "", ""],
        ["# Partition Information", "", ""],
        ["# col_name", "data_type", "comment"],
        ["", "", ""],
        ["p", "string", ""],
    ]


def test_explain_loses_its_label_and_keeps_its_lines(shelf: Shelf, door: Door) -> None:
    """EXPLAIN is DML whose first row is the label; indentation is the plan."""
    plan = ["Fragment 0 [SINGLE]", "    Output layout: [x]", ""]
    result = Result(columns=[info("Query Plan", "varchar")], rows=[(line,) for line in plan])
    execution = shelf.lay("explain", result, substatement="EXPLAIN", location="s3://bucket/results/explain.txt")
    assert whole(execution, door, "numpy")["Query Plan"].tolist() == plan


@pytest.mark.parametrize("kind", ["CREATE_TABLE_AS_SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"])
def test_a_write_says_how_many_rows(shelf: Shelf, door: Door, kind: str) -> None:
    """One row, one column `rows`, from UpdateCount."""
    result = Result(columns=[info("rows", "bigint")], rows=[], labelled=False, update_count=42)
    location = "s3://bucket/results/x.csv" if kind in ("UPDATE", "DELETE", "MERGE") else "s3://bucket/results/x"
    found = whole(shelf.lay("x", result, substatement=kind, location=location), door, "numpy")
    assert found.to_dict("list") == {"rows": [42]}


def test_a_select_of_a_column_called_rows_stays_a_select(shelf: Shelf, door: Door) -> None:
    """No rows are no rows, though UpdateCount is 0."""
    execution = by_pages(shelf, [info("rows", "bigint")], [])
    assert whole(execution, door, "numpy").shape == (0, 1)


def test_ddl_gives_an_empty_frame(shelf: Shelf, door: Door) -> None:
    """CREATE and DROP have no columns and no rows."""
    result = Result(columns=[], rows=[], labelled=False, update_count=None)
    execution = shelf.lay("ddl", result, statement="DDL", substatement="CREATE_TABLE", location="s3://bucket/r/ddl.txt")
    found = whole(execution, door, "numpy")
    assert found.shape == (0, 0)
    assert json.loads(json.dumps(found.attrs))["athena"]["statement_type"] == "CREATE_TABLE"


def test_msck_shows_its_lines(shelf: Shelf, door: Door) -> None:
    """Rows without a ColumnInfo get a column of their own."""
    lines = ["Partitions not in metastore: t:p=1", "Repair: Added partition to metastore t:p=1"]
    result = Result(columns=[], rows=[(line,) for line in lines], labelled=False, update_count=None)
    execution = shelf.lay(
        "msck", result, statement="DDL", substatement="MSCK_REPAIR", location="s3://bucket/r/msck.txt"
    )
    assert whole(execution, door, "numpy")["result"].tolist() == lines


def test_managed_results_come_page_by_page(shelf: Shelf, door: Door) -> None:
    """2,500 rows and the label row are three pages; nothing is lost at their edges."""
    rows = [(str(number), None if number % 2 else "") for number in range(2500)]
    found = whole(by_pages(shelf, [info("n", "bigint"), info("s", "varchar")], rows), door, "pyarrow")
    assert found["n"].tolist() == list(range(2500))
    assert found["s"].isna().tolist() == [bool(number % 2) for number in range(2500)]
    assert shelf.asked == {"GetQueryResults": 3}


def test_a_first_row_equal_to_the_labels_is_kept(shelf: Shelf, door: Door) -> None:
    """`SELECT 'name' AS name` has a row."""
    for lay in (by_csv, by_pages):
        execution = lay(shelf, [info("name", "varchar")], [("name",), ("name",)])
        assert whole(execution, door, "numpy")["name"].tolist() == ["name", "name"]


def test_columns_of_one_name_stay_two_with_their_own_types(shelf: Shelf, door: Door) -> None:
    """The second `id` becomes `id.1`; a column really called so keeps its name."""
    infos = [info("id", "bigint"), info("id", "varchar"), info("id.1", "double"), info("_col3", "boolean")]
    for lay in (by_csv, by_pages):
        found = whole(lay(shelf, infos, [("1", "x", "0.5", "true")]), door, "numpy")
        assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {
            "id": "Int64",
            "id.2": TEXT,
            "id.1": "float64",
            "_col3": "boolean",
        }
        assert found.athena.facts["columns"][1]["name"] == "id"
        assert found.athena.types == {"id": "bigint", "id.2": "varchar", "id.1": "double", "_col3": "boolean"}


@pytest.mark.parametrize("label", ['a"b', "a,b", 'x","y', "line\nline", " ", "größe", '"'])
def test_ugly_labels_are_names(shelf: Shelf, door: Door, label: str) -> None:
    """A label may hold what a CSV header is made of."""
    found = whole(by_csv(shelf, [info(label, "bigint"), info("n", "bigint")], [("1", "2")]), door, "numpy")
    assert list(found.columns) == [label, "n"]


def test_no_rows_keep_columns_and_dtypes(shelf: Shelf, door: Door) -> None:
    """An empty result is a frame that code after it can use; so is the only batch of it."""
    infos = [info("n", "bigint"), info("t", "timestamp"), info("d", "decimal", precision=5, scale=2)]
    for lay in (by_csv, by_pages):
        execution = lay(shelf, infos, [])
        found = whole(execution, door, "numpy")
        assert [str(dtype) for dtype in found.dtypes] == ["Int64", "datetime64[us]", "decimal128(5, 2)[pyarrow]"]
        (batch,) = results.batches(execution, door)
        assert batch.dtypes.equals(found.dtypes)


def test_arrow_and_polars_come_without_pandas_dtypes(shelf: Shelf, door: Door) -> None:
    """Both exits have the same values, and the fields tell Athena's types."""
    infos = [info("id", "bigint"), info("id", "varchar"), info("d", "decimal", precision=5, scale=2)]
    execution = by_csv(shelf, infos, [("1", "", "1.50"), (None, None, None)])
    table = results.arrow(execution, door)
    assert table.to_pydict() == {"id": [1, None], "id.1": ["", None], "d": [table["d"][0].as_py(), None]}
    assert [field.metadata[b"athena.type"] for field in table.schema] == [b"bigint", b"varchar", b"decimal"]
    frame = results.polars(execution, door)
    assert isinstance(frame, pl.DataFrame)
    assert frame.schema["d"] == pl.Decimal(5, 2)
    assert frame["id.1"].to_list() == ["", None]


def test_the_frame_knows_where_it_came_from(shelf: Shelf, door: Door) -> None:
    """`df.attrs["athena"]` is JSON, `df.athena` reads it, and a frame made by hand has no such thing."""
    execution = by_csv(shelf, [info("n", "bigint"), info("a", "array")], [("1", "[1, 2]")])
    found = whole(execution, door, "numpy")
    assert json.loads(json.dumps(found.attrs)) == found.attrs
    assert found.athena.query_execution_id == execution.query_execution_id
    assert found.athena.types == {"n": "bigint", "a": "array"}
    assert "ambiguous" in found.athena.notes["a"]
    assert "1,024 bytes scanned" in repr(found.athena)
    assert found.copy().athena.output_location == execution.output_location
    assert not hasattr(pd.DataFrame({"x": [1]}), "athena")


def test_batches_have_the_rows_asked_for(shelf: Shelf, door: Door) -> None:
    """All but the last have exactly that many, and the index goes on."""
    execution = by_csv(shelf, [info("n", "bigint")], [(str(number),) for number in range(25)])
    found = list(results.batches(execution, door, rows=10))
    assert [len(frame) for frame in found] == [10, 10, 5]
    assert [frame.index[0] for frame in found] == [0, 10, 20]
    assert pd.concat(found)["n"].tolist() == list(range(25))


def test_a_small_result_costs_one_call_of_each(shelf: Shelf, door: Door) -> None:
    """One GetQueryResults for the types and one ranged GET; no HEAD, no second page."""
    execution = by_csv(shelf, [info("n", "bigint")], [("1",)])
    whole(execution, door, "numpy")
    assert shelf.asked == {"GetQueryResults": 1, "GetObject": 1}


def test_rows_that_athena_encrypted_itself_are_read_through_athena(shelf: Shelf, door: Door) -> None:
    """With CSE_KMS the object in S3 is ciphertext, and Athena sends plain text."""
    execution = by_csv(shelf, [info("n", "integer")], [("1",), (None,), ("3",)])
    shelf.objects[f"results/{execution.query_execution_id}.csv"] = bytes(range(256)) * 4
    sealed = replace(execution, encryption_option="CSE_KMS")
    assert whole(sealed, door)["n"].tolist() == [1, pd.NA, 3]


def test_files_that_athena_encrypted_itself_are_called_so(shelf: Shelf, door: Door) -> None:
    """An UNLOAD in the statement's own words, where nothing was known beforehand: it is not called damaged."""
    execution = by_unload(shelf, [pa.table({"n": [1]})])
    sealed = replace(execution, encryption_option="CSE_KMS")
    with pytest.raises(ResultError, match=r"encrypted by Athena itself \(CSE_KMS\)") as found:
        whole(sealed, door)
    assert "They are written" in found.value.remedy
    assert not shelf.asked
