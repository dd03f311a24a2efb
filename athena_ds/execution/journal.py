"""The ids of queries under way, on disk: a kernel that dies leaves them for its successor to find and stop.

A file a query, made when its id is known and removed when its end is seen. It holds no SQL and no secret, and a disk
that cannot be written to stops no query.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from platformdirs import user_state_path

from .. import whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """One query that was begun: its id, where, and by which process."""

    query_execution_id: str
    region: str
    endpoint_url: str | None
    pid: int


def directory() -> Path:
    """Where the files are."""
    return user_state_path("athena_ds") / "running"


def begun(query_execution_id: str, *, region: str, endpoint_url: str | None) -> None:
    """Note a query whose id is known."""
    entry = Begun(query_execution_id=query_execution_id, region=region, endpoint_url=endpoint_url, pid=os.getpid())
    with suppress(OSError):
        # Not `write`: its wait for the disk, some milliseconds, would be added to every query.
        whole.note(_file(query_execution_id), json.dumps(asdict(entry)).encode())


def ended(query_execution_id: str) -> None:
    """Forget a query whose end was seen."""
    with suppress(OSError):
        _file(query_execution_id).unlink(missing_ok=True)


def left_behind(*, region: str, endpoint_url: str | None) -> list[str]:
    """The ids that processes which are gone left here, for this region and endpoint."""
    return [
        entry.query_execution_id
        for entry in _entries()
        if (entry.region, entry.endpoint_url) == (region, endpoint_url) and not _alive(entry.pid)
    ]


def _entries() -> Iterator[Begun]:
    for file in sorted(directory().glob("*.json")):
        with suppress(OSError, ValueError, TypeError):
            yield Begun(**json.loads(file.read_text()))


def _file(query_execution_id: str) -> Path:
    # Ids are UUIDs; another endpoint's may hold anything, and none may lead out of the directory.
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in query_execution_id)
    return directory() / f"{safe}.json"


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
