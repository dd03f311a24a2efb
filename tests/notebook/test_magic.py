"""`%%athena` binds parameters, raises the real error, completes names, and never pastes a value into SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from athena_ds import AthenaDataSource
from athena_ds.errors import QueryFailedError
from athena_ds.local import LocalAthena
from athena_ds.notebook.completion import Completer, names


@pytest.fixture
def shell(local: LocalAthena) -> Iterator[Any]:
    """A shell with the extension loaded and one data source among its variables."""
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "athena_ds")
    made.user_ns["ds"] = AthenaDataSource.local(local)
    yield made
    InteractiveShell.clear_instance()


def test_a_cell_gives_a_frame(shell: Any) -> None:
    """Without a name the frame is the cell's value; the only data source among the variables is used."""
    frame = shell.run_cell_magic("athena", "", "SELECT 1 AS one")
    assert frame["one"].tolist() == [1]


def test_a_cell_fills_a_variable(shell: Any) -> None:
    """With a name the frame goes there and nothing is shown."""
    assert shell.run_cell_magic("athena", "carriers", "SELECT carrier FROM airlines ORDER BY 1") is None
    assert isinstance(shell.user_ns["carriers"], pd.DataFrame)
    assert len(shell.user_ns["carriers"]) == 16


def test_a_variable_is_bound_under_its_own_name(shell: Any) -> None:
    """`--params carrier` binds :carrier; a value that looks like SQL stays a value."""
    shell.user_ns["carrier"] = "UA' OR '1'='1"
    frame = shell.run_cell_magic(
        "athena", "--params carrier", "SELECT count(*) AS n FROM airlines WHERE carrier = :carrier"
    )
    assert frame["n"].tolist() == [0]


def test_json_parameters_are_bound(shell: Any) -> None:
    """A dict for names."""
    frame = shell.run_cell_magic(
        "athena", """--params '{"carrier": "UA"}'""", "SELECT name FROM airlines WHERE carrier = :carrier"
    )
    assert frame["name"].tolist() == ["United Air Lines Inc."]


def test_limit_reads_fewer_rows_of_the_same_query(shell: Any) -> None:
    """The order of the query holds: nothing is wrapped around it."""
    frame = shell.run_cell_magic("athena", "--limit 2", "SELECT carrier FROM airlines ORDER BY carrier DESC")
    assert frame["carrier"].tolist() == ["YV", "WN"]


def test_the_real_error_is_raised(shell: Any) -> None:
    """Not printed: code after the cell does not run on."""
    with pytest.raises(QueryFailedError, match="COLUMN_NOT_FOUND"):
        shell.run_cell_magic("athena", "", "SELECT nope FROM airlines")


def test_the_line_magic_shows_and_sets_the_data_source(shell: Any) -> None:
    """`%athena` alone shows the one in use."""
    assert shell.run_line_magic("athena", "") is shell.user_ns["ds"]
    shell.user_ns["other"] = AthenaDataSource(
        config=shell.user_ns["ds"].config, credentials=shell.user_ns["ds"].credentials
    )
    with pytest.raises(UsageError, match="several"):
        shell.run_line_magic("athena", "")
    assert shell.run_line_magic("athena", "other") is shell.user_ns["other"]


def test_a_name_that_is_neither_variable_nor_saved_says_so(shell: Any) -> None:
    """The message names both places that were looked into."""
    with pytest.raises(UsageError, match="neither a variable"):
        shell.run_line_magic("athena", "nobody")


def test_what_is_missing_is_said_with_what_to_write(shell: Any) -> None:
    """JSON wants quotes in a magic's line; without a data source there is one to make."""
    with pytest.raises(UsageError, match=r"JSON in quotes such as '\{\"month\": 7\}'; \{\"month\": is neither"):
        shell.run_cell_magic("athena", '--params {"month": 7}', "SELECT :month")
    del shell.user_ns["ds"]
    with pytest.raises(UsageError, match=r"make one, as in ds = AthenaDataSource.local\(\)"):
        shell.run_cell_magic("athena", "", "SELECT 1")


def test_tab_completes_tables_and_columns(shell: Any) -> None:
    """In a cell of `%%athena`: tables after FROM, then the columns of the table that is named."""
    text = "%%athena\nSELECT na FROM airlines"
    with_cursor = text.index(" FROM")
    lines = text[:with_cursor].split("\n")
    found = shell.Completer.completions(text, with_cursor)
    assert lines[-1] == "SELECT na"
    assert "name" in [each.text for each in found]


def test_a_table_made_since_is_offered_soon() -> None:
    """The catalog is asked again after a while, and not for each Tab."""
    asked, clock = [], [0.0]

    class Source:
        def columns_by_table(self) -> dict[str, list[str]]:
            asked.append(clock[0])
            return {f"orders_{len(asked)}": ["id"]}

    source = Source()
    completer = Completer(lambda: source, clock=lambda: clock[0])  # type: ignore[arg-type,return-value]
    cell = "%%athena\nSELECT * FROM ord"
    assert [completer.matches(cell) for _ in range(3)] == [["orders_1"]] * 3
    clock[0] = 600.0
    assert completer.matches(cell) == ["orders_2"]
    assert asked == [0.0, 600.0]


def test_completion_prefers_columns_of_the_tables_a_cell_names() -> None:
    """Pure: names that fit the word before the cursor."""
    tables = {"flights": ["carrier", "dep_time"], "airlines": ["carrier", "name"]}
    assert names("SELECT * FROM fl", tables) == ["flights"]
    assert names("SELECT * FROM flights WHERE de", tables) == ["dep_time"]
    assert names("SELECT * FROM flights f WHERE f.ca", tables) == ["f.carrier"]


def test_dry_run_runs_nothing(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan is shown, no frame comes back."""
    assert shell.run_cell_magic("athena", "--dry-run", "SELECT count(*) FROM airlines") is None
    assert "airlines" in capsys.readouterr().out.lower()


def test_a_source_can_be_named_for_one_cell(shell: Any) -> None:
    """`--source` takes a variable, and does not change the one in use."""
    ours = shell.user_ns["ds"]
    shell.run_line_magic("athena", "ds")
    shell.user_ns["other"] = AthenaDataSource(config=ours.config, credentials=ours.credentials)
    assert shell.run_cell_magic("athena", "--source other", "SELECT 2 AS two")["two"].tolist() == [2]
    assert shell.run_line_magic("athena", "") is ours


def test_async_gives_a_handle_that_can_be_awaited(shell: Any) -> None:
    """The cell does not wait; `await` gives the rows."""
    handle = shell.run_cell_magic("athena", "--async", "SELECT 3 AS three")
    assert asyncio.run(awaited(handle))["three"].tolist() == [3]


async def awaited(handle: Any) -> Any:
    """What a notebook's `await handle` gives."""
    return await handle


def test_unload_reads_nested_values(shell: Any) -> None:
    """An array comes as a list."""
    frame = shell.run_cell_magic("athena", "--unload", "SELECT ARRAY[1, 2] AS both")
    assert list(frame["both"][0]) == [1, 2]
