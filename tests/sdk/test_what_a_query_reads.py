"""What a query can want of a table's partitions, from Athena's plan; and which part of a statement reads at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_ds.catalog.domain import NULL_PARTITION, Domain, Range, Reading, readings_in
from athena_ds.catalog.mentioned import scans_in
from athena_ds.catalog.projected import places
from athena_ds.catalog.reading import part_that_reads, reads_all_of
from athena_ds.catalog.value import Column, Table

# A Trino 476's own words, its Hive connector reading a Glue table.
PLAN = """{
  "inputTableColumnInfos" : [ {
    "table" : { "catalog" : "awsdatacatalog", "schemaTable" : { "schema" : "lake", "table" : "logs" } },
    "constraint" : { "none" : false, "columnConstraints" : [ {
      "columnName" : "n", "type" : "integer", "domain" : { "nullsAllowed" : false, "ranges" : [
        { "low" : { "value" : "1", "bound" : "EXACTLY" }, "high" : { "value" : "1", "bound" : "EXACTLY" } },
        { "low" : { "value" : "10", "bound" : "ABOVE" }, "high" : { "bound" : "BELOW" } } ] } } ] },
    "estimate" : { "outputRowCount" : "NaN" } } ],
  "estimate" : { "outputRowCount" : "NaN" }
}"""
N = Domain(type="integer", ranges=(Range(low="1", high="1"), Range(low="10", above=True)))


def test_a_plan_is_read() -> None:
    """Tables, and for each column the values that can be wanted."""
    (reading,) = readings_in(PLAN) or ()
    assert reading == Reading(catalog="awsdatacatalog", database="lake", table="logs", domains={"n": N})


def test_a_table_of_which_nothing_can_be_wanted_is_not_read() -> None:
    """As where a condition can't be met."""
    said = json.loads(PLAN)
    said["inputTableColumnInfos"][0]["constraint"]["none"] = True
    assert readings_in(json.dumps(said)) == []


@given(st.text(max_size=40) | st.recursive(st.none() | st.integers(), st.lists).map(json.dumps))
def test_a_text_that_is_no_such_plan_is_no_plan(text: str) -> None:
    """Another engine version may answer something else."""
    assert readings_in(text) is None


@pytest.mark.parametrize(
    ("value", "held"),
    [("1", True), ("01", True), ("2", False), ("10", False), ("11", True), ("x", True), (NULL_PARTITION, False)],
)
def test_numbers_compare_as_numbers(value: str, held: bool) -> None:
    """What can't be read may be wanted."""
    assert N.may_hold(value) is held


@given(
    low=st.none() | st.text(max_size=4),
    high=st.none() | st.text(max_size=4),
    above=st.booleans(),
    below=st.booleans(),
    value=st.text(min_size=1, max_size=4),
)
def test_texts_compare_letter_by_letter(
    low: str | None, high: str | None, above: bool, below: bool, value: str
) -> None:
    """And one that is wanted begins as something wanted does."""
    domain = Domain(type="varchar(9)", ranges=(Range(low=low, high=high, above=above, below=below),))
    after = low is None or (value > low if above else value >= low)
    before = high is None or (value < high if below else value <= high)
    assert domain.may_hold(value) is (after and before)
    if domain.may_hold(value):
        assert all(domain.may_begin(value[:size]) for size in range(len(value) + 1))


@pytest.mark.parametrize(
    ("domain", "expression"),
    [
        (Domain(type="varchar", ranges=(Range(low="a'b", high="a'b"),)), "k IN ('a''b')"),
        (Domain(type="bigint", ranges=(Range(low="7", high="7"), Range(low="9", high="9"))), "k IN (7, 9)"),
        (Domain(type="date", ranges=(Range(low="2024-01-01", below=True),)), "k >= '2024-01-01'"),
        (
            Domain(type="integer", ranges=(Range(low="9", high="10"), Range(low="100", high="200"))),
            "k >= 9 AND k <= 200",
        ),
        (Domain(type="integer", ranges=(Range(high="9"), Range(low="100"))), None),
        (Domain(type="integer", ranges=(Range(low="1", high="1"),), nulls=True), None),
        (Domain(type="double", ranges=(Range(low="1.0", high="1.0"),)), None),
    ],
)
def test_glue_is_asked_for_no_less_than_is_wanted(domain: Domain, expression: str | None) -> None:
    """Values as Glue's own literals, never as text that could be read otherwise."""
    assert domain.expression("k") == expression


