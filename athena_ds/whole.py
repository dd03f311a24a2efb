"""Files that are whole or the old ones: written beside their place, then moved there in one step."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(file: Path, content: bytes) -> None:
    """Put the content in the file's place, made with its folder where missing; only its owner may read it (0600).

    A reader, or a process killed half-way, sees the old content or the new one, never a part.

    Raises:
        OSError: When the disk will not take it; the old file stands.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".saving-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
