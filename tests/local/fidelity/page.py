"""docs/functions.md: what became of every function, from the outcomes on both engines and the meanings registered.

The embedded engine's outcomes are taken as the page is written. A Trino's are kept in `trino.json`, which
`python -m tests.local.fidelity --trino http://host:port` writes: each statement whose outcome is not `same`.
"""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import athena_ds.local.engine.duckdb.functions  # noqa: F401 - registers the meanings
from athena_ds.local.engine.duckdb.functions.registry import meaning
from tests.local.fidelity.harness import Outcome

_ROOT = Path(__file__).resolve().parents[3]
PAGE = _ROOT / "docs" / "functions.md"
_ANSWERS = Path(__file__).parents[1] / "functions" / "answers"
KEPT = Path(__file__).with_name("trino.json")
_HEAD = """# Functions

<!-- Written by python -m tests.local.fidelity --docs. -->

Statements with what a real Trino answered to each, asked of the endpoint with either of its engines: the embedded one,
and [a Trino behind it](trino.md), whose rows pass through the same result files. *The same* are those answered as then,
or failing as then; *refused* those that fail though the Trino answered; no statement is answered otherwise. Two that
a Trino answers otherwise each time (by the day, or by chance) were not asked of it again.

{summary}

Of the *common* set are statements people write, of the *generated* set those made from every function's signature,
operator and cast. A Trino behind the endpoint refuses a value whose type its protocol doesn't tell whole, and knows
the functions its plug-ins bring: the one asked had only those of `scripts/trino`.

## Function by function

Every function of Trino 476, as the embedded engine has it, and what that word rests on:

- *supported*: some meaning is registered for each of its signatures, and every statement that calls it (the number
  beside it) is answered as a real Trino answered it, or fails as Trino fails. Statements are those of the fidelity
  table and the answers of a Trino kept in `tests/local/functions`. Where the number is 0, the signatures alone say so.
- *partly*: of the statements that call it, the number of the column *refused* is refused with `NOT_SUPPORTED` while
  Trino answers; or some of its signatures have no meaning here. A refusal may be another function's of the same
  statement. The last column counts what the endpoint refuses of the table with a Trino behind it.
- *not*: refused, each statement that calls it.

The same is: equal rows, in order where the statement asks for one; column types equal with their precision, scale and
length; doubles equal within one part in 10^9, reals within one in 10^5. An error is held against Trino's by its
existence only; tests of the functions hold the names against each other too. The last digit of `exp`, `ln`, `log10`,
`power`, `cbrt`, `sin`, `cos` and `tan` may differ by one, as C's library and Java's differ. So may those of coordinates
that a geospatial operation comes to; where two points of a polygon are level but for such digits (3 in 1,000 overlays
over grids of whole numbers), its text may begin at the other one. Where a table has several rows in one group, floating
sums and variances depend on the order the rows come in, as they do in Trino.

The table is a sample. Beside it, `python -m tests.local.fidelity.fuzz` makes new statements and asks a real Trino;
what it found is kept in the tests.

| function | embedded | statements | refused | refused with a Trino |
| --- | --- | --- | --- | --- |
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
    """The page: both engines in sum, then a line a function."""
    known, told = functions(), list(outcomes)
    theirs = kept()
    seen: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for outcome in told:
        verdicts = outcome.verdict, theirs.get(outcome.case["id"], "same")
        for name in _called(outcome.case["sql"]) & set(known):
            seen[name].append(verdicts)
    for sql, verdict in _beside():
        for name in _called(sql) & set(known):
            seen[name].append((verdict, "same"))
    lines = [_line(name, known[name], seen[name]) for name in sorted(known)]
    return _HEAD.replace("{summary}", _summary(told, theirs)) + "".join(lines)


def _called(sql: str) -> set[str]:
    """Names before a bracket, and the one function that is called without."""
    return set(re.findall(r"\b(?:\w+(?=\s*\()|current_date\b)", sql.lower()))


def _beside() -> Iterator[tuple[str, str]]:
    """The statements whose answers are kept with the tests of the functions, which hold the engine to them."""
    for path in sorted(_ANSWERS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line:
                one = json.loads(line)
                yield one["sql"], "error" if "refused" in one else "same"


def kept() -> dict[str, str]:
    """The outcome of each statement that a Trino behind the endpoint did not answer the same, by the statement's id."""
    found: dict[str, str] = json.loads(KEPT.read_text())
    return found


def keep(outcomes: Iterable[Outcome]) -> None:
    """Write what `kept` reads."""
    others = {one.case["id"]: one.verdict for one in outcomes if one.verdict != "same"}
    KEPT.write_text(json.dumps(dict(sorted(others.items())), indent=0) + "\n")


def _summary(outcomes: list[Outcome], theirs: dict[str, str]) -> str:
    """Both engines side by side: of each set's families, how many statements are the same and how many refused."""
    counts: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for one in outcomes:
        for family in (one.case["family"], "all"):
            counts[one.case["set"], family].append((_verdict(one), theirs.get(one.case["id"], "same")))
    lines = ["| set | family | statements | embedded: the same | refused | Trino: the same | refused |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for (group, family), pairs in sorted(counts.items(), key=lambda item: (item[0][1] == "all", item[0])):
        ours, trinos = zip(*pairs, strict=True)
        cells = [group, family, len(pairs)]
        cells += [verdicts.count(word) for verdicts in (ours, trinos) for word in ("same", "error")]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _verdict(outcome: Outcome) -> str:
    """The comparison of values knows no class for a sketch; its text is compared by the tests through the API."""
    sketch = any(kind == "HyperLogLog" for _, kind in outcome.case.get("columns", ()))
    return "same" if sketch and outcome.verdict == "type" else outcome.verdict


def _line(name: str, signatures: list[str], verdicts: list[tuple[str, str]]) -> str:
    refused, theirs = (sum(one[at] == "error" for one in verdicts) for at in (0, 1))
    word = "not" if verdicts and refused == len(verdicts) else "partly" if refused else "supported"
    meant = [name in ("listagg", "current_date") or meaning(name, signature) is not None for signature in signatures]
    if not all(meant) and not verdicts:
        word = "partly" if any(meant) else "not"
    return f"| `{name}` | {word} | {len(verdicts)} | {refused} | {theirs} |\n"
