"""A result is whole and exact, or an error says why: never a frame with rows missing."""

from __future__ import annotations

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from athena_ds import results
from athena_ds.aws import Door
from athena_ds.aws.patience import Budget
from athena_ds.errors import AthenaDSError, EndpointError, ResultError
from athena_ds.execution import QueryExecution
from athena_ds.results import parts
from tests.results.athena_text import csv_bytes, info
from tests.results.shelf import Broken, Shelf
from tests.results.transports import by_csv, by_pages, by_unload, whole

from .conftest import FULL, no_thread_left

INFOS = [info("id", "bigint"), info("text", "varchar")]
ROWS = [(str(number), 'a "quoted"\nline' if number % 3 else None) for number in range(12)]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 256 bytes, so that a few kilobytes are a large result."""
    monkeypatch.setattr(parts, "PART", 256)
    monkeypatch.setattr("athena_ds.results.csv.FIRST", 256)


def large(shelf: Shelf, rows: int = 400) -> QueryExecution:
    return by_csv(shelf, INFOS, [(str(number), "x\ny" * (number % 7)) for number in range(rows)])


def test_a_body_cut_at_any_byte_is_fetched_again(shelf: Shelf, door: Door) -> None:
    """The connection breaks after each possible number of bytes, once: the rows are the same every time."""
    execution = by_csv(shelf, INFOS, ROWS)
    truth = whole(execution, door)
    size = len(csv_bytes(["id", "text"], ROWS))
    for after in range(size):
        left = [Broken(after=after)]
        shelf.fault = lambda *_: left.pop() if left else None  # noqa: B023
        assert whole(execution, door).equals(truth)
        assert not left


def test_a_body_that_is_always_cut_is_an_error(shelf: Shelf, door: Door) -> None:
    """After the tries of the door the error names the call that failed, and no frame exists."""
    execution = by_csv(shelf, INFOS, ROWS)
    shelf.fault = lambda *_: Broken(after=20)
    with pytest.raises(EndpointError, match="s3:GetObject"):
        whole(execution, door)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("seed", range(20))
def test_cuts_anywhere_in_a_large_result_lose_nothing(shelf: Shelf, door: Door, seed: int) -> None:
    """25 random cuts, over many parts fetched at once, and every row comes back in order."""
    execution = large(shelf, rows=800)
    truth = [str(number) for number in range(800)]
    chance = random.Random(seed)
    left = [chance.randrange(256) for _ in range(25)]
    shelf.fault = lambda *_: Broken(after=left.pop()) if left and chance.random() < 0.7 else None
    frame = whole(execution, door)
    assert not left
    assert [str(each) for each in frame["id"]] == truth
    assert list(frame["text"]) == ["x\ny" * (number % 7) for number in range(800)]


@pytest.mark.usefixtures("small_parts")
def test_throttled_and_failing_parts_are_asked_for_again(shelf: Shelf, door: Door) -> None:
    """SlowDown and 500 in a third of the answers change nothing."""
    execution = large(shelf)
    chance = random.Random(7)
    faults = [Broken(status=503, code="SlowDown"), Broken(status=500, code="InternalError"), None, None, None, None]
    shelf.fault = lambda *_: chance.choice(faults)
    assert len(whole(execution, door)) == 400


@pytest.mark.usefixtures("small_parts")
def test_an_object_that_changes_between_parts_is_an_error(shelf: Shelf, door: Door) -> None:
    """Every part after the first must be of the version first seen."""
    execution = large(shelf)
    shelf.fault = lambda _, first, __: Broken(etag='"another"') if first > 2000 else None
    with pytest.raises(ResultError, match="changed while it was read") as raised:
        whole(execution, door)
    assert raised.value.query_execution_id == execution.query_execution_id
    assert raised.value.location == execution.output_location


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("broken", [Broken(lost=1), Broken(lost=200), Broken(size=4000), Broken(size=10**6)])
@pytest.mark.parametrize("where", [0, 2000])
def test_a_part_of_another_length_is_not_taken_for_the_whole(
    shelf: Shelf, door: Door, broken: Broken, where: int
) -> None:
    """Fewer bytes than asked for, or an object that is said to be shorter or longer than the first part said."""
    execution = large(shelf)
    shelf.fault = lambda _, first, __: broken if (first > where if where else first == 0) else None
    if broken.lost and where == 0:
        # What the first part lacks is asked for with the second.
        assert len(whole(execution, door)) == 400
        return
    with pytest.raises(ResultError):
        whole(execution, door)
    shelf.fault = None
    assert len(whole(execution, door)) == 400


def test_pages_cut_at_any_byte_are_asked_for_again(shelf: Shelf, door: Door) -> None:
    """GetQueryResults' answer breaks off after each possible number of bytes, once."""
    execution = by_pages(shelf, INFOS, ROWS)
    sizes: list[int] = []
    shelf.api_fault = lambda _, __, last: sizes.append(last + 1)  # type: ignore[func-returns-value]
    truth = whole(execution, door)
    assert len(truth) == len(ROWS)
    for after in range(0, sizes[0], 1 if FULL else 5):
        door._budget = Budget()
        left = [Broken(after=after)]
        shelf.api_fault = lambda *_: left.pop() if left else None  # noqa: B023
        assert whole(execution, door).equals(truth)
        assert not left


