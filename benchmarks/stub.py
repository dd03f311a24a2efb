"""A fast S3, Athena and Glue on loopback, with the delays of a network put on by hand.

It answers just what the clients measured here ask, from files made by `data.py`, by `sendfile`, so that it is never
what takes the time. It is no model of Athena: `athena_ds.local` is.

A query's text decides its answer: `FROM narrow` names the data set, `/* seconds=0.5 */` how long it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "bench"
SLICE = 256 << 10


@dataclass(frozen=True, kw_only=True)
class Network:
    """Seconds an API call takes, seconds to the first byte of an object, MB/s a connection and in all (0: no limit)."""

    api: float = 0.0
    first_byte: float = 0.0
    connection: float = 0.0
    total: float = 0.0


PROFILES = {
    "loopback": Network(),
    "aws-like": Network(api=0.040, first_byte=0.025, connection=90),
    "slow-link": Network(api=0.040, first_byte=0.025, total=25),
}


@dataclass(kw_only=True)
class Run:
    """A query execution: what it asked for, and when it ends."""

    sql: str
    location: str
    started: float
    seconds: float
    stopped: bool = False

    @property
    def dataset(self) -> str:
        found = re.findall(r"FROM\s+\"?(\w+)\"?", self.sql, re.IGNORECASE)
        return found[-1] if found else "small"

    @property
    def kind(self) -> str:
        word = self.sql.lstrip().split(None, 1)[0].upper()
        return {"UNLOAD": "UNLOAD", "CREATE": "CREATE_TABLE_AS_SELECT"}.get(word, "SELECT")

    def state(self) -> str:
        if self.stopped:
            return "CANCELLED"
        return "SUCCEEDED" if time.time() >= self.started + self.seconds else "RUNNING"


@dataclass(kw_only=True)
class Counts:
    """What was asked since the last reset."""

    operations: dict[str, int] = field(default_factory=dict)
    connections: int = 0
    bytes_sent: int = 0


class Stub:
    """The server's state, shared by a thread a connection."""

    def __init__(self, data: Path, network: Network) -> None:
        self.data, self.network = data, network
        self.runs: dict[str, Run] = {}
        self.unloaded: dict[str, str] = {}
        self.descriptions: dict[str, dict[str, Any]] = {}
        self.counts = Counts()
        self.lock = threading.Lock()
        self.shaping = threading.Lock()
        self.free_at = 0.0
        self.tables = 10_000
        self.matching: dict[str, list[str]] = {}

    def serve(self, port: int = 0) -> tuple[socket.socket, int]:
        """Listen and answer in threads; the socket and its port."""
        listening = socket.create_server(("127.0.0.1", port), backlog=512)
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()
        return listening, listening.getsockname()[1]

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.counts.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb", buffering=1 << 16)
        with connection, reader:
            try:
                while request := _request(reader):
                    self._answer(connection, *request)
            except (ConnectionError, BrokenPipeError):
                return

    def _count(self, operation: str) -> None:
        with self.lock:
            self.counts.operations[operation] = self.counts.operations.get(operation, 0) + 1

    def _answer(
        self, connection: socket.socket, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> None:
        if target == "/__stats":
            facts = {**vars(self.counts), "cpu": time.process_time()}
            _send(connection, "200 OK", json.dumps(facts).encode(), "application/json")
        elif target == "/__reset":
            self.counts, self.runs = Counts(), {}
            _send(connection, "200 OK", b"{}", "application/json")
        elif "x-amz-target" in headers:
            self._api(connection, headers["x-amz-target"], json.loads(body or b"{}"))
        elif b"Action=GetCallerIdentity" in body:
            time.sleep(self.network.api)
            self._count("GetCallerIdentity")
            said = "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/bench</Arn>"
            answer = f"<A><GetCallerIdentityResult>{said}</GetCallerIdentityResult></A>"
            _send(connection, "200 OK", answer.encode(), "text/xml")
        else:
            self._s3(connection, method, target, headers)

    def _api(self, connection: socket.socket, target: str, ask: dict[str, Any]) -> None:
        operation = target.rpartition(".")[2]
        self._count(operation)
        time.sleep(self.network.api)
        answer = getattr(self, f"_{operation}", None)
        if answer is None:
            error = {"__type": "InvalidRequestException", "Message": f"the stub does not know {operation}"}
            _send(connection, "400 Bad Request", json.dumps(error).encode(), "application/x-amz-json-1.1")
            return
        _send(connection, "200 OK", json.dumps(answer(ask)).encode(), "application/x-amz-json-1.1")

    def _StartQueryExecution(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        name, sql = str(uuid.uuid4()), ask["QueryString"]
        location = ask.get("ResultConfiguration", {}).get("OutputLocation") or f"s3://{BUCKET}/results/"
        seconds = re.search(r"seconds=([\d.]+)", sql)
        run = Run(sql=sql, location=location, started=time.time(), seconds=float(seconds[1]) if seconds else 0.0)
        self.runs[name] = run
        if target := re.search(r"TO\s+'s3://\w+/([^']*)'", sql):
            self.unloaded[target[1].strip("/")] = run.dataset
            self._manifest(run.dataset, name, folder=target[1].strip("/"))
        return {"QueryExecutionId": name}

    def _manifest(self, dataset: str, name: str, *, folder: str) -> None:
        """The list of an UNLOAD's files, which lie where the statement says."""
        known = (self.data / "manifests" / f"{dataset}-manifest.csv").read_text().split()
        lines = "".join(f"s3://{BUCKET}/{folder}/{Path(each).name}\n" for each in known)
        (self.data / "manifests" / f"{name}-manifest.csv").write_text(lines)

    def _execution(self, name: str) -> dict[str, Any]:
        run = self.runs[name]
        ends = run.started + run.seconds
        facts: dict[str, Any] = {"DataScannedInBytes": 1 << 20, "EngineExecutionTimeInMillis": int(run.seconds * 1000)}
        facts["TotalExecutionTimeInMillis"] = int(run.seconds * 1000)
        output = f"{run.location.rstrip('/')}/{name}.csv"
        if run.kind != "SELECT":
            listed = name if run.kind == "UNLOAD" else run.dataset
            facts["DataManifestLocation"] = f"s3://{BUCKET}/manifests/{listed}-manifest.csv"
            output = f"{run.location.rstrip('/')}/{name}" if run.kind == "UNLOAD" else f"{run.location}tables/{name}"
        return {
            "QueryExecutionId": name,
            "Query": run.sql,
            "StatementType": "DDL" if run.kind.startswith("CREATE") else "DML",
            "SubstatementType": run.kind,
            "ResultConfiguration": {"OutputLocation": output},
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": {"Database": "bench", "Catalog": "awsdatacatalog"},
            "Status": {"State": run.state(), "SubmissionDateTime": run.started, "CompletionDateTime": ends},
            "Statistics": facts,
            "WorkGroup": "primary",
            "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
        }

    def _GetQueryExecution(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"QueryExecution": self._execution(ask["QueryExecutionId"])}

    def _BatchGetQueryExecution(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = [self._execution(name) for name in ask["QueryExecutionIds"]]
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": []}

    def _StopQueryExecution(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.runs[ask["QueryExecutionId"]].stopped = True
        return {}

    def _GetWorkGroup(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        settings = {"EnforceWorkGroupConfiguration": False, "ResultConfiguration": {}, "EngineVersion": {}}
        return {"WorkGroup": {"Name": ask["WorkGroup"], "State": "ENABLED", "Configuration": settings}}

    def _GetQueryResults(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        run = self.runs[ask["QueryExecutionId"]]
        if run.kind != "SELECT":
            return {"UpdateCount": 1, "ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": []}}}
        described = self.described(run.dataset)
        rows, at = described["pages"], int(ask.get("NextToken", 0))
        end = min(at + ask.get("MaxResults", 1000), len(rows))
        answer: dict[str, Any] = {
            "UpdateCount": 0,
            "ResultSet": {"ResultSetMetadata": {"ColumnInfo": described["columns"]}},
        }
        answer["ResultSet"]["Rows"] = rows[at:end]
        if end < len(rows):
            answer["NextToken"] = str(end)
        return answer

    def described(self, dataset: str) -> dict[str, Any]:
        if dataset not in self.descriptions:
            self.descriptions[dataset] = json.loads((self.data / f"{dataset}.json").read_text())
        return self.descriptions[dataset]

    def _GetTables(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        names = self._names(ask.get("Expression", ".*"))
        at = int(ask.get("NextToken", 0))
        end = min(at + ask.get("MaxResults", 100), len(names))
        only = ask.get("AttributesToGet")
        answer: dict[str, Any] = {"TableList": [_table(name, only) for name in names[at:end]]}
        return {**answer, "NextToken": str(end)} if end < len(names) else answer

    def _names(self, wanted: str) -> list[str]:
        """The names of tables that match, looked for once an expression."""
        if wanted not in self.matching:
            every = (f"table_{number:05}" for number in range(self.tables))
            self.matching[wanted] = [name for name in every if re.fullmatch(wanted, name)]
        return self.matching[wanted]

    def _GetTable(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Table": _table(ask["Name"], None)}

    def _DeleteTable(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002, N802
        return {}

    def _GetDatabase(self, ask: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Database": {"Name": ask["Name"]}}

    def _s3(self, connection: socket.socket, method: str, target: str, headers: dict[str, str]) -> None:
        url = urlsplit(target)
        bucket, _, key = unquote(url.path).lstrip("/").partition("/")
        asked = parse_qs(url.query, keep_blank_values=True)
        if method == "POST" or method == "DELETE" or (not key and "list-type" not in asked):
            self._count(f"S3 {method}")
            _send(connection, "200 OK", b"<DeleteResult/>", "application/xml")
        elif not key:
            self._count("ListObjectsV2")
            time.sleep(self.network.first_byte)
            _send(connection, "200 OK", self._listing(bucket, asked.get("prefix", [""])[0]).encode(), "application/xml")
        else:
            self._count("HeadObject" if method == "HEAD" else "GetObject")
            time.sleep(self.network.first_byte)
            self._object(connection, method, key, headers)

    def _file(self, key: str) -> Path:
        """The file behind a key: data sets lie under their name, a result's CSV is its data set's."""
        stem = Path(key).name.removesuffix(".csv")
        if stem in self.runs:
            return self.data / f"{self.runs[stem].dataset}.csv"
        folder, _, name = key.rpartition("/")
        if folder in self.unloaded:
            return self.data / "unload" / self.unloaded[folder] / name
        return self.data / key

    def _listing(self, bucket: str, prefix: str) -> str:
        folder = self._file(f"{prefix.rstrip('/')}/x").parent
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        items = "".join(
            f"<Contents><Key>{escape(prefix.rstrip('/'))}/{each.name}</Key><Size>{each.stat().st_size}</Size>"
            f'<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"{each.stat().st_size:x}"</ETag></Contents>'
            for each in found
        )
        head = f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(found)}</KeyCount>"
        return (
            f'<?xml version="1.0"?><ListBucketResult>{head}<IsTruncated>false</IsTruncated>{items}</ListBucketResult>'
        )

    def _object(self, connection: socket.socket, method: str, key: str, headers: dict[str, str]) -> None:
        path = self._file(key)
        if not path.is_file():
            body = b"" if method == "HEAD" else b"<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>"
            _send(connection, "404 Not Found", body, "application/xml")
            return
        size = path.stat().st_size
        first, last = _range(headers.get("range", ""), size)
        partial = "range" in headers
        lines = [
            "HTTP/1.1 206 Partial Content" if partial else "HTTP/1.1 200 OK",
            f"Content-Length: {last - first + 1}",
            "Content-Type: application/octet-stream",
            "Accept-Ranges: bytes",
            f'ETag: "{path.name}-{size:x}"',
            "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT",
        ]
        if partial:
            lines.append(f"Content-Range: bytes {first}-{last}/{size}")
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        if method == "GET":
            self._stream(connection, path, first, last + 1)

    def _stream(self, connection: socket.socket, path: Path, at: int, end: int) -> None:
        """Bytes of a file, no faster than the network is made to be."""
        due, limit = time.monotonic(), self.network.connection * 1e6
        shaped = bool(limit or self.network.total)
        with self.lock:
            self.counts.bytes_sent += end - at
        with path.open("rb") as file:
            while at < end:
                sent = os.sendfile(connection.fileno(), file.fileno(), at, min(SLICE if shaped else 16 << 20, end - at))
                at += sent
                if limit:
                    due += sent / limit
                    time.sleep(max(0.0, due - time.monotonic()))
                if self.network.total:
                    self._share(sent)

    def _share(self, sent: int) -> None:
        """Wait for this connection's turn on a link that all share."""
        with self.shaping:
            now = time.monotonic()
            self.free_at = max(now, self.free_at) + sent / (self.network.total * 1e6)
            wait = self.free_at - now
        time.sleep(wait)


def _table(name: str, only: list[str] | None) -> dict[str, Any]:
    if only:
        return {"Name": name, "TableType": "EXTERNAL_TABLE"}
    columns = [{"Name": f"column_{number:02}", "Type": "string", "Comment": ""} for number in range(20)]
    storage = {"Columns": columns, "Location": f"s3://{BUCKET}/tables/{name}/", "SerdeInfo": {}}
    return {"Name": name, "DatabaseName": "bench", "TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage}


def _range(header: str, size: int) -> tuple[int, int]:
    first, _, last = header.removeprefix("bytes=").partition("-")
    if not header:
        return 0, size - 1
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _request(reader: Any) -> tuple[str, str, dict[str, str], bytes] | None:
    line = reader.readline().decode("latin-1").split()
    if len(line) != 3:
        return None
    headers = {}
    while (entry := reader.readline().decode("latin-1").strip()) != "":
        name, _, value = entry.partition(":")
        headers[name.lower()] = value.strip()
    return line[0], line[1], headers, reader.read(int(headers.get("content-length", 0)))


def _send(connection: socket.socket, status: str, body: bytes, kind: str) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nx-amzn-RequestId: 0\r\n\r\n"
    connection.sendall(head.encode() + body)


def main() -> None:
    """Serve until stopped; the first line printed is the endpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--profile", choices=PROFILES, default="loopback")
    given = parser.parse_args()
    stub = Stub(given.data, PROFILES[given.profile])
    for described in given.data.glob("*.json"):
        stub.described(described.stem)
    _, port = stub.serve()
    print(f"http://127.0.0.1:{port}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
