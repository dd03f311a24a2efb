"""What Trino answers, the embedded engine answers, or refuses."""

from __future__ import annotations

import pytest

from tests.local.fidelity.harness import Outcome, Runner, cases, check


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    runner = Runner()
    return [check(runner, case) for case in cases()]


@pytest.mark.parametrize("verdict", ["diff", "noerror", "bug"])
def test_no_statement_is_answered_otherwise(outcomes: list[Outcome], verdict: str) -> None:
    """No statement has another value than Trino's, a value where Trino fails, or an error that is a bug of ours."""
    assert [(o.case["sql"], o.answer) for o in outcomes if o.verdict == verdict] == []


@pytest.mark.parametrize(("group", "least"), [("common", 0.98), ("generated", 0.98)])
def test_most_statements_are_answered_the_same(outcomes: list[Outcome], group: str, least: float) -> None:
    """Most statements answer Trino's value in a column of Trino's type."""
    mine = [o.verdict for o in outcomes if o.case["set"] == group]
    assert mine.count("same") >= least * len(mine)
