"""Where a running query shows itself: in an IPython kernel the notebook's panel, in a terminal tqdm's bar.

Elsewhere it shows nothing. Off for one query with `progress=False`, for a process with `ATHENA_DS_PROGRESS=off`; silent
under pytest, nbval included.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from .. import onlooker
from ..aws import Setbacks
from ..execution import QueryExecution


class Shown(Protocol):
    """One query's line."""

    def told(self, execution: QueryExecution) -> None:
        """How it stands."""

    def slowed(self, setbacks: Setbacks) -> None:
        """A call had to be made again, and will be in a moment; told by the thread whose call it was."""

    def ended(self, *, rows: int | None = None, error: BaseException | None = None) -> None:
        """It is over: with rows, or with an error (an interrupt too)."""


Front = Callable[[Any], Shown]
"""Makes the line of one query from its `RunningQuery`."""


def shown(handle: Any, *, wanted: bool | None = None) -> Shown:
    """The line of a query: as asked for, else as the setting says, else as the place suggests."""
    if wanted is False or (wanted is None and onlooker.quiet()):
        return _SILENCE
    return _front_of_the_place()(handle)


def display(handle: Any) -> None:
    """Show a submitted query where it stands in a notebook: a panel that follows it, with a Cancel."""
    if find_spec("anywidget") and find_spec("IPython"):
        _named("athena_ds.notebook.panel", "attend")(handle)
    else:
        sys.stdout.write(f"{handle!r}\n")


class _Silence:
    def told(self, execution: QueryExecution) -> None:
        """Nothing."""

    def slowed(self, setbacks: Setbacks) -> None:
        """Nothing."""

    def ended(self, *, rows: int | None = None, error: BaseException | None = None) -> None:
        """Nothing."""


_SILENCE = _Silence()


def _silent(handle: Any) -> Shown:  # noqa: ARG001 - a Front's signature
    return _SILENCE


@cache
def _front_of_the_place() -> Front:
    """By name, so that no arrow points up: the notebook's panel in a kernel, tqdm's bar in a terminal."""
    if onlooker.in_notebook() and find_spec("anywidget"):
        return _named("athena_ds.notebook.panel", "panel")
    if onlooker.at_terminal() and find_spec("tqdm"):
        return _named("athena_ds.notebook.terminal", "bar")
    return _silent


def _named(module: str, name: str) -> Front:
    front: Front = getattr(import_module(module), name)
    return front
