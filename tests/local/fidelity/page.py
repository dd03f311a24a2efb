"""docs/functions.md: what became of every function, from the table's outcome and the meanings registered."""

from __future__ import annotations

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

Every function of Trino, as the embedded endpoint has it. *supported*: each statement of the fidelity table that calls
it is answered as Trino does; *partly*: some are refused with `NOT_SUPPORTED`, or some of its signatures have no
meaning here; *not*: refused. A function the table has no statement for is told by its signatures alone.

| function | | statements | refused |
| --- | --- | --- | --- |
"""


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
