"""Partition projection: partitions come from the table's properties, whatever Glue holds."""

from __future__ import annotations

from datetime import datetime

import pytest

from athena_ds.local.glue import projection
from athena_ds.local.seam.engine import Column, EngineError, Table
from athena_ds.local.seam.types import VARCHAR
from tests.local.tables.running import Lake


def projected(properties: dict[str, str], *, keys: str = "k") -> Table:
    return Table(
        database="db",
        name="t",
        columns=(),
        partition_keys=tuple(Column(key, VARCHAR) for key in keys.split()),
        location="s3://b/t/",
        parameters={"projection.enabled": "true", **properties},
    )


def values(properties: dict[str, str], allowed: dict[str, list[str]] | None = None) -> list[str]:
    found = projection.partitions(projected(properties), allowed or {}, now=datetime(2024, 3, 1, 12))
    return [partition.values[0] for partition in found]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"type": "enum", "values": "a, b"}, ["a", "b"]),
        ({"type": "integer", "range": "8,10", "digits": "2"}, ["08", "09", "10"]),
        ({"type": "integer", "range": "0,10", "interval": "5"}, ["0", "5", "10"]),
        ({"type": "date", "range": "2024-02-29,NOW", "format": "yyyy-MM-dd"}, ["2024-02-29", "2024-03-01"]),
        ({"type": "date", "range": "NOW-2MONTHS,NOW", "format": "yyyyMM"}, ["202401", "202402", "202403"]),
        (
            {"type": "date", "range": "2024/01/31/22,2024/02/01/01", "format": "yyyy/MM/dd/HH", "interval": "1",
             "interval.unit": "HOURS"},
            ["2024/01/31/22", "2024/01/31/23", "2024/02/01/00", "2024/02/01/01"],
        ),
    ],
)  # fmt: skip
def test_every_type_projects_its_values(properties: dict[str, str], expected: list[str]) -> None:
    """Enumerations, integers with digits and interval, dates with formats, units and NOW."""
    assert values({f"projection.k.{name}": value for name, value in properties.items()}) == expected


def test_a_predicate_prunes_before_anything_is_listed() -> None:
    """Also `7` for a projected `07`."""
    given = {"projection.k.type": "integer", "projection.k.range": "1,12", "projection.k.digits": "2"}
    assert values(given, {"k": ["7", "12"]}) == ["07", "12"]


def test_injected_values_come_from_the_query_alone() -> None:
    """Without an equality there is no telling, and Athena refuses."""
    given = {"projection.k.type": "injected"}
    assert values(given, {"k": ["x"]}) == ["x"]
    with pytest.raises(EngineError, match="must contain only static equality conditions") as refused:
        values(given)
    assert refused.value.name == "CONSTRAINT_VIOLATION"


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"projection.k.type": "integer"},
        {"projection.k.type": "tree"},
        {"projection.k.type": "integer", "projection.k.range": "a,b"},
    ],
)
def test_wrong_properties_are_named(properties: dict[str, str]) -> None:
    """INVALID_TABLE_PROPERTY says table and column."""
    with pytest.raises(EngineError, match="column k projection is invalid"):
        values(properties)


def test_a_table_is_read_where_its_template_says(lake: Lake) -> None:
    """storage.location.template; partitions in Glue are not looked at."""
    lake.put("logs/2024/01/x/a.csv", "1\n")
    lake.put("logs/2024/02/y/a.csv", "2\n")
    lake.run(
        "CREATE EXTERNAL TABLE logs (v int) PARTITIONED BY (m string, s string) "
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://lake/logs/' TBLPROPERTIES ("
        "'projection.enabled'='true', 'projection.m.type'='date', 'projection.m.format'='yyyy/MM', "
        "'projection.m.range'='2023/11,2024/12', 'projection.s.type'='enum', 'projection.s.values'='x,y', "
        "'storage.location.template'='s3://lake/logs/${m}/${s}')"
    )
    assert lake.run("SELECT v, m, s FROM logs ORDER BY v") == [["1", "2024/01", "x"], ["2", "2024/02", "y"]]
    assert lake.run("SELECT v FROM logs WHERE m = '2024/02' AND s = 'y'") == [["2"]]
