"""Large results: streamed to disk, never held, and handed over without a copy."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import resource, sys, time
import boto3, pyarrow as pa
from athena_ds.local import LocalAthena
from athena_ds.local.seam.engine import Column
from athena_ds.local.seam.types import BIGINT, VARCHAR
from tests.local.athena.calls import Calls
from tests.local.athena.scripted import Scripted

ROWS = int(sys.argv[1])
text = pa.array(["forty characters of text, the same again"] * 65536)

def batches():
    for start in range(0, ROWS, 65536):
        count = min(65536, ROWS - start)
        numbers = pa.array(range(start, start + count), pa.int64())
        yield pa.RecordBatch.from_arrays([numbers, text.slice(0, count)], ["n", "t"])

engine = Scripted()
engine.on("SELECT n, t", columns=(Column("n", BIGINT), Column("t", VARCHAR)), batches=batches)
with LocalAthena(samples=False, engine=engine) as local:
    keys = dict(aws_access_key_id=local.access_key_id, aws_secret_access_key=local.secret_access_key)
    client = lambda name: boto3.client(name, endpoint_url=local.endpoint_url, region_name=local.region, **keys)
    client("s3").create_bucket(Bucket="athena-ds-test-results")
    calls = Calls(client("athena"))
    calls.run("SELECT 1")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = calls.finished(calls.start("SELECT n, t"), seconds=240)
    assert found["Status"]["State"] == "SUCCEEDED", found
    bucket, _, key = found["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    size = client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"]
    tail = client("s3").get_object(Bucket=bucket, Key=key, Range="bytes=-60")["Body"].read()
    body, got = client("s3").get_object(Bucket=bucket, Key=key)["Body"], 0
    while piece := body.read(2**20):
        got += len(piece)
    assert got == size
    last = f'"{ROWS - 1}","forty characters of text, the same again"'
    assert tail.decode().splitlines()[-1] == last
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(size, grown, found["Statistics"]["TotalExecutionTimeInMillis"])
"""


@pytest.mark.parametrize("rows", [1_000_000, pytest.param(10_000_000, marks=pytest.mark.slow)])
def test_a_large_result_is_never_held(rows: int) -> None:
    """Written, kept and read again, memory grows by less than a quarter of the result (and a few batches)."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(rows)], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    size, grown, _ = map(int, done.stdout.split())
    assert size > 45 * rows
    assert grown < size / 4 + 60 * 2**20
