"""`python -m tests.local.fidelity.fuzz --seed N --count M`: new statements, asked of a real Trino and of the engine.

`--keep FILE` holds what Trino answered, `--again FILE` compares with it once more, without a Trino.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import re
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from athena_ds.local import LocalAthena
from tests.local.fidelity import compare
from tests.local.fidelity.api import Api
from tests.local.fidelity.harness import Case, Outcome, Runner, check
from tests.local.fidelity.made import Maker
from tests.local.fidelity.oracle import Oracle
from tests.local.fidelity.page import functions

_DEFECTS = ("diff", "noerror", "type", "bug")
_ASKING = 3
"""Statements asked of the server at once."""


def main() -> int:
    arguments = _arguments()
    verdicts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    refusals: collections.Counter[str] = collections.Counter()
    found = _kept(arguments.again) if arguments.again else _asked(arguments)
    for outcome in _compared(filter(_asked_whole, found), through_api=arguments.api):
        verdicts[outcome.case["set"]][outcome.verdict] += 1
        if outcome.verdict in arguments.show.split(","):
            sys.stdout.write(_shown(outcome))
        if outcome.verdict == "error":
            refusals[str(outcome.answer)[:90]] += 1
    for make, counts in sorted(verdicts.items()):
        sys.stdout.write(f"{make:10} {sum(counts.values()):6} {dict(counts.most_common())}\n")
    for words, count in refusals.most_common(arguments.refusals):
        sys.stdout.write(f"{count:6} {words}\n")
    return int(any(counts[verdict] for counts in verdicts.values() for verdict in _DEFECTS))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.local.fidelity.fuzz")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same statements")
    parser.add_argument("--count", type=int, default=1000, help="how many statements")
    parser.add_argument(
        "--make", default="", help="scalar, signature, columns, operator, cast, aggregate, common, geospatial"
    )
    parser.add_argument("--server", default="127.0.0.1:8080", help="host:port of the Trino to ask")
    parser.add_argument("--show", default=",".join(_DEFECTS), help="verdicts to list")
    parser.add_argument("--refusals", type=int, default=20, help="how many of the commonest refusals to list")
    parser.add_argument("--api", action="store_true", help="through the Athena API")
    parser.add_argument("--keep", type=Path, help="write the statements and Trino's answers here")
    parser.add_argument("--again", type=Path, help="compare with the answers kept here")
    return parser.parse_args()


def _kept(path: Path) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            yield json.loads(line)


def _asked(arguments: argparse.Namespace) -> Iterator[Case]:
    """Statements with Trino's answers, kept where wanted."""
    wanted = [make for make in arguments.make.split(",") if make]
    made = itertools.islice(Maker(arguments.seed).statements(wanted), arguments.count)
    oracle, kept = Oracle(arguments.server), arguments.keep and arguments.keep.open("w", encoding="utf-8")

    def answered(statement: tuple[str, str]) -> dict[str, Any]:
        make, sql = statement
        return {"set": make, "family": make, "function": "", "sql": sql, **oracle.ask(sql)}

    with ThreadPoolExecutor(_ASKING) as pool:
        for batch in iter(lambda: list(itertools.islice(made, 100)), []):
            for case in pool.map(answered, batch):
                if kept:
                    kept.write(json.dumps(case, ensure_ascii=False) + "\n")
                yield case
    if kept:
        kept.close()


def _asked_whole(case: Case) -> bool:
    """Whether the server has the function: one without the plug-ins of Teradata or geometry knows fewer than Athena."""
    words = case.get("error", {}).get("message", "")
    unknown = re.search(r"Function '(\w+)' not registered", words)
    return unknown is None or unknown[1].lower() not in functions()


def _compared(found: Iterable[Case], *, through_api: bool) -> Iterator[Outcome]:
    if through_api:
        with LocalAthena(samples=False, workers=2) as local:
            yield from Api(local).check(found)
        return
    runner = Runner()
    for case in found:
        yield _sketched(check(runner, case))


def _sketched(outcome: Outcome) -> Outcome:
    """A sketch has no class the comparison knows: its text is compared."""
    if outcome.verdict != "type" or not any(kind == "HyperLogLog" for _, kind in outcome.case["columns"]):
        return outcome
    columns = [[name, "varchar" if kind == "HyperLogLog" else kind] for name, kind in outcome.case["columns"]]
    verdict = compare.classify({**outcome.case, "columns": columns}, *outcome.answer, None)
    return replace(outcome, verdict=verdict)


def _shown(outcome: Outcome) -> str:
    case = outcome.case
    trino = case.get("error") or (case["columns"], case["rows"])
    return f"{outcome.verdict} [{case['set']}] {case['sql']}\n    trino: {trino}\n    here:  {outcome.answer}\n"


if __name__ == "__main__":
    raise SystemExit(main())
