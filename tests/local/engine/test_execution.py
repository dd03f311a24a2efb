"""The embedded engine plans, streams, cancels and stays in its sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from athena_ds.local.engine.duckdb.engine import DuckDBEngine
from athena_ds.local.engine.duckdb.execution import DuckDBExecution
from athena_ds.local.seam.engine import EngineError, Query
from tests.local.fidelity.harness import NoTables

_ENDLESS = "SELECT count(*) FROM UNNEST(repeat(1, 9999)) a, UNNEST(repeat(1, 9999)) b, UNNEST(repeat(1, 9999)) c"


class NoObjects:
    """A store with nothing in it."""


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(threads=1)
    yield made
    made.close()


def submit(engine: DuckDBEngine, sql: str, *parameters: str) -> DuckDBExecution:
    query = Query(sql=sql, database="default", parameters=parameters)
    return engine.submit(query, NoTables(), NoObjects())  # type: ignore[arg-type]


def test_columns_are_known_before_rows(engine: DuckDBEngine) -> None:
    """Names and types are Athena's: a bare literal is a double, an unnamed column is `_col1`."""
    execution = submit(engine, "SELECT 1.5 AS x, ARRAY[1]")
    assert [(c.name, str(c.type)) for c in execution.columns] == [("x", "double"), ("_col1", "array(integer)")]


def test_rows_come_in_batches(engine: DuckDBEngine) -> None:
    """A million rows arrive as many batches, all of them."""
    execution = submit(engine, "SELECT a.x FROM UNNEST(repeat(1, 1000)) a(x), UNNEST(repeat(2, 1000)) b(y)")
    sizes = [batch.num_rows for batch in execution.batches()]
    assert sum(sizes) == 1_000_000
    assert len(sizes) > 1


def test_a_cancelled_query_says_so(engine: DuckDBEngine) -> None:
    """Cancelling a running query ends it with USER_CANCELED."""
    execution = submit(engine, _ENDLESS)
    assert execution.columns
    execution.cancel()
    with pytest.raises(EngineError) as caught:
        list(execution.batches())
    assert caught.value.name == "USER_CANCELED"


def test_a_query_is_cancelled_while_python_ends(engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 3.12 on no thread can be begun any more then."""
    execution = submit(engine, _ENDLESS)
    assert execution.columns
    with monkeypatch.context() as ending:
        ending.setattr(threading.Thread, "start", no_thread)
        execution.cancel()
    with pytest.raises(EngineError, match="USER_CANCELED"):
        list(execution.batches())


def no_thread(self: threading.Thread) -> None:
    raise RuntimeError("can't create new thread at interpreter shutdown")


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT 1/0", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT nope", "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"),
        ("SELECT 1 FROM t", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.t' does not exist"),
        ("SELECT DATE '2024-01-01' > 'a'", "TYPE_MISMATCH: line 1:26: Cannot apply operator: date < varchar(1)"),
    ],
)
def test_failures_are_in_trinos_words(engine: DuckDBEngine, sql: str, error: str) -> None:
    """A query that fails says what Trino says, and where."""
    with pytest.raises(EngineError) as caught:
        list(submit(engine, sql).batches())
    assert str(caught.value) == error


def test_try_answers_null_and_unchosen_branches_do_not_fail(engine: DuckDBEngine) -> None:
    """TRY catches, and constants that fail are only looked at where a row meets them."""
    (batch,) = submit(engine, "SELECT try(1/0), IF(1 = 2, CAST('a' AS INTEGER), 3), COALESCE(1, 1/0)").batches()
    assert [column.to_pylist() for column in batch.columns] == [[None], [3], [1]]


def test_parameters_are_expressions(engine: DuckDBEngine) -> None:
    """`?` takes expressions, in the order they are written."""
    (batch,) = submit(engine, "SELECT ? + 1, upper(?)", "2", "'a'").batches()
    assert [column.to_pylist() for column in batch.columns] == [[3], ["A"]]


def test_explain_shows_the_plan(engine: DuckDBEngine) -> None:
    """EXPLAIN answers one column named `Query Plan`."""
    execution = submit(engine, "EXPLAIN SELECT count(*) FROM (VALUES 1, 2) t(x)")
    assert [c.name for c in execution.columns] == ["Query Plan"]
    (batch,) = execution.batches()
    assert "Aggregate" in batch.column(0)[0].as_py()


@pytest.mark.parametrize(("shape", "sign"), [("TEXT", "Fragment 0"), ("JSON", '"name": "Aggregate"')])
def test_explain_analyze_takes_a_format(engine: DuckDBEngine, shape: str, sign: str) -> None:
    """Athena's own addition to Trino's grammar; a mistake after it is still told at its place."""
    sql = f"EXPLAIN ANALYZE (FORMAT {shape}) SELECT count(*) FROM (VALUES 1, 2) t(x)"
    engine.check(sql)
    (batch,) = submit(engine, sql).batches()
    assert sign in batch.column(0)[0].as_py()
    with pytest.raises(EngineError) as caught:
        engine.check(f"EXPLAIN ANALYZE (FORMAT {shape}) SELECT FROM")
    assert caught.value.column == len("EXPLAIN ANALYZE (FORMAT TEXT) SELECT ") + 1


def test_syntax_is_checked_without_running(engine: DuckDBEngine) -> None:
    """`check` refuses what Trino's grammar refuses, with its place; backquotes too."""
    engine.check("SELECT 1")
    for sql in ("SELEC 1", "SELECT `a`", "SELECT 'open"):
        with pytest.raises(EngineError) as caught:
            engine.check(sql)
        assert caught.value.name == "SYNTAX_ERROR"
        assert caught.value.line == 1


@pytest.mark.parametrize(("opening", "closing"), ["()", ("ARRAY[", "]")])
def test_brackets_too_deep_are_refused_at_once(engine: DuckDBEngine, opening: str, closing: str) -> None:
    """Three thousand of them would keep the parser busy for long; Trino's words, before anything is run."""
    with pytest.raises(EngineError, match=r"statement is too large \(stack overflow") as caught:
        engine.check(f"SELECT {opening * 3000}1{closing * 3000}")
    assert caught.value.name == "STATEMENT_TOO_LARGE"
