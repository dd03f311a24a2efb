"""Queries kept in Athena: made, listed, run by name, deleted; and what ran, with what it cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from athena_ds import AthenaDataSource
from athena_ds.errors import ConfirmationError, NotFoundError, ParameterError, QueryFailedError
from athena_ds.local.faults import Reset
from athena_ds.local.server import LocalAthena

from .scripted import fail


def test_a_query_is_kept_run_by_name_and_deleted(ds: AthenaDataSource) -> None:
    """The document's create, execute and delete."""
    ds.save_query("answer", "SELECT 42", description="of everything")
    listed = ds.named_queries().set_index("name").loc["answer"]
    assert (listed["query"], listed["database"], listed["description"]) == ("SELECT 42", "nyc", "of everything")
    assert ds.query(named="answer").n.item() == 42
    ds.delete_query("answer", confirm=True)
    assert "answer" not in set(ds.named_queries()["name"])


def test_deleting_wants_consent(ds: AthenaDataSource) -> None:
    """Only the word True is it."""
    ds.save_query("kept", "SELECT 1")
    for consent in (False, None, 1, "yes"):
        with pytest.raises(ConfirmationError, match="would be deleted"):
            ds.delete_query("kept", confirm=consent)  # type: ignore[arg-type]
    assert "kept" in set(ds.named_queries()["name"])
    ds.delete_query("kept", confirm=True)


def test_a_name_nobody_kept_is_said(ds: AthenaDataSource) -> None:
    """With how to list and how to make one."""
    with pytest.raises(NotFoundError, match="no named query 'nothing'"):
        ds.query(named="nothing")


def test_a_name_kept_twice_is_not_guessed_about(ds: AthenaDataSource) -> None:
    """Athena allows it."""
    first = ds.save_query("double", "SELECT 1")
    other = {"Name": "double", "QueryString": "SELECT 2", "Database": "nyc", "ClientRequestToken": "x" * 32}
    second = ds.door.call("athena:CreateNamedQuery", **other)["NamedQueryId"]
    with pytest.raises(ParameterError, match="2 named queries"):
        ds.query(named="double")
    ds.delete_query(second, confirm=True)
    assert ds.query(named="double").n.item() == 1
    ds.delete_query(first, confirm=True)
    assert "double" not in set(ds.named_queries()["name"])


def test_a_cell_that_saves_can_run_twice(ds: AthenaDataSource) -> None:
    """The same again is the same one; another query does not take the name unless told to."""
    first = ds.save_query("again", "SELECT 1", description="one")
    assert ds.save_query("again", "SELECT 1", description="one") == first
    with pytest.raises(ParameterError, match="'again' is taken"):
        ds.save_query("again", "SELECT 2")
    ds.save_query("again", "SELECT 2", replace=True)
    assert list(ds.named_queries().query("name == 'again'")["query"]) == ["SELECT 2"]
    ds.delete_query("again", confirm=True)


def test_a_lost_answer_does_not_keep_it_twice(ds: AthenaDataSource, endpoint: LocalAthena) -> None:
    """One token for all tries."""
    endpoint.faults.add("athena:CreateNamedQuery", Reset(after=True), times=1)
    ds.save_query("once", "SELECT 1")
    assert list(ds.named_queries()["name"]).count("once") == 1
    ds.delete_query("once", confirm=True)


def test_a_statement_or_a_name_but_not_both(ds: AthenaDataSource) -> None:
    """Nor neither."""
    with pytest.raises(ParameterError, match="not both and not neither"):
        ds.query("SELECT 1", named="x")
    with pytest.raises(ParameterError, match="not both and not neither"):
        ds.query()


def test_history_has_the_latest_first_with_what_they_cost(ds: AthenaDataSource) -> None:
    """Failed ones too, which cost nothing."""
    ds.query("SELECT 71")
    with pytest.raises(QueryFailedError):
        ds.query(fail("DIVISION_BY_ZERO", "Division by zero"))
    frame = ds.history(limit=2)
    assert list(frame["state"]) == ["FAILED", "SUCCEEDED"]
    assert list(frame["estimated_cost_usd"]) == [0.0, pytest.approx(0.00005)]
    assert frame["query"][1] == "SELECT 71"
    assert "Division by zero" in frame["reason"][0]
    assert str(frame["data_scanned_in_bytes"].dtype) == "Int64"
    assert frame["submitted"].dt.tz is not None


def test_the_history_of_a_new_workgroup_is_a_table_without_rows(ds: AthenaDataSource) -> None:
    """With the same columns and dtypes."""
    ds.door.call("athena:CreateWorkGroup", Name="unused", Configuration={})
    fresh = AthenaDataSource(config=replace(ds.config, workgroup="unused"), credentials=ds.credentials)
    frame = fresh.history()
    kept = fresh.named_queries()
    ds.door.call("athena:DeleteWorkGroup", WorkGroup="unused", RecursiveDeleteOption=True)
    assert len(frame) == 0
    assert list(frame.columns) == list(ds.history(limit=1).columns)
    assert len(kept) == 0
