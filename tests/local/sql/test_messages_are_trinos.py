"""What is wrong with a statement is told in Trino's own words, with its name, line and column.

A line of `messages.jsonl` is a statement with what Trino 476 said to it: people look these texts up.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.analyse import analyse
from tests.local.fidelity.harness import NoTables

MESSAGES = [json.loads(line) for line in (Path(__file__).parent / "messages.jsonl").read_text().splitlines()]


def told(sql: str) -> tuple[str, str]:
    """The name and the message of the error a statement is refused with before it runs."""
    with pytest.raises(EngineError) as caught:
        analyse(sql, catalog=NoTables(), database="default")
    error = caught.value
    where = f"line {error.line}:{error.column}: " if error.line is not None else ""
    return error.name, where + error.message


def test_every_message_is_trinos() -> None:
    """Misspelt words, missing brackets, rows where a group is wanted, windows, lambdas, recursion, types, casts."""
    different = [m for m in MESSAGES if told(m["sql"]) != (m["error"], m["message"])]
    assert len(MESSAGES) > 500
    assert different == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + ", ".join(f"f(a{i}, b)" for i in range(400)) + " FROM t WHERE",
        "SELECT " + "(" * 60 + "1" + ")" * 60 + " FROM",
        "SELECT a b c FROM (SELECT " + ", ".join(f"a{i}" for i in range(400)) + " FROM t)",
    ],
)
def test_a_long_statement_is_told_too(sql: str) -> None:
    """What could have followed is found however much stands before and after it."""
    name, message = told(sql)
    assert name == "SYNTAX_ERROR"
    assert "Expecting: " in message
