"""A regular expression DuckDB runs itself answers as the kernel does, on every text tried."""

from __future__ import annotations

import itertools

import pytest

from athena_ds.local.engine.duckdb.functions import regexp
from tests.local.fidelity.harness import Runner

PATTERNS = (
    "a",
    "a+b",
    "[a-c]+",
    r"\d+",
    r"\w+$",
    "^a|b$",
    "a.c",
    "(a)(b)",
    "x*",
    r"a\.b",
    "a{1,2}",
    "[^a]",
    "(?:ab)+?",
    "$",
)
TEXTS = ("", "a", "abc", "aab", "a.b", "a\nc", "12 ab", "é", "ba\n", "ab\nab", "xx", "a😀c")


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner()


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_duckdb_and_kernel_agree(runner: Runner, pattern: str) -> None:
    rows = ", ".join(f"({n}, {quoted(text)})" for n, text in enumerate(TEXTS))
    p = quoted(pattern)
    calls = f"regexp_like(x, {p}), regexp_extract(x, {p}), regexp_replace(x, {p}, '<$0>')"
    _, found = runner.run(f"SELECT {calls} FROM (VALUES {rows}) t(n, x) ORDER BY n")
    exact = (regexp.like_exactly, regexp.extract_exactly, lambda x, p: regexp.replace_exactly(x, p, "<$0>"))
    assert [tuple(row) for row in found] == [tuple(f(text, pattern) for f in exact) for text in TEXTS]


def test_some_patterns_do_run_in_duckdb(runner: Runner) -> None:
    """Else the comparison above would compare the kernel with itself."""
    runner.run("SELECT regexp_like(x, 'a+b') FROM (VALUES 'aab') t(x)")
    assert "regexp_matches" in runner.sql


@pytest.mark.parametrize("pattern", [r"\b", "(?i)a", "a++", "(?=a)", r"(a)\1", r"\s", "a$b?"])
def test_everything_else_does_not(runner: Runner, pattern: str) -> None:
    runner.run(f"SELECT regexp_like(x, {quoted(pattern)}) FROM (VALUES 'aab') t(x)")
    assert "regexp_matches" not in runner.sql or "chr(10)" in runner.sql


@pytest.mark.parametrize(("replacement", "text"), list(itertools.product(("$1-", "<$2$1>", r"\$"), ("ab", "xabx", ""))))
def test_replacements(replacement: str, text: str, runner: Runner) -> None:
    _, rows = runner.run(f"SELECT regexp_replace(x, '(a)(b)', {quoted(replacement)}) FROM (VALUES {quoted(text)}) t(x)")
    assert rows[0][0] == regexp.replace_exactly(text, "(a)(b)", replacement)
