"""What an operation of the API is: a request in, an answer out. Some answers depend on who calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from athena_ds.local.iam.callers import Caller

Operation = Callable[[dict[str, Any]], dict[str, Any]]
CallersOperation = Callable[[dict[str, Any], Caller], dict[str, Any]]


def for_any_caller(operation: Operation) -> CallersOperation:
    """An operation that does not ask who calls, beside those that do."""
    return lambda request, _caller: operation(request)
