"""The line of a live query: what it shows while the query runs, and one sentence for each way it can end."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from athena_ds.aws import Setback, Setbacks
from athena_ds.errors import QueryCancelledError, QueryFailedError
from athena_ds.execution import QueryExecution, Statistics
from athena_ds.notebook.panel import QueryPanel
from athena_ds.notebook.terminal import TerminalBar
from tests.notebook.conftest import Person, shown_text

NAME = "2f1c0000-0000-0000-0000-0000000009ab"


def execution(state: str, scanned: int = 1_310_000_000) -> QueryExecution:
    """An execution in a state."""
    return QueryExecution(
        query_execution_id=NAME,
        state=state,
        output_location=f"s3://acme-results/jane/{NAME}.csv",
        statistics=Statistics(data_scanned_in_bytes=scanned),
    )


@pytest.fixture
def panel(messages: list[str]) -> QueryPanel:
    """A panel with a Cancel that is noted."""
    made = QueryPanel(price=lambda found: 0.0066, stop=lambda: pressed.append(True))
    pressed: list[bool] = []
    made.pressed = pressed  # type: ignore[attr-defined]
    return made


def test_while_it_runs_it_shows_state_bytes_cost_and_id(panel: QueryPanel) -> None:
    """One line, with a Cancel."""
    panel.told(execution("RUNNING"))
    text = shown_text(panel)
    for part in ("RUNNING", "1.31 GB scanned", "$0.0066", "2f1c", "Cancel"):
        assert part in text


def test_it_shows_why_it_is_slow(panel: QueryPanel) -> None:
    """Before the first answer, beside the state, and in the sentence at the end; what comes later is not its own."""
    setbacks = Setbacks()
    setbacks.add(Setback(operation="athena:GetQueryExecution", said="was throttled", wait=1.25))
    panel.slowed(setbacks)
    why = "athena:GetQueryExecution was throttled: 1 call made again, 1.2 s waited"
    assert why in shown_text(panel)
    panel.told(execution("RUNNING"))
    assert why in shown_text(panel)
    panel.ended(rows=1)
    assert why in shown_text(panel)
    setbacks.add(Setback(operation="s3:GetObject", said="was throttled", wait=1.0))
    panel.slowed(setbacks)
    assert why in shown_text(panel)


def test_a_terminals_line_shows_why_it_is_slow(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing after its end."""
    line = TerminalBar(SimpleNamespace(price=lambda _: 0.0))
    setbacks = Setbacks()
    setbacks.add(Setback(operation="athena:GetQueryExecution", said="was throttled", wait=1.25))
    line.slowed(setbacks)
    line.told(execution("RUNNING"))
    line.ended()
    shown = capsys.readouterr().err
    assert "SUBMITTED (athena:GetQueryExecution was throttled: 1 call made again, 1.2 s waited)" in shown
    line.slowed(setbacks)
    assert not capsys.readouterr().err


def test_cancel_stops_the_query(panel: QueryPanel) -> None:
    """The button calls the handle's stop."""
    panel.told(execution("RUNNING"))
    Person(panel).presses("cancel")
    assert panel.pressed == [True]  # type: ignore[attr-defined]


def test_success_is_one_sentence(panel: QueryPanel) -> None:
    """Rows, time, bytes, cost, where the result lies."""
    panel.told(execution("SUCCEEDED"))
    panel.ended(rows=336_776)
    text = shown_text(panel)
    for part in ("336,776 rows", "s3://acme-results/jane/", "SUCCEEDED"):
        assert part in text
    assert "Cancel" not in text


def test_one_row_is_one_row(panel: QueryPanel) -> None:
    """As most counts give."""
    panel.told(execution("SUCCEEDED"))
    panel.ended(rows=1)
    assert "1 row in" in shown_text(panel)


def test_failure_shows_athenas_words_the_place_and_what_to_do(panel: QueryPanel) -> None:
    """The SQL line with its caret, and a close name."""
    error = QueryFailedError(
        reason="COLUMN_NOT_FOUND: line 1:8: Column 'arr_dely' cannot be resolved",
        place="line 1: SELECT arr_dely\n               ^",
        remedy="Check the name.",
    )
    error.suggestion = "Close names: arr_delay."
    panel.ended(error=error)
    text = shown_text(panel)
    for part in ("COLUMN_NOT_FOUND", "Close names: arr_delay", "Check the name.", "^"):
        assert part in text


def test_a_stopped_query_is_told_from_a_failed_one(panel: QueryPanel) -> None:
    """CANCELLED is no failure."""
    panel.told(execution("RUNNING", scanned=2_000_000))
    panel.ended(error=QueryCancelledError(reason="Query cancelled by user", query_execution_id=NAME))
    assert "CANCELLED" in shown_text(panel)
    assert "FAILED" not in shown_text(panel)


def test_an_interrupt_says_that_the_query_was_stopped(panel: QueryPanel) -> None:
    """The note the SDK put on the interrupt is shown."""
    interrupt = KeyboardInterrupt()
    interrupt.add_note(f"The query {NAME} was stopped (CANCELLED, 5 bytes scanned).")
    panel.ended(error=interrupt)
    assert "was stopped (CANCELLED" in shown_text(panel)


def test_an_error_in_a_callback_stands_on_the_card(messages: list[str]) -> None:
    """Jupyter loses exceptions of callbacks; the card does not."""

    def refuse() -> None:
        raise RuntimeError("no way to stop it")

    made = QueryPanel(price=lambda found: 0.0, stop=refuse)
    Person(made).presses("cancel")
    assert "no way to stop it" in made.status
