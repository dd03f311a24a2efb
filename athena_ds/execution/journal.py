"""The ids of queries under way, on disk: a kernel that dies leaves them for its successor to find and stop.

A file a query, made when its id is known and removed when its end is seen. It holds no SQL and no secret, and a disk
that cannot be written to stops no query.
"""

from __future__ import annotations

import json
import os
import platform
import sys
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
    process: str


def directory() -> Path:
    """Where the files are."""
    return user_state_path("athena_ds") / "running"


def begun(query_execution_id: str, *, region: str, endpoint_url: str | None) -> None:
    """Note a query whose id is known."""
    pid = os.getpid()
    entry = Begun(
        query_execution_id=query_execution_id,
        region=region,
        endpoint_url=endpoint_url,
        pid=pid,
        process=_process(pid),
    )
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
        if (entry.region, entry.endpoint_url) == (region, endpoint_url) and _process(entry.pid) != entry.process
    ]


def _entries() -> Iterator[Begun]:
    for file in sorted(directory().glob("*.json")):
        with suppress(OSError, ValueError, TypeError):
            yield Begun(**json.loads(file.read_text()))


def _file(query_execution_id: str) -> Path:
    # Ids are UUIDs; another endpoint's may hold anything, and none may lead out of the directory.
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in query_execution_id)
    return directory() / f"{safe}.json"


def _process(pid: int) -> str:
    """What tells a process from every other one that ever had its number: where it runs, and since when.

    A container that is started again gives its processes the numbers they had.
    """
    since = _since(pid)
    return "" if since is None else f"{platform.node()} {since}"


def _since(pid: int) -> str | None:
    """When it began, in Linux's words, empty where the system does not tell; None where there is no such process."""
    try:
        # The name stands in brackets and may hold blanks and brackets itself; 20 fields on is the start (proc(5)).
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        if Path("/proc/self/stat").exists():
            return None
    if sys.platform == "win32":
        # There, signal 0 is Ctrl-C.
        return "" if pid == os.getpid() else None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return ""
    return ""
