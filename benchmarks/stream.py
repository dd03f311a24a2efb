"""How much memory a result of any size takes to read in batches, and that not a row of it is lost.

`python -m benchmarks.stream --gigabytes 10` serves a CSV of that size that exists nowhere (a block of rows, again and
again) from one process, reads it with `query_batches` in another, and prints rows, checksum and peak memory.
`--at-once 200 --gigabytes 0.02` reads so many such results at once with `query_many`, and prints what is held beside
the frames they become.
"""

from __future__ import annotations

import argparse
import json
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.stub import Network, Stub, _range

COLUMNS = {"id": "bigint", "amount": "double", "at": "timestamp", "name": "varchar"}
ROWS = 5000


class Endless(Stub):
    """A stub whose every result is the same block of rows, as often as its size takes."""

    def __init__(self, size: int) -> None:
        super().__init__(Path(), Network())
        self.head = (",".join(f'"{name}"' for name in COLUMNS) + "\n").encode()
        block = "".join(
            f'"{10**12 + n * 7919}","{n * 1.37:.4f}","20{n % 90 + 10}-01-{n % 28 + 1:02} 12:34:56.{n % 1000:03}",'
            f'"a ""{n}""\nor so"\n'
            for n in range(ROWS)
        ).encode()
        self.times = max(1, size // len(block))
        self.size = len(self.head) + self.times * len(block)
        self._block = len(block)
        self._several = memoryview(block * max(2, (8 << 20) // len(block) + 2))

    @property
    def rows(self) -> int:
        return self.times * ROWS

    @property
    def checksum(self) -> int:
        """The sum of the ids, in 64 bits."""
        return self.times * sum(10**12 + n * 7919 for n in range(ROWS)) % 2**64

    def described(self, dataset: str) -> dict[str, Any]:  # noqa: ARG002
        names = [{"Name": name, "Label": name, "Type": kind} for name, kind in COLUMNS.items()]
        return {"columns": names, "pages": [{"Data": [{"VarCharValue": name} for name in COLUMNS]}]}

    def _object(self, connection: socket.socket, *asked: Any) -> None:
        first, last = _range(asked[-1].get("range", ""), self.size)
        head = f"Content-Length: {last - first + 1}\r\nContent-Range: bytes {first}-{last}/{self.size}\r\n"
        connection.sendall(f'HTTP/1.1 206 Partial Content\r\n{head}ETag: "endless"\r\n\r\n'.encode())
        if first < len(self.head):
            connection.sendall(self.head[first : last + 1])
            first = len(self.head)
        while first <= last:
            inside = (first - len(self.head)) % self._block
            piece = self._several[inside : inside + last - first + 1]
            connection.sendall(piece)
            first += len(piece)


def source(url: str) -> Any:
    """A data source on the stub."""
    from athena_ds import AthenaDataSource, SecretStr

    return AthenaDataSource.from_access_key(
        access_key_id="AKIAIOSFODNN7EXAMPLE",
        secret_access_key=SecretStr("EXAMPLE" * 6),
        region="us-east-1",
        database="bench",
        results_bucket="bench",
        results_path="results",
        endpoint_url=url,
    )


def read_many(url: str, queries: int) -> dict[str, float]:
    """Read as many results at once, in this process; what was seen, what the frames take, and the most memory."""
    ds = source(url)
    ds.query("SELECT * FROM endless")
    began, before = time.monotonic(), _peak()
    frames = [each.result() for each in ds.query_many(["SELECT * FROM endless"] * queries, concurrency=queries)]
    held = sum(int(frame.memory_usage(index=False, deep=True).sum()) for frame in frames)
    checksum = sum(int(frame["id"].sum()) for frame in frames) % 2**64
    rows = sum(len(frame) for frame in frames)
    took = {"before_mb": before, "frames_mb": held / 2**20, "peak_mb": _peak(), "seconds": time.monotonic() - began}
    return {"rows": rows, "checksum": checksum, **took}


def read(url: str) -> dict[str, float]:
    """Read it all in batches, in this process; what was seen, and the most memory that took."""
    ds = source(url)
    rows = checksum = 0
    began = time.monotonic()
    for frame in ds.query_batches("SELECT * FROM endless"):
        rows += len(frame)
        checksum = (checksum + int(frame["id"].sum())) % 2**64
    return {"rows": rows, "checksum": checksum, "peak_mb": _peak(), "seconds": time.monotonic() - began}


def _peak() -> float:
    """The most MB this process held. Where there is /proc: getrusage's figure begins with that of who started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(size: int, *, at_once: int = 0) -> dict[str, float]:
    """Serve so many bytes here, read them in a process of its own; raises when a row is missing or another came."""
    stub = Endless(size)
    listening, port = stub.serve()
    with listening:
        command = [
            sys.executable,
            "-m",
            "benchmarks.stream",
            "--read",
            f"http://127.0.0.1:{port}",
            "--at-once",
            str(at_once),
        ]
        root = Path(__file__).resolve().parent.parent
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    times = max(1, at_once)
    if (found["rows"], found["checksum"]) != (stub.rows * times, stub.checksum * times % 2**64):
        raise RuntimeError(f"{stub.rows:,} rows with {stub.checksum} were served {times} times, and {found} came")
    return {**found, "bytes": stub.size}


def main() -> None:
    """Measure, or be the reader that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=10.0)
    parser.add_argument("--at-once", type=int, default=0, metavar="QUERIES")
    parser.add_argument("--read", metavar="URL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        print(json.dumps(read_many(given.read, given.at_once) if given.at_once else read(given.read)))
        return
    found = measured(int(given.gigabytes * 1e9), at_once=given.at_once)
    if given.at_once:
        beside = found["peak_mb"] - found["before_mb"] - found["frames_mb"]
        print(
            f"{given.at_once} results of {found['bytes'] / 1e6:.0f} MB at once, checksum right: frames"
            f" {found['frames_mb']:.0f} MB, beside them {beside:.0f} MB at the most, {found['seconds']:.0f} s"
        )
        return
    print(
        f"{found['bytes'] / 1e9:.1f} GB, {found['rows']:,.0f} rows, checksum right, peak {found['peak_mb']:.0f} MB,"
        f" {found['seconds']:.0f} s"
    )


if __name__ == "__main__":
    main()
