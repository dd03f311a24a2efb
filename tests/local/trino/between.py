"""A wire to the Trino that can be cut, frozen or lead to one that is just starting; and the Trino asked directly."""

from __future__ import annotations

import json
import socket
import threading
import urllib.request
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit


class Between:
    """Listens on a port of its own and hands bytes on, until it is told otherwise."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._there = (str(parts.hostname), int(parts.port or 8080))
        self._free = threading.Event()
        self._free.set()
        self._starting = False
        self._wires: list[socket.socket] = []
        self._listening = self._listen(0)
        self.port = self._listening.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def freeze(self) -> None:
        """Connections stay, nothing passes."""
        self._free.clear()

    def away(self) -> None:
        """Every connection breaks, no new one is taken."""
        with suppress(OSError):
            # A thread that waits in accept() would keep a closed socket listening.
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for wire in self._wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            wire.close()
        self._wires.clear()
        self._free.set()

    def starting(self) -> None:
        """Every connection breaks, and new ones are told 503: what a server says that is there, but not yet ready."""
        self.away()
        self._starting = True
        self._listening = self._listen(self.port)

    def back(self) -> None:
        """Everything as before."""
        self._free.set()
        self._starting = False
        if self._listening.fileno() < 0:
            self._listening = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        made = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(made,), daemon=True).start()
        return made

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                here, _ = listening.accept()
            except OSError:
                return
            if listening.fileno() < 0:
                here.close()
                return
            if self._starting:
                here.recv(65536)
                here.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                here.close()
                continue
            there = socket.create_connection(self._there)
            self._wires += [here, there]
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                self._free.wait()
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def asked(url: str, sql: str) -> list[list[Any]]:
    """The rows of a statement asked directly; raises ValueError for one that fails."""
    request = urllib.request.Request(f"{url}/v1/statement", sql.encode(), {"X-Trino-User": "test"})
    rows: list[list[Any]] = []
    with urllib.request.urlopen(request, timeout=60) as answer:
        page = json.load(answer)
    while True:
        if "error" in page:
            raise ValueError(page["error"]["message"])
        rows += page.get("data") or []
        if "nextUri" not in page:
            return rows
        with urllib.request.urlopen(page["nextUri"], timeout=60) as answer:
            page = json.load(answer)


def catalogs(url: str) -> list[str]:
    """The catalogs endpoints have made there."""
    return [name for (name,) in asked(url, "SHOW CATALOGS LIKE 'ads\\_%' ESCAPE '\\'")]


def kill_queries_of(url: str, user: str) -> None:
    """End what a user's queries still do there."""
    running = "SELECT query_id FROM system.runtime.queries WHERE state NOT IN ('FINISHED', 'FAILED')"
    for (query,) in asked(url, f"{running} AND \"user\" = '{user}'"):
        with suppress(ValueError):
            asked(url, f"CALL system.runtime.kill_query(query_id => '{query}', message => 'test')")
