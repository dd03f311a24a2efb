"""Many queries at once: a bounded number in flight, followed together, order kept, no failure loses another's rows."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from random import random
from typing import TYPE_CHECKING, Any

from .. import results
from ..errors import AccessDeniedError, AthenaDSError, ParameterError, QueryError, note
from ..execution import (
    QueryExecution,
    Submit,
    raise_for_state,
    scan_crossed,
    start,
    status,
    statuses,
    stop,
    timed_out,
    told_later,
    warn_of_scan,
)
from ..execution.parameters import Parameters
from ..execution.polling import SECOND, next_wait, still_to_wait
from . import allowance, flow, running
from .estimate import Foreseen
from .options import QueryOptions, checked
from .suggest import suggestion

if TYPE_CHECKING:
    import pandas as pd

_STARTING, _READING = 32, 8
# From here on one call asks about all.
_BATCH_FROM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one query of many.

    Attributes:
        sql: The statement.
        query_execution_id: Its execution; empty when none came to be.
        frame: Its rows, or None.
        error: What went wrong, or None.
    """

    sql: str
    query_execution_id: str = ""
    frame: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    error: AthenaDSError | None = None

    def result(self) -> pd.DataFrame:
        """The rows.

        Raises:
            AthenaDSError: What went wrong.
        """
        if self.error is not None:
            raise self.error
        assert self.frame is not None  # noqa: S101 - one of the two is always there
        return self.frame


def run(
    source: running.Source,
    statements: Sequence[str | tuple[str, Parameters]],
    *,
    concurrency: int,
    options: QueryOptions,
) -> list[Outcome]:
    """Run them all; what can't even be sent has its error in its own place too.

    Raises:
        ParameterError: When it is one text instead of many, an option is unknown, or nothing may run at once.
    """
    if isinstance(statements, str):
        raise ParameterError("Statements are a list, not one text.", remedy="query(sql) runs a single one.")
    if concurrency < 1:
        raise ParameterError(f"concurrency is at least 1, not {concurrency!r}.")
    checked(options)
    if options.get("nested", "text") != "text":
        remedy = "unload=True gives lists and dicts, or write CAST(column AS JSON) in the queries."
        raise ParameterError(
            "query_many takes no nested='json', which asks for each query's types first.", remedy=remedy
        )
    done: dict[int, Outcome] = {}
    submits: dict[int, Submit] = {}
    for number, each in enumerate(statements):
        sql, parameters = each if isinstance(each, tuple) else (each, None)
        try:
            submits[number] = flow.to_send(source, sql, parameters=parameters, **options)
        except ParameterError as error:
            done[number] = Outcome(sql=sql, error=error)
    outcomes = Many(source, list(submits.values()), options).run(concurrency=concurrency)
    done.update(zip(submits, outcomes, strict=True))
    return [done[number] for number in range(len(statements))]


