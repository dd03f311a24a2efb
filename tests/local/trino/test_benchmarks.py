"""The 22 queries of TPC-H and the 99 of TPC-DS at 0.1, each asked of both engines on the same tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.local.tables.running import Lake
from tests.local.tables.tpcds_sf01 import benchmark as tpcds
from tests.local.tables.tpch import benchmark as tpch
from tests.local.trino.random_queries.asked import Both, both
from tests.local.trino.random_queries.parts import Query

pytestmark = [pytest.mark.trino, pytest.mark.slow]

BENCHMARKS = {
    "TPC-H": (tpch.queries, 22, 22),
    "TPC-DS": (tpcds.queries, 99, 95),
}
"""Its queries, how many there are, and how many of them the embedded engine must answer."""


@pytest.fixture(scope="module", params=list(BENCHMARKS))
def loaded(
    request: pytest.FixtureRequest, trino_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Both]]:
    """A benchmark's name, and both engines with its tables."""
    files: Path = tmp_path_factory.mktemp("tpch")
    load: Callable[[Lake], None] = tpcds.load
    if request.param == "TPC-H":
        tpch.generate(0.1, files)
        load = partial(tpch.register, folder=files)
    with both(trino_url, load=load) as made:
        yield request.param, made


def test_both_engines_answer_alike(loaded: tuple[str, Both], capsys: pytest.CaptureFixture[str]) -> None:
    """Types and rows, but for which of the rows that ORDER BY leaves equal a LIMIT cuts off; the count is printed."""
    name, engines = loaded
    queries, count, least = BENCHMARKS[name]
    found = {number: engines.ask(asked(name, number, sql)) for number, sql in _items(queries)}
    same = sum(one.verdict == "same" for one in found.values())
    with capsys.disabled():
        print(f"\n{name} at 0.1: {same} of {count} answered alike by both engines")  # noqa: T201
    assert {number: one.told for number, one in found.items() if one.verdict not in ("same", "refused")} == {}
    assert same >= least


def _items(queries: Callable[[], dict[int, str]]) -> list[tuple[int, str]]:
    return sorted(queries().items())


def asked(name: str, number: int, sql: str) -> Query:
    """The query, and the columns its ORDER BY begins with where a LIMIT may cut through rows they leave equal."""
    if name == "TPC-H":
        return Query(sql)
    told = tpcds.answers()[number]
    return Query(sql, cut=(told["limit"], tuple(told["order"])) if told["limit"] else None)
