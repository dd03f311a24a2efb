"""Widgets without a kernel: every message they would send is recorded, and a person's doings are sent to them."""

from __future__ import annotations

import json
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

SENTINEL = "wJalrXUtnFEMI/K7MDENG/bPxRfiSENTINELKEY0"
"""A secret in AWS's shape that must be found nowhere."""


class RecordedComm(BaseComm):  # type: ignore[misc]
    """A comm that keeps what was published on it."""

    messages: list[str] = []

    def publish_msg(self, msg_type: str, **content: Any) -> None:
        """Keep the message as the text that would travel."""
        content.pop("buffers", None)
        RecordedComm.messages.append(json.dumps([msg_type, content], default=str))


class Person:
    """Does to a card what a person does in the browser."""

    def __init__(self, card: Any) -> None:
        self.card = card

    def _send(self, content: dict[str, Any]) -> None:
        message = {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}
        self.card._handle_msg(message)

    def submits(self, secrets: dict[str, str] | None = None, **values: Any) -> None:
        """Fill in and press Enter."""
        self._send({"kind": "submit", "values": values, "secrets": secrets or {}})

    def presses(self, name: str, **values: Any) -> None:
        """Press a button."""
        self._send({"kind": "action", "name": name, "values": values})

    def changes(self, name: str, value: Any) -> None:
        """Leave a field changed."""
        self._send({"kind": "change", "name": name, "value": value, "values": {name: value}})


def fields(card: Any) -> dict[str, dict[str, Any]]:
    """The fields a card shows, by name, in order."""
    return {block["name"]: block for block in card.blocks if block["type"] == "field"}


def shown_text(card: Any) -> str:
    """Everything a card shows, as one text."""
    return json.dumps(card.blocks) + json.dumps(card.errors) + card.status


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every comm message of the widgets made in this test."""
    RecordedComm.messages = []
    monkeypatch.setattr(comm, "create_comm", RecordedComm)
    return RecordedComm.messages
