"""Run the cases interleaved, each in a process and an environment of its own, and print medians, ratios and verdicts.

`python -m benchmarks.run` is the quick form (110 MB of data, ten minutes). The docs show the table of
`--size full --minutes 25 --write docs/benchmarks.md --check`: every case once, then those that a target of
`targets.toml` compares, again and again until the minutes are over. What was measured is kept after every case;
`--resume` goes on where a run was stopped. Only ratios within one run count: the machine cancels out.
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
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks.data import make
from benchmarks.libraries import CASES
from benchmarks.plan import Work, plan
from benchmarks.report import NOISE, Measured, checked, page, table
from benchmarks.targets import compared, targets

HERE = Path(__file__).resolve().parent
LONGEST = 600
"""Seconds after which a case is given up."""


def environment(name: str, folder: Path) -> str:
    """The Python of an environment; a peer's is made from its requirements file the first time."""
    if name == "ours":
        return sys.executable
    place = folder / f"venv-{name}"
    if not (place / "ready").exists():
        print(f"making the environment of {name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
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
        time.sleep(0.2)
        if busy_ticks()[0] - before < 0.2 * NOISE * (os.cpu_count() or 1):
            return


def once(work: Work, data: Path, folder: Path) -> dict[str, Any]:
    """One repetition: what it took, or why it failed, and what others used of the machine meanwhile."""
    python = environment(CASES[work.case][0], folder)
    quiet(4)
    with stub(data, work.profile) as endpoint:
        before, began = busy_ticks(), time.perf_counter()
        command = [python, "-m", "benchmarks.cases", work.case, endpoint, "--dataset", work.dataset, *work.arguments]
        given = {**os.environ, "BENCH_DATA": str(data), "PYTHONPATH": str(HERE.parent), "PYTHONWARNINGS": "ignore"}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=given, cwd=HERE.parent, check=False, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return {"error": f"not done after {LONGEST} s"}
        elapsed, after = time.perf_counter() - began, busy_ticks()
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no words"])[-1][:200]}
    facts: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    others = (after[0] - before[0]) - (after[1] - before[1]) - facts["server"]
    return {**facts, "foreign": max(0.0, others / elapsed / (os.cpu_count() or 1))}


def rounds(found: list[Measured], again: set[Work], given: argparse.Namespace) -> Iterator[tuple[int, Measured]]:
    """Every piece of work once, then those to be compared, in another order each round, until the minutes are over."""
    until = time.monotonic() + given.minutes * 60
    for number in range(given.repeat):
        wanted = [each for each in found if not number or each.work in again]
        for each in random.Random(number).sample(wanted, len(wanted)):
            if number and time.monotonic() > until:
                return
            if len(each.runs) <= number:
                yield number, each


def main() -> int:
    """Measure, print, write, check."""
    given = _asked()
    data = given.folder / given.size
    make(data, given.size)
    for name in dict.fromkeys(name for name, _ in CASES.values()):
        environment(name, given.folder)
    if given.prepare:
        return 0
    kept_in = given.json or given.folder / f"measured-{given.size}.json"
    works = [work for work in plan(given.profiles.split(",")) if re.search(given.only, work.key)]
    earlier = json.loads(kept_in.read_text()) if given.resume and kept_in.exists() else {}
    # What failed is asked again.
    found = [
        Measured(work=work, runs=[run for run in earlier.get(work.key, []) if "error" not in run]) for work in works
    ]
    wanted = targets(HERE / "targets.toml", given.size)
    for number, each in rounds(found, compared(works, wanted), given):
        run = once(each.work, data, given.folder)
        if "error" in run:
            run = once(each.work, data, given.folder)
        each.runs.append(run)
        shown = run.get("error") or f"{run['wall']:.2f} s, {run['peak_mb']:.0f} MB, foreign {run['foreign']:.2f}"
        print(f"{number + 1} {each.work.key}: {shown}", flush=True)
        kept_in.write_text(json.dumps(earlier | {one.work.key: one.runs for one in found}))
    print(table(found, wanted, given.size))
    if given.write:
        given.write.write_text(page(given.write, table(found, wanted, given.size)))
    return checked(found, wanted) if given.check else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("ci", "full"), default="ci")
    parser.add_argument("--profiles", default="loopback,aws-like,slow-link")
    parser.add_argument("--only", default="", help="a pattern that `profile dataset arguments: case` must match")
    parser.add_argument("--repeat", type=int, default=5, help="the most that a case is repeated")
    parser.add_argument("--minutes", type=float, default=10, help="begin no repetition after so many")
    parser.add_argument("--folder", type=Path, default=user_cache_path("athena_ds-benchmarks"))
    parser.add_argument("--json", type=Path, help="where every number goes, instead of into the folder")
    parser.add_argument("--resume", action="store_true", help="go on with what was measured before")
    parser.add_argument("--prepare", action="store_true", help="only make the data and the peers' environments")
    parser.add_argument("--write", type=Path, help="the page of the docs whose table is replaced")
    parser.add_argument("--check", action="store_true", help="fail when a target of targets.toml is missed")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
