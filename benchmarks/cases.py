"""What is measured of a library: one case a process, warmed by a small query. Prints one line of JSON.

Run in the environment of the library it measures: `python -m benchmarks.cases NAME ENDPOINT --dataset narrow`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.libraries import CASES, IMPORTS, KEYS, Run

TOGETHER = ("athena_ds query_many", "PyAthena AsyncPandasCursor", "PyAthena AioPandasCursor")
"""Cases that take many queries as one call; of the others each gets a thread."""

SPACING = 0.5
"""Seconds between the starts of samples, so that what one costs the processor does not delay another."""

IMPORTED = """
import sys, time
began, cpu = time.perf_counter(), time.process_time()
import {module}
wall, cpu = time.perf_counter() - began, time.process_time() - cpu
import json, resource
heavy = [name for name in ("pandas", "pyarrow", "numpy", "boto3", "botocore") if name in sys.modules]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"wall": wall, "cpu": cpu, "peak_mb": peak, "heavy": heavy}}))
"""


def asked(endpoint: str, path: str) -> Any:
    """The stub's own counters."""
    with urllib.request.urlopen(f"{endpoint}{path}") as answer:
        return json.load(answer)


def measured(endpoint: str, work: Callable[[], int]) -> dict[str, Any]:
    """Wall and CPU seconds of a piece of work, the server's CPU for it, and what it asked."""
    asked(endpoint, "/__reset")
    server, cpu, began = asked(endpoint, "/__stats")["cpu"], time.process_time(), time.perf_counter()
    rows = work()
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    said = asked(endpoint, "/__stats")
    return {
        "rows": rows,
        "wall": wall,
        "cpu": spent,
        "server": said["cpu"] - server,
        "calls": said["operations"],
        "connections": said["connections"],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def crowd(run: Run, *, together: bool) -> int:
    """50 queries at once, 0.6 to 1.4 s each: as one call where the library has it, else a thread each."""
    texts = [f"SELECT * /* seconds={0.6 + 0.8 * number / 49:.2f} */ FROM small" for number in range(50)]
    if together:
        return run(";".join(texts))
    with ThreadPoolExecutor(50) as pool:
        return sum(pool.map(run, texts))


def sampled(endpoint: str, run: Run, *, seconds: float, samples: int) -> dict[str, Any]:
    """Queries of a tenth less to a tenth more than `seconds`: what is added to them, and the calls of one.

    A single query would show where its end happens to fall between two status calls; the mean does not.
    """

    def one(number: int) -> float:
        time.sleep(number * SPACING)
        took = seconds * (0.9 + 0.2 * number / max(samples - 1, 1))
        began = time.perf_counter()
        run(f"SELECT * /* seconds={took:.3f} */ FROM small")
        return time.perf_counter() - began - float(f"{took:.3f}")

    added: list[float] = []

    def work() -> int:
        with ThreadPoolExecutor(samples) as pool:
            added.extend(pool.map(one, range(samples)))
        return samples

    facts = measured(endpoint, work)
    mean = sum(added) / samples
    calls = {name: count / samples for name, count in facts["calls"].items()}
    return {**facts, "wall": seconds + mean, "added": mean, "cpu": facts["cpu"] / samples, "calls": calls}


def imported(module: str) -> dict[str, Any]:
    """The least of five new processes that import a module and nothing else."""
    found = []
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", IMPORTED.format(module=module)], capture_output=True, check=True)
        found.append(json.loads(done.stdout))
    return {"rows": 0, "server": 0.0, "calls": {}, **min(found, key=lambda each: each["wall"])}


def main() -> None:
    """One case, once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("endpoint")
    parser.add_argument("--dataset", default="small")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--samples", type=int, default=1)
    parser.add_argument("--many", action="store_true")
    parser.add_argument("--cold", action="store_true", help="from before the import of the library")
    parser.add_argument("--import", action="store_true", dest="imports", help="only import it, in new processes")
    given = parser.parse_args()
    os.environ.update(KEYS, AWS_ENDPOINT_URL=given.endpoint, AWS_EC2_METADATA_DISABLED="true")
    print(json.dumps(_facts(given)))


def _facts(given: argparse.Namespace) -> dict[str, Any]:
    sql = f"SELECT * /* seconds={given.seconds} */ FROM {given.dataset}"
    make = CASES[given.case][1]
    if given.imports:
        return imported(IMPORTS[given.case])
    if given.cold:
        facts = measured(given.endpoint, lambda: make()(sql))
        return {**facts, "added": facts["wall"] - given.seconds}
    run = make()
    run("SELECT * FROM small")
    if given.samples > 1:
        return sampled(given.endpoint, run, seconds=given.seconds, samples=given.samples)
    if given.many:
        return measured(given.endpoint, lambda: crowd(run, together=given.case in TOGETHER))
    return {**measured(given.endpoint, lambda: run(sql)), "threads": threading.active_count()}


if __name__ == "__main__":
    main()
