"""What the embedded endpoint costs: `python -m benchmarks.endpoint` (two minutes; `--quick` for a tenth of the data).

Each figure stands beside the bound it must keep; on a machine that does something else as well it means little. The
endpoint runs as a process of its own (`python -m athena_ds.local`), client and server on the same processors.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq
from botocore.config import Config

MIB = 2**20
BUCKET = "athena-ds-results"


@dataclass(frozen=True, kw_only=True)
class Served:
    """An endpoint in a process of its own: its clients' settings, and how much memory it holds."""

    url: str
    keys: dict[str, str]
    process: int

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.keys["AWS_SECRET_ACCESS_KEY"],
            config=Config(max_pool_connections=16, retries={"total_max_attempts": 1}),
        )

    def memory(self, what: str = "VmRSS") -> float:
        """MiB resident now, or (`VmHWM`) at most so far; Linux only."""
        status = Path(f"/proc/{self.process}/status").read_text()
        found = re.search(rf"{what}:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else float("nan")


@contextmanager
def served() -> Iterator[Served]:
    """`python -m athena_ds.local`, until the block ends."""
    command = [sys.executable, "-m", "athena_ds.local"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(4)]
            keys = dict(re.findall(r"export (\w+)=(\S+)", "".join(lines)))
            yield Served(url=keys["AWS_ENDPOINT_URL"], keys=keys, process=process.pid)
        finally:
            process.terminate()


def starting(repeat: int) -> dict[str, float]:
    """Seconds of `LocalAthena()` with the sample data cached, and of the imports before it (medians)."""
    program = (
        "import time; a = time.perf_counter(); from athena_ds.local import LocalAthena; b = time.perf_counter(); "
        "e = LocalAthena(); c = time.perf_counter(); print(b - a, c - b); e.close()"
    )
    runs = [
        [float(part) for part in subprocess.check_output([sys.executable, "-c", program], text=True).split()]
        for _ in range(repeat + 1)
    ][1:]
    return {"imports s": statistics.median(r[0] for r in runs), "start s": statistics.median(r[1] for r in runs)}


def run(athena: Any, sql: str, *, pause: float = 0.002) -> dict[str, Any]:
    """The execution of a statement, ended."""
    started = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": "default"},
        ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/bench/"},
    )
    while True:
        found: dict[str, Any] = athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])
        status = found["QueryExecution"]["Status"]
        if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            assert status["State"] == "SUCCEEDED", status
            return dict(found["QueryExecution"])
        time.sleep(pause)


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def small_queries(served: Served, count: int) -> dict[str, float]:
    """Milliseconds from submitting `SELECT 1` to seeing it succeeded."""
    athena = served.client("athena")
    for _ in range(5):
        run(athena, "SELECT 1")
    took = sorted(1000 * timed(lambda: run(athena, "SELECT 1")) for _ in range(count))
    return {"SELECT 1 median ms": statistics.median(took), "SELECT 1 p95 ms": took[int(0.95 * count)]}


def reads(served: Served, size: int) -> dict[str, float]:
    """MiB/s of pyarrow reading a large object whole and in ranges, and small ranges a second."""
    served.client("s3").put_object(Bucket=BUCKET, Key="bench/large", Body=os.urandom(size))
    files = pyarrow.fs.S3FileSystem(
        endpoint_override=served.url.removeprefix("http://"),
        scheme="http",
        region="us-east-1",
        access_key=served.keys["AWS_ACCESS_KEY_ID"],
        secret_key=served.keys["AWS_SECRET_ACCESS_KEY"],
    )
    file = files.open_input_file(f"{BUCKET}/bench/large")
    starts = range(0, size - 8 * MIB + 1, 8 * MIB)

    def ranges(threads: int) -> float:
        with ThreadPoolExecutor(threads) as pool:
            took = timed(lambda: list(pool.map(lambda at: len(file.read_at(8 * MIB, at)), starts)))
        return len(starts) * 8 / took

    whole = size / MIB / timed(lambda: file.read_at(size, 0))
    small = 400 / timed(lambda: [file.read_at(1000, at * 1000) for at in range(400)])
    return {
        "whole MiB/s": whole,
        "8 MiB ranges MiB/s": ranges(1),
        "8 MiB ranges, 4 threads MiB/s": ranges(4),
        "1 kB ranges a second": small,
    }


def large_result(served: Served, rows: int) -> dict[str, float]:
    """A SELECT of many rows from Parquet: seconds, size of the result, and how far memory grew at most."""
    s3, athena = served.client("s3"), served.client("athena")
    table = pa.table({"n": pa.array(range(rows), pa.int64()), "s": pa.array([f"value {n:09}" for n in range(rows)])})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    s3.put_object(Bucket=BUCKET, Key="bench/table/a.parquet", Body=sink.getvalue())
    del table, sink
    run(athena, "DROP TABLE IF EXISTS bench")
    location = f"s3://{BUCKET}/bench/table/"
    run(athena, f"CREATE EXTERNAL TABLE bench (n bigint, s string) STORED AS PARQUET LOCATION '{location}'")
    run(athena, "SELECT count(n) FROM bench")
    before, held = served.memory(), {}
    took = timed(lambda: held.update(run(athena, "SELECT n, s FROM bench", pause=0.02)))
    key = held["ResultConfiguration"]["OutputLocation"].partition(f"{BUCKET}/")[2]
    size = s3.head_object(Bucket=BUCKET, Key=key)["ContentLength"] / MIB
    return {"rows": rows, "result s": took, "result MiB": size, "peak growth MiB": served.memory("VmHWM") - before}


def finished_executions(served: Served, count: int) -> dict[str, float]:
    """What one finished execution leaves in memory, in kB."""
    athena = served.client("athena")
    for _ in range(50):
        run(athena, "SELECT 1")
    before = served.memory()
    for number in range(count):
        run(athena, f"SELECT {number}")
    return {"kB left by an execution": (served.memory() - before) * 1024 / count}


BOUNDS: dict[str, tuple[str, float]] = {
    "start s": ("<", 1.0),
    "SELECT 1 median ms": ("<", 50.0),
    "8 MiB ranges MiB/s": (">", 200.0),
    "8 MiB ranges, 4 threads MiB/s": (">", 200.0),
    "kB left by an execution": ("<", 100.0),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endpoint", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data")
    part = 10 if parser.parse_args().quick else 1
    figures = starting(3)
    with served() as endpoint:
        figures |= small_queries(endpoint, 200 // part)
        figures |= reads(endpoint, 200 * MIB // part)
        figures |= large_result(endpoint, 10_000_000 // part)
    with served() as endpoint:
        figures |= finished_executions(endpoint, 1000 // part)
    missed = 0
    for name, value in figures.items():
        sign, bound = BOUNDS.get(name, ("", 0.0))
        kept = not sign or (value < bound if sign == "<" else value > bound)
        missed += not kept
        print(f"{name:32} {value:12,.1f}   {f'{sign} {bound:g}' if sign else '':8} {'' if kept else 'MISSED'}")
    within = figures["peak growth MiB"] < 2 * figures["result MiB"]
    print(f"the result is {'not ' if within else ''}held twice (memory grew {figures['peak growth MiB']:.0f} MiB)")
    return 1 if missed or not within else 0


if __name__ == "__main__":
    raise SystemExit(main())
