"""The line of a live query in a terminal: tqdm without a percentage, which Athena never gives."""

from __future__ import annotations

from typing import Any

from tqdm import tqdm

from ..aws import Setbacks
from ..execution import QueryExecution
from . import words


class TerminalBar:
    """One query's line on standard error; it goes when the query has ended."""

    def __init__(self, handle: Any) -> None:
        self._price = handle.price
        self._why = ""
        self._state = "SUBMITTED"
        self._bar = tqdm(total=None, bar_format="{desc} {elapsed}", leave=False, desc="SUBMITTED")

    def told(self, execution: QueryExecution) -> None:
        """Show how it stands."""
        scanned = execution.statistics.data_scanned_in_bytes
        self._state = f"{execution.state} {words.size(scanned)} scanned, {words.money(self._price(execution))}"
        self._draw()

    def slowed(self, setbacks: Setbacks) -> None:
        """Show why it takes its time."""
        self._why = f" ({setbacks})"
        self._draw()

    def _draw(self) -> None:
        if not self._bar.disable:
            self._bar.set_description_str(self._state + self._why)

    def ended(self, *, rows: int | None = None, error: BaseException | None = None) -> None:  # noqa: ARG002 - see Shown
        """Take the line away; the frame or the error says the rest."""
        self._bar.close()


def bar(handle: Any) -> TerminalBar:
    """The line of a running query."""
    return TerminalBar(handle)
