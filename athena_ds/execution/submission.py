"""One submit from its start to its end, which an interrupt at any moment stops and confirms."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from threading import Lock, Thread

from ..aws import Door
from ..errors import AthenaDSError, QueryTimeoutError, note
from .follow import Clock, Watch, raise_for_state, status, stop, wait
from .limits import scan_crossed, timed_out
from .start import Submit, start
from .value import QueryExecution

_CLOCK = Clock()


class Submission:
    """A query on its way. StartQueryExecution runs in a thread of its own, so that Ctrl-C cannot lose the id.

    Args:
        door: Who asks.
        submit: What is sent.
        scan_limit: Bytes after which the query is stopped.
        clock: Time and chance.
    """

    def __init__(self, door: Door, submit: Submit, *, scan_limit: int | None = None, clock: Clock = _CLOCK) -> None:
        self.door = door
        self.submit = submit
        self.scan_limit = scan_limit
        self._clock = clock
        self._id: Future[str] = Future()
        self._last: QueryExecution | None = None
        self._lock = Lock()
        self._began = clock.now()
        self._thread = Thread(target=self._start, name="athena_ds-start", daemon=True)

    def begin(self) -> None:
        """Send it."""
        self._began = self._clock.now()
        self._thread.start()

    @property
    def query_execution_id(self) -> str:
        """The execution's id; waits for Athena's answer to the start."""
        return self._id.result()

    def status(self) -> QueryExecution:
        """How it stands now; an ended execution is not asked about again."""
        last = self._last
        return last if last is not None and last.finished else self._note(status(self.door, self.query_execution_id))

    def wait(self, *, timeout: float | None = None, watch: Watch | None = None) -> QueryExecution:
        """Wait for success.

        Args:
            timeout: Seconds from submission; then it is stopped.
            watch: Told every answer on the way.

        Raises:
            QueryError: One of its kinds.
        """
        execution = self._follow(timeout, watch)
        if not execution.finished:
            raise self._timed_out(timeout or 0.0)
        raise_for_state(execution, sql=self.submit.sql)
        return execution

    def stop(self) -> QueryExecution:
        """Stop it and wait until Athena confirms the end."""
        return self._note(stop(self.door, self.query_execution_id, clock=self._clock))

    def stop_for(self, error: BaseException) -> None:
        """Stop because of this error, which is on its way and takes a note of what became of the query along."""
        name = self._id_in_time()
        if name is None:
            return
        if self._last is not None and self._last.finished:
            if self._last.state == "SUCCEEDED":
                note(error, f"The query {name} had ended: ds.result('{name}') reads its rows without paying again.")
            return
        try:
            ended = self.stop()
        except AthenaDSError as why:
            note(error, f"The query {name} goes on: it could not be stopped ({why.happened}).")
            return
        scanned = ended.statistics.data_scanned_in_bytes
        note(error, f"The query {name} was stopped ({ended.state}, {scanned:,} bytes scanned).")

    def _start(self) -> None:
        try:
            self._id.set_result(start(self.door, self.submit))
        except BaseException as error:
            self._id.set_exception(error)

    def _id_in_time(self) -> str | None:
        """The id; None when nothing was sent, Athena refused it, or no answer came in the time a call may take."""
        if self._thread.ident is None:
            return None
        try:
            return self._id.result(timeout=self.door.patience.deadline + self.door.patience.read_timeout)
        except (AthenaDSError, FutureTimeoutError):
            return None

    def _follow(self, timeout: float | None, watch: Watch | None) -> QueryExecution:
        def told(execution: QueryExecution) -> None:
            self._note(execution)
            if watch:
                watch(execution)
            self._check_scan(execution)

        if self._last is not None and self._last.finished:
            return self._last
        until = None if timeout is None else self._began + timeout
        name = self.query_execution_id
        return wait(self.door, name, until=until, watch=told, clock=self._clock)

    def _note(self, execution: QueryExecution) -> QueryExecution:
        with self._lock:
            if self._last is None or not self._last.finished:
                self._last = execution
        return execution

    def _check_scan(self, execution: QueryExecution) -> None:
        if error := scan_crossed(execution, limit=self.scan_limit, sql=self.submit.sql):
            self.stop_for(error)
            raise error

    def _timed_out(self, timeout: float) -> QueryTimeoutError:
        error = timed_out(self.query_execution_id, timeout=timeout, sql=self.submit.sql)
        self.stop_for(error)
        return error
