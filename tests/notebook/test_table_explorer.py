"""The table explorer shows databases, tables and columns, filters as one types, and queries only when asked."""

from __future__ import annotations

import json

import pytest

from athena_ds import AthenaDataSource
from athena_ds.local import LocalAthena
from athena_ds.notebook.explorer import TableExplorer
from tests.notebook.conftest import Person, fields, shown_text


@pytest.fixture
def explorer(messages: list[str], local: LocalAthena) -> TableExplorer:
    """On the sample database."""
    return TableExplorer(AthenaDataSource.local(local))


def test_it_lists_the_tables_of_the_database(explorer: TableExplorer) -> None:
    """With type, format and partition keys."""
    text = shown_text(explorer)
    for part in ("flights", "parquet", "month", "6 of 6 tables and views"):
        assert part in text


def test_the_filter_narrows_as_one_types(explorer: TableExplorer) -> None:
    """Any part of a name; a pattern is no pattern here."""
    assert fields(explorer)["filter"]["live"] is True
    Person(explorer).changes("filter", "AIR")
    text = shown_text(explorer)
    assert "airlines" in text
    assert '"flights"' not in text
    Person(explorer).changes("filter", ".*")
    assert "0 of 6" in shown_text(explorer)


def test_a_table_opens_to_its_columns_and_back(explorer: TableExplorer, local: LocalAthena) -> None:
    """Columns come from the catalog: no query runs."""
    before = local.faults.calls.count("athena:StartQueryExecution")
    person = Person(explorer)
    person._send({"kind": "action", "name": "open", "detail": "flights", "values": {}})
    assert "tailnum" in shown_text(explorer)
    assert local.faults.calls.count("athena:StartQueryExecution") == before
    person.presses("back")
    assert "tables and views" in shown_text(explorer)


def test_rows_are_shown_when_asked_for(explorer: TableExplorer) -> None:
    """A query runs then, and what it scanned is said."""
    person = Person(explorer)
    person._send({"kind": "action", "name": "open", "detail": "airlines", "values": {}})
    person.presses("sample")
    assert "scanned" in shown_text(explorer)
    assert "5 rows" in shown_text(explorer)


def test_names_from_the_catalog_are_text_not_markup(explorer: TableExplorer) -> None:
    """The browser sets textContent only: blocks hold plain text."""
    assert "<" not in json.dumps(explorer.blocks)
