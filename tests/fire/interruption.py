"""Ctrl-C at a chosen line of the package, so that "at any moment" is a list of moments and not luck.

A KeyboardInterrupt of the main thread is raised by the interpreter between two lines; a trace function that raises at
the n-th line does the same, always at the same place. What other threads do is not touched.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import athena_ds

_ROOT = str(Path(athena_ds.__file__).parent)
_ENDPOINT = str(Path(_ROOT) / "local")

Line = tuple[str, int]


def _ours(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    return name.startswith(_ROOT) and not name.startswith(_ENDPOINT)


def _traced(work: Callable[[], object], at_line: Callable[[Line], None]) -> None:
    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            at_line((frame.f_code.co_filename.removeprefix(_ROOT).lstrip("/"), frame.f_lineno))
        return local

    before = sys.gettrace()
    sys.settrace(lambda frame, *_: local if _ours(frame) else None)
    try:
        work()
    finally:
        sys.settrace(before)


def lines_of(work: Callable[[], object]) -> list[Line]:
    """The lines of the package that this thread runs while it works, each once, in the order it comes to them."""
    seen: dict[Line, None] = {}
    _traced(work, seen.setdefault)
    return list(seen)


def text_of(line: Line) -> str:
    """What stands there."""
    return linecache.getline(str(Path(_ROOT) / line[0]), line[1]).strip()


def interrupt_at(line: Line, work: Callable[[], object]) -> bool:
    """Work, with Ctrl-C pressed the first time this line is about to run; whether it was."""
    pressed = False

    def press(here: Line) -> None:
        nonlocal pressed
        if here == line and not pressed:
            pressed = True
            sys.settrace(None)
            raise KeyboardInterrupt

    try:
        _traced(work, press)
    except KeyboardInterrupt:
        return pressed
    return False
