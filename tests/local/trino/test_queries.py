"""Queries, writes and refusals through the Athena API with a real Trino behind it."""

from __future__ import annotations

import pytest

from tests.conftest import RESULTS
from tests.local.tables.running import Lake

pytestmark = pytest.mark.trino


def test_a_query_leaves_athenas_result_file(lake: Lake) -> None:
    """The sample database is read; the file, its types and Trino's own statistics are what Athena's are."""
    found = lake.execution("SELECT month, count(*) n, 1.5 x FROM nyc.flights WHERE month < 3 GROUP BY 1 ORDER BY 1")
    assert found["Status"]["State"] == "SUCCEEDED"
    place = found["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{RESULTS}/")
    body = lake.s3.get_object(Bucket=RESULTS, Key=place)["Body"].read().decode()
    assert body == '"month","n","x"\n"1","27004","1.5"\n"2","24951","1.5"\n'
    shown = lake.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]
    kinds = [column["Type"] for column in shown["ResultSetMetadata"]["ColumnInfo"]]
    assert kinds == ["integer", "bigint", "double"]
    assert found["Statistics"]["QueryPlanningTimeInMillis"] > 0
    counted = lake.execution("SELECT max(carrier) FROM nyc.flights WHERE month = 1")["Statistics"]
    assert 0 < counted["DataScannedInBytes"] < 1_000_000


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT 1.5,\n nope FROM nyc.airlines", "COLUMN_NOT_FOUND: line 2:2: Column 'nope' cannot be resolved"),
        ("SELECT * FROM db.nix", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.nix' does not exist"),
        ("SELECT * FROM other.db.t", "CATALOG_NOT_FOUND: line 1:15: Catalog 'other' not found"),
        ("SELECT * FROM system.runtime.queries", "CATALOG_NOT_FOUND: line 1:15: Catalog 'system' not found"),
        ("SELECT 1/0", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT nope(1)", "FUNCTION_NOT_FOUND: line 1:8: Function 'nope' not registered"),
    ],
)
def test_failures_are_trinos_at_the_callers_place(lake: Lake, sql: str, reason: str) -> None:
    """Name, message, line and column; other catalogs of the Trino are out of reach."""
    assert lake.failure(sql) == reason


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM nyc.flights WHERE month = 1",
        "EXPLAIN ANALYZE DELETE FROM nyc.flights WHERE month = 1",
        "UPDATE nyc.flights SET month = 1",
        "MERGE INTO nyc.flights f USING nyc.airlines a ON false WHEN MATCHED THEN DELETE",
        "TRUNCATE TABLE nyc.flights",
        "CALL system.runtime.kill_query('x')",
        "GRANT SELECT ON nyc.flights TO USER jane",
        "SET SESSION x = 1",
    ],
)
def test_what_would_lose_data_or_change_the_trino_is_refused(lake: Lake, sql: str) -> None:
    """Trino would run some of these; not one reaches it."""
    assert lake.failure(sql).startswith("NOT_SUPPORTED: ")
    assert lake.run("SELECT count(*) FROM nyc.flights") == [["336776"]]
