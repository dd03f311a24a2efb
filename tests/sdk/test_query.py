"""query(): submits once, lands where it was asked, comes back as a DataFrame that knows what it cost."""

from __future__ import annotations

import asyncio
import json
import pickle

import pytest

from athena_ds import AthenaDataSource
from athena_ds.aws import recording
from athena_ds.errors import (
    ParameterError,
    QueryCancelledError,
    QueryFailedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ScanLimitError,
    ScanLimitWarning,
)
from athena_ds.execution import QueryExecution
from athena_ds.local import LocalAthena

from .scripted import WAIT, Scripted, fail


def test_a_query_gives_its_rows_and_what_they_took(ds: AthenaDataSource) -> None:
    """The facts are JSON, so the frame can be written and compared."""
    frame = ds.query("SELECT 7")
    assert frame.to_dict("list") == {"n": [7]}
    facts = frame.attrs["athena"]
    assert facts["output_location"].startswith("s3://athena-ds-results/query-results/")
    assert facts["data_scanned_in_bytes"] == 1_000_000
    # Ten megabytes at five dollars a terabyte: the least a query costs.
    assert facts["estimated_cost_usd"] == pytest.approx(0.00005)
    assert json.loads(json.dumps(facts)) == facts


def test_a_small_result_costs_one_start_one_status_one_page_and_one_get(ds: AthenaDataSource) -> None:
    """The workgroup and the owner are asked once a data source, not once a query; a status may come before the end."""
    ds.query("SELECT 1")
    with recording() as calls:
        ds.query("SELECT 2")
    asked = [call.operation for call in calls]
    others = sorted(each for each in asked if each != "athena:GetQueryExecution")
    assert others == ["athena:GetQueryResults", "athena:StartQueryExecution", "s3:GetObject"]
    assert len(asked) > len(others)


def test_parameters_travel_beside_the_statement(ds: AthenaDataSource) -> None:
    """Never inside it."""
    assert ds.query("SELECT ?", [41]).n.item() == 41
    assert ds.query("SELECT :n", {"n": 42}).n.item() == 42


def test_a_syntax_error_marks_its_place_and_leaves_no_execution(ds: AthenaDataSource) -> None:
    """Athena refuses it at submit; nothing is charged."""
    with pytest.raises(QuerySyntaxError) as raised:
        ds.query("SELEC 1")
    assert raised.value.query_execution_id == ""
    assert raised.value.place == "line 1: SELEC 1\n        ^"


def test_a_failed_query_says_id_reason_place_and_remedy(ds: AthenaDataSource) -> None:
    """In Athena's words, with what to do."""
    with pytest.raises(QueryFailedError) as raised:
        ds.query(fail("TYPE_MISMATCH", "Cannot apply operator: varchar = integer"))
    error = raised.value
    assert error.query_execution_id
    assert error.query_execution_id in str(error)
    assert error.name == "TYPE_MISMATCH"
    assert "CAST" in error.remedy
    assert "^" in error.place
    assert (error.category, error.error_type) == (2, 1002)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_an_unknown_table_comes_with_close_names(ds: AthenaDataSource) -> None:
    """From the catalog, as far as it may be seen."""
    ds.door.call("glue:CreateTable", DatabaseName="nyc", TableInput={"Name": "flights", "StorageDescriptor": {}})
    try:
        with pytest.raises(QueryFailedError, match="Close names: flights"):
            ds.query(fail("TABLE_NOT_FOUND", "Table 'awsdatacatalog.nyc.flihgts' does not exist"))
    finally:
        ds.door.call("glue:DeleteTable", DatabaseName="nyc", Name="flights")


@pytest.mark.parametrize("many", [False, True])
def test_close_names_are_those_of_the_database_the_query_named(ds: AthenaDataSource, many: bool) -> None:
    """Not of the data source's own, when the query has another."""
    ds.door.call("glue:CreateDatabase", DatabaseInput={"Name": "other"})
    ds.door.call("glue:CreateTable", DatabaseName="other", TableInput={"Name": "voyages", "StorageDescriptor": {}})
    missing = fail("TABLE_NOT_FOUND", "Table 'awsdatacatalog.other.voyagse' does not exist")
    try:
        with pytest.raises(QueryFailedError, match="Close names: voyages"):
            ds.query_many([missing], database="other")[0].result() if many else ds.query(missing, database="other")
    finally:
        ds.door.call("glue:DeleteDatabase", Name="other")


def test_a_query_that_takes_too_long_is_stopped(ds: AthenaDataSource, scripted: Scripted) -> None:
    """And the error says which one it was."""
    with pytest.raises(QueryTimeoutError) as raised:
        ds.query(WAIT, timeout=0.3)
    assert raised.value.query_execution_id in scripted.stopped
    assert isinstance(raised.value, TimeoutError)


def test_a_running_query_can_be_stopped_from_its_handle(ds: AthenaDataSource, scripted: Scripted) -> None:
    """The end is confirmed, and waiting for it says that it was cancelled."""
    running = ds.submit(WAIT)
    assert scripted.waiting.acquire(timeout=10)
    assert running.state == "RUNNING"
    assert running.stop().state == "CANCELLED"
    with pytest.raises(QueryCancelledError, match="cancelled"):
        running.result()


