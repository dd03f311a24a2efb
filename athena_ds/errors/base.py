"""The root of the tree: errors and warnings that show themselves in a few lines."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping

_PACKAGE = __name__.partition(".")[0]


class AthenaDSError(Exception):
    """Base of every error of this package.

    Attributes:
        happened: What happened, to what.
        remedy: What to do next; may be empty.
    """

    def __init__(self, happened: str, *, remedy: str = "") -> None:
        self.happened = happened
        self.remedy = remedy
        super().__init__(happened)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The message, a line a thought: what happened, where, what to do."""
        return [line for line in (self.happened, self.remedy) if line]

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), dict(self.__dict__))

    def _render_traceback_(self) -> list[str]:
        """What IPython and Jupyter show instead of a traceback."""
        first, *rest = self.lines()
        return [f"{type(self).__name__}: {first}", *rest]


def _rebuilt(kind: type[AthenaDSError], facts: dict[str, object]) -> AthenaDSError:
    error = kind.__new__(kind)
    Exception.__init__(error, facts.get("happened", ""))
    error.__dict__.update(facts)
    return error


def note(error: BaseException, words: str) -> None:
    """Add a note; of an interrupt a notebook then shows the notes, not every frame of this package it went through."""
    error.add_note(words)
    if isinstance(error, KeyboardInterrupt):
        notes = error.__notes__
        vars(error)["_render_traceback_"] = lambda: [f"KeyboardInterrupt: {notes[0]}", *notes[1:]]


class AthenaDSWarning(UserWarning):
    """Base of every warning of this package."""


class NothingVisibleWarning(AthenaDSWarning):
    """The catalog answered, and showed nothing.

    What to do: check the database and the region; where Lake Formation governs the catalog, ask its administrator for
    DESCRIBE or SELECT on the tables.
    """


class SettingsWarning(AthenaDSWarning):
    """A field was understood, but differently from how it was written; or its secret could not be kept.

    What to do: compare what it says was understood with what was meant, and write it so; unlock the system's keyring.
    """


def warn(said: str, kind: type[AthenaDSWarning] = AthenaDSWarning) -> None:
    """Warn at the line of the caller's that led here, however many of this package's lie between."""
    frame = outside = sys._getframe(1)
    while (caller := frame.f_back) is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
            outside = caller
        frame = caller
    place = outside.f_globals
    registry = place.setdefault("__warningregistry__", {})
    module, file = place.get("__name__", _PACKAGE), outside.f_code.co_filename
    warnings.warn_explicit(said, kind, file, outside.f_lineno, module=module, registry=registry)


def facts_of(error: BaseException) -> Mapping[str, object]:
    """The facts an error carries, by name, for logs and reports."""
    return {name: value for name, value in vars(error).items() if not name.startswith("_")}
