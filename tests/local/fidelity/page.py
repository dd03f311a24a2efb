"""docs/functions.md: what became of every function, from the table's outcome and the meanings registered."""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import athena_ds.local.engine.duckdb.functions  # noqa: F401 - registers the meanings
from athena_ds.local.engine.duckdb.functions.registry import meaning
from tests.local.fidelity.harness import Outcome

_ROOT = Path(__file__).resolve().parents[3]
PAGE = _ROOT / "docs" / "functions.md"
_HEAD = """# Functions

<!-- Written by python -m tests.local.fidelity --docs. -->

Every function of Trino 476, as the embedded endpoint has it, and what that word rests on:

- *supported*: some meaning is registered for each of its signatures, and every statement of the fidelity table that
  calls it (the number beside it) is answered as a real Trino answered it, or fails as Trino fails. Where the number is
  0, the signatures alone say so: no statement of the table calls it.
- *partly*: of the statements that call it, the number in the last column is refused with `NOT_SUPPORTED` while Trino
  answers; or some of its signatures have no meaning here. A refusal may be another function's of the same statement.
- *not*: refused, each statement that calls it.

The same is: equal rows, in order where the statement asks for one; column types equal with their precision, scale and
length; doubles equal within one part in 10^9, reals within one in 10^5. An error is held against Trino's by its
existence only; tests of the functions hold the names against each other too. The last digit of `exp`, `ln`, `log10`,
`power`, `cbrt`, `sin`, `cos` and `tan` may differ by one, as C's library and Java's differ. Where a table has several
rows in one group, floating sums and variances depend on the order the rows come in, as they do in Trino.

The table is a sample. Beside it, `python -m tests.local.fidelity.fuzz` makes new statements and asks a real Trino;
what it found is kept in the tests.

| function | | statements | refused |
| --- | --- | --- | --- |
"""


@functools.cache
def functions() -> dict[str, list[str]]:
    """The argument lists of every function's signatures."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (_ROOT / "athena_ds/local/sql/functions.jsonl").read_text().splitlines():
        one = json.loads(line)
        found[one["name"].lower()].append(one["arguments"])
    return dict(found)


def page(outcomes: Iterable[Outcome]) -> str:
    """The page, a line a function."""
    known = functions()
    seen: dict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        for name in set(re.findall(r"\b(\w+)\s*\(", outcome.case["sql"].lower())) & set(known):
            seen[name].append(outcome.verdict)
    return _HEAD + "".join(_line(name, known[name], seen[name]) for name in sorted(known))


def _line(name: str, signatures: list[str], verdicts: list[str]) -> str:
    refused = verdicts.count("error")
    word = "not" if verdicts and refused == len(verdicts) else "partly" if refused else "supported"
    meant = [name == "listagg" or meaning(name, signature) is not None for signature in signatures]
    if not all(meant) and not verdicts:
        word = "partly" if any(meant) else "not"
    return f"| `{name}` | {word} | {len(verdicts)} | {refused} |\n"
