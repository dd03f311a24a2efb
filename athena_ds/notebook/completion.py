"""Tab in a cell of `%%athena`: the tables of the data source in use, and the columns of the tables the cell names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher
from IPython.core.error import UsageError

from ..errors import AthenaDSError

if TYPE_CHECKING:
    from ..datasource import AthenaDataSource


_WORD = re.compile(r"[\w.$]*$")
_FRESH = 120.0
"""Seconds for which what the catalog said is kept: a second Tab asks nothing, a table made since is soon offered."""


class _Tables(NamedTuple):
    """What the catalog said, and when it was asked."""

    columns: dict[str, list[str]]
    asked: float


class Completer:
    """Completes names for one shell.

    Args:
        source: Gives the data source in use.
        clock: Seconds, monotonic.
    """

    def __init__(self, source: Callable[[], AthenaDataSource], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._source, self._clock = source, clock
        self._kept: WeakKeyDictionary[AthenaDataSource, _Tables] = WeakKeyDictionary()

    def matches(self, text: str) -> list[str]:
        """Names for the word at the end of `text`, a cell up to the cursor; none in a cell that is not `%%athena`.

        Tab never shows a traceback: without a data source, or where the catalog refuses, there are no names.
        """
        if not text.lstrip().startswith("%%athena") or "\n" not in text:
            return []
        try:
            tables = self._tables(self._source())
        except (AthenaDSError, UsageError):
            return []
        return names(text.split("\n", 1)[1], tables)

    def _tables(self, source: AthenaDataSource) -> dict[str, list[str]]:
        kept = self._kept.get(source)
        if kept is None or not kept.columns or self._clock() - kept.asked > _FRESH:
            kept = self._kept[source] = _Tables(source.columns_by_table(), self._clock())
        return kept.columns


def matcher(completer: Completer) -> Any:
    """The completer in the form IPython asks."""

    @context_matcher()
    def athena_matcher(context: CompletionContext) -> Any:
        before = context.full_text.split("\n")[: context.cursor_line]
        found = completer.matches("\n".join([*before, context.text_until_cursor]))
        return {"completions": [SimpleCompletion(name, type="athena") for name in found], "suppress": bool(found)}

    return athena_matcher


def names(body: str, tables: dict[str, list[str]]) -> list[str]:
    """The names that begin as the last word of `body` does: columns of the tables it mentions, then tables."""
    found = _WORD.search(body)
    word = found.group() if found else ""
    prefix, _, last = word.rpartition(".")
    mentioned = [name for name in tables if re.search(rf"\b{re.escape(name)}\b", body, re.IGNORECASE)]
    columns = [column for table in (mentioned or tables) for column in tables[table]]
    offered = columns if prefix else [*columns, *tables]
    fits = [name for name in dict.fromkeys(offered) if name.lower().startswith(last.lower())]
    return [f"{prefix}.{name}" if prefix else name for name in fits]
