"""TPC-H: tables registered through DDL, all 22 queries give the published answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.tables.running import Lake
from tests.local.tables.tpch.benchmark import answers, compared, load, queries, same


@pytest.fixture(
    scope="module",
    params=[pytest.param(0.1, id="sf0.1"), pytest.param(1.0, id="sf1", marks=pytest.mark.slow)],
)
def tpch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, float]]:
    with LocalAthena(samples=False) as endpoint:
        lake = Lake(endpoint, database="tpch")
        for bucket in (RESULTS, "lake"):
            lake.s3.create_bucket(Bucket=bucket)
        lake.run("CREATE DATABASE tpch")
        load(lake, request.param, tmp_path_factory.mktemp("tpch"))
        yield lake, request.param


@pytest.mark.parametrize("number", range(1, 23))
def test_a_query_gives_the_published_answer(tpch: tuple[Lake, float], number: int) -> None:
    """Row by row, in the published order."""
    lake, scale = tpch
    labels, *published = answers(scale)[number]
    found = lake.run(queries()[number])
    assert len(found) == len(published)
    pairs = [
        (compared(labels, ours), compared(labels, [*theirs])) for ours, theirs in zip(found, published, strict=True)
    ]
    different = [
        pair for pair in pairs if not all(same(ours, theirs or "") for ours, theirs in zip(*pair, strict=True))
    ]
    assert not different, different[:3]
