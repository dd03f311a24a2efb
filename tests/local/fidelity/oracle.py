"""What a Trino server says to a statement, over its own protocol and one connection kept open a thread."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

_HEADERS = {
    "X-Trino-User": "oracle",
    "X-Trino-Catalog": "memory",
    "X-Trino-Schema": "default",
    "X-Trino-Time-Zone": "UTC",
    "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
}
_PIECES = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"""
    r"""|\d+[eE][+-]?\d+|\d+|\w+|.""",
    re.DOTALL,
)
_ATTEMPTS = 8
_DECIMAL = re.compile(r"\d+\.\d*|\.\d+")


class Oracle:
    """A Trino server, asked by any number of threads; `catalog` and `schema` are where its tables are looked for."""

    def __init__(self, server: str, **headers: str) -> None:
        self._server, self._own = server, threading.local()
        self._headers = {**_HEADERS, **{f"X-Trino-{name.title()}": value for name, value in headers.items()}}

    def ask(self, sql: str) -> dict[str, Any]:
        """`columns` and `rows`, or `error`, as a line of the table holds them."""
        answer = self._said("POST", "/v1/statement", athena_literals(sql).encode())
        columns, rows = None, []
        while True:
            if "error" in answer:
                error = answer["error"]
                return {"error": {"name": error["errorName"], "type": error["errorType"], "message": error["message"]}}
            columns = answer.get("columns") or columns
            rows += answer.get("data") or []
            if "nextUri" not in answer:
                return {"columns": [[one["name"], _plain(one["type"])] for one in columns or []], "rows": rows}
            answer = self._said("GET", urlsplit(answer["nextUri"]).path, None)

    def _said(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        for attempt in range(_ATTEMPTS):
            connection = getattr(self._own, "connection", None)
            if connection is None:
                connection = self._own.connection = http.client.HTTPConnection(self._server, timeout=120)
            try:
                connection.request(method, path, body, self._headers)
                response = connection.getresponse()
                said = response.read()
            except (http.client.HTTPException, OSError):
                connection.close()
                self._own.connection = None
                continue
            if response.status == HTTPStatus.OK:
                answer: dict[str, Any] = json.loads(said)
                return answer
            time.sleep(0.2 * (attempt + 1))
        raise ConnectionError(f"{self._server} does not answer {method} {path}")


def _plain(kind: str) -> str:
    """The protocol shouts the names of intervals, inside of other types too."""
    return re.sub(r"INTERVAL [A-Z ]+[A-Z]", lambda found: found[0].lower(), kind)


def athena_literals(sql: str) -> str:
    """The statement with bare literals such as 1.5 written as doubles: so Athena reads them."""
    return "".join(_double(piece) for piece in pieces(sql))


def pieces(sql: str) -> list[str]:
    """Strings, quoted names, comments, words, numbers and single characters, in order and complete."""
    return _PIECES.findall(sql)


def _double(piece: str) -> str:
    return f"{piece}E0" if _DECIMAL.fullmatch(piece) else piece
