"""The plan of a query, as a notebook shows it."""

from __future__ import annotations

from typing import Any


class Plan(str):
    """A plan's text; at the end of a cell it stands in lines, as a plain text would not."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 - IPython's signature
        printer.text(str(self))
