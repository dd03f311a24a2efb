"""What is sent to Trino, and where in the caller's text its errors are."""

from __future__ import annotations

from pathlib import Path

import pytest

from athena_ds.local.engine.trino.address import Address, Door
from athena_ds.local.engine.trino.catalog import properties
from athena_ds.local.engine.trino.rewrite import rewritten
from athena_ds.local.engine.trino.statement import asked
from athena_ds.local.engine.trino.tables import query_of
from athena_ds.local.seam.engine import EngineError, Query

CATALOG = "ads_0123456789"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1.5, .5, 1_0.25, 7, 1e0, DECIMAL '1.5'", "SELECT 1.5E0, .5E0, 10.25E0, 7, 1e0, DECIMAL '1.5'"),
        ('SELECT * FROM AwsDataCatalog.a.b, "awsdatacatalog".a.b', f'SELECT * FROM {CATALOG}.a.b, "{CATALOG}".a.b'),
        ("SELECT 'awsdatacatalog', awsdatacatalog /* 1.5 */ -- 1.5", None),
        (
            "SELECT 1 FROM information_schema.tables WHERE table_catalog = 'awsdatacatalog'",
            f"SELECT 1 FROM information_schema.tables WHERE table_catalog = '{CATALOG}'",
        ),
    ],
)
def test_only_the_catalog_and_decimal_literals_are_changed(sql: str, expected: str | None) -> None:
    """A bare `1.5` is a double in Athena; the catalog has another name there. All else is sent as written."""
    assert rewritten(sql, CATALOG).sql == (expected or sql)


def test_places_are_those_of_the_callers_text() -> None:
    """Lines put in front and characters put in are taken off again."""
    query = Query(sql="SELECT 1.5,\n 1_0.5, 2.5, nope", database="db", parameters=("1.5",))
    sent = asked(query, catalog=CATALOG, into="t")
    assert sent.text == "EXECUTE IMMEDIATE\n'INSERT INTO t\nSELECT 1.5E0,\n 10.5E0, 2.5E0, nope'\nUSING 1.5E0"
    line = sent.text.split("\n")[3]
    failure = EngineError("COLUMN_NOT_FOUND", "no", line=4, column=line.index("nope") + 1)
    assert str(sent.back(failure)) == "COLUMN_NOT_FOUND: line 2:14: no"
    assert str(sent.back(EngineError("X", "no", line=2, column=3))) == "X: line 1:1: no"
    assert str(sent.back(EngineError("X", "no"))) == "X: no"


def test_only_queries_and_explanations_of_queries_are_sent() -> None:
    """EXPLAIN ANALYZE of a DELETE would delete."""
    query_of("EXPLAIN ANALYZE SELECT 1")
    for sql in (
        "DELETE FROM t",
        "EXPLAIN ANALYZE DELETE FROM t",
        "EXPLAIN ANALYZE INSERT INTO t SELECT 1",
        "CALL s.p()",
    ):
        with pytest.raises(EngineError, match="Not a query"):
            query_of(sql)


def test_an_address_says_which_trino_and_how_it_comes_back() -> None:
    """Host, port, and what is agreed with it; anything else is refused in words."""
    found = Address.parse("trino=http://[::1]/awsdatacatalog?endpoint=http://me:1&timeout=2&user=jane")
    assert (str(found), found.catalog, found.endpoint) == ("http://[::1]:8080", "awsdatacatalog", "http://me:1")
    assert (found.timeout, found.user) == (2.0, "jane")
    assert str(Address.parse("trino=https://trino.example")) == "https://trino.example:443"
    for wrong in ("trino=", "trino=host:8080", "trino=http://h?x=1", "trino=http://me:secret@h", "duckdb"):
        with pytest.raises(ValueError, match="trino=http"):
            Address.parse(wrong)


def test_the_catalog_file_of_the_docs_is_the_catalog_that_is_made() -> None:
    """What a cluster's owner copies is what the endpoint itself would make there."""
    page = (Path(__file__).parents[3] / "docs" / "trino.md").read_text()
    block = page.partition("```properties\n")[2].partition("```")[0]
    told = dict(line.split("=", 1) for line in block.splitlines())
    assert told.pop("connector.name") == "hive"
    door = Door(
        endpoint="http://HOST:PORT",
        region="us-east-1",
        access_key_id="ACCESS_KEY_ID",
        secret_access_key="SECRET_ACCESS_KEY",
        catalog="awsdatacatalog",
    )
    assert told == properties(door)
    assert "SECRET_ACCESS_KEY" not in repr(door)
