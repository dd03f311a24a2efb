"""What lies under the results path is listed with its cost; purge deletes old results, and only those."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from athena_ds.errors import ParameterError
from athena_ds.retention.results import recognised
from tests.permissions.world import PATH, World

ID = "0123abcd-0000-1111-2222-0123456789ab"
OTHER = "99999999-0000-1111-2222-0123456789ab"


@pytest.fixture
def own() -> Iterator[World]:
    made = World("several buckets")
    for key in (f"{ID}.csv", f"{ID}.csv.metadata", f"{OTHER}.txt", f"Unsaved/2026/01/02/{OTHER}.csv"):
        made.put("acme-results", f"{PATH}/{key}", b"x" * 1000)
    made.put("acme-results", f"{PATH}/tables/{ID}/part-0", b"y")
    made.put("acme-results", f"{PATH}/notes.csv", b"z")
    made.put("acme-results", f"{PATH}-of-somebody-else/{ID}.csv", b"z")
    yield made
    made.close()


def keys(world: World) -> set[str]:
    return {key for bucket, key in world.left()["objects"] if bucket == "acme-results"}


@pytest.mark.parametrize(
    ("key", "kind", "whose"),
    [
        (f"{ID}.csv", "result", ID),
        (f"{ID}.txt", "result", ID),
        (f"{ID}.csv.metadata", "metadata", ID),
        (f"{ID}.metadata", "metadata", ID),
        (f"{ID}-manifest.csv", "manifest", ID),
        (f"tables/{ID}-manifest.csv", "manifest", ID),
        (f"tables/{ID}/20260101_000000_00000_abcde-1", "table data", ID),
        (f"tables/{ID}/{OTHER}.csv", "table data", ID),
        (f"Unsaved/2026/01/02/{ID}.csv", "result", ID),
        (f"{ID}.parquet", "other", ""),
        (f"{ID}.csv.bak", "other", ""),
        ("notes.csv", "other", ""),
        (f"x{ID}.csv", "other", ""),
        (f"{ID.upper()}.csv", "other", ""),
    ],
)
def test_results_are_known_by_the_names_athena_gives(key: str, kind: str, whose: str) -> None:
    """Anything else is other people's."""
    assert recognised(key) == (kind, whose)


def test_results_are_listed_with_statement_size_age_and_cost(own: World) -> None:
    """A row an object, the SQL where Athena still knows it, and what all of it costs a month."""
    place = {"OutputLocation": f"s3://acme-results/{PATH}/"}
    ran = own.client("athena").start_query_execution(QueryString="SELECT 42", ResultConfiguration=place)[
        "QueryExecutionId"
    ]
    state = "QUEUED"
    while state in ("QUEUED", "RUNNING"):
        state = own.client("athena").get_query_execution(QueryExecutionId=ran)["QueryExecution"]["Status"]["State"]
    frame = own.ds.results()
    assert list(frame.columns) == ["key", "kind", "query_execution_id", "statement", "size_bytes", "modified", "age"]
    assert not frame["key"].str.contains("somebody-else").any()
    assert set(frame.loc[frame["query_execution_id"] == ran, "statement"]) == {"SELECT 42"}
    assert (frame["age"] < timedelta(minutes=10)).all()
    totals = frame.attrs["athena"]
    assert totals["objects"] == len(frame)
    assert totals["bytes"] == frame["size_bytes"].sum()
    assert totals["estimated_cost_usd_per_month"] >= 0


def test_purge_is_a_dry_run_first(own: World) -> None:
    """It says what it would delete, and deletes nothing."""
    before = keys(own)
    frame = own.ds.purge(older_than=timedelta(0))
    assert keys(own) == before
    assert set(frame["key"]) == {
        f"{PATH}/{name}"
        for name in (f"{ID}.csv", f"{ID}.csv.metadata", f"{OTHER}.txt", f"Unsaved/2026/01/02/{OTHER}.csv")
    }
    assert not frame["deleted"].any()
    assert frame.attrs["athena"]["dry_run"] is True


def test_purge_deletes_old_results_only(own: World) -> None:
    """Not what is young, not other names, not CTAS data, not a neighbour's path."""
    assert own.ds.purge(older_than=1, confirm=True).empty
    frame = own.ds.purge(older_than=timedelta(0), confirm=True)
    assert frame["deleted"].all()
    left = {key.removeprefix(PATH) for key in keys(own) if not key.startswith("earlier/")}
    assert left == {f"/tables/{ID}/part-0", "/notes.csv", f"-of-somebody-else/{ID}.csv"}


def test_a_table_over_results_is_spared(own: World) -> None:
    """People make tables of result files: nothing under a table's location is deleted, in whichever database it is."""
    own.client("glue").create_database(DatabaseInput={"Name": "elsewhere"})
    own.table("kept", f"s3://acme-results/{PATH}/Unsaved/")
    storage = {"Columns": [], "Location": f"s3://acme-results/{PATH}/{OTHER}.txt"}
    own.client("glue").create_table(DatabaseName="elsewhere", TableInput={"Name": "t", "StorageDescriptor": storage})
    frame = own.ds.purge(older_than=timedelta(0), confirm=True)
    assert set(frame["key"]) == {f"{PATH}/{ID}.csv", f"{PATH}/{ID}.csv.metadata"}


def test_denied_keys_are_told_and_marked(own: World) -> None:
    """What could not be deleted is warned of, and its row says so."""
    policy = own.ds.policy(retention=True, browse=True)
    document = policy.document
    document["Statement"].append(
        {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::acme-results/{PATH}/{ID}.csv"}
    )
    own.grant(document)
    with pytest.warns(UserWarning, match="1 objects were not deleted"):
        frame = own.ds.purge(older_than=timedelta(0), confirm=True).set_index("key")
    assert not frame.loc[f"{PATH}/{ID}.csv", "deleted"]
    assert frame["deleted"].sum() == len(frame) - 1


def test_negative_ages_are_refused(own: World) -> None:
    """A negative age would delete what is being written."""
    with pytest.raises(ParameterError, match="negative"):
        own.ds.purge(older_than=-1)
