"""The one widget: it shows the blocks it is given and reports what a person did. No AWS word is decided here.

A secret typed into a card stays in its input box until it is submitted, crosses once in a custom message and is handed
on as a `SecretStr`; no trait ever holds it, so no echo, no saved notebook and no widget state can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..connection.credentials import SecretStr
from ..errors import AthenaDSError, facts_of

_STATIC = Path(__file__).parent / "static"

Block = dict[str, Any]
"""A described part of a card, made by `athena_ds.notebook.blocks`; JSON, and never a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a person did: `kind` submit, action or change; the values of the fields; secrets of a submit, masked."""

    kind: str
    name: str = ""
    detail: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, SecretStr] = field(default_factory=dict)


class Card(anywidget.AnyWidget):
    """A card of blocks in a notebook. Subclasses set `blocks` and answer `heard(event)`."""

    _esm = _STATIC / "card.js"
    _css = _STATIC / "card.css"

    blocks = traitlets.List(traitlets.Dict()).tag(sync=True)
    errors = traitlets.Dict().tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    step = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("athena_ds").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        """The class and its step; no address and no value, so that stored notebooks compare equal."""
        return f"<{type(self).__name__}{f' at {self.step}' if self.step else ''}>"

    def heard(self, event: Event) -> None:
        """Answer what a person did; subclasses override this."""

    def show(
        self, blocks: Sequence[Block], *, step: str | None = None, errors: Mapping[str, str] | None = None
    ) -> None:
        """Put `blocks` on the card in one change, with the messages that stand beside fields."""
        with self.hold_sync():
            if step is not None:
                self.step = step
            self.blocks = list(blocks)
            self.errors = dict(errors or {})

    def forget_typed(self) -> None:
        """Let the boxes show Python's values again instead of what was typed."""
        self.send({"kind": "forget"})

    def working(self, words: str) -> Working:
        """A context in which the card is busy and says `words`."""
        return Working(self, words)

    def _receive(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        secrets = {name: SecretStr(text) for name, text in content.get("secrets", {}).items()}
        event = Event(
            kind=str(content.get("kind", "")),
            name=str(content.get("name", "")),
            detail=content.get("detail", content.get("value")),
            values=dict(content.get("values", {})),
            secrets=secrets,
        )
        try:
            self.heard(event)
        except Exception as error:  # in a widget callback it would be lost: it must stand on the card
            self.busy = False
            self.status = f"✕ {in_words(error)}"


class Working:
    """Busy while inside; the words are announced to screen readers."""

    def __init__(self, card: Card, words: str) -> None:
        self.card, self.words = card, words

    def __enter__(self) -> None:
        with self.card.hold_sync():
            self.card.busy, self.card.status = True, self.words

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        with self.card.hold_sync():
            self.card.busy, self.card.status = False, ""


Answer = Callable[[Event], None]


def in_words(error: BaseException) -> str:
    """An error as a person reads it on a card: what happened and what to do; of any other its first line, or its class.

    The place in the SQL is left out: a card draws it in a block of its own.
    """
    if isinstance(error, AthenaDSError):
        place = str(facts_of(error).get("place", ""))
        lines = [line for line in error.lines() if line != place]
        # AWS's own words often end without a stop, and what to do follows them in the same line.
        return " ".join(line if line.endswith((".", "!", "?", ":")) else f"{line}." for line in lines)
    words = str(error).strip().splitlines()
    return words[0] if words else type(error).__name__