OBJECTS = [
    "lake/eu/2024/01/01/x",
    "lake/eu/2024/01/02/x",
    "lake/eu/2025/01/01/x",
    "lake/us/2024/01/02/x",
    "lake/eu/readme/x",
]


def folders(place: str) -> list[str]:
    inside = place.removeprefix("s3://b/")
    names = {key[len(inside) :].partition("/")[0] for key in OBJECTS if key.startswith(inside)}
    return [f"{place}{name}/" for name in sorted(names)]


def projected(**parameters: str) -> Table:
    given_ = {"projection.day.format": "yyyy/MM/dd", "storage.location.template": "s3://b/lake/${region}/${day}/"}
    keys = (Column(name="region", type="string"), Column(name="day", type="string"))
    return Table(name="t", database="d", partition_keys=keys, projected=True, parameters={**given_, **parameters})


@pytest.mark.parametrize(
    ("domains", "found"),
    [
        ({}, ["eu/2024/01/01", "eu/2024/01/02", "eu/2025/01/01", "us/2024/01/02"]),
        ({"region": Range(low="us", high="us")}, ["us/2024/01/02"]),
        ({"day": Range(low="2024/01/02", high="2024/12/31")}, ["eu/2024/01/02", "us/2024/01/02"]),
        ({"day": Range(low="2024/01/01", above=True)}, ["eu/2024/01/02", "eu/2025/01/01", "us/2024/01/02"]),
        ({"day": Range(low="2030")}, []),
    ],
)
def test_projected_partitions_are_found_by_their_folders(domains: dict[str, Range], found: list[str]) -> None:
    """A date of three folders is put together; what fits no pattern is none of the table's."""
    wanted = {key: Domain(type="varchar", ranges=(each,)) for key, each in domains.items()}
    assert places(projected(), wanted, folders=folders) == [f"s3://b/lake/{each}/" for each in found]


def test_folders_no_query_can_want_are_not_gone_into() -> None:
    """A year that is out of the question costs no list."""
    asked: list[str] = []

    def noting(place: str) -> list[str]:
        asked.append(place)
        return folders(place)

    places(projected(), {"day": Domain(type="varchar", ranges=(Range(low="2025/01/01"),))}, folders=noting)
    assert not [place for place in asked if "2024" in place]


def test_values_with_slashes_that_no_format_tells_make_everything_count() -> None:
    """Which folder is which key's cannot be known then."""
    table = projected(**{"projection.region.values": "eu/west,us"})
    assert places(table, {}, folders=folders) == ["s3://b/lake/"]


