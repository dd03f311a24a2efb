"""The line of a live query: state, time, bytes, cost and id while it runs; one sentence when it has ended.

Only traits change (no `clear_output`, no display updates), so a stored notebook keeps what a rerun gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

from IPython.display import display

from ..aws import Setbacks
from ..errors import QueryCancelledError, QueryError
from ..execution import QueryExecution
from . import blocks, words
from .card import Block, Card, Event, in_words

_SIGNS = {"QUEUED": "running", "RUNNING": "running", "SUCCEEDED": "passed", "FAILED": "failed", "CANCELLED": "warning"}


class QueryPanel(Card):
    """One query's line in a notebook, with a Cancel where the kernel can hear it.

    Args:
        price: Dollars of an execution so far.
        console_link: A link to it in AWS's console; none where None.
        stop: Called by Cancel; no Cancel is shown when None.
    """

    def __init__(
        self,
        *,
        price: Callable[[QueryExecution], float],
        console_link: Callable[[str], str | None] = lambda _: None,
        stop: Callable[[], Any] | None = None,
    ) -> None:
        super().__init__(label="Query")
        self._price, self._link, self._stop = price, console_link, stop
        self._began = time.monotonic()
        self._last: QueryExecution | None = None
        self._why, self._over = "", False
        self.show([blocks.live("running", "SUBMITTED", parts=["Interrupt the kernel to stop it"])])

    def told(self, execution: QueryExecution) -> None:
        """Show how it stands."""
        self._last = execution
        if not execution.finished:
            self.show([self._line(execution, words.seconds(time.monotonic() - self._began))])

    def slowed(self, setbacks: Setbacks) -> None:
        """Show why it takes its time."""
        if self._over:
            return
        self._why = str(setbacks)
        if self._last is None:
            self.show([blocks.live("running", "SUBMITTED", parts=["Interrupt the kernel to stop it", self._why])])
        else:
            self.told(self._last)

    def ended(self, *, rows: int | None = None, error: BaseException | None = None) -> None:
        """Show how it ended: with how many rows, or with what error."""
        self._over = True
        if isinstance(error, KeyboardInterrupt):
            notes = " ".join(getattr(error, "__notes__", ()))
            self.show([blocks.live("warning", "INTERRUPTED", parts=[notes or "The query was stopped."])])
        elif isinstance(error, QueryCancelledError):
            self.show([self._cancelled(error)])
        elif error is not None:
            self.show(_failure(error) if self._stop else [self._failed(error)])
        elif self._last is not None:
            self.show([self._summary(self._last, rows)])

    def heard(self, event: Event) -> None:
        """Cancel stops the query; what that answers stands on the line."""
        if event.name == "cancel" and self._stop is not None:
            self.status = "Stopping …"
            self._stop()
            self.status = ""

    def _line(self, execution: QueryExecution, elapsed: str) -> Block:
        scanned = execution.statistics.data_scanned_in_bytes
        parts: list[Any] = [elapsed, f"{words.size(scanned)} scanned", words.money(self._price(execution))]
        cancel = [blocks.action("cancel", "Cancel", always=True)] if self._stop else []
        shown = [*parts, self._name(execution.query_execution_id), *([self._why] if self._why else [])]
        return blocks.live(_SIGNS[execution.state], execution.state, parts=shown, actions=cancel)

    def _summary(self, execution: QueryExecution, rows: int | None) -> Block:
        scanned = execution.statistics.data_scanned_in_bytes
        count = "" if rows is None else f"{words.counted(rows, 'row')} in "
        took = f"{count}{words.seconds(time.monotonic() - self._began)}"
        parts: list[Any] = [took, f"{words.size(scanned)} scanned", words.money(self._price(execution))]
        if execution.statistics.reused_previous_result:
            parts.append("an earlier result, reused")
        if self._why:
            parts.append(self._why)
        place = execution.output_location or ""
        kept = place.rpartition("/")[0] + "/" if place else "kept by Athena for a day"
        return blocks.live("passed", "SUCCEEDED", parts=[*parts, self._name(execution.query_execution_id), kept])

    def _failed(self, error: BaseException) -> Block:
        """One line: the error itself is raised by the cell, and stands below it."""
        took = words.seconds(time.monotonic() - self._began)
        said = [f"after {took}", "the error stands below"]
        name = getattr(error, "query_execution_id", "")
        return blocks.live("failed", "FAILED", parts=[*said, *([self._name(name)] if name else [])])

    def _cancelled(self, error: QueryCancelledError) -> Block:
        scanned = self._last.statistics.data_scanned_in_bytes if self._last else 0
        parts = [error.reason or "The query was stopped", f"{words.size(scanned)} scanned"]
        return blocks.live("warning", "CANCELLED", parts=[*parts, self._name(error.query_execution_id)])

    def _name(self, query_execution_id: str) -> Any:
        link = self._link(query_execution_id)
        shown = words.short(query_execution_id)
        return {"text": shown, "href": link} if link else shown


def panel(handle: Any) -> QueryPanel:
    """The panel of a query that a cell waits for: Interrupt stops it, so there is no Cancel that could not be heard."""
    made = QueryPanel(price=handle.price, console_link=handle.console_link)
    display(made)
    return made


def attend(handle: Any) -> None:
    """The panel of a submitted query, followed by a thread of its own while the kernel is idle, with a Cancel."""
    made = QueryPanel(price=handle.price, console_link=handle.console_link, stop=handle.stop)
    handle.shown_as(made)
    display(made)
    Thread(target=_follow, args=(handle, made), name="athena-ds-panel", daemon=True).start()


def _follow(handle: Any, made: QueryPanel) -> None:
    """Tell the panel how the query stands until it has ended; whatever goes wrong stands on the panel."""
    try:
        handle.wait()
        made.ended()
    except Exception as error:  # in a thread it would be lost
        made.ended(error=error)


def _failure(error: BaseException) -> list[Block]:
    """Athena's own words first; under them the SQL line with a caret, close names, what to do."""
    if not isinstance(error, QueryError):
        return [blocks.live("failed", "FAILED", parts=[in_words(error)])]
    hints = [hint for hint in (error.suggestion, error.remedy) if hint]
    line = blocks.live("failed", "FAILED", parts=[error.reason, *hints])
    return [line, blocks.place(error.place)] if error.place else [line]
