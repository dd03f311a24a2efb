"""The two engines of the embedded endpoint on the same TPC-H: time and peak memory, and when the second begins to pay.

`python -m benchmarks.engines` needs what `scripts/trino` needs. It runs the 22 queries at each scale factor through the
Athena API, first on DuckDB, then on a Trino of its own, each in processes of their own: once, and again (three times at
most) until its share of the minutes is over. The best time of a query counts; totals are over what both answered. A
query that takes longer than `--limit` is stopped, and told.

What one run has measured is kept in the cache, so that `--scales 1`, `--scales 10 --engines duckdb` and so on may be
runs of their own; the table shows all that is known of both. `--write docs/trino.md` puts it into the docs; run it on a
machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.tables.running import ENDED, Lake
from tests.local.tables.tpch.benchmark import generate, queries, register

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- engines measured: begin -->", "<!-- engines measured: end -->"
ENGINES = ("duckdb", "trino")
TRINO = {"TRINO_PORT": "8182", "TRINO_URL": ""}
KEPT = user_cache_path("athena_ds-benchmarks") / "measured-engines.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One engine at one scale factor: seconds by query, what the others said, and the peak in MB of its processes."""

    engine: str
    scale: float
    heap: str
    seconds: dict[int, float]
    failed: dict[int, str]
    peak: int


def data(scale: float) -> Path:
    """The generated files, made once."""
    folder = user_cache_path("athena_ds-benchmarks") / f"tpch-{scale:g}"
    if not (folder / "done").exists():
        print(f"generating TPC-H {scale:g} ...", flush=True)
        files = folder / "files"
        files.mkdir(parents=True, exist_ok=True)
        generate(scale, files)
        (folder / "done").touch()
    return folder / "files"


def child(engine: str, scale: float, *, minutes: float, limit: float) -> None:
    """Run the queries and print what was measured as JSON."""
    seconds: dict[int, float] = {}
    failed: dict[int, str] = {}
    with LocalAthena(samples=False, engine=engine, workers=1) as endpoint:
        lake = Lake(endpoint, database="tpch")
        for bucket in (RESULTS, "lake"):
            lake.s3.create_bucket(Bucket=bucket)
        lake.run("CREATE DATABASE tpch")
        register(lake, data(scale))
        until = time.monotonic() + minutes * 60
        for turn in range(3):
            for number, sql in queries().items():
                if (turn and time.monotonic() > until) or number in failed:
                    continue
                begun = time.monotonic()
                why = failure(lake, sql, limit)
                took = time.monotonic() - begun
                if why:
                    failed[number] = why
                else:
                    seconds[number] = min(seconds.get(number, 1e9), took)
                told = f"  {engine} at {scale:g}, turn {turn + 1}, query {number}: {why or f'{took:.2f} s'}"
                print(told, file=sys.stderr, flush=True)
    print(json.dumps({"seconds": seconds, "failed": failed, "peak": peak(os.getpid())}))


def failure(lake: Lake, sql: str, limit: float) -> str | None:
    """Run a query and read its first page; why it has no answer, or None. One that takes too long is stopped."""
    identifier = lake.athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": lake.database},
        ResultConfiguration={"OutputLocation": f"s3://{RESULTS}/q/"},
    )["QueryExecutionId"]
    until, stopped = time.monotonic() + limit, False
    while True:
        status = lake.athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]
        if status["State"] in ENDED:
            break
        if time.monotonic() > until and not stopped:
            lake.athena.stop_query_execution(QueryExecutionId=identifier)
            stopped = True
        time.sleep(0.003)
    if status["State"] == "SUCCEEDED":
        lake.athena.get_query_results(QueryExecutionId=identifier)
        return None
    return f"stopped after {limit:g} s" if stopped else status["StateChangeReason"]


