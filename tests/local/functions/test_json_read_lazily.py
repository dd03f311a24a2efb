"""JSON is read as far as it is asked for: what comes later may be broken, what came before may not."""

from __future__ import annotations

import pytest

from athena_ds.local.engine.duckdb.functions.json_functions import (
    json_array_get,
    json_array_length,
    json_extract,
    json_extract_scalar,
    json_parse,
)
from athena_ds.local.engine.duckdb.functions.json_reader import path_tokens
from athena_ds.local.seam.engine import EngineError


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"a":1,"b":bad}', "1"),
        ('{"b":bad,"a":1}', None),
        ('{"b":[1,],"a":1}', None),
        ('{"a":1} tail', "1"),
        ('{"a":1', "1"),
        ('{"a":"x', None),
        ('{"a":1,"a":2}', "1"),
        ('{"a":1.10}', "1.10"),
        ('{"a":{}}', None),
        ("", None),
    ],
)
def test_a_scalar_is_found_before_what_is_broken(text: str, answer: str | None) -> None:
    """The first of duplicate names, numbers as they are written."""
    assert json_extract_scalar(text, "$.a") == answer


def test_order_and_duplicates_stay_where_parsing_sorts_them() -> None:
    """json_extract copies, json_parse makes canonical."""
    assert json_extract('{"b":1,"a":2,"b":1.10}', "$") == '{"b":1,"a":2,"b":1.1}'
    assert json_parse('{"b":1,"a":2,"b":1.10}') == '{"a":2,"b":1.1}'


def test_beyond_the_basic_plane_is_escaped() -> None:
    """As Jackson writes to bytes."""
    assert json_parse('"\U0001f600"') == '"\\uD83D\\uDE00"'


@pytest.mark.parametrize("path", ["", "a", "$.", "$..a", "$.a[*]", "$[-1]", "$.a b", "$['a']", "$.a$b", " $.a"])
def test_other_dialects_of_paths_are_refused(path: str) -> None:
    """In Trino's words."""
    with pytest.raises(EngineError, match="Invalid JSON path"):
        path_tokens(path)


def test_array_functions_stop_at_what_is_broken() -> None:
    """A length needs the whole array, an element only what is before it."""
    assert (json_array_get('["a", bad', 0), json_array_get('["a", bad', -1)) == ("a", None)
    assert (json_array_length("[1] x"), json_array_length("[1,2")) == (1, None)
