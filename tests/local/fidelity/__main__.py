"""`python -m tests.local.fidelity [--show diff,noerror] [--family X] [--function f] [--sql]`: the table, counted.

`--trino http://host:port` asks all of it of the endpoint with that Trino behind it; `--docs` writes docs/functions.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from athena_ds.local import LocalAthena
from tests.local.fidelity.api import Api
from tests.local.fidelity.harness import Case, Outcome, Runner, cases, check, tally
from tests.local.fidelity.page import PAGE, keep, page
from tests.local.trino.differences import STATEMENTS

_VERDICTS = ("same", "type", "diff", "noerror", "error", "bug")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.local.fidelity")
    parser.add_argument("--show", default="", help="verdicts to list: diff, noerror, type, error, same")
    parser.add_argument("--family", default="", help="only this family")
    parser.add_argument("--function", default="", help="only these functions, comma separated")
    parser.add_argument("--sql", action="store_true", help="with --show: the DuckDB SQL too")
    parser.add_argument("--text", default="", help="only statements containing this")
    parser.add_argument("--api", action="store_true", help="through the Athena API, results compared as text")
    parser.add_argument("--docs", action="store_true", help="write docs/functions.md (of the whole table)")
    parser.add_argument("--trino", help="http://host:port: through the Athena API with this Trino, kept for the docs")
    arguments = parser.parse_args()
    if arguments.trino:
        return _through_a_trino(arguments.trino, arguments.show.split(","))
    runner, outcomes, begun = Runner(), [], time.monotonic()
    wanted = (case for case in cases() if _wanted(case, arguments))
    for outcome in _through_api(wanted) if arguments.api else (check(runner, case) for case in wanted):
        outcomes.append(outcome)
        if outcome.verdict in arguments.show.split(","):
            _show(outcome, runner.sql if arguments.sql else "")
    _summary(outcomes)
    if arguments.docs:
        PAGE.write_text(page(outcomes))
    sys.stdout.write(f"{len(outcomes)} statements in {time.monotonic() - begun:.1f} s\n")
    return 0


def _wanted(case: Case, arguments: argparse.Namespace) -> bool:
    if arguments.family not in ("", case["family"]) or arguments.text not in case["sql"]:
        return False
    return not arguments.function or case["function"] in arguments.function.split(",")


def _through_a_trino(address: str, show: list[str]) -> int:
    """The whole table with a Trino behind the endpoint, but for what is known to differ each time."""
    outcomes = []
    wanted = (case for case in cases() if case["sql"] not in STATEMENTS)
    for outcome in _through_api(wanted, engine=f"trino={address}"):
        outcomes.append(outcome)
        if outcome.verdict in show:
            _show(outcome, "")
    _summary(outcomes)
    keep(outcomes)
    return int(any(one.verdict not in ("same", "error") for one in outcomes))


def _through_api(wanted: Iterator[Case], *, engine: str = "duckdb") -> Iterator[Outcome]:
    with LocalAthena(samples=False, engine=engine, workers=2) as local:
        yield from Api(local).check(wanted)


def _show(outcome: Outcome, sql: str) -> None:
    case = outcome.case
    expected = case.get("error") or (case["columns"], case["rows"])
    sys.stdout.write(
        f"{outcome.verdict} [{case['function']}] {case['sql']}\n    trino: {expected}\n    here:  {outcome.answer}\n"
    )
    if sql:
        sys.stdout.write(f"    sql:   {sql}\n")


def _summary(outcomes: list[Outcome]) -> None:
    sys.stdout.write(
        f"{'set':10} {'family':16} {'n':>5} {'same %':>7} " + " ".join(f"{v:>8}" for v in _VERDICTS) + "\n"
    )
    for (group, family), counts in sorted(tally(outcomes).items(), key=lambda item: (item[0][1] == "all", item[0])):
        total = sum(counts.values())
        shown = " ".join(f"{counts[v]:>8}" for v in _VERDICTS)
        sys.stdout.write(f"{group:10} {family:16} {total:>5} {100 * counts['same'] / total:>7.1f} {shown}\n")


if __name__ == "__main__":
    raise SystemExit(main())
