"""Files that are whole or the old ones: written beside their place, then moved there in one step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def write(file: Path, content: bytes) -> None:
    """Put the content in the file's place, made with its folder where missing; only its owner may read it (0600).

    A reader, or a process killed half-way, sees the old content or the new one, never a part.

    Raises:
        OSError: When the disk will not take it; the old file stands.
    """
    _put(file, content, settle=os.fsync)


def note(file: Path, content: bytes) -> None:
    """The same without waiting for the disk: a process that is killed leaves it whole, a power cut perhaps not.

    Raises:
        OSError: As `write`.
    """
    _put(file, content, settle=lambda _: None)


def _put(file: Path, content: bytes, *, settle: Callable[[int], object]) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".saving-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            settle(out.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
