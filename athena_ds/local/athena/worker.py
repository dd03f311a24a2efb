"""The workers: a bounded pool that takes queries from the queue, runs them and leaves their files."""

from __future__ import annotations

import logging
import queue
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from athena_ds.local import state
from athena_ds.local.athena.executions import Executions, QueryExecution, Result
from athena_ds.local.athena.files import Files
from athena_ds.local.athena.layout import left_behind
from athena_ds.local.athena.prepared import Change, Prepared
from athena_ds.local.seam.engine import EngineError, Execution
from athena_ds.local.seam.run import Context, Done, Executor, Outcome

log = logging.getLogger("athena_ds.local")

CANCELLED = "Query cancelled by user"
OVER_LIMIT = "Bytes scanned limit was exceeded"


class Workers:
    """So many threads, shared by every region of an endpoint; what they can't take yet waits."""

    def __init__(self, count: int) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"athena-query-{number}", daemon=True) for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, job: Callable[[], None]) -> None:
        self._queue.put(job)

    def close(self) -> None:
        """Let every thread end with what it is doing."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(60)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("a worker failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs one execution after another for one region."""

    account: str
    region: str
    scratch: Path
    executor: Callable[[], Executor]
    executions: Executions
    prepared: Prepared
    files: Files

    def run(self, execution: QueryExecution) -> None:
        """From QUEUED to a terminal state, whatever happens."""
        with self.executions.lock:
            if execution.finished:
                return
            execution.state, execution.started = "RUNNING", time.time()
        work = self.scratch / execution.id
        try:
            # With its parents: a system may clear what lies long in its directory for temporary files.
            work.mkdir(parents=True)
            with state.account(self.account):
                result = self._reused(execution) or self._result(execution, work)
            self._end(execution, result)
        except EngineError as error:
            self._fail(execution, error)
        except Exception as error:
            log.exception("query %s failed inside the endpoint", execution.id)
            self._fail(execution, EngineError("GENERIC_INTERNAL_ERROR", _words(error), kind="INTERNAL"))
        finally:
            execution.running.clear()
            shutil.rmtree(work, ignore_errors=True)

    def stop(self, execution: QueryExecution, reason: str = CANCELLED) -> None:
        """Cancel: at once while it waits, else by interrupting the engine. A finished one stays as it is."""
        with self.executions.lock:
            if execution.finished or execution.stop is not None:
                return
            execution.stop = reason
            if execution.state == "QUEUED":
                self._cancelled(execution)
                return
            running = list(execution.running)
        for one in running:
            one.cancel()

    def _result(self, execution: QueryExecution, work: Path) -> Result:
        change = execution.plan.statement
        if isinstance(change, Change):
            self.prepared.apply(execution.settings.workgroup, change)
            outcome: Outcome = Done()
        else:
            execution.engine_started = time.time()
            watch = _Watch(execution, self.stop)
            outcome = self.executor().execute(execution.plan, self._context(execution, work, watch))
        try:
            return self.files.write(execution, outcome)
        finally:
            if execution.running:
                execution.stats = execution.running[-1].stats()
            execution.engine_ended = execution.engine_ended or time.time()

    def _context(self, execution: QueryExecution, work: Path, watch: _Watch) -> Context:
        settings = execution.settings
        return Context(
            execution_id=execution.id,
            account_id=self.account,
            region=self.region,
            catalog=settings.catalog,
            database=settings.database,
            output=settings.output or "",
            work=work,
            output_enforced=settings.output_enforced,
            parameters=settings.parameters if execution.plan.placeholders else (),
            rights=execution.rights,
            on_engine=watch.follow,
            cancelled=lambda: execution.stop is not None,
        )

    def _reused(self, execution: QueryExecution) -> Result | None:
        """An earlier result, where the caller asked for one and may still read it."""
        if execution.settings.reuse_minutes is None or not deterministic(execution):
            return None
        earlier = self.executions.reusable(execution)
        if earlier is None or earlier.result is None or not self.files.readable(earlier, execution.rights):
            return None
        execution.reused, execution.file = True, earlier.file
        return earlier.result

    def _end(self, execution: QueryExecution, result: Result) -> None:
        cutoff, scanned = execution.settings.cutoff, execution.stats.bytes_scanned
        with self.executions.lock:
            if execution.stop is None and cutoff is not None and scanned > cutoff:
                execution.stop = OVER_LIMIT
            if execution.stop is not None:
                self.files.remove(execution)
                self._cancelled(execution)
                return
            execution.result, execution.state, execution.completed = result, "SUCCEEDED", time.time()
            self.executions.changed.notify_all()

    def _fail(self, execution: QueryExecution, error: EngineError) -> None:
        if execution.running:
            execution.stats = execution.running[-1].stats()
        execution.engine_ended = time.time()
        if execution.stop is None:
            self.files.write_failure(execution, error)
        with self.executions.lock:
            if execution.stop is not None:
                self._cancelled(execution)
                return
            execution.error = left_behind(execution.plan, execution.file, error)
            execution.reason = str(execution.error)
            execution.state, execution.completed = "FAILED", time.time()
            self.executions.changed.notify_all()

    def _cancelled(self, execution: QueryExecution) -> None:
        execution.state, execution.reason, execution.completed = "CANCELLED", execution.stop, time.time()
        self.executions.changed.notify_all()


class _Watch:
    """Follows an execution's engine queries: cancels them when it is stopped, or reads more than its limit."""

    def __init__(self, execution: QueryExecution, stop: Callable[[QueryExecution, str], None]) -> None:
        self.execution, self.stop = execution, stop

    def follow(self, running: Execution) -> None:
        """Cancel at once if the stop came first; watch the bytes where the workgroup has a limit."""
        self.execution.running.append(running)
        if self.execution.stop is not None:
            running.cancel()
        if self.execution.settings.cutoff is not None:
            threading.Thread(target=self._limit, args=(running,), name="athena-scan-limit", daemon=True).start()

    def _limit(self, running: Execution) -> None:
        cutoff = self.execution.settings.cutoff or 0
        while running in self.execution.running and not self.execution.finished:
            if running.stats().bytes_scanned > cutoff:
                self.stop(self.execution, OVER_LIMIT)
                return
            time.sleep(0.02)


_RANDOM = ("rand(", "random(", "uuid(", "now(", "current_", "localtime", "shuffle(")


def deterministic(execution: QueryExecution) -> bool:
    """Whether the rows may be given out again: a SELECT of no random or clock function, LIMIT only with ORDER BY."""
    text = execution.sql.lower()
    if execution.plan.substatement_type != "SELECT" or any(word in text for word in _RANDOM):
        return False
    return "limit" not in text.split() or "order by" in " ".join(text.split())


def _words(error: Exception) -> str:
    return f"{type(error).__name__} in the local endpoint: {error}"
