"""Asking moto on the way: a request with another body, its answer in hand instead of on the wire."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from athena_ds.local.http.answer import WSGI, Answer
from athena_ds.local.http.operation import Environ


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """What moto answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body or b"{}")
        return found

    def answer(self) -> Answer:
        """The same answer, to be sent."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in ("content-type", "content-length"))
        kind = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        return Answer(status=self.status, body=self.body, content_type=kind, headers=kept)


def relay(app: WSGI, environ: Environ, request: Mapping[str, Any], *, target: str | None = None) -> Relayed:
    """Ask with this JSON body (and, where given, another operation)."""
    body = json.dumps(request).encode()
    changed = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    changed.pop("athena_ds.body", None)
    if target is not None:
        changed["HTTP_X_AMZ_TARGET"] = target
    return asked(app, changed)


def asked(app: WSGI, environ: Environ) -> Relayed:
    """Ask as it is; the answer in hand."""
    seen: list[tuple[str, list[tuple[str, str]]]] = []
    parts = app(environ, lambda status, headers, _=None: seen.append((status, headers)))
    try:
        answered = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = seen[-1]
    return Relayed(status=int(status.split()[0]), headers=tuple(headers), body=answered)
