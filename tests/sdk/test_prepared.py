"""Prepared statements: kept, replaced, run with values, listed, deleted."""

from __future__ import annotations

import pytest

from athena_ds import AthenaDataSource
from athena_ds.errors import ConfirmationError, NotFoundError, ParameterError
from athena_ds.execution.parameters import bind
from athena_ds.local.faults import Reset
from athena_ds.local.server import LocalAthena


def test_a_statement_is_kept_run_with_values_and_deleted(ds: AthenaDataSource) -> None:
    """Its places are filled by what comes with EXECUTE."""
    ds.prepare("number", "SELECT ?")
    assert ds.query("EXECUTE number", [11]).n.item() == 11
    assert ds.query("EXECUTE number", [12]).n.item() == 12
    assert list(ds.prepared_statements()["name"]) == ["number"]
    ds.prepare("number", "SELECT ? -- again")
    assert list(ds.prepared_statements()["query"]) == ["SELECT ? -- again"]
    with pytest.raises(ConfirmationError, match="would be deleted"):
        ds.delete_prepared("number", confirm=False)
    ds.delete_prepared("number", confirm=True)
    assert len(ds.prepared_statements()) == 0


def test_a_name_that_athena_refuses_is_refused_before(ds: AthenaDataSource) -> None:
    """With what a name may be."""
    for name in ("", "1x", "a b", "x" * 300, "a-b"):
        with pytest.raises(ParameterError, match="name of a prepared statement"):
            ds.prepare(name, "SELECT 1")


def test_one_that_is_not_there_is_said(ds: AthenaDataSource) -> None:
    """When it is to be deleted."""
    with pytest.raises(NotFoundError):
        ds.delete_prepared("nobody", confirm=True)


def test_values_for_execute_are_literals_like_all_others() -> None:
    """Text stays text."""
    assert bind("EXECUTE x", ["now()", None, 1.5]).parameters == ("'now()'", "NULL", "1.5E0")


@pytest.mark.parametrize("operation", ["CreatePreparedStatement", "DeletePreparedStatement", "DeleteNamedQuery"])
def test_an_answer_that_is_lost_makes_no_error_of_what_was_done(
    ds: AthenaDataSource, endpoint: LocalAthena, operation: str
) -> None:
    """The call is made again, and finds that the first one did it."""
    endpoint.faults.add(f"athena:{operation}", Reset(after=True), times=1)
    ds.prepare("lost", "SELECT 1")
    assert list(ds.prepared_statements()["query"]) == ["SELECT 1"]
    ds.delete_prepared("lost", confirm=True)
    assert ds.prepared_statements().empty
    ds.save_query("lost", "SELECT 1")
    ds.delete_query("lost", confirm=True)
    assert ds.named_queries().empty
