"""An HTTP/1.1 listener on loopback: a thread a connection, kept alive, and nothing left when it closes.

werkzeug's own server closes every connection after one answer and exits the process when a port is taken; an SDK that
polls needs better. Reading requests into a WSGI environ stays werkzeug's and moto's work.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from http.server import HTTPServer
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.exceptions import ClientDisconnected

from athena_ds.local.http.answer import WSGI

log = logging.getLogger("athena_ds.local")

_DRAIN = 64 * 2**20


class _Body:
    """The request's body, and not a byte beyond it: what the application leaves unread is drained."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int | None = -1) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        data: bytes = self.stream.read(wanted) if wanted else b""
        self.left -= len(data)
        return data

    def readline(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        data: bytes = self.stream.readline(wanted) if wanted else b""
        self.left -= len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def __iter__(self) -> Iterable[bytes]:
        while line := self.readline():
            yield line

    def drained(self) -> bool:
        """Read what is left; False where that is too much to be worth keeping the connection."""
        if self.left > _DRAIN:
            return False
        while self.left:
            if not self.read(2**16):
                return False
        return True


class _Answer:
    """The answer under way: headers go out with the first bytes, in one packet where they fit."""

    def __init__(self, handler: _Handler) -> None:
        self.handler = handler
        self.head: tuple[str, list[tuple[str, str]]] | None = None
        self.sent = self.chunked = False
        self.declared: int | None = None
        self.written = 0

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        if exc_info and self.sent:
            raise exc_info[1].with_traceback(exc_info[2])
        self.head = (status, headers)
        return self.write

    def write(self, data: bytes) -> None:
        pieces = [] if self.sent else [self._headers()]
        self.sent = True
        bodiless = self.handler.command == "HEAD"
        if data and not bodiless:
            self.written += len(data)
            pieces += [b"%x\r\n" % len(data), data, b"\r\n"] if self.chunked else [data]
        if len(data) > 2**16:
            for piece in pieces:
                self.handler.wfile.write(piece)
        else:
            self.handler.wfile.write(b"".join(pieces))

    def finish(self) -> None:
        """End the body; a body shorter than it was declared costs the connection, as the client must notice."""
        if not self.sent:
            self.write(b"")
        if self.chunked:
            self.handler.wfile.write(b"0\r\n\r\n")
        elif self.handler.command != "HEAD" and self.declared not in (None, self.written):
            self.handler.close_connection = True

    def _headers(self) -> bytes:
        assert self.head is not None, "the application answered nothing"
        status, headers = self.head
        names = {name.lower(): value for name, value in headers}
        code = int(status.split(None, 1)[0])
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        if "content-length" in names:
            self.declared = int(names["content-length"])
        elif self.handler.command != "HEAD" and code >= 200 and code not in (204, 304):
            self.chunked = True
            lines.append("Transfer-Encoding: chunked")
        if names.get("connection", "").lower() == "close":
            self.handler.close_connection = True
        elif self.handler.close_connection:
            lines.append("Connection: close")
        if "date" not in names:
            lines.append(f"Date: {self.handler.date_time_string()}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class _Handler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener  # type: ignore[assignment]

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        chunked = bool(environ.get("wsgi.input_terminated"))
        length = str(environ.get("CONTENT_LENGTH") or 0)
        if not length.isdigit():
            self.close_connection = True
            self.send_error(400, "Bad Content-Length")
            return
        body = _Body(self.rfile, int(length))
        if not chunked:
            environ["wsgi.input"] = body
        answer = _Answer(self)
        try:
            self._answer(environ, answer)
        except (ConnectionError, TimeoutError, ClientDisconnected):
            self.close_connection = True  # whoever asked is gone: nobody to answer, nothing to tell
        except Exception:
            log.exception("the application failed on %s %s", self.command, environ.get("PATH_INFO"))
            self.close_connection = True
            if not answer.sent:
                answer.start("500 Internal Server Error", [("Content-Length", "0"), ("Connection", "close")])
                answer.finish()
        if chunked or not body.drained():
            self.close_connection = True

    def _answer(self, environ: dict[str, Any], answer: _Answer) -> None:
        found = self.server.app(environ, answer.start)
        try:
            for data in found:
                answer.write(data)
            answer.finish()
        finally:
            if hasattr(found, "close"):
                found.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        log.debug(format, *args)


class Listener(ThreadingMixIn, HTTPServer):
    """A WSGI application on `127.0.0.1:port` (0: any free one), served from `start()` to `close()`."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256
    multithread, multiprocess, ssl_context, passthrough_errors = True, False, None, False
    _server_version = "athena_ds"

    def __init__(self, app: WSGI, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = app
        self._open: dict[socket.socket, threading.Thread | None] = {}
        self._lock = threading.Lock()
        super().__init__((host, port), _Handler)
        self._thread = threading.Thread(target=self._serve, name=f"athena-local-{self.port}", daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without looking up the host's name, which may ask a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.port

    def start(self) -> None:
        self._thread.start()

    def _serve(self) -> None:
        self.serve_forever(poll_interval=0.05)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open[request] = None
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open[request] = threading.current_thread()
        super().process_request_thread(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._lock:
            self._open.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        log.debug("a connection from %s ended early", client_address, exc_info=True)

    def close(self) -> None:
        """Stop listening, cut every open connection and wait for their threads."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join(5)
        self.server_close()
        with self._lock:
            left = dict(self._open)
        for connection in left:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in left.values():
            if thread is not None and thread is not threading.current_thread():
                thread.join(5)