@pytest.mark.parametrize(
    ("sql", "scans"),
    [
        ("SELECT * FROM a, a b", {("d", "a"): 2}),
        ("WITH c AS (SELECT * FROM a) SELECT * FROM c JOIN c e ON true", {("d", "a"): 2}),
        ("WITH c AS (SELECT * FROM a), e AS (SELECT * FROM c, c x) SELECT * FROM e, e y", {("d", "a"): 4}),
        ("WITH c AS (SELECT * FROM a) SELECT 1", {("d", "a"): 0}),
        (
            "WITH RECURSIVE c (n) AS (SELECT n FROM a UNION ALL SELECT c.n FROM c, b) SELECT * FROM c",
            {("d", "a"): 11, ("d", "b"): 11},
        ),
        ("UPDATE a SET x = (SELECT max(y) FROM b)", {("d", "a"): 1, ("d", "b"): 1}),
        ("MERGE INTO a USING e.b AS s ON a.x = s.x WHEN MATCHED THEN DELETE", {("d", "a"): 1, ("e", "b"): 1}),
        ("MERGE INTO a USING (SELECT * FROM b) s ON true WHEN MATCHED THEN DELETE", {("d", "a"): 1, ("d", "b"): 1}),
        ("SELECT * FROM a JOIN b USING (x, y)", {("d", "a"): 1, ("d", "b"): 1}),
    ],
)
def test_a_table_counts_as_often_as_it_is_read(sql: str, scans: dict[tuple[str, str], int]) -> None:
    """Athena reads what a WITH defines anew wherever it is named, and charges each time."""
    assert scans_in(sql, "d") == scans


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("SELECT * FROM a WHERE b = 'x;y' ;", "SELECT * FROM a WHERE b = 'x;y'"),
        ("-- why\n WITH c AS (SELECT 1) SELECT * FROM c", "WITH c AS (SELECT 1) SELECT * FROM c"),
        ("(SELECT 1) UNION SELECT 2", "(SELECT 1) UNION SELECT 2"),
        ("UNLOAD (SELECT ')' FROM a) TO 's3://b/' WITH (format = 'PARQUET')", "SELECT ')' FROM a"),
        ("INSERT INTO t (x, y) SELECT * FROM a", "SELECT * FROM a"),
        ("CREATE TABLE t WITH (format = 'ORC') AS SELECT * FROM a WITH DATA", "SELECT * FROM a"),
        ("CREATE TABLE t AS SELECT * FROM a WITH NO DATA", None),
        ("CREATE TABLE t (x int)", None),
        ("CREATE VIEW v AS SELECT * FROM a", None),
        ("EXPLAIN SELECT * FROM a", None),
        ("EXPLAIN ANALYZE VERBOSE SELECT * FROM a", "SELECT * FROM a"),
        ("DELETE FROM a WHERE x = 1", "DELETE FROM a WHERE x = 1"),
        ("PREPARE p FROM SELECT * FROM a", None),
        ("MSCK REPAIR TABLE a", None),
        ("SHOW TABLES", None),
        ("UNLOAD! (SELECT 1)", None),
        ("", None),
    ],
)
def test_the_part_of_a_statement_that_reads(sql: str, part: str | None) -> None:
    """What changes only the catalog reads nothing."""
    assert part_that_reads(sql) == part


TEXT = Table(name="t", database="d", format="text", columns=(Column(name="v", type="string"),))


@pytest.mark.parametrize(
    ("sql", "whole"),
    [
        ("SELECT v FROM t", True),
        ("SELECT count(*) FROM t WHERE k IN ('a', 'b')", True),
        ("SELECT v FROM t ORDER BY v", True),
        ("SELECT max(k) FROM t", False),
        ("SELECT v FROM t LIMIT 5", False),
        ("SELECT v FROM t FETCH FIRST ROW ONLY", False),
        ("SELECT v FROM t TABLESAMPLE SYSTEM (1)", False),
        ("SELECT v FROM t WHERE k IN (SELECT 'a')", False),
        ("SELECT v FROM t, (SELECT 'a' AS x) s WHERE k = x", False),
        ("SELECT v FROM t CROSS JOIN (VALUES 1) s (x)", False),
        ("SELECT v FROM t WHERE \"$path\" = 'x'", False),
    ],
)
def test_a_table_is_surely_read_whole_only_where_nothing_speaks_against_it(sql: str, whole: bool) -> None:
    """Of Parquet nothing is sure: columns are left out, and parts of files."""
    assert reads_all_of(TEXT, [sql]) is whole
    columnar = Table(name="t", database="d", format="parquet", columns=TEXT.columns)
    assert not reads_all_of(columnar, [sql])
    bucketed = Table(name="t", database="d", format="text", columns=TEXT.columns, bucketed=True)
    assert not reads_all_of(bucketed, [sql])


@given(st.text(alphabet="SELCTFROMWHADINUP ,.();\"'`*ax-\n", max_size=60))
def test_any_text_has_its_part_or_none(sql: str) -> None:
    """It is a piece of the text, or nothing."""
    part = part_that_reads(sql)
    assert part is None or part in sql
