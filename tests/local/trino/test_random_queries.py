"""Random queries over tables of every type: both engines give the same, or the embedded one refuses, or both fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.local.trino.random_queries.__main__ import made, reason, report
from tests.local.trino.random_queries.asked import Answer, Both, Outcome, both, compared
from tests.local.trino.random_queries.parts import Query
from tests.local.trino.random_queries.queries import queries
from tests.local.trino.random_queries.writes import writings, written

COLUMNS = (("a", "double", 17, 0, "UNKNOWN"), ("m", "map", 0, 0, "UNKNOWN"))
HEADER = ["a", "m"]

COUNT, SEED, WRITES = 150, 5, 25
"""As `python -m tests.local.trino.random_queries --count 150 --seed 5` asks them, and 25 with `--writes`."""


@pytest.fixture(scope="module")
def asked(trino_url: str) -> Iterator[Both]:
    with both(trino_url) as made:
        yield made


@pytest.mark.trino
def test_random_queries_are_answered_by_both_alike(asked: Both, capsys: pytest.CaptureFixture[str]) -> None:
    """Types, rows and the text of the result file, of the same queries each time. How many were refused is printed."""
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(asked.ask, made(COUNT, SEED, queries())))
    judged(outcomes, capsys)


@pytest.mark.trino
def test_what_random_writes_leave_is_read_by_both_alike(asked: Both, capsys: pytest.CaptureFixture[str]) -> None:
    """CTAS, INSERT and UNLOAD: Glue's tables, and the rows of either engine's files as the other reads them."""
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(partial(written, asked), made(WRITES, SEED, writings())))
    judged(outcomes, capsys)


def judged(outcomes: list[Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is different and most are answered; the counts are printed, whatever pytest captures."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    refusals = Counter(reason(outcome) for outcome in outcomes if outcome.verdict == "refused")
    with capsys.disabled():
        print("\n" + report(counts, refusals))  # noqa: T201
    assert [(one.query.sql, one.told) for one in outcomes if one.verdict == "different"] == []
    assert counts["same"] > len(outcomes) / 2


@pytest.mark.parametrize(
    ("ours", "trinos", "verdict"),
    [
        (["0.1", "{a=1, b=2}"], ["0.1", "{b=2, a=1}"], "same"),
        (["0.10000000000000002", "{}"], ["0.1", "{}"], "same"),
        (["0.1000001", "{}"], ["0.1", "{}"], "different"),
        (["0.1", "{a=1, b=2}"], ["0.1", "{a=2, b=1}"], "different"),
        (["0.1", None], ["0.1", ""], "different"),
        ([None, "{}"], ["NaN", "{}"], "different"),
    ],
)
def test_what_counts_as_the_same(ours: list[str | None], trinos: list[str | None], verdict: str) -> None:
    """The order of a map's entries and a sum's last digit mean nothing; all else does."""
    answers = [Answer(columns=COLUMNS, rows=(HEADER, row)) for row in (ours, trinos)]
    assert compared(Query("SELECT"), *answers).verdict == verdict


def test_an_answer_beside_a_failure() -> None:
    """A refusal of the embedded engine is its right, another failure is not; nor are rows where Trino fails.

    Where no row is, none asked for what Trino computes when it plans.
    """
    answer, nothing = (Answer(columns=COLUMNS, rows=(HEADER, *rows)) for rows in ([["1.0", "{}"]], []))
    other, refusal = Answer(failure="DIVISION_BY_ZERO: Division by zero"), Answer(failure="NOT_SUPPORTED: no")
    pairs = ((refusal, answer), (refusal, other), (other, answer), (answer, other), (other, other), (nothing, other))
    assert [compared(Query("SELECT"), ours, trinos).verdict for ours, trinos in pairs] == [
        "refused", "refused", "different", "different", "fails", "fails",
    ]  # fmt: skip


def test_order_counts_where_the_query_asks_for_one() -> None:
    """Two rows, the other way round."""
    one, two = ["1.0", "{}"], ["2.0", "{}"]
    answers = [Answer(columns=COLUMNS, rows=(HEADER, *rows)) for rows in ((one, two), (two, one))]
    assert compared(Query("SELECT"), *answers).verdict == "same"
    assert compared(Query("SELECT", ordered=True), *answers).verdict == "different"
