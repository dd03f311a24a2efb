"""A secret typed into a card is in no message, trait, state or repr, whatever happens next."""

from __future__ import annotations

import json
import pickle

import pytest
from ipywidgets import Widget

from athena_ds.notebook.card import Card
from athena_ds.notebook.form import ConnectionForm
from athena_ds.notebook.wizard import SetupWizard
from tests.notebook.conftest import SENTINEL, Person

KEY_ID = "AKIAIOSFODNN7EXAMPLE"


def traces(card: Card, messages: list[str]) -> dict[str, str]:
    """Every channel a value could leave a widget by."""
    return {
        "messages": "".join(messages),
        "state": json.dumps(card.get_state(), default=str),
        "manager": json.dumps(Widget.get_manager_state(), default=str),
        "repr": repr(card) + str(card),
        "traits": repr(card.trait_values()),
        "vars": repr(vars(card)),
    }


@pytest.mark.parametrize("kind", [ConnectionForm, SetupWizard])
@pytest.mark.parametrize("rest", [{}, {"region": "eu-west-1"}, {"region": "nowhere", "access_key_id": KEY_ID}])
def test_a_submitted_secret_leaves_by_no_channel(messages: list[str], kind: type[Card], rest: dict[str, str]) -> None:
    """Submitted with fields missing, wrong or filled in: the text is nowhere."""
    card = kind(endpoint_url="http://127.0.0.1:9") if kind is ConnectionForm else kind()
    Person(card).submits({"secret_access_key": SENTINEL}, **rest)
    for channel, text in traces(card, messages).items():
        assert SENTINEL not in text, channel


def test_a_secret_pasted_as_the_id_is_recognised_and_not_echoed(messages: list[str]) -> None:
    """The wrong box is told apart; the message does not repeat the text."""
    form = ConnectionForm()
    Person(form).submits(access_key_id=SENTINEL)
    assert "secret" in form.errors["access_key_id"]
    for channel, text in traces(form, messages).items():
        assert SENTINEL not in text, channel


def test_a_secret_pasted_as_the_id_is_not_kept_when_the_field_is_left(messages: list[str]) -> None:
    """Leaving the box sends its text to the kernel, which keeps and answers nothing of it."""
    form = ConnectionForm()
    Person(form).changes("access_key_id", SENTINEL)
    for channel, text in traces(form, messages).items():
        assert SENTINEL not in text, channel


def test_the_kernel_says_only_that_it_holds_a_secret(messages: list[str]) -> None:
    """After a failed submit the box is empty and marked as kept, so it need not be typed again."""
    form = ConnectionForm()
    Person(form).submits({"secret_access_key": SENTINEL})
    block = next(block for block in form.blocks if block.get("name") == "secret_access_key")
    assert block["is_set"] is True
    assert "value" not in block


def test_a_card_is_not_pickled_with_its_secret(messages: list[str]) -> None:
    """Pickling a form fails rather than writing the secret down."""
    form = ConnectionForm()
    Person(form).submits({"secret_access_key": SENTINEL})
    with pytest.raises(Exception) as failure:  # noqa: PT011 - which error is the pickler's affair
        pickle.dumps(form)
    assert SENTINEL not in str(failure.value)