class Many:
    """One run of many queries."""

    def __init__(self, source: running.Source, submits: Sequence[Submit], options: QueryOptions) -> None:
        self._source, self._submits, self._options = source, submits, options
        self._limit = allowance.scan_limit(source, options)
        self._foreseen: dict[int, Foreseen | None] = {}
        self._begun: dict[str, float] = {}
        self._pending = deque(range(len(submits)))
        self._starting: dict[Future[str], int] = {}
        self._flying: dict[str, int] = {}
        self._reading: dict[Future[pd.DataFrame], tuple[int, str]] = {}
        self._done: dict[int, Outcome] = {}
        self._latest = time.monotonic()
        self._together = True

    def run(self, *, concurrency: int) -> list[Outcome]:
        """Run them all, at most so many at once; Ctrl-C stops every one that is in flight."""
        starters = ThreadPoolExecutor(_STARTING, "athena_ds-many-start")
        readers = ThreadPoolExecutor(_READING, "athena_ds-many-read")
        results.make_ready(self._source.door)
        try:
            asked = time.monotonic() + SECOND
            while len(self._done) < len(self._submits):
                self._start(starters, concurrency)
                self._settle(timeout=max(0.0, asked - time.monotonic()))
                if time.monotonic() >= asked:
                    interval, now = self._interval(), time.monotonic()
                    self._follow(readers)
                    asked = time.monotonic() + still_to_wait(interval, took=time.monotonic() - now)
        except BaseException as error:
            self._stop_all(error)
            raise
        finally:
            starters.shutdown(cancel_futures=True)
            readers.shutdown(cancel_futures=True)
        return [self._done[number] for number in range(len(self._submits))]

    def _interval(self) -> float:
        """Seconds from this question to the next."""
        together = len(self._flying) if self._together else 1
        return next_wait(time.monotonic() - self._latest, queries=together, luck=random())  # noqa: S311

    def _start(self, pool: ThreadPoolExecutor, concurrency: int) -> None:
        while self._pending and len(self._starting) + len(self._flying) < concurrency:
            number = self._pending.popleft()
            self._starting[pool.submit(self._begin, number)] = number
            self._latest = time.monotonic()

    def _begin(self, number: int) -> str:
        """Start one, when it may scan what it surely scans; returns its id."""
        self._foreseen[number] = allowance.allowed(self._source, self._submits[number], options=self._options)
        return start(self._source.door, self._submits[number])

    def _settle(self, *, timeout: float) -> None:
        """Take what starts and reads have brought; wait for the first of them at most so long."""
        busy: list[Future[Any]] = [*self._starting, *self._reading]
        if not busy:
            time.sleep(timeout)
            return
        for each in wait_for(busy, timeout=timeout, return_when=FIRST_COMPLETED).done:
            if each in self._starting:
                self._started(each, self._starting.pop(each))
            else:
                self._read(each, *self._reading.pop(each))

    def _started(self, answer: Future[str], number: int) -> None:
        try:
            name = answer.result()
            self._flying[name], self._begun[name] = number, time.monotonic()
        except AthenaDSError as error:
            self._note(number, error=error)

    def _read(self, answer: Future[pd.DataFrame], number: int, name: str) -> None:
        try:
            self._note(number, name, frame=answer.result())
        except AthenaDSError as error:
            self._note(number, name, error=error)

    def _follow(self, pool: ThreadPoolExecutor) -> None:
        watch = self._options.get("watch")
        for execution in self._asked(list(self._flying)):
            name = execution.query_execution_id
            if watch:
                watch(execution)
            if execution.finished:
                self._ended(execution, self._flying.pop(name), pool)
            elif error := self._crossed(execution):
                self._reading[pool.submit(self._stopped, name, error)] = (self._flying.pop(name), name)

    def _crossed(self, execution: QueryExecution) -> AthenaDSError | None:
        """Why a query that still runs must be stopped: what it scanned, or its time; None when it may go on."""
        name, timeout = execution.query_execution_id, self._options.get("timeout")
        sql = self._submits[self._flying[name]].sql
        if timeout is not None and time.monotonic() - self._begun[name] > timeout:
            return timed_out(name, timeout=timeout, sql=sql)
        return scan_crossed(execution, limit=self._limit, sql=sql)

    def _stopped(self, name: str, error: AthenaDSError) -> pd.DataFrame:
        """Stop it, wait until that is confirmed, and tell why."""
        stop(self._source.door, name)
        raise error

    def _asked(self, ids: list[str]) -> list[QueryExecution]:
        """How they stand: asked together, and one by one where there are few, or those that were left out."""
        found: list[QueryExecution] = []
        if self._together and len(ids) >= _BATCH_FROM:
            try:
                found = statuses(self._source.door, ids)
            except AccessDeniedError:
                # An identity may be allowed to ask about one and not about many.
                self._together = False
            except AthenaDSError as error:
                self._lose(ids, error)
                return []
        seen = {execution.query_execution_id for execution in found}
        return found + [each for name in ids if name not in seen and (each := self._asked_alone(name))]

    def _lose(self, ids: list[str], error: AthenaDSError) -> None:
        """Give up on those in flight, nobody else: each has an error of its own, which says how to come by its rows."""
        for name in ids:
            self._note(self._flying.pop(name), name, error=told_later(copy(error), name))

    def _asked_alone(self, name: str) -> QueryExecution | None:
        try:
            return status(self._source.door, name)
        except AthenaDSError as error:
            self._note(self._flying.pop(name), name, error=error)
            return None

    def _ended(self, execution: QueryExecution, number: int, pool: ThreadPoolExecutor) -> None:
        try:
            raise_for_state(execution, sql=self._submits[number].sql)
            self._source.contract.in_workgroup(self._submits[number].workgroup).check(execution)
            warn_of_scan(execution, limit=self._limit)
        except AthenaDSError as error:
            if isinstance(error, QueryError):
                error.suggestion = suggestion(error, door=self._source.door, asked=self._submits[number])
            self._note(number, execution.query_execution_id, error=error)
            return
        reading = pool.submit(self._rows, number, execution)
        self._reading[reading] = (number, execution.query_execution_id)

    def _rows(self, number: int, execution: QueryExecution) -> pd.DataFrame:
        frame = running.read(self._source, execution, options=self._options)
        return running.told_of_limit(frame, limit=self._limit, foreseen=self._foreseen.get(number))

    def _note(
        self, number: int, name: str = "", *, frame: pd.DataFrame | None = None, error: AthenaDSError | None = None
    ) -> None:
        self._done[number] = Outcome(sql=self._submits[number].sql, query_execution_id=name, frame=frame, error=error)

    def _stop_all(self, error: BaseException) -> None:
        """Stop what is in flight, side by side, because of this error, which takes along what became of them."""
        for answer in self._starting:
            if not answer.cancel():
                # What Athena refused to start needs no stopping.
                with suppress(AthenaDSError):
                    self._flying[answer.result()] = self._starting[answer]
        with ThreadPoolExecutor(_STARTING, "athena_ds-many-stop") as pool:
            failures = [why for why in pool.map(self._stop_one, self._flying) if why]
        stopped = len(self._flying) - len(failures)
        if stopped:
            note(error, f"{stopped} {'query was' if stopped == 1 else 'queries were'} stopped.")
        for why in failures:
            note(error, why)

    def _stop_one(self, name: str) -> str:
        """What to say where it could not be stopped; nothing where it was."""
        try:
            stop(self._source.door, name)
        except AthenaDSError as why:
            return f"The query {name} goes on: it could not be stopped ({why.happened})."
        return ""
