"""Joins, subqueries, groups, windows, set operations over tables of every type: as Trino answers them, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.tables.crossed.answers import cases, complaint, load
from tests.local.tables.running import Lake
from tests.local.trino.differences import known


@pytest.fixture(scope="module")
def crossed() -> Iterator[Lake]:
    with LocalAthena(samples=False) as endpoint:
        lake = Lake(endpoint)
        for bucket in (RESULTS, "lake"):
            lake.s3.create_bucket(Bucket=bucket)
        lake.run("CREATE DATABASE db")
        load(lake)
        yield lake


def test_no_query_is_answered_otherwise_than_trino_does(crossed: Lake) -> None:
    """Same rows, column names and types; an error where Trino fails; a refusal only where one is known."""
    asked = [case for case in cases() if known(case["sql"])]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda case: complaint(crossed, case), asked)
    assert [(case["sql"], words) for case, words in zip(asked, found, strict=True) if words] == []
