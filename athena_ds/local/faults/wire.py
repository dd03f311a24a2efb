"""What the network does: connections reset, bodies cut short."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterable, Iterator
from typing import NoReturn

from athena_ds.local.http.operation import Environ


def reset(environ: Environ) -> NoReturn:
    """Close the socket so that the other side gets RST, not a polite end."""
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach()) if os.name == "posix" else connection.close()
    raise ConnectionResetError("a fault of this endpoint reset the connection")


def cut(parts: Iterable[bytes], at: int, environ: Environ) -> Iterator[bytes]:
    """The first `at` bytes of a body, then the end of the connection."""
    left = at
    try:
        for part in parts:
            if len(part) >= left:
                yield part[:left]
                break
            left -= len(part)
            yield part
        else:
            return
    finally:
        _close(parts)
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("a fault of this endpoint cut the body short")


def whole(parts: Iterable[bytes]) -> list[bytes]:
    """An answer's body, all of it."""
    try:
        return list(parts)
    finally:
        _close(parts)


def _close(parts: Iterable[bytes]) -> None:
    close = getattr(parts, "close", None)
    if close is not None:
        close()
