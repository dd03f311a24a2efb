"""What Trino 476 answered to statements about these functions is what the embedded engine answers, or it refuses.

A line of `answers/` is a statement with Trino's columns and rows, or its error; `refused` marks what the engine is
known to refuse. They were asked besides the table that `python -m tests.local.fidelity` runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from athena_ds.local.seam.engine import EngineError
from tests.local.fidelity.harness import Runner, check

TOPICS = sorted((Path(__file__).parent / "answers").glob("*.jsonl"))


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner()


def cases(topic: Path) -> Iterator[dict[str, Any]]:
    for line in topic.read_text(encoding="utf-8").split("\n"):
        if line:
            yield {"set": "held out", "family": topic.stem, "function": "", **json.loads(line)}


def complaint(runner: Runner, case: dict[str, Any]) -> str | None:
    """What is wrong with the engine's answer: another value or type, no error, or an error of another name."""
    if "error" not in case:
        outcome = check(runner, case)
        return None if outcome.verdict == "same" else f"{outcome.verdict}: {case['sql']} -> {outcome.answer}"
    try:
        _, rows = runner.run(case["sql"])
    except EngineError as error:
        fits = error.name in (case["error"]["name"], "NOT_SUPPORTED")
        return None if fits else f"{case['sql']}: {error.name}, Trino {case['error']['name']}"
    return f"{case['sql']}: {rows}, Trino {case['error']['name']}"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.stem)
def test_every_answer_is_trinos(runner: Runner, topic: Path) -> None:
    """Same value and type, or an error of the name Trino gives it: people catch them by name."""
    known = [case for case in cases(topic) if "refused" not in case]
    assert known
    assert [words for case in known if (words := complaint(runner, case))] == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.stem)
def test_what_cannot_be_exact_is_refused(runner: Runner, topic: Path) -> None:
    """NOT_SUPPORTED, never another answer."""
    for case in cases(topic):
        if "refused" in case:
            with pytest.raises(EngineError) as caught:
                runner.run(case["sql"])
            assert caught.value.name == "NOT_SUPPORTED", case["sql"]


def test_messages_and_places_are_trinos(runner: Runner) -> None:
    """What a user reads: the words, line and column of Trino's error."""
    for case in cases(Path(__file__).parent / "answers" / "messages.jsonl"):
        with pytest.raises(EngineError) as caught:
            runner.run(case["sql"])
        error = caught.value
        place = f"line {error.line}:{error.column}: " if error.line is not None else ""
        assert (case["sql"], f"{place}{error.message}") == (case["sql"], case["error"]["message"])
