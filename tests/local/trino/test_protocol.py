"""What Trino says is wrong, as the seam's error."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from athena_ds.local.engine.trino.address import Address
from athena_ds.local.engine.trino.protocol import Statement, failure
from athena_ds.local.seam.engine import EngineError


@pytest.mark.parametrize(
    ("told", "expected", "kind"),
    [
        (
            {
                "errorName": "COLUMN_NOT_FOUND",
                "errorType": "USER_ERROR",
                "message": "line 1:8: Column 'a' cannot be resolved",
                "errorLocation": {"lineNumber": 1, "columnNumber": 8},
            },
            "COLUMN_NOT_FOUND: line 1:8: Column 'a' cannot be resolved",
            "USER",
        ),
        (
            {"errorName": "EXCEEDED_TIME_LIMIT", "errorType": "INSUFFICIENT_RESOURCES", "message": "too long"},
            "EXCEEDED_TIME_LIMIT: too long",
            "RESOURCES",
        ),
        ({"errorName": "GENERIC_USER_ERROR", "message": "HIVE_BAD_DATA: no"}, "HIVE_BAD_DATA: no", "EXTERNAL"),
    ],
)  # fmt: skip
def test_errors_keep_name_place_and_kind(told: dict[str, Any], expected: str, kind: str) -> None:
    """The place is told once; what a casting view fails with bears Athena's name."""
    found = failure(told)
    assert (str(found), found.kind) == (expected, kind)


class Answers(BaseHTTPRequestHandler):
    """Answers POST and GET with what is next in a list: a status, and a page to be sent as JSON."""

    pages: ClassVar[list[tuple[int, Any]]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, page = self.pages.pop(0)
        body = page if isinstance(page, bytes) else json.dumps(page).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[Address]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Address.parse(f"trino=http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def pages(address: Address, *answers: tuple[int, Any]) -> list[Any]:
    """What a statement's pages are when the server answers this."""
    Answers.pages[:] = answers
    return [*Statement(address, headers={}, renamed=("ads_1", "athena")).pages("SELECT 1")]


def test_a_busy_trino_is_asked_again(address: Address) -> None:
    """503 for a page is no failure; the next page is asked for at the address we know, whatever host it names."""
    first = {"id": "q", "nextUri": "http://elsewhere:1/v1/statement/q/1", "stats": {}}
    found = pages(address, (200, first), (503, b"later"), (200, {"data": [["ads_1"]]}))
    assert found[1] == {"data": [["athena"]]}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {"error": {"errorName": "SERVER_STARTING_UP", "message": "still initializing"}}), "STARTING_UP: still"),
        ((404, b"Query not found"), "HTTP 404: Query not found"),
        ((200, b"<html>"), "HTTP 200: <html>"),
    ],
)
def test_a_trino_that_can_not_answer_is_named(address: Address, answer: tuple[int, Any], words: str) -> None:
    """Starting, started anew so that it has forgotten the query, or something else altogether."""
    with pytest.raises(EngineError) as caught:
        pages(address, (200, {"id": "q", "nextUri": "http://x/v1/q", "stats": {}}), answer)
    assert caught.value.name == "REMOTE_HOST_GONE"
    assert str(address) in str(caught.value)
    assert words in str(caught.value)


def test_text_that_is_no_utf8_is_replaced(address: Address) -> None:
    """Objects may hold any bytes, and Trino hands them on."""
    assert pages(address, (200, b'{"id": "q", "data": [["\xff"]]}')) == [{"id": "q", "data": [["\ufffd"]]}]