def test_no_page_of_many_is_lost(shelf: Shelf, door: Door) -> None:
    """Every third answer of 2,600 rows in three pages is cut, each time somewhere else."""
    execution = by_pages(shelf, INFOS, [(str(number), None) for number in range(2600)])
    chance = random.Random(3)
    shelf.api_fault = lambda _, __, last: Broken(after=chance.randrange(last)) if chance.random() < 0.3 else None
    for _ in range(10):
        assert list(whole(execution, door)["id"]) == list(range(2600))


def test_a_result_that_is_gone_says_so(shelf: Shelf, door: Door) -> None:
    """A lifecycle rule may have removed it: the remedy is to run the query again."""
    execution = by_csv(shelf, INFOS, ROWS)
    shelf.objects.clear()
    with pytest.raises(ResultError, match="object is gone") as raised:
        whole(execution, door)
    assert "run the query again" in raised.value.remedy


@pytest.mark.parametrize("size", [0, 1, 5, 13, 14, 20, 25, 40])
def test_a_stored_object_that_ends_inside_a_row_is_an_error(shelf: Shelf, door: Door, size: int) -> None:
    """Even when every byte that is stored arrives, an unfinished row is told."""
    execution = by_csv(shelf, INFOS, ROWS)
    key = f"results/{execution.query_execution_id}.csv"
    shelf.objects[key] = shelf.objects[key][:size]
    if shelf.objects[key].endswith(b"\n") and shelf.objects[key].count(b'"') % 2 == 0:
        pytest.fail("the corpus of sizes must not end at a row")
    with pytest.raises(ResultError):
        whole(execution, door)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x", "bigint"),
        ("9223372036854775808", "bigint"),
        ("1.5", "integer"),
        ("maybe", "boolean"),
        ("0 1", "varbinary"),
        ("zz", "varbinary"),
        ("1,5", "double"),
        ("1-2-3", "interval year to month"),
        ("1.234", "decimal"),
        ("1", "unknown"),
    ],
)
def test_a_text_that_is_not_of_its_type_names_the_column(shelf: Shelf, door: Door, text: str, kind: str) -> None:
    """Never a NULL or a rounded number in its place."""
    execution = by_csv(shelf, [info("v", kind, precision=10, scale=2)], [(text,)])
    with pytest.raises(ResultError) as raised:
        whole(execution, door)
    assert (raised.value.column, raised.value.type) == ("v", kind)


def test_a_row_with_another_number_of_fields_is_an_error(shelf: Shelf, door: Door) -> None:
    """A CSV that Athena never wrote is not guessed at."""
    execution = by_csv(shelf, INFOS, ROWS)
    shelf.objects[f"results/{execution.query_execution_id}.csv"] += b'"1","2","3"\n'
    with pytest.raises(ResultError, match="not the CSV"):
        whole(execution, door)


@pytest.mark.parametrize("cut", [0, 1, 4, 100, -1, -4, -9])
def test_an_unload_file_that_is_not_whole_parquet_is_an_error(shelf: Shelf, door: Door, cut: int) -> None:
    """One damaged file of three fails the read and is named."""
    tables = [pa.table({"a": pa.array([number, number])}) for number in range(3)]
    execution = by_unload(shelf, tables)
    key = f"unload/{execution.query_execution_id}/1"
    shelf.objects[key] = shelf.objects[key][:cut]
    with pytest.raises(ResultError) as raised:
        whole(execution, door)
    assert raised.value.location.endswith("/1")


