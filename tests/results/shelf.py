"""A tiny S3 and GetQueryResults over HTTP that gives out exactly the bytes a test laid on it, and fails when told to.

The embedded endpoint would be too well-behaved here: these tests need results cut short, objects that change, and texts
that only an old database has.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from athena_ds.execution import QueryExecution

Fault = Callable[[str, int, int], "Broken | None"]


@dataclass(frozen=True, kw_only=True)
class Broken:
    """How an answer goes wrong: cut after so many bytes, another status, another version's tag, other lengths.

    `lost` bytes are missing from the end of a range that is announced as if they were not of it; `size` is what the
    whole object is said to have.
    """

    after: int | None = None
    lost: int = 0
    size: int | None = None
    status: int | None = None
    code: str = ""
    etag: str | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one execution has to give."""

    columns: Sequence[dict[str, object]] = ()
    rows: Sequence[Sequence[str | None]] = ()
    labelled: bool = True
    update_count: int | None = 0


@dataclass
class Shelf:
    """What lies there, and what was asked for."""

    objects: dict[str, bytes] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    fault: Fault | None = None
    api_fault: Fault | None = None
    answer: object = None
    """In place of every answer of the API."""
    url: str = ""

    def serve(self) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"shelf": self}))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        return server

    def lay(self, name: str, result: Result, *, csv: bytes | None = None, **facts: object) -> QueryExecution:
        """Put a result there; the execution that has it."""
        self.results[name] = result
        managed = csv is None and "location" not in facts
        if csv is not None:
            self.objects[f"results/{name}.csv"] = csv
        location = facts.get("location", None if managed else f"s3://bucket/results/{name}.csv")
        said: dict[str, object] = {
            "QueryExecutionId": name,
            "StatementType": facts.get("statement", "DML"),
            "SubstatementType": facts.get("substatement", "SELECT"),
            "Status": {"State": "SUCCEEDED"},
            "Statistics": {"DataScannedInBytes": 1024, "TotalExecutionTimeInMillis": 7, **facts.get("statistics", {})},  # type: ignore[dict-item]
            "ResultConfiguration": {"OutputLocation": location} if location else {},
            "ManagedQueryResultsConfiguration": {"Enabled": managed},
            "WorkGroup": "primary",
        }
        return QueryExecution.from_answer(said)

    def pages(self, ask: dict[str, object]) -> dict[str, object]:
        """GetQueryResults: the label row first where the statement has one, at most a thousand rows a page."""
        result = self.results[str(ask["QueryExecutionId"])]
        labels = [[str(column["Label"]) for column in result.columns]] if result.labelled else []
        rows = [*labels, *result.rows]
        at = int(str(ask.get("NextToken", 0)))
        end = min(at + int(str(ask.get("MaxResults", 1000))), len(rows))
        data = [{"Data": [{} if text is None else {"VarCharValue": text} for text in row]} for row in rows[at:end]]
        answer: dict[str, object] = {
            "ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": list(result.columns)}},
        }
        if result.update_count is not None:
            answer["UpdateCount"] = result.update_count
        if end < len(rows):
            answer["NextToken"] = str(end)
        return answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    shelf: Shelf

    def log_message(self, *_: object) -> None:
        """Be silent."""

    def do_POST(self) -> None:
        ask = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        self.shelf.asked[operation] += 1
        body = json.dumps(self.shelf.pages(ask) if self.shelf.answer is None else self.shelf.answer).encode()
        broken = self.shelf.api_fault(operation, 0, len(body) - 1) if self.shelf.api_fault else None
        self._answer(200, body, cut=broken.after if broken else None)

    def do_GET(self) -> None:
        key = unquote(urlsplit(self.path).path).removeprefix("/bucket/")
        self.shelf.asked["GetObject"] += 1
        body = self.shelf.objects.get(key)
        if body is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>")
            return
        first, last = (int(part) for part in self.headers["Range"].removeprefix("bytes=").split("-"))
        last = min(last, len(body) - 1)
        broken = self.shelf.fault(key, first, last) if self.shelf.fault else None
        etag = (broken and broken.etag) or f'"{len(body)}-{hash(body) & 0xFFFFFF:x}"'
        if broken and broken.status:
            self._answer(broken.status, f"<Error><Code>{broken.code}</Code></Error>".encode())
        elif self.headers.get("If-Match", etag) != etag:
            self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        elif not body:
            self._answer(416, b"<Error><Code>InvalidRange</Code></Error>")
        else:
            self._range(body, first, last, etag, broken)

    def _range(self, body: bytes, first: int, last: int, etag: str, broken: Broken | None) -> None:
        last -= broken.lost if broken else 0
        size = broken.size if broken and broken.size is not None else len(body)
        self.send_response(206)
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("ETag", etag)
        self.end_headers()
        cut = broken.after if broken else None
        self.wfile.write(body[first : last + 1][: cut if cut is not None else None])
        self.close_connection = self.close_connection or cut is not None

    def _answer(self, status: int, body: bytes, *, cut: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.end_headers()
        self.wfile.write(body[:cut])
        self.close_connection = self.close_connection or cut is not None
