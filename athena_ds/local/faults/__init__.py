"""Faults on demand, and a count of calls: make an operation fail as AWS or the network does.

In the same process `local.faults.add("s3:GetObject", Cut(at=100), times=1, key="*.csv")`; from another one
`POST /_athena_ds/faults` with `{"operation": "s3:GetObject", "fault": "cut", "at": 100, "times": 1, "key": "*.csv"}`.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final

from athena_ds.local.faults import wire
from athena_ds.local.faults.calls import Calls
from athena_ds.local.faults.kinds import (
    NAMES,
    Cut,
    Denied,
    ExpiredToken,
    Fault,
    Late,
    Reset,
    Rule,
    ServerError,
    SlowBody,
    SlowDown,
    Throttling,
    answer,
)
from athena_ds.local.http.answer import WSGI, Answer, StartResponse
from athena_ds.local.http.operation import Environ, Operation, body_of, requested, scope_of

PATH: Final = "/_athena_ds/"

__all__ = [
    "Calls",
    "Cut",
    "Denied",
    "ExpiredToken",
    "Fault",
    "Faults",
    "Late",
    "Reset",
    "Rule",
    "ServerError",
    "SlowBody",
    "SlowDown",
    "Throttling",
]


class Faults:
    """The faults of one endpoint. The first rule that strikes decides; with none, requests pass untouched."""

    def __init__(self, *, region: str = "us-east-1") -> None:
        self.calls = Calls()
        self._region = region
        self.spared: str | None = None
        """The access key of an engine that comes back through the door: not a caller, so neither counted nor struck."""
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def __repr__(self) -> str:
        return f"Faults({', '.join(f'{rule.operation}: {rule.fault}' for rule in self.rules())})"

    def add(  # noqa: PLR0913
        self,
        operation: str,
        fault: Fault,
        *,
        times: int | None = None,
        after: int = 0,
        probability: float = 1.0,
        seed: int = 0,
        key: str | None = None,
    ) -> Rule:
        """Let calls of an operation fail: `add("athena:*", Throttling(), probability=0.3, seed=7)`.

        Args:
            operation: `service:Operation`, wildcards allowed; `*` is every call.
            fault: What happens to a call that is hit.
            times: How many calls are hit at most; None for all of them.
            after: How many matching calls pass first.
            probability: The chance that a matching call is hit, drawn from `seed`.
            seed: The same seed hits the same calls.
            key: For S3, a pattern the object's key must match.
        """
        chance = random.Random(seed)  # noqa: S311
        rule = Rule(
            operation=operation,
            fault=fault,
            times=times,
            after=after,
            probability=probability,
            key=key,
            chance=chance,
        )
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._rules.clear()

    def close(self) -> None:
        """Let go of every request that is held back."""
        self._closing.set()

    def rules(self) -> list[Rule]:
        """The rules in the order they are asked."""
        with self._lock:
            return list(self._rules)

    def wrap(self, app: WSGI) -> WSGI:
        """The application with its faults, and `/_athena_ds/faults` and `/_athena_ds/calls` beside it."""

        def faulty(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            if environ["PATH_INFO"] in (f"{PATH}faults", f"{PATH}calls"):
                return self._control(environ).send(start_response)
            if self.spared is not None and (scope := scope_of(environ)) and scope.access_key_id == self.spared:
                return app(environ, start_response)
            operation = requested(environ, region=self._region)
            self.calls.add(str(operation))
            fault = self._strike(operation)
            if fault is None:
                return app(environ, start_response)
            refused = answer(fault, operation)
            if refused is not None:
                return refused.send(start_response, head=environ["REQUEST_METHOD"] == "HEAD")
            return self._disturbed(fault, app, environ, start_response)

        return faulty

    def _strike(self, operation: Operation) -> Fault | None:
        with self._lock:
            return next((rule.fault for rule in self._rules if rule.strikes(operation)), None)

    def _disturbed(self, fault: Fault, app: WSGI, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        match fault:
            case Reset(after=False):
                wire.reset(environ)
            case Reset():
                wire.whole(app(environ, lambda *_: None))
                wire.reset(environ)
            case Late(seconds=seconds):
                parts = wire.whole(app(environ, start_response))
                self._closing.wait(seconds)
                return parts
            case Cut(at=at):
                return wire.cut(app(environ, start_response), at, environ)
            case SlowBody():
                return self._slow(app(environ, start_response), fault)
        return app(environ, start_response)

    def _slow(self, parts: Iterable[bytes], fault: SlowBody) -> Iterator[bytes]:
        body = b"".join(wire.whole(parts))
        size = max(1, -(-len(body) // fault.pieces))
        for start in range(0, len(body), size):
            self._closing.wait(fault.seconds / fault.pieces)
            yield body[start : start + size]

    def _control(self, environ: Environ) -> Answer:
        method, kind = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(PATH)
        if method == "DELETE":
            (self.clear if kind == "faults" else self.calls.clear)()
        elif method == "POST" and kind == "faults":
            try:
                self._add_from(json.loads(body_of(environ)))
            except (ValueError, TypeError, KeyError) as problem:
                return _answer({"error": f"{type(problem).__name__}: {problem}"}, status=400)
        elif method != "GET":
            return _answer({"error": f"{method} is not answered here: GET, POST or DELETE"}, status=405)
        told: Any = self.calls.snapshot() if kind == "calls" else [_told(rule) for rule in self.rules()]
        return _answer(told)

    def _add_from(self, given: dict[str, Any]) -> None:
        made = NAMES[given.pop("fault")]
        own = {name: given.pop(name) for name in list(given) if name in made.__dataclass_fields__}
        self.add(given.pop("operation"), made(**own), **given)


def _told(rule: Rule) -> dict[str, Any]:
    name = next(name for name, made in NAMES.items() if isinstance(rule.fault, made))
    told = {"operation": rule.operation, "fault": name, **asdict(rule.fault), "times": rule.times, "after": rule.after}
    return told | {"probability": rule.probability, "key": rule.key, "seen": rule.seen, "struck": rule.struck}


def _answer(value: Any, *, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode(), content_type="application/json")