def peak(pid: int) -> int:
    """The most a process has held in memory, MB; 0 where the system does not tell."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) // 1024 if found else 0
    return 0


def measure(engine: str, scale: float, *, minutes: float, limit: float) -> Measured:
    """One engine at one scale; a Trino is started for it and stopped."""
    environment, server, name = {**os.environ, **TRINO}, 0, engine
    script = str(ROOT / "scripts" / "trino")
    try:
        if engine == "trino":
            started = subprocess.run([script, "start"], env=environment, check=True, stdout=subprocess.PIPE, text=True)
            name = f"trino={started.stdout.split()[-1]}"
            server = int(subprocess.run([script, "pid"], env=environment, check=True, stdout=subprocess.PIPE).stdout)
        command = [sys.executable, "-m", "benchmarks.engines", "--one", name]
        command += ["--scales", f"{scale:g}", "--minutes", f"{minutes}", "--limit", f"{limit}"]
        answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
        found = json.loads(answer.strip().splitlines()[-1])
        return Measured(
            engine=engine,
            scale=scale,
            heap=os.environ.get("TRINO_MEMORY", "2G"),
            seconds=by_number(found["seconds"]),
            failed=by_number(found["failed"]),
            peak=found["peak"] + peak(server),
        )
    finally:
        if engine == "trino":
            subprocess.run([script, "stop"], env=environment, check=False)


def by_number(found: dict[str, Any]) -> dict[int, Any]:
    """JSON has only text for keys."""
    return {int(number): one for number, one in found.items()}


def kept() -> dict[tuple[str, float], Measured]:
    """What earlier runs have measured, by engine and scale."""
    if not KEPT.exists():
        return {}
    found = [Measured(**one) for one in json.loads(KEPT.read_text())]
    return {
        (one.engine, one.scale): replace(one, seconds=by_number(one.seconds), failed=by_number(one.failed))
        for one in found
    }


def table(found: list[Measured]) -> str:
    """The table and the sentence below it."""
    titles = ["scale factor", "queries both answered", "DuckDB, s", "Trino, s", "Trino / DuckDB"]
    titles += ["DuckDB, peak MB", "Trino, peak MB"]
    lines = [f"| {' | '.join(titles)} |", f"| {' | '.join('---' for _ in titles)} |"]
    pays: list[float] = []
    known = {(one.engine, one.scale): one for one in found}
    for scale in sorted({one.scale for one in found}):
        ours, theirs = known["duckdb", scale], known["trino", scale]
        both = sorted(ours.seconds.keys() & theirs.seconds.keys())
        a, b = (sum(one.seconds[number] for number in both) for one in (ours, theirs))
        ratio = f"{b / a:.2f}" if a else "-"
        lines.append(f"| {scale:g} | {len(both)} of 22 | {a:.1f} | {b:.1f} | {ratio} | {ours.peak} | {theirs.peak} |")
        pays += [scale] if b < a or len(theirs.seconds) > len(ours.seconds) else []
    most = max(one.scale for one in found)
    said = f"pays from scale factor {min(pays):g} on" if pays else f"does not pay up to scale factor {most:g}"
    lines += ["", f"On one such machine the Trino {said}."]
    lines += [""] if any(one.failed for one in found) else []
    for one in found:
        lines += [f"* {one.engine} at {one.scale:g}, query {number}: {why}" for number, why in one.failed.items()]
    return "\n".join(lines)


def page(found: list[Measured]) -> str:
    """The table with what it was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    machine = f"{os.cpu_count()} processors, {memory} GB, {platform.system()}, Python {platform.python_version()}"
    heaps = " and ".join(sorted({one.heap for one in found if one.engine == "trino"}))
    told = f"{machine}; a Trino of one node with a heap of {heaps}. Best of up to three runs."
    return f"{BEGIN}\n{told}\n\n{table(found)}\n{END}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--engines", choices=ENGINES, nargs="+", default=ENGINES)
    parser.add_argument("--minutes", type=float, default=12, help="for everything but generating data")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a query is stopped")
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        child(given.one, given.scales[0], minutes=given.minutes, limit=given.limit)
        return
    for scale in given.scales:
        data(scale)
    known, share = kept(), given.minutes / (len(given.engines) * len(given.scales))
    for scale in given.scales:
        for engine in given.engines:
            known[engine, scale] = measure(engine, scale, minutes=share, limit=given.limit)
            KEPT.write_text(json.dumps([asdict(one) for one in known.values()]))
    both = [one for one in known.values() if all((engine, one.scale) in known for engine in ENGINES)]
    if not both:
        print("Measured of one engine alone: no table yet.")
        return
    told = page(both)
    print(told)
    if given.write:
        before, _, rest = given.write.read_text().partition(BEGIN)
        given.write.write_text(before + told + rest.partition(END)[2])


if __name__ == "__main__":
    main()
