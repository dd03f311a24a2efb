"""The location contract: sent with every query, an override announced before and told after, managed results known."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace

import pytest

from athena_ds import AthenaDataSource
from athena_ds.aws import recording
from athena_ds.errors import (
    InvalidRequestError,
    LocationOverrideError,
    LocationOverrideWarning,
    NotFoundError,
    QueryFailedError,
)
from athena_ds.local.server import LocalAthena

ELSEWHERE = "s3://athena-ds-results/enforced/"


def of_workgroup(ds: AthenaDataSource, name: str, **changed: object) -> AthenaDataSource:
    return AthenaDataSource(config=replace(ds.config, workgroup=name, **changed), credentials=ds.credentials)


@pytest.fixture
def workgroup(ds: AthenaDataSource) -> Iterator[str]:
    """A workgroup to be configured by a test."""
    ds.door.call("athena:CreateWorkGroup", Name="other", Configuration={"EnforceWorkGroupConfiguration": False})
    yield "other"
    ds.door.call("athena:DeleteWorkGroup", WorkGroup="other", RecursiveDeleteOption=True)


def enforce(ds: AthenaDataSource, name: str, location: str = ELSEWHERE) -> None:
    settings = {"EnforceWorkGroupConfiguration": True, "ResultConfigurationUpdates": {"OutputLocation": location}}
    ds.door.call("athena:UpdateWorkGroup", WorkGroup=name, ConfigurationUpdates=settings)


def test_a_result_lands_where_it_was_asked_to(ds: AthenaDataSource) -> None:
    """Silently: there is nothing to say."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", LocationOverrideWarning)
        frame = ds.query("SELECT 1")
    assert frame.attrs["athena"]["output_location"].startswith(ds.config.output_location)


def test_the_workgroup_is_asked_once_a_data_source(endpoint: LocalAthena) -> None:
    """Not once a query."""
    ds = AthenaDataSource.local(endpoint)
    with recording() as calls:
        ds.query("SELECT 1")
        ds.query("SELECT 2")
    assert [call.operation for call in calls].count("athena:GetWorkGroup") == 1


def test_an_override_is_announced_before_and_told_after(ds: AthenaDataSource, workgroup: str) -> None:
    """Both locations are named; beforehand once, afterwards with the query."""
    enforce(ds, workgroup)
    moved = of_workgroup(ds, workgroup)
    with pytest.warns(LocationOverrideWarning) as told:
        frame = moved.query("SELECT 1")
    said = [str(each.message) for each in told]
    assert len(said) == 2
    assert "enforces its own settings" in said[0]
    assert frame.attrs["athena"]["query_execution_id"] in said[1]
    assert all(ELSEWHERE in each and moved.config.output_location in each for each in said)
    with pytest.warns(LocationOverrideWarning) as again:
        moved.query("SELECT 2")
    assert len(again) == 1


def test_a_strict_data_source_refuses_before_anything_runs(ds: AthenaDataSource, workgroup: str) -> None:
    """An error with both locations, and no query."""
    enforce(ds, workgroup)
    strict = of_workgroup(ds, workgroup, strict_location=True)
    for _ in range(2):
        with recording() as calls, pytest.raises(LocationOverrideError) as raised:
            strict.query("SELECT 1")
        assert "athena:StartQueryExecution" not in {call.operation for call in calls}
        assert (raised.value.asked, raised.value.actual) == (strict.config.output_location, ELSEWHERE)


def test_an_override_nobody_could_foresee_is_told_with_the_query(ds: AthenaDataSource, workgroup: str) -> None:
    """The settings changed after they were read; the location Athena reports is what counts."""
    known = of_workgroup(ds, workgroup, strict_location=True)
    known.query("SELECT 1")
    enforce(ds, workgroup)
    with pytest.raises(LocationOverrideError) as raised:
        known.query("SELECT 1")
    assert raised.value.query_execution_id
    assert raised.value.actual.startswith(ELSEWHERE)


def test_an_enforced_location_that_is_the_same_is_no_override(ds: AthenaDataSource, workgroup: str) -> None:
    """With or without the slash at its end."""
    enforce(ds, workgroup, ds.config.output_location.rstrip("/"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", LocationOverrideWarning)
        of_workgroup(ds, workgroup, strict_location=True).query("SELECT 1")


def test_managed_results_are_sent_no_location_and_read_as_pages(ds: AthenaDataSource) -> None:
    """Athena keeps them itself, and refuses a location beside that."""
    ds.door.call(
        "athena:CreateWorkGroup", Name="managed", Configuration={"ManagedQueryResultsConfiguration": {"Enabled": True}}
    )
    try:
        with recording() as calls:
            frame = of_workgroup(ds, "managed").query("SELECT 3")
    finally:
        ds.door.call("athena:DeleteWorkGroup", WorkGroup="managed", RecursiveDeleteOption=True)
    assert frame.n.item() == 3
    assert frame.attrs["athena"]["output_location"] is None
    assert "s3:GetObject" not in {call.operation for call in calls}


def test_a_missing_workgroup_is_named(ds: AthenaDataSource) -> None:
    """With the region it was looked for in."""
    with pytest.raises(NotFoundError, match="Check the name 'nobody' and the region us-east-1"):
        of_workgroup(ds, "nobody").query("SELECT 1")


def test_another_accounts_bucket_is_not_written_to(ds: AthenaDataSource) -> None:
    """The owner condition goes with every query: a bucket that someone else took over gets nothing."""
    sniped = AthenaDataSource(
        config=replace(ds.config, expected_bucket_owner="999999999999"), credentials=ds.credentials
    )
    with pytest.raises((QueryFailedError, InvalidRequestError), match="bucket"):
        sniped.query("SELECT 1")


def test_no_bucket_is_ever_made(ds: AthenaDataSource) -> None:
    """A results bucket that does not exist is an error."""
    missing = AthenaDataSource(config=replace(ds.config, results_bucket="nobody-made-this"), credentials=ds.credentials)
    with pytest.raises((QueryFailedError, InvalidRequestError), match="results bucket exists"):
        missing.query("SELECT 1")
    assert "nobody-made-this" not in ds.buckets()
