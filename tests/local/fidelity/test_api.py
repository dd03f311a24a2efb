"""What Trino answers, a client of the Athena API reads: text, header and ColumnInfo."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from athena_ds.local import LocalAthena
from tests.local.fidelity.api import Api
from tests.local.fidelity.harness import cases
from tests.local.trino.differences import known

_FAMILIES = sorted({(case["set"], case["family"]) for case in cases()})


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with LocalAthena(samples=False, workers=2) as local:
        yield Api(local)


@pytest.mark.parametrize(("group", "family"), _FAMILIES)
def test_a_family_is_answered_as_trino_does_or_refused(api: Api, group: str, family: str) -> None:
    """Each statement's CSV and ColumnInfo are Athena's of Trino's answer; where Trino fails, the execution fails."""
    mine = (case for case in cases() if (case["set"], case["family"]) == (group, family) and known(case["sql"]))
    outcomes = list(api.check(mine))
    wrong = [o for o in outcomes if o.verdict not in ("same", "error")]
    assert [(o.verdict, o.case["sql"], o.answer) for o in itertools.islice(wrong, 20)] == []
