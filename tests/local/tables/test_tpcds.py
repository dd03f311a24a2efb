"""TPC-DS at scale factor 0.1: tables registered through DDL, all 99 queries answered as a real Trino answered them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.tables.running import Lake
from tests.local.tables.tpcds_sf01.benchmark import differences, load, queries

pytestmark = pytest.mark.peers

Outcomes = dict[int, list[str]]


@pytest.fixture(scope="module")
def outcomes() -> Iterator[Outcomes]:
    """What is wrong with each query's answer; a refusal is one line that begins with REFUSED."""
    with LocalAthena(samples=False) as endpoint:
        lake = Lake(endpoint, database="tpcds")
        for bucket in (RESULTS, "lake"):
            lake.s3.create_bucket(Bucket=bucket)
        lake.run("CREATE DATABASE tpcds")
        load(lake)
        yield {number: differences(lake, number) for number in queries()}


@pytest.mark.parametrize("number", range(1, 100))
def test_a_query_is_answered_as_trino_does_or_refused(outcomes: Outcomes, number: int) -> None:
    """Names, types, values, and the order that ORDER BY decides; a refusal names what is missing."""
    found = outcomes[number]
    assert not found or (len(found) == 1 and found[0].startswith("REFUSED NOT_SUPPORTED: ")), found[:3]


def test_at_least_95_of_99_are_answered(outcomes: Outcomes, capsys: pytest.CaptureFixture[str]) -> None:
    """The count is printed, whatever pytest captures."""
    same = sum(not found for found in outcomes.values())
    with capsys.disabled():
        print(f"\nTPC-DS: {same} of 99 queries answered as Trino")  # noqa: T201
    assert same >= 95
