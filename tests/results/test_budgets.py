"""What is steady enough to gate: what an import loads, how many calls a read makes, and how memory grows."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

from athena_ds.aws import Door

from .athena_text import csv_bytes, info
from .shelf import Result, Shelf
from .transports import by_csv, whole

MB = 1 << 20


def in_a_new_process(code: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["athena_ds", "athena_ds.results", "athena_ds.results.types"])
def test_the_import_loads_nothing_heavy(module: str) -> None:
    """Neither pandas, pyarrow, numpy nor boto3 is there until it is needed."""
    heavy = ("pandas", "pyarrow", "numpy", "boto3", "botocore", "polars", "IPython", "ipywidgets", "duckdb", "moto")
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    assert in_a_new_process(code) == "[]"


def test_a_large_result_costs_a_get_a_part_and_no_head(shelf: Shelf, door: Door) -> None:
    """2 MB, then 4 MB a part: 20 MB are one GetQueryResults and six GETs."""
    rows = [(str(number), "x" * 1000) for number in range(20_000)]
    execution = by_csv(shelf, [info("n", "bigint"), info("s", "varchar")], rows)
    size = len(shelf.objects[f"results/{execution.query_execution_id}.csv"])
    shelf.asked.clear()
    assert len(whole(execution, door, "numpy")) == 20_000
    assert shelf.asked == {"GetQueryResults": 1, "GetObject": 1 + -(-(size - 2 * MB) // (4 * MB))}


PEAK = """
import resource, sys
from athena_ds.aws import Door
from athena_ds.connection.credentials import AccessKey
from athena_ds.execution import QueryExecution
from athena_ds import results
url, name, how = sys.argv[1:]
keys = AccessKey(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="EXAMPLE" * 6)
door = Door(credentials=keys, region="eu-west-1", endpoint_url=url)
def said(name):
    location = {"OutputLocation": f"s3://bucket/results/{name}.csv"}
    facts = {"StatementType": "DML", "SubstatementType": "SELECT", "Status": {"State": "SUCCEEDED"}}
    return QueryExecution.from_answer({"QueryExecutionId": name, "ResultConfiguration": location, **facts})
results.read(said("warm"), door)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if how == "whole":
    frame = results.read(said(name), door)
else:
    rows = sum(len(frame) for frame in results.batches(said(name), door))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def lay_large(shelf: Shelf, name: str, times: int) -> tuple[int, list[dict[str, Any]]]:
    """A result of about `times` megabytes; its size."""
    infos = [info("id", "bigint"), info("amount", "double"), info("at", "timestamp"), info("name", "varchar")]
    rows = [
        (
            str(10**12 + n * 7919),
            f"{n * 1.37:.4f}",
            f"20{n % 90 + 10}-01-{n % 28 + 1:02} 12:34:56.{n % 1000:03}",
            f'a "{n}"\nor so',
        )
        for n in range(5000)
    ]
    labels = [str(each["Label"]) for each in infos]
    head = csv_bytes(labels, [])
    lines = csv_bytes(labels, rows)[len(head) :]
    shelf.objects[f"results/{name}.csv"] = head + lines * (times * MB // len(lines))
    shelf.results[name] = Result(columns=infos)
    return len(shelf.objects[f"results/{name}.csv"]), infos


def test_batches_need_no_more_memory_for_a_longer_result(shelf: Shelf) -> None:
    """Five times the rows, at most a tenth more on top of what a small read needs, and never 200 MB."""
    lay_large(shelf, "warm", 1)
    lay_large(shelf, "short", 24)
    lay_large(shelf, "long", 120)
    short, long = (float(in_a_new_process(PEAK, shelf.url, name, "batches")) for name in ("short", "long"))
    assert long < max(1.1 * short, short + 25)
    assert long < 200


def test_a_whole_read_needs_little_more_than_its_frame(shelf: Shelf) -> None:
    """Numbers and Arrow text of 120 MB of CSV are 80 MB; the window of parts comes on top, and no second copy."""
    lay_large(shelf, "warm", 1)
    size, _ = lay_large(shelf, "long", 120)
    assert float(in_a_new_process(PEAK, shelf.url, "long", "whole")) < 1.5 * size / MB


POOLS = """
import sys
import pyarrow as pa
from athena_ds.results.memory import memory
set_before = pa.default_memory_pool().backend_name
sys.argv[1:] = [*sys.argv[1:], "whole"]
{peak}
usual, ours = pa.default_memory_pool(), memory()
assert usual.backend_name == set_before
print(ours.backend_name, ours.bytes_allocated(), usual.bytes_allocated() * (usual.backend_name != ours.backend_name))
"""


def test_rows_lie_in_a_pool_of_their_own(shelf: Shelf) -> None:
    """Not in huge pages, which are slow to get where a hypervisor takes them back; no pool is set for others."""
    lay_large(shelf, "warm", 1)
    lay_large(shelf, "long", 24)
    name, ours, usual = in_a_new_process(POOLS.format(peak=PEAK), shelf.url, "long").splitlines()[-1].split()
    assert name == (
        "jemalloc" if "jemalloc" in pa.supported_memory_backends() else pa.default_memory_pool().backend_name
    )
    assert int(ours) > 10 * MB > int(usual)


SPENT = """
import io, statistics, sys, time, urllib.request
from athena_ds.aws import Door
from athena_ds.connection.credentials import AccessKey
from athena_ds.execution import QueryExecution
from athena_ds import results
import pandas as pd
url, name = sys.argv[1:]
keys = AccessKey(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="EXAMPLE" * 6)
door = Door(credentials=keys, region="eu-west-1", endpoint_url=url)
location = {"OutputLocation": f"s3://bucket/results/{name}.csv"}
facts = {"StatementType": "DML", "SubstatementType": "SELECT", "Status": {"State": "SUCCEEDED"}}
execution = QueryExecution.from_answer({"QueryExecutionId": name, "ResultConfiguration": location, **facts})
whole = urllib.request.Request(f"{url}/bucket/results/{name}.csv", headers={"Range": "bytes=0-999999999"})
def peer():
    body = io.BytesIO(urllib.request.urlopen(whole).read())
    given = {"id": "Int64", "amount": "float64", "name": "str"}
    pd.read_csv(body, dtype=given, parse_dates=["at"], keep_default_na=False, na_values=[""], quoting=1)
def spent(work):
    began = time.process_time()
    work()
    return time.process_time() - began
def ours():
    results.read(execution, door)
pairs = [(spent(ours), spent(peer)) for _ in range(6)][1:]
print(statistics.median(mine / theirs for mine, theirs in pairs))
"""


def test_a_typed_read_takes_no_more_processor_time_than_pandas_own(shelf: Shelf) -> None:
    """Fetching, parsing and converting together, against pandas' parser with the same types: median of five pairs.

    It is about half on a calm machine; on one that others use, caches and all, it is up to the same.
    """
    lay_large(shelf, "narrow", 24)
    assert float(in_a_new_process(SPENT, shelf.url, "narrow")) < 1.3
