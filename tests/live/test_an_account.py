"""What every account must give: the main promises, on the stand-in or, with ATHENA_DS_LIVE=1, on one's own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from athena_ds import AthenaDataSource
from athena_ds.errors import QueryFailedError, QuerySyntaxError
from scripts.lay_samples import Place, lay, main
from tests.live.conftest import NAME

TYPES = """SELECT TINYINT '-128' AS a, BIGINT '9223372036854775807' AS b, CAST(NULL AS integer) AS c,
  REAL '1.5' AS d, DOUBLE 'NaN' AS e, DECIMAL '12345678901234567890.123' AS f, true AS g, '' AS h,
  CAST(NULL AS varchar) AS i, X'00ff' AS j, DATE '2024-02-29' AS k, TIMESTAMP '2024-02-29 12:30:00.125' AS l"""


def test_the_sample_is_described(ds: AthenaDataSource) -> None:
    """Five tables and a view; flights is partitioned by month."""
    found = ds.describe().set_index("table")
    assert sorted(found.index) == ["airlines", "airports", "daily_departures", "flights", "planes", "weather"]
    assert "month" in str(found.loc["flights", "partition_keys"])


def test_preflight_passes(ds: AthenaDataSource) -> None:
    """And leaves nothing."""
    report = ds.preflight()
    assert report.passed, report.failures[["id", "evidence", "remedy"]].to_string()


def test_types_come_back_exact(ds: AthenaDataSource) -> None:
    """A row of them."""
    row = ds.query(TYPES).iloc[0]
    assert (row.a, row.b, row.g, row.h) == (-128, 9223372036854775807, True, "")
    assert row.f == Decimal("12345678901234567890.123")
    assert row.j == b"\x00\xff"
    assert str(row.k) == "2024-02-29"
    assert str(row.l) == "2024-02-29 12:30:00.125000"
    assert row[["c", "i"]].isna().all()


def test_a_partition_is_pruned(ds: AthenaDataSource) -> None:
    """July is one file of twelve."""
    year = ds.query("SELECT sum(distance) AS miles FROM flights").athena.data_scanned_in_bytes
    july = ds.query("SELECT sum(distance) AS miles FROM flights WHERE month = ?", [7]).athena.data_scanned_in_bytes
    assert 0 < july < year / 8


def test_results_land_where_asked(ds: AthenaDataSource) -> None:
    """Under the results path."""
    frame = ds.query("SELECT 1 AS one")
    assert frame.athena.output_location.startswith(ds.config.output_location)
    assert len(ds.result(frame.athena.query_execution_id)) == 1


def test_mistakes_are_told(ds: AthenaDataSource) -> None:
    """Syntax before anything runs; names with a suggestion."""
    with pytest.raises(QuerySyntaxError):
        ds.query("SELEC 1")
    with pytest.raises(QueryFailedError, match="carrier"):
        ds.query("SELECT carier FROM airlines")


def test_laying_the_sample_again_changes_nothing(ds: AthenaDataSource) -> None:
    """What is there stays."""
    before = ds.describe().drop(columns=["created"], errors="ignore")
    location = before.set_index("table").loc["airlines", "location"]
    lay(ds, Place.of(location.removesuffix("nyc/airlines/")))
    after = ds.describe().drop(columns=["created"], errors="ignore")
    assert before.to_json() == after.to_json()


@pytest.mark.usefixtures("ds")
def test_laying_says_first_what_it_would_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --confirm nothing is made."""
    assert main([NAME, "s3://nowhere-of-ours/x"]) == 0
    said = capsys.readouterr().out
    assert "would upload" in said
    assert "'s3://nowhere-of-ours/x/nyc/flights/'" in said