@pytest.mark.parametrize("compression", ["gzip", "snappy"])
def test_an_unload_file_with_any_byte_damaged_is_never_short(shelf: Shelf, door: Door, compression: str) -> None:
    """Every row or an error. With gzip, which is what Athena writes, the rows are also checked against its CRC."""
    table = pa.table({"a": list(range(40)), "s": [f"value {number % 7}" for number in range(40)]})
    execution = by_unload(shelf, [table, table])
    key = f"unload/{execution.query_execution_id}/1"
    out = pa.BufferOutputStream()
    pq.write_table(table, out, compression=compression, store_schema=False)
    sound, other, named = out.getvalue().to_pybytes(), 0, True
    for at in range(0, len(sound), 1 if FULL else 4):
        shelf.objects[key] = sound[:at] + bytes([sound[at] ^ 0x41]) + sound[at + 1 :]
        try:
            frame = whole(execution, door)
        except ResultError as error:
            named = named and (error.location.endswith("/1") or "files differ" in error.reason)
            continue
        assert len(frame) == 80
        other += list(frame.iloc[:, 0])[40:] != list(range(40))
    assert named
    if compression == "gzip":
        assert other == 0


def test_a_file_missing_from_an_unload_is_an_error(shelf: Shelf, door: Door) -> None:
    """The manifest says how many files there are; one that is gone is not passed over."""
    execution = by_unload(shelf, [pa.table({"a": [1]}), pa.table({"a": [2]})])
    del shelf.objects[f"unload/{execution.query_execution_id}/1"]
    with pytest.raises(ResultError, match="gone"):
        whole(execution, door)


@pytest.mark.usefixtures("small_parts")
def test_nothing_runs_on_after_a_read_that_ends_early(shelf: Shelf, door: Door) -> None:
    """Batches left in the middle, and a read that fails, leave no thread of ours behind."""
    import threading

    execution = large(shelf)
    batches = results.batches(execution, door, rows=10)
    assert len(next(batches)) == 10
    batches.close()
    shelf.fault = lambda _, first, __: Broken(status=403, code="AccessDenied") if first > 3000 else None
    with pytest.raises(AthenaDSError):
        whole(execution, door)
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("athena_ds-")]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("part", [0, 1, 5, 12])
def test_an_interrupt_while_rows_come_leaves_nothing_behind(shelf: Shelf, door: Door, part: int) -> None:
    """Ctrl-C in the middle of a download is a KeyboardInterrupt, no thread runs on, and the next read works."""
    import signal
    import threading

    execution, main = large(shelf), threading.get_ident()
    asked = iter(range(1000))
    shelf.fault = lambda *_: signal.pthread_kill(main, signal.SIGINT) if next(asked) == part else None
    with pytest.raises(KeyboardInterrupt):
        whole(execution, door)
    shelf.fault = None
    assert no_thread_left()
    assert len(whole(execution, door)) == 400


@pytest.mark.parametrize("seed", range(5))
def test_large_unload_files_come_a_row_group_at_a_time(
    shelf: Shelf, door: Door, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Read by ranges from several threads at once, cut now and then, and still every cell in its place."""
    monkeypatch.setattr("athena_ds.results.unload.FETCHED_WHOLE", 4096)
    monkeypatch.setattr("athena_ds.results.unload._FIRST", 512)
    monkeypatch.setattr("athena_ds.results.unload._ROWS", 700)
    chance = random.Random(seed)
    columns = {f"c{place}": [chance.randrange(10**9) for _ in range(3000)] for place in range(8)}
    table = pa.table(columns)
    execution = by_unload(shelf, [table.slice(0, 1800), table.slice(1800)])
    left = [chance.randrange(4000) for _ in range(10)]
    shelf.fault = lambda *_: Broken(after=left.pop()) if left and chance.random() < 0.3 else None
    assert results.arrow(execution, door).to_pydict() == columns
    shelf.fault = None
    assert sum(len(frame) for frame in results.batches(execution, door, rows=500)) == 3000
