"""The parts a card can show, each a small JSON dict: what they are called here is what `static/card.js` draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import words
from .card import Block

if TYPE_CHECKING:
    import pandas as pd


def steps(names: Sequence[str], current: int) -> Block:
    """A stepper: the names in order and where we are."""
    return {"type": "steps", "names": list(names), "current": current}


def heading(text: str) -> Block:
    """A heading; it takes the focus when a step begins."""
    return {"type": "heading", "text": text}


def text(words: str) -> Block:
    """A paragraph."""
    return {"type": "text", "text": words}


def field(name: str, label: str, *, kind: str = "text", help_text: str = "", **more: Any) -> Block:
    """A field: kind text | secret | select | checkbox; more: value, options, required, placeholder, is_set.

    A secret field has no value: `is_set` says whether the kernel holds one.
    """
    if kind == "secret" and "value" in more:
        raise ValueError("a secret field has no value")
    return {"type": "field", "name": name, "label": label, "kind": kind, "help": help_text, **more}


def notice(status: str, words: str, *, label: str | None = None) -> Block:
    """A sentence that stands out: status passed | failed | warning | info; `label` replaces the status word."""
    return {"type": "notice", "status": status, "text": words, "label": label or status}


def verdict(parts: Iterable[tuple[str, str]], small: str = "") -> Block:
    """One line of counted statuses: `("failed", "1 failed"), ("passed", "14 passed")`."""
    return {"type": "verdict", "parts": [{"status": s, "text": t} for s, t in parts], "small": small}


def table(caption: str, *, columns: Sequence[str], rows: Sequence[Sequence[Any]], **more: Any) -> Block:
    """A table; a cell is text, or a dict: status, text with small, text with copy, or an action.

    More: `numbers`, the indices of columns to align right; `stacked`, laid out as a list on a narrow screen; `values`,
    cells as wide as what they hold, up to a bound.
    """
    return {"type": "table", "caption": caption, "columns": list(columns), "rows": [list(row) for row in rows], **more}


def rows(caption: str, frame: pd.DataFrame) -> Block:
    """The rows of a frame; numbers stand to the right, and what is long wraps within its column."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype  # noqa: PLC0415 - a frame is there: pandas is too

    kinds = enumerate(frame.dtypes)
    numbers = [at for at, kind in kinds if is_numeric_dtype(kind) and not is_bool_dtype(kind)]
    cells = [[words.cell(value) for value in row] for row in frame.itertuples(index=False)]
    columns = [str(name) for name in frame.columns]
    return table(caption, columns=columns, rows=cells, numbers=numbers, values=True)


def code(caption: str, words: str) -> Block:
    """Text to copy."""
    return {"type": "code", "caption": caption, "text": words}


def place(words: str) -> Block:
    """The SQL line of an error, and under it the caret."""
    line, _, caret = words.partition("\n")
    return {"type": "place", "line": line, "caret": caret}


def live(status: str, state: str, *, parts: Sequence[Any], actions: Sequence[Block] = ()) -> Block:
    """The one line of a running or finished query; a part is text or `{"text", "href"}`."""
    return {"type": "live", "status": status, "state": state, "parts": list(parts), "actions": list(actions)}


def action(name: str, label: str, **more: Any) -> Block:
    """A button: more: main, submit, disabled, always (also while busy), value."""
    return {"action": name, "label": label, **more}


def buttons(*shown: Block) -> Block:
    """A row of buttons among the other blocks."""
    return {"type": "buttons", "actions": list(shown)}


def actions(*buttons: Block, note: str = "", aside: Sequence[Block] = ()) -> Block:
    """The row of buttons at a card's foot: on the left a note and what is done beside, on the right the way on."""
    return {"type": "actions", "actions": list(buttons), "note": note, "aside": list(aside)}
