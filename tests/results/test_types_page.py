"""The table of types in the docs is the table in the code."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from athena_ds.results.types import TYPES, Column, arrow_type, pandas_dtype, unique_names

from .corpus import TEXT

PAGE = Path(__file__).resolve().parents[2] / "docs" / "results.md"
BEGIN, END = "<!-- types: begin -->", "<!-- types: end -->"


def rendered() -> str:
    rows = ["| Athena | Arrow | pandas | note |", "| --- | --- | --- | --- |"]
    rows += [f"| {name} | `{kind.arrow}` | `{kind.pandas}` | {kind.note} |" for name, kind in TYPES.items()]
    return "\n".join(rows)


def test_the_page_has_every_type() -> None:
    """What a reader sees is what the code does; to renew it, put this test's text between the two marks."""
    page = PAGE.read_text()
    assert page[page.index(BEGIN) + len(BEGIN) : page.index(END)].strip() == rendered()


@pytest.mark.parametrize("name", TYPES)
def test_the_table_names_real_dtypes(name: str) -> None:
    """Both spellings are what Arrow and pandas print."""
    column = Column(name="c", type=name, precision=10, scale=2)
    wanted = TYPES[name]
    arrow = arrow_type(column)
    assert str(arrow) == wanted.arrow.replace("(p, s)", "(10, 2)")
    spelled = TEXT if wanted.pandas == "str" else wanted.pandas.replace("(p, s)", "(10, 2)")
    assert str(pandas_dtype(arrow)) == spelled
    assert pandas_dtype(arrow, "pyarrow") == pd.ArrowDtype(arrow)


def test_a_type_nobody_knew_comes_as_text() -> None:
    """A new type of Athena's does not break a query."""
    column = Column(name="c", type="qdigest")
    assert arrow_type(column) == pa.large_string()
    assert "text" in column.kind.note


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["a", "b"], ("a", "b")),
        (["a", "a", "a"], ("a", "a.1", "a.2")),
        (["a", "a.1", "a"], ("a", "a.1", "a.2")),
        (["a", "a", "a.1", "a.1"], ("a", "a.2", "a.1", "a.1.1")),
        ([], ()),
    ],
)
def test_names_are_told_apart(given: list[str], found: tuple[str, ...]) -> None:
    """In order, and never taking a name that another column really has."""
    assert unique_names(given) == found
