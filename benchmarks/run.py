"""Run the cases interleaved, each in a process and an environment of its own, and print medians and ratios.

`python -m benchmarks.run` is the quick form (110 MB of data); the docs show the table of
`--size full --repeat 5 --write docs/benchmarks.md --check`. Only ratios within one run count: the machine cancels out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks.cases import CASES
from benchmarks.data import make
from benchmarks.report import checked, table, written

HERE = Path(__file__).resolve().parent
BUSY = 0.15
"""Share of the processors that others may use before a run gives no verdict."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """A case with a data set, on a network, and how it is run."""

    case: str
    profile: str
    dataset: str
    arguments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return " ".join((self.dataset, *self.arguments)).replace("--", "")


@dataclass(kw_only=True)
class Measured:
    """All repetitions of one piece of work."""

    work: Work
    runs: list[dict[str, Any]] = field(default_factory=list)


OUR_TABLES = ("athena_ds describe", "athena_ds tables", "athena_ds describe first page")
TABLES = (*OUR_TABLES, "awswrangler catalog.tables", "boto3 get_tables paginator")
NOT_READ = (*TABLES, "PyAthena Cursor", "PyAthena S3FSCursor", "athena_ds query_many")
READS = [name for name in CASES if name not in NOT_READ]
QUICK = ["athena_ds", "PyAthena Cursor", "PyAthena PandasCursor", "PyAthena ArrowCursor", "PyAthena PolarsCursor"]
QUICK.append("awswrangler")


def plan(profiles: list[str]) -> Iterator[Work]:
    """What is run: every reader on each large data set, then small results, latencies, crowds and cold starts."""
    for profile in profiles:
        if profile == "slow-link":
            for case in (
                "athena_ds",
                "floor: download",
                "PyAthena ArrowCursor",
                "PyAthena PandasCursor",
                "awswrangler",
            ):
                yield Work(case=case, profile=profile, dataset="mid")
            continue
        for dataset in ("narrow", "wide"):
            for case in READS:
                yield Work(case=case, profile=profile, dataset=dataset)
    if "aws-like" in profiles:
        for case in QUICK:
            for seconds in ("0.0", "0.2", "0.5", "1", "3", "10"):
                yield Work(case=case, profile="aws-like", dataset="small", arguments=("--seconds", seconds))
            yield Work(case=case, profile="aws-like", dataset="small", arguments=("--many",))
            yield Work(case=case, profile="aws-like", dataset="small", arguments=("--cold", "--seconds", "0.5"))
        for case in TABLES:
            yield Work(case=case, profile="aws-like", dataset="tables")
        yield Work(case="athena_ds query_many", profile="aws-like", dataset="small", arguments=("--many",))


def environment(name: str, folder: Path) -> str:
    """The Python of an environment; a peer's is made from its requirements file the first time."""
    if name == "ours":
        return sys.executable
    place = folder / f"venv-{name}"
    if not (place / "ready").exists():
        print(f"making the environment of {name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        wanted = HERE / f"requirements-{name}.txt"
        subprocess.run([place / "bin" / "pip", "install", "-q", "-r", wanted], check=True)
        (place / "ready").touch()
    return str(place / "bin" / "python")


@contextmanager
def stub(data: Path, profile: str) -> Iterator[str]:
    """A server of its own for one run."""
    command = [sys.executable, "-m", "benchmarks.stub", str(data), "--profile", profile]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def busy_ticks() -> tuple[float, float]:
    """Processor seconds spent by anyone, and by this process's own children, since each began."""
    numbers = [int(number) for number in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    total = (sum(numbers[:8]) - numbers[3] - numbers[4]) / os.sysconf("SC_CLK_TCK")
    own = os.times()
    return total, own.children_user + own.children_system + own.user + own.system


def quiet(patience: float) -> None:
    """Wait for an idle moment, but not for ever."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        before = busy_ticks()[0]
        time.sleep(0.3)
        if busy_ticks()[0] - before < 0.3 * BUSY * (os.cpu_count() or 1):
            return


def once(work: Work, data: Path, folder: Path) -> dict[str, Any]:
    """One repetition: what it took, or why it failed, and what others used of the machine meanwhile."""
    python = environment(CASES[work.case][0], folder)
    quiet(6)
    with stub(data, work.profile) as endpoint:
        before, began = busy_ticks(), time.perf_counter()
        command = [python, "-m", "benchmarks.cases", work.case, endpoint, "--dataset", work.dataset, *work.arguments]
        given = {**os.environ, "BENCH_DATA": str(data), "PYTHONPATH": str(HERE.parent), "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(command, capture_output=True, text=True, env=given, cwd=HERE.parent, check=False)
        elapsed, after = time.perf_counter() - began, busy_ticks()
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no words"])[-1][:200]}
    facts: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    others = (after[0] - before[0]) - (after[1] - before[1]) - facts["server"]
    return {**facts, "foreign": max(0.0, others / elapsed / (os.cpu_count() or 1))}


def kept(found: list[Measured], given: argparse.Namespace) -> None:
    """Write what there is after each repetition, so that a run cut short is not lost."""
    if given.json:
        every = [{**vars(each.work), "name": each.work.name, "runs": each.runs} for each in found]
        given.json.write_text(json.dumps(every))
    if given.write:
        given.write.write_text(written(given.write, table(found, given.size)))


def main() -> int:
    """Measure, print, write, check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("ci", "full"), default="ci")
    parser.add_argument("--profiles", default="loopback,aws-like,slow-link")
    parser.add_argument("--only", default="", help="a pattern that `case profile dataset arguments` must match")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=user_cache_path("athena_ds-benchmarks"))
    parser.add_argument("--json", type=Path, help="where every number goes")
    parser.add_argument("--write", type=Path, help="the page of the docs whose table is replaced")
    parser.add_argument("--check", action="store_true", help="fail when a target of targets.toml is missed")
    given = parser.parse_args()
    data = given.folder / given.size
    make(data, given.size)
    works = [w for w in plan(given.profiles.split(",")) if re.search(given.only, f"{w.case} {w.profile} {w.name}")]
    found = [Measured(work=work) for work in works]
    for number in range(given.repeat):
        for each in random.Random(number).sample(found, len(found)):
            run = once(each.work, data, given.folder)
            each.runs.append(run)
            shown = run.get("error") or f"{run['wall']:.2f} s, {run['peak_mb']:.0f} MB, foreign {run['foreign']:.2f}"
            print(
                f"{number + 1}/{given.repeat} {each.work.profile} {each.work.name}: {each.work.case}: {shown}",
                flush=True,
            )
        kept(found, given)
    print(table(found, given.size))
    return checked(found, HERE / "targets.toml") if given.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
