"""Errors of one query: its SQL, its execution, its rows, where they landed."""

from __future__ import annotations

from .base import AthenaDSError, AthenaDSWarning


class QueryError(AthenaDSError):
    """One query did not give rows.

    What to do: read `reason`, Athena's own words, and the place in the SQL.

    Attributes:
        query_execution_id: The execution; empty when none exists.
        query: The SQL as sent.
        reason: Athena's own words.
        name: The error's name in them, as in TABLE_NOT_FOUND.
        place: The place in the SQL with a caret under it; empty when Athena named none.
        suggestion: Close names, as a sentence.
        category: 1 system, 2 user, 3 other, or None.
        error_type: Athena's ErrorType, or None.
        retryable: Whether Athena calls the failure passing.
        unknown: What was not found, as ("table", "ordrs"), or None.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        reason: str,
        query_execution_id: str = "",
        query: str = "",
        remedy: str = "",
        name: str = "",
        place: str = "",
        unknown: tuple[str, str] | None = None,
        category: int | None = None,
        error_type: int | None = None,
        retryable: bool = False,
    ) -> None:
        self.reason = reason
        self.query_execution_id = query_execution_id
        self.query = query
        self.name = name
        self.place = place
        self.unknown = unknown
        self.suggestion = ""
        self.category = category
        self.error_type = error_type
        self.retryable = retryable
        super().__init__(self._sentence(), remedy=remedy)

    def _sentence(self) -> str:
        return f"The query {self.query_execution_id} did not succeed: {self.reason}"

    def lines(self) -> list[str]:
        """What happened, the place in the SQL, close names, what to do."""
        return [line for line in (self.happened, self.place, self.suggestion, self.remedy) if line]


class QuerySyntaxError(QueryError):
    """Athena could not parse the SQL; no execution exists and nothing is charged.

    AWS says: `InvalidRequestException`: line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', 'ANALYZE', ...

    What to do: correct the SQL at the place that is shown with a caret.
    """

    def _sentence(self) -> str:
        return f"Athena cannot read this SQL: {self.reason}"


class QueryFailedError(QueryError):
    """The execution ended FAILED.

    What to do: what `remedy` says; the messages below name cause and fix.
    """

    def _sentence(self) -> str:
        return f"The query {self.query_execution_id} failed: {self.reason}"


class QueryCancelledError(QueryError):
    """The execution was stopped: by you, by someone else, or by an administrator.

    What to do: nothing, if it was you; else ask who stops queries in this workgroup. What was scanned is charged.
    """

    def _sentence(self) -> str:
        return f"The query {self.query_execution_id} was cancelled: {self.reason or 'no reason was given'}."


class QueryTimeoutError(QueryError, TimeoutError):
    """The execution took longer than the caller allowed, and was stopped.

    What to do: allow more time, or read less: partitions, fewer columns.
    """

    def _sentence(self) -> str:
        return f"The query {self.query_execution_id} was stopped: {self.reason}."


class ScanLimitError(QueryError):
    """The query crossed a limit on bytes scanned, or was not started because it surely would.

    What to do: filter on a partition, read fewer columns, or raise `max_scan` (the workgroup's own limit is its
    administrator's).

    Attributes:
        scanned: Bytes scanned (and charged) when it ended; 0 when it was not started.
        limit: The limit in bytes, or None when the workgroup's own limit is not known.
    """

    scanned: int = 0
    limit: int | None = None

    def _sentence(self) -> str:
        if not self.query_execution_id:
            return f"The query was not started, because of a scan limit: {self.reason}."
        return f"The query {self.query_execution_id} was stopped by a scan limit: {self.reason}."


class LocationOverrideError(AthenaDSError):
    """The workgroup puts results elsewhere than this data source asks.

    What to do: use a workgroup that does not enforce its settings, or take the location it enforces as results bucket
    and path, or leave `strict_location` out to be warned only.

    Attributes:
        asked: The location this data source sends.
        actual: Where results go instead.
        query_execution_id: The execution that landed there; empty when announced beforehand.
    """

    def __init__(self, *, asked: str, actual: str, workgroup: str, query_execution_id: str = "") -> None:
        self.asked = asked
        self.actual = actual
        self.workgroup = workgroup
        self.query_execution_id = query_execution_id
        super().__init__(
            override_sentence(asked=asked, actual=actual, workgroup=workgroup, query_execution_id=query_execution_id),
            remedy="Use a workgroup that does not enforce its settings, or take the location it enforces as results "
            "bucket and path, or leave strict_location out to be warned only.",
        )


class ScanLimitWarning(AthenaDSWarning):
    """A query ended before it could be stopped, and had scanned more than its limit.

    What to do: filter on a partition or read fewer columns; between two looks at a query Athena can scan past a limit.
    """


class LocationOverrideWarning(AthenaDSWarning):
    """The workgroup puts results elsewhere than this data source asks.

    What to do: as for LocationOverrideError, or leave it: the result is read from where it landed.
    """


class ResultError(AthenaDSError):
    """The rows of a finished execution could not be read back whole and exact.

    What to do: `ds.result(id)` reads it again without running (or paying for) the query again; if the object was
    deleted or replaced, run the query again.

    Attributes:
        reason: What was found instead.
        query_execution_id: The execution; `ds.result(id)` tries again without running it again.
        location: Where its result lies.
        column: The column at fault, when it is one.
        type: That column's Athena type.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        reason: str,
        query_execution_id: str = "",
        location: str = "",
        column: str = "",
        type: str = "",  # noqa: A002
        remedy: str = "",
    ) -> None:
        self.reason = reason
        self.query_execution_id = query_execution_id
        self.location = location
        self.column = column
        self.type = type
        where = f" of query {query_execution_id}" if query_execution_id else ""
        which = f", column '{column}' ({type})" if column else ""
        again = f"ds.result('{query_execution_id}') reads it again without running the query again."
        super().__init__(
            f"The result{where}{which} could not be read: {reason}.",
            remedy=remedy or (again if query_execution_id else ""),
        )


def override_sentence(*, asked: str, actual: str, workgroup: str, query_execution_id: str = "") -> str:
    """The override of a results location, said in one sentence."""
    if query_execution_id:
        return f"The result of query {query_execution_id} is at {actual}, not under {asked} (workgroup '{workgroup}')."
    return f"Workgroup '{workgroup}' enforces its own settings: results go to {actual}, not to {asked}."
