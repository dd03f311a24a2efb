"""Trino's client protocol over plain HTTP: a statement is posted, its pages are fetched, or it is cancelled.

https://trino.io/docs/current/develop/client-protocol.html
"""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from athena_ds.local.engine.trino.address import Address
from athena_ds.local.seam.engine import EngineError

_BUSY = frozenset({429, 502, 503, 504})
"""Answers after which the protocol says to ask again."""

_GOING = frozenset({"SERVER_STARTING_UP", "SERVER_SHUTTING_DOWN"})
"""What a Trino says that can't answer for a while; which one it is must be told."""

_PATIENCE = 5.0
"""Seconds for which a Trino that is busy, or dropped a connection, is asked again for a page."""

_PAGE = "16MB"
_KINDS = {"USER_ERROR": "USER", "INTERNAL_ERROR": "INTERNAL", "INSUFFICIENT_RESOURCES": "RESOURCES"}

_OURS = re.compile(r"(HIVE_BAD_DATA|NOT_SUPPORTED): ")
"""What a view of `metastore` fails with is told by Trino as a user's error with our name in its message."""

Page = Mapping[str, Any]


class Statement:
    """One statement at one Trino. `pages()` runs on one thread; `cancel()` may be called from any other."""

    def __init__(self, address: Address, *, headers: Mapping[str, str], renamed: tuple[str, str] | None = None) -> None:
        self.address, self.headers = address, dict(headers)
        self._renamed = (renamed[0].encode(), renamed[1].encode()) if renamed else None
        self._connection: http.client.HTTPConnection | None = None
        self._next: str | None = None
        self._lock = threading.Lock()
        self._cancelled = False

    def pages(self, sql: str) -> Iterator[Page]:
        """Every answer in order; raises EngineError for the one that says the statement failed."""
        try:
            yield from self._followed(self._posted(sql))
        finally:
            self.cancel()
            self._hang_up()

    def cancel(self) -> None:
        """Tell the Trino that nobody wants the rest, on a connection of its own: the other may be waiting."""
        with self._lock:
            self._cancelled, place = True, self._next
            self._next = None
        if place is not None:
            with suppress(OSError, http.client.HTTPException):
                connection = self._opened(timeout=5)
                connection.request("DELETE", place, headers=self._head())
                connection.getresponse().read()
                connection.close()

    def _followed(self, page: Page) -> Iterator[Page]:
        while True:
            with self._lock:
                if not self._cancelled:
                    self._next = _path(page.get("nextUri"))
                place = self._next
            if "error" in page:
                self._next = None
                failed = failure(page["error"])
                raise away(self.address, failed) if failed.name in _GOING else failed
            yield page
            if place is None:
                return
            page = self._fetched(place)

    def _posted(self, sql: str) -> Page:
        try:
            status, body = self._asked("POST", "/v1/statement", sql.encode())
        except (OSError, http.client.HTTPException) as error:
            raise away(self.address, error) from error
        return self._page(status, body)

    def _fetched(self, place: str) -> Page:
        """A page, asked for again while there is hope: the same page may be fetched twice."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                status, body = self._asked("GET", f"{place}?targetResultSize={_PAGE}")
                if status not in _BUSY or time.monotonic() > until:
                    return self._page(status, body)
            except TimeoutError as error:
                raise away(self.address, error) from error
            except (OSError, http.client.HTTPException) as error:
                self._hang_up()
                if time.monotonic() > until:
                    raise away(self.address, error) from error
            time.sleep(0.1)

    def _asked(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = self._opened(timeout=self.address.timeout)
        self._connection.request(method, path, body=body, headers=self._head())
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def _opened(self, *, timeout: float) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
        return kind(self.address.host, self.address.port, timeout=timeout)

    def _head(self) -> dict[str, str]:
        return {"X-Trino-User": self.address.user, "X-Trino-Source": "athena_ds", **self.headers}

    def _page(self, status: int, body: bytes) -> Page:
        if self._renamed is not None:
            body = body.replace(*self._renamed)
        try:
            page: Page = json.loads(body.decode("utf-8", "replace")) if status == 200 else {}
        except ValueError:
            page = {}
        if not page:
            said = body[:200].decode("utf-8", "replace").strip()
            raise away(self.address, f"HTTP {status}: {said}" if said else f"HTTP {status}")
        return page

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _path(uri: str | None) -> str | None:
    """Where the next page is, at the host we know: the Trino may know itself by another name."""
    return None if uri is None else urlsplit(uri).path


def failure(error: Mapping[str, Any]) -> EngineError:
    """Trino's error as the seam's; its message repeats the place, which is told apart here."""
    place = error.get("errorLocation") or {}
    line, column = place.get("lineNumber"), place.get("columnNumber")
    message = str(error.get("message") or "")
    if line is not None:
        message = message.removeprefix(f"line {line}:{column}: ")
    name, kind = str(error.get("errorName")), _KINDS.get(str(error.get("errorType")), "EXTERNAL")
    if name == "GENERIC_USER_ERROR" and (told := _OURS.match(message)):
        name, message = told[1], message[told.end() :]
    return EngineError(name, message, kind=kind, line=line, column=column)


def away(address: Address, why: object) -> EngineError:
    """What a query fails with whose Trino is gone, frozen, starting, or has forgotten it."""
    if isinstance(why, TimeoutError):
        why = f"no answer for {address.timeout:g} seconds"
    return EngineError("REMOTE_HOST_GONE", f"Trino at {address} did not answer the query: {why}", kind="EXTERNAL")
