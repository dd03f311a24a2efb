"""max_scan: known before, watched while it runs, stopped when crossed, told afterwards."""

from __future__ import annotations

import pytest

from athena_ds import AthenaDataSource
from athena_ds.errors import ScanLimitError, ScanLimitWarning
from athena_ds.execution import status, wait
from athena_ds.local.server import LocalAthena
from tests.sdk.scripted import WAIT, Scripted


@pytest.fixture
def scanning(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Every statement has scanned 10 MB from its first moment."""
    monkeypatch.setattr(scripted, "scanned", 10_000_000)
    return scripted


def test_the_first_answer_past_the_limit_stops_the_query(
    quick: AthenaDataSource, endpoint: LocalAthena, scanning: Scripted
) -> None:
    """No further question is asked but about its end: no more is scanned than between two questions."""
    seen: list[int] = []
    with pytest.raises(ScanLimitError) as raised:
        quick.query(WAIT, max_scan="5 MB", watch=lambda one: seen.append(one.statistics.data_scanned_in_bytes))
    assert [scanned > 5_000_000 for scanned in seen] == [False] * (len(seen) - 1) + [True]
    assert (raised.value.scanned, raised.value.limit) == (10_000_000, 5_000_000)
    assert status(quick.door, raised.value.query_execution_id).state == "CANCELLED"
    assert "10,000,000 bytes" in str(raised.value)


def test_a_query_that_ended_past_its_limit_says_so(quick: AthenaDataSource, scanning: Scripted, number: int) -> None:
    """It was quicker than a question; its rows are paid for and come, with a warning."""
    running = quick.submit(f"SELECT {number}", max_scan="5 MB")
    wait(quick.door, running.query_execution_id)
    with pytest.warns(ScanLimitWarning, match="10,000,000 bytes scanned; 5,000,000 were allowed"):
        frame = running.result()
    assert frame.n.item() == number
    assert frame.attrs["athena"]["data_scanned_in_bytes"] == 10_000_000


def test_below_the_limit_nothing_is_said(
    quick: AthenaDataSource, scanning: Scripted, number: int, recwarn: pytest.WarningsRecorder
) -> None:
    """Exactly the limit is allowed."""
    quick.query(f"SELECT {number}", max_scan=10_000_000)
    assert not [each for each in recwarn if issubclass(each.category, ScanLimitWarning)]
