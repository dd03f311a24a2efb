"""Ten thousand tables: every name once, in little more calls than pages, whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_ds.catalog.parts import Ask, Page, Part, read
from athena_ds.errors import InvalidRequestError

PAGE = 100
NAMED: dict[str, list[str]] = {
    "numbered": [f"table_{number:05}" for number in range(10_000)],
    "alike": [f"fct_{word}_{number}" for word in ("account", "cart", "visit", "zone") for number in range(2500)],
    "by letter": [f"{chr(97 + number % 26)}{number}" for number in range(10_000)],
    "not latin": [f"表{chr(0x4E00 + number)}" for number in range(3000)],
    "dashes": [f"log-{number % 7}-{number}" for number in range(5000)],
    "nested": ["x" * length for length in range(1, 255)],
}

LIMITS = {"numbered": 120}
"""Calls at most; the others may take half as many again as they have pages, and a hundred."""

Takes = Callable[[str, str], bool]


class Glue:
    """GetTables over names alone; `takes` is how it understands an expression."""

    def __init__(self, names: Sequence[str], *, takes: Takes = lambda wanted, name: bool(re.fullmatch(wanted, name))):
        self.names, self.takes, self.calls = sorted(names), takes, 0
        self.found: dict[str | None, list[str]] = {None: self.names}

    def __call__(self, token: str | None, expression: str | None) -> Page:
        self.calls += 1
        if expression is not None and expression not in self.found:
            self.found[expression] = [name for name in self.names if self.takes(expression, name)]
        names = self.found[expression]
        at = int(token or 0)
        page: list[dict[str, Any]] = [{"Name": name} for name in names[at : at + PAGE]]
        return page, str(at + PAGE) if at + PAGE < len(names) else None


def names_of(ask: Ask) -> list[str]:
    return sorted(read(ask, lambda said: str(said["Name"])))


@pytest.mark.parametrize("kind", NAMED)
def test_every_name_comes_in_little_more_calls_than_pages(kind: str) -> None:
    """Pages read twice and empty answers are what reading side by side costs; numbered tables cost least."""
    glue = Glue(NAMED[kind])
    assert names_of(glue) == glue.names
    assert glue.calls <= LIMITS.get(kind, 1.5 * len(glue.names) / PAGE + 100)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 300])
def test_a_small_database_costs_its_pages(count: int) -> None:
    """Up to three of them nothing is parted."""
    glue = Glue([f"t{number}" for number in range(count)])
    assert names_of(glue) == glue.names
    assert glue.calls == max(1, -(-count // PAGE))


@pytest.mark.parametrize(
    "takes",
    [
        lambda wanted, name: True,
        lambda wanted, name: False,
        lambda wanted, name: bool(re.search(wanted, name)),
        lambda wanted, name: name.startswith(wanted),
    ],
    ids=["ignored", "nothing found", "anywhere in the name", "plain text"],
)
def test_expressions_that_mean_something_else_lose_nothing(takes: Takes) -> None:
    """Where answers do not fit the expressions, all pages are read one after the other."""
    names = [f"{number % 9}a{number}" for number in range(1500)]
    assert names_of(Glue(names, takes=takes)) == sorted(names)


def test_expressions_that_are_refused_lose_nothing() -> None:
    """An endpoint may know none."""
    glue = Glue(NAMED["by letter"][:900])

    def ask(token: str | None, expression: str | None) -> Page:
        if expression is not None:
            raise InvalidRequestError(operation="glue:GetTables", code="InvalidInputException", message="Expression")
        return glue(token, expression)

    assert names_of(ask) == glue.names


def test_pages_that_are_empty_and_not_the_last_end_nothing() -> None:
    """Lake Formation takes out of a page what may not be seen, and the page stays."""
    glue = Glue(NAMED["numbered"][:2000])

    def ask(token: str | None, expression: str | None) -> Page:
        page, more = glue(token, expression)
        return [each for each in page if each["Name"] > "table_01500"], more

    assert names_of(ask) == NAMED["numbered"][1501:2000]


NAMES = st.lists(st.text("ab_019é.-", min_size=1, max_size=6), min_size=1, max_size=8)


@given(NAMES, st.text("ab_019éZ.-", min_size=1))
def test_every_name_is_in_exactly_one_part(seen: list[str], name: str) -> None:
    """Of the whole and of each part of it, by this package's rule and by the expression alike."""
    whole = Part()
    for part in (whole, *whole.parted(seen)):
        inside = [each for each in seen if part.holds(each)]
        smaller = part.parted(inside) if inside else []
        for each in (name, *seen):
            assert part.expression is None or bool(re.fullmatch(part.expression, each)) == part.holds(each)
            if smaller:
                assert sum(one.holds(each) for one in smaller) == part.holds(each)