def test_a_query_that_scans_more_than_allowed_is_stopped(ds: AthenaDataSource, scripted: Scripted) -> None:
    """Watched while it runs; the error says how much it had scanned."""
    with pytest.raises(ScanLimitError) as raised:
        ds.query(WAIT, max_scan=999_999)
    assert raised.value.scanned == 1_000_000
    assert raised.value.limit == 999_999
    assert raised.value.query_execution_id in scripted.stopped


def test_a_query_that_ended_beyond_its_limit_is_told(ds: AthenaDataSource) -> None:
    """Its rows are paid for and given; the excess is not silent."""
    with pytest.warns(ScanLimitWarning, match="1,000,000 bytes scanned; 5,000 were allowed"):
        ds.query("SELECT 1", max_scan="5 KB")


def test_a_result_is_read_again_without_running_again(ds: AthenaDataSource) -> None:
    """By its id, from any session."""
    first = ds.query("SELECT 5")
    with recording() as calls:
        again = ds.result(first.attrs["athena"]["query_execution_id"])
    assert again.equals(first)
    assert "athena:StartQueryExecution" not in {call.operation for call in calls}


def test_a_handle_can_be_awaited(ds: AthenaDataSource) -> None:
    """While other tasks go on."""

    async def both() -> list[int]:
        frames = await asyncio.gather(ds.submit("SELECT 1"), ds.submit("SELECT 2"))
        return [frame.n.item() for frame in frames]

    assert asyncio.run(both()) == [1, 2]


def test_a_watcher_sees_the_states_on_the_way(ds: AthenaDataSource) -> None:
    """For a progress line."""
    seen: list[str] = []
    ds.query("SELECT 1", watch=lambda execution: seen.append(execution.state))
    assert seen[-1] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("sql", "options"),
    [
        ("", {}),
        ("  \n", {}),
        ("SELECT '" + "x" * 262_144 + "'", {}),
        ("SELECT ?", {"parameters": ["x" * 1023]}),
        ("SELECT 1", {"reuse_minutes": 10_081}),
        ("SELECT 1", {"reuse_minutes": -1}),
    ],
)
def test_what_athena_would_refuse_is_refused_before_it_is_sent(
    ds: AthenaDataSource, sql: str, options: dict[str, object]
) -> None:
    """With the limit in the message."""
    with recording() as calls, pytest.raises(ParameterError):
        ds.query(sql, **options)  # type: ignore[arg-type]
    assert not calls


def test_ipython_shows_the_message_and_no_traceback(ds: AthenaDataSource) -> None:
    """A few lines, as a person reads them."""
    with pytest.raises(QuerySyntaxError) as raised:
        ds.query("SELEC 1")
    lines = raised.value._render_traceback_()
    assert lines[0].startswith("QuerySyntaxError: Athena cannot read this SQL")
    assert not any("Traceback" in line or "File" in line for line in lines)


def test_a_task_that_is_cancelled_stops_its_query(ds: AthenaDataSource, scripted: Scripted) -> None:
    """As Ctrl-C does: nobody waits for the rows any more."""

    async def impatient() -> str:
        running = ds.submit(WAIT)
        name = await asyncio.to_thread(lambda: running.query_execution_id)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(running, 0.05)
        return name

    name = asyncio.run(impatient())
    with pytest.raises(QueryCancelledError):
        ds.result(name)
    # It may have been stopped before it began, and else it said that it waits, which other tests listen to.
    scripted.waiting.acquire(timeout=0.5)


def test_options_of_the_start_are_refused_for_what_ran(ds: AthenaDataSource) -> None:
    """An execution that was submitted can't be unloaded or limited any more."""
    name = ds.query("SELECT 1").athena.query_execution_id
    with pytest.raises(ParameterError, match="takes no unload, max_scan any more"):
        ds.result(name, unload=True, max_scan=5)
    assert ds.result(name, dtype_backend="pyarrow").dtypes.astype(str).tolist() == ["int64[pyarrow]"]


class Line:
    """What a query's line was told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def told(self, execution: QueryExecution) -> None:
        self.heard.append(execution.state)

    def slowed(self, setbacks: object) -> None:
        """Nothing."""

    def ended(self, *, rows: int | None = None, error: BaseException | None = None) -> None:
        self.heard.append(type(error).__name__ if error else f"ended, rows {rows}")


VERBS = {
    "query": (lambda ds, sql: ds.query(sql, progress=True), "ended, rows 2"),
    "query_batches": (lambda ds, sql: list(ds.query_batches(sql, progress=True)), "ended, rows None"),
    "unload": (lambda ds, sql: ds.unload(sql, progress=True), "ended, rows None"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_waits_shows_its_query(local: LocalAthena, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """How it stands, and once how it ended: with rows, without, or with an error."""
    lines: list[Line] = []
    monkeypatch.setattr(
        "athena_ds.queries.progress._front_of_the_place", lambda: lambda _: lines.append(Line()) or lines[-1]
    )
    ask, end = VERBS[verb]
    ask(AthenaDataSource.local(local), "SELECT * FROM (VALUES 1, 2) AS t (n)")
    assert lines[0].heard[-2:] == ["SUCCEEDED", end]
    with pytest.raises(QueryFailedError):
        ask(AthenaDataSource.local(local), "SELECT 1 / 0 AS n")
    assert lines[1].heard[-1] == "QueryFailedError"
    assert len(lines) == 2
