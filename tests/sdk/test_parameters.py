"""Parameters: every value arrives as the literal of its type, places and values match, and nothing is ever pasted."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_ds.errors import ParameterError
from athena_ds.execution.literals import literal
from athena_ds.execution.parameters import bind, is_query, unbound


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (0, "0"),
        (-(2**63), "-9223372036854775808"),
        (2**63, "DECIMAL '9223372036854775808'"),
        (1.5, "1.5E0"),
        (-0.0, "-0.0E0"),
        (1e-9, "1e-09"),
        (math.nan, "nan()"),
        (math.inf, "infinity()"),
        (-math.inf, "-infinity()"),
        (Decimal("1.50"), "DECIMAL '1.50'"),
        (Decimal("-1E+3"), "DECIMAL '-1000'"),
        ("it's", "'it''s'"),
        ("now()", "'now()'"),
        ("NULL", "'NULL'"),
        ("", "''"),
        ("a\nb\x00😀", "'a\nb\x00😀'"),
        (dt.date(2024, 2, 29), "DATE '2024-02-29'"),
        (dt.datetime(2024, 1, 2, 3, 4, 5, 6), "TIMESTAMP '2024-01-02 03:04:05.000006'"),
        (dt.datetime(2024, 7, 1, tzinfo=ZoneInfo("Europe/Paris")), "TIMESTAMP '2024-07-01 00:00:00.000000 +02:00'"),
        (dt.datetime(2024, 7, 1, tzinfo=dt.UTC), "TIMESTAMP '2024-07-01 00:00:00.000000 +00:00'"),
        (dt.time(1, 2, 3), "TIME '01:02:03.000000'"),
        (dt.time(1, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))), "TIME '01:00:00.000000-03:30'"),
        (dt.timedelta(days=-1, seconds=5), "INTERVAL - '0 23:59:55.000' DAY TO SECOND"),
        (dt.timedelta(days=2, hours=3), "INTERVAL '2 03:00:00.000' DAY TO SECOND"),
        (b"\x00\xff", "X'00ff'"),
        (bytearray(b"a"), "X'61'"),
        (UUID(int=1), "UUID '00000000-0000-0000-0000-000000000001'"),
        (Colour.RED, "'red'"),
        (np.int16(5), "5"),
        (np.bool_(True), "TRUE"),
        (np.float64("nan"), "nan()"),
        (np.datetime64("2024-01-01"), "DATE '2024-01-01'"),
        (np.datetime64("NaT"), "NULL"),
        (np.str_("x"), "'x'"),
        (pd.NA, "NULL"),
        (pd.NaT, "NULL"),
        (pd.Timestamp("2024-01-01 00:00:00.123456789"), "TIMESTAMP '2024-01-01 00:00:00.123456789'"),
    ],
)
def test_a_value_becomes_the_literal_of_its_type(value: object, written: str) -> None:
    """Athena evaluates what is not a literal, so `now()` as text must stay text."""
    assert literal(value) == written


@pytest.mark.parametrize(
    "value", [object(), {"a": 1}, Decimal("NaN"), Decimal(10) ** 40, 10**39, "\ud800", 1 + 2j, np.array([[1]])]
)
def test_a_value_without_a_literal_is_refused(value: object) -> None:
    """Nothing is guessed from its text."""
    with pytest.raises(ParameterError):
        literal(value)


def test_a_named_parameter_may_stand_more_than_once() -> None:
    """And keeps the order of its places."""
    bound = bind("SELECT :b, :a, :b", {"a": 1, "b": "x"})
    assert (bound.sql, bound.parameters) == ("SELECT ?, ?, ?", ("'x'", "1", "'x'"))


def test_places_inside_text_names_and_comments_are_left_alone() -> None:
    """They are no places."""
    sql = "SELECT ':a', \":a\", '?', '''?', x::int, ts[1:2] -- ? :a\n/* :a ? */ FROM t WHERE y = ?"
    assert bind(sql, [1]).sql == sql
    assert bind("SELECT ':b', x::int WHERE y = :a -- :c", {"a": 1}).sql == "SELECT ':b', x::int WHERE y = ? -- :c"


@pytest.mark.parametrize("sql", ["x IN ?", "x IN (?)", "x IN ( ? )", "x IN(?)"])
def test_a_list_stands_for_the_items_of_in(sql: str) -> None:
    """With or without brackets of the caller's own."""
    bound = bind(sql, [[1, "b", None]])
    assert bound.sql.count("?") == 3
    assert bound.sql.count("(") == bound.sql.count(")") == 1
    assert bound.parameters == ("1", "'b'", "NULL")


def test_an_empty_list_is_refused() -> None:
    """No SQL means what an empty list means both for IN and NOT IN."""
    with pytest.raises(ParameterError, match="empty"):
        bind("x IN :ids", {"ids": []})


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT 1", [1]),
        ("SELECT ?", []),
        ("SELECT ?, ?", [1]),
        ("SELECT :a", {}),
        ("SELECT :a", {"a": 1, "b": 2}),
        ("SELECT ?", {"a": 1}),
        ("SELECT ?", "text"),
        ("SELECT '?'", [1]),
    ],
)
def test_places_and_values_must_match(sql: str, parameters: object) -> None:
    """Athena ignores what is too much without a word; here it is said."""
    with pytest.raises(ParameterError):
        bind(sql, parameters)  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_stays_one_string_literal(text: str) -> None:
    """Whatever it holds, it cannot end its own quotes."""
    written = literal(text)
    assert written[0] == written[-1] == "'"
    assert written[1:-1].replace("''", "").count("'") == 0
    assert written[1:-1].replace("''", "'") == text


@given(st.text(alphabet="?:ab'\"-/* \n", max_size=40))
def test_any_statement_is_bound_or_refused(sql: str) -> None:
    """Never another error, and never a value in the text."""
    try:
        bound = bind(sql, {"a": "secret value", "b": [1, 2]})
    except ParameterError:
        return
    assert "secret value" not in bound.sql


@pytest.mark.parametrize("several", [np.array(["a", "b"]), pd.Series(["a", "b"]), pd.Index(["a", "b"])])
def test_arrays_and_series_are_lists(several: object) -> None:
    """As the values of IN, and for the places themselves."""
    bound = bind("SELECT 1 WHERE x IN :these", {"these": several})
    assert (bound.sql, bound.parameters) == ("SELECT 1 WHERE x IN (?, ?)", ("'a'", "'b'"))
    assert bind("SELECT ?, ?", several).parameters == ("'a'", "'b'")  # type: ignore[arg-type]


def test_a_single_value_is_no_list() -> None:
    """It is said how to give it."""
    with pytest.raises(ParameterError, match=r"parameters=\[5\]"):
        bind("SELECT ?", 5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sql", "places"), [("SELECT ?, :a, ':b', :a", ["?", ":a", ":a"]), ("SELECT '?' -- ?", []), ("SELECT a::b", [])]
)
def test_places_that_want_a_value_are_known(sql: str, places: list[str]) -> None:
    """Outside quotes and comments, in order."""
    assert unbound(sql) == places


@pytest.mark.parametrize(
    ("sql", "query"),
    [
        ("SELECT 1", True),
        (" -- SHOW\n/* x */ (( with a AS (SELECT 1) TABLE a))", True),
        ("VALUES 1", True),
        ("SHOW TABLES", False),
        ("SELECTED", False),
        ("/* SELECT 1 */", False),
        ("INSERT INTO t SELECT 1", False),
    ],
)
def test_a_query_is_told_by_its_first_word(sql: str, query: bool) -> None:
    """After comments and brackets."""
    assert is_query(sql) is query
