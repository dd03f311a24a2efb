"""What can be made to happen to a call, and when."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from athena_ds.local.http.answer import Answer
from athena_ds.local.http.operation import Operation
from athena_ds.local.iam.denial import error, protocol_of, refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttling:
    """Refused for its rate: ThrottlingException, Throttling, or (S3) 503 SlowDown; `code` names another."""

    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerError:
    """An error of AWS itself: status 500 or 503."""

    status: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowDown:
    """S3's 503 SlowDown; other services throttle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """The connection is reset; `after` it was processed, so only the answer is lost."""

    after: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The answer's body ends after `at` bytes, though more were announced."""

    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowBody:
    """The answer's body takes `seconds`, in `pieces`."""

    seconds: float = 1.0
    pieces: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """The request is processed at once and answered `seconds` later."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredToken:
    """The session token counts as expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Refused as IAM would refuse it, whoever asks."""


Fault = Throttling | ServerError | SlowDown | Reset | Cut | SlowBody | Late | ExpiredToken | Denied

NAMES: Final[dict[str, type[Fault]]] = {
    "throttling": Throttling,
    "server-error": ServerError,
    "slow-down": SlowDown,
    "reset": Reset,
    "cut": Cut,
    "slow-body": SlowBody,
    "late": Late,
    "expired-token": ExpiredToken,
    "denied": Denied,
}
"""How a fault is called over HTTP; its fields are members beside it."""


@dataclass(slots=True, kw_only=True)
class Rule:
    """When a fault strikes: on calls of `operation` (a pattern), after the first `after`, `times` times at most."""

    operation: str
    fault: Fault
    times: int | None = None
    after: int = 0
    probability: float = 1.0
    key: str | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(0), repr=False)  # noqa: S311
    seen: int = 0
    struck: int = 0

    def strikes(self, operation: Operation) -> bool:
        """Whether this call is hit; counts it either way."""
        if not fnmatchcase(str(operation), self.operation):
            return False
        if self.key is not None and not fnmatchcase(operation.key, self.key):
            return False
        self.seen += 1
        spent = self.times is not None and self.struck >= self.times
        if self.seen <= self.after or spent or self.chance.random() >= self.probability:
            return False
        self.struck += 1
        return True


def answer(fault: Fault, operation: Operation) -> Answer | None:
    """The answer of a fault that is one; None for those that disturb the connection or the real answer."""
    storage = protocol_of(operation) == "s3"
    match fault:
        case Throttling(code=None) | SlowDown() if storage:
            return error(operation, code="SlowDown", message="Please reduce your request rate.", status=503)
        case Throttling(code=code):
            usual = "Throttling" if protocol_of(operation) == "query" else "ThrottlingException"
            return error(operation, code=code or usual, message="Rate exceeded", status=400)
        case SlowDown():
            return answer(Throttling(), operation)
        case ServerError(status=status):
            return _server_error(operation, status)
        case ExpiredToken() | Denied():
            return refusal("denied" if isinstance(fault, Denied) else "expired", operation)
    return None


def _server_error(operation: Operation, status: int) -> Answer:
    if status == 503:
        return error(operation, code="ServiceUnavailable", message="Service is unable to handle request.", status=503)
    codes = {"s3": "InternalError", "athena": "InternalServerException", "glue": "InternalServiceException"}
    code = codes.get(operation.service, "InternalFailure")
    return error(operation, code=code, message="We encountered an internal error. Please try again.", status=status)
