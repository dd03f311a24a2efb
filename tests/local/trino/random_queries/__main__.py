"""`python -m tests.local.trino.random_queries --count 5000 --seed 1`: thousands of random queries for both engines.

Needs the Trino at TRINO_URL: `scripts/trino run .venv/bin/python -m tests.local.trino.random_queries`. Every difference
is printed, and how often the embedded engine refused, by its reason. With `--writes` they are CTAS, INSERT and UNLOAD,
and what either engine wrote is read by both.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.local.trino.random_queries.asked import Outcome, both
from tests.local.trino.random_queries.queries import queries
from tests.local.trino.random_queries.writes import writings, written

Made = TypeVar("Made")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.local.trino.random_queries", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many queries")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same queries")
    parser.add_argument("--trino", default=os.environ.get("TRINO_URL"), help="http://host:port; by default TRINO_URL")
    parser.add_argument("--show", default="different", help="verdicts to list: different, refused, fails, same")
    parser.add_argument("--writes", action="store_true", help="writes, read back by both engines")
    arguments = parser.parse_args()
    if not arguments.trino:
        parser.error("TRINO_URL names no Trino: scripts/trino run COMMAND")
    counts: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    with both(arguments.trino) as asked, ThreadPoolExecutor(4) as pool:
        chances = made(arguments.count, arguments.seed, writings() if arguments.writes else queries())
        ask = partial(written, asked) if arguments.writes else asked.ask
        for outcome in pool.map(ask, chances):
            counts[outcome.verdict] += 1
            refusals[reason(outcome)] += outcome.verdict == "refused"
            if outcome.verdict in arguments.show.split(","):
                sys.stdout.write(f"{outcome.verdict}: {outcome.query.sql}\n    {outcome.told[:600]}\n")
                sys.stdout.flush()
    sys.stdout.write(report(counts, refusals))
    return int(counts["different"] > 0)


def made(count: int, chosen: int, of: st.SearchStrategy[Made]) -> list[Made]:
    """So many different ones, always the same for a seed."""
    found: dict[Made, None] = {}

    @seed(chosen)
    @settings(max_examples=count, phases=[Phase.generate], database=None, deadline=None, derandomize=False,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(of)
    def collect(one: Made) -> None:
        found.setdefault(one)

    collect()
    return list(found)


def reason(outcome: Outcome) -> str:
    """Why the embedded engine refused, without the place."""
    return re.sub(r"line \d+:\d+: ", "", outcome.told)[:110]


def report(counts: Counter[str], refusals: Counter[str]) -> str:
    """How many queries had which verdict, and the reasons of the refusals."""
    lines = [f"{sum(counts.values())} random queries: {', '.join(f'{n} {word}' for word, n in counts.most_common())}"]
    lines += [f"{count:6} {words}" for words, count in refusals.most_common() if count]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
