"""A call about a query that did not succeed: the query goes on, or is done and paid for; its rows can be had later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import AthenaDSError, CallError, ExpiredCredentialsError


def told_later(error: AthenaDSError, query_execution_id: str) -> AthenaDSError:
    """The same error, which says how to come by the query's rows."""
    match error:
        case ExpiredCredentialsError():
            error.amid(query_execution_id)
        case CallError():
            error.remedy = f"{error.remedy} ds.result('{query_execution_id}') reads the query's rows later.".strip()
    return error


@contextmanager
def rows_later(query_execution_id: str) -> Iterator[None]:
    """Let errors of the calls inside say so."""
    try:
        yield
    except AthenaDSError as error:
        told_later(error, query_execution_id)
        raise
