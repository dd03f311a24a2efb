"""An endpoint's life: starts fast, keeps to itself, and leaves nothing."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from athena_ds.local import LocalAthena
from athena_ds.local.faults import Throttling
from tests.conftest import RESULTS, clients_of
from tests.local.athena.calls import Calls
from tests.local.athena.scripted import Scripted


@pytest.fixture(autouse=True)
def _temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory for temporary files of the test's own, here and in processes it starts."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def scratches() -> set[Path]:
    return set(Path(tempfile.gettempdir()).iterdir())


def asked(endpoint: LocalAthena, path: str = "/", *, method: str = "GET", headers: dict[str, str] | None = None) -> int:
    """The status of one plain request."""
    connection = http.client.HTTPConnection("127.0.0.1", int(endpoint.endpoint_url.rpartition(":")[2]))
    with closing(connection):
        connection.request(method, path, headers=headers or {})
        return connection.getresponse().status


def test_it_starts_within_a_second() -> None:
    """Once its modules are loaded."""
    begun = time.process_time()
    with LocalAthena(samples=False):
        assert time.process_time() - begun < 1


def test_two_endpoints_do_not_meet() -> None:
    """Own accounts: the same bucket, database and user names in both, each with its own."""
    with LocalAthena(samples=False) as one, LocalAthena(samples=False) as two:
        assert one.account_id != two.account_id
        for number, endpoint in enumerate((one, two)):
            clients = clients_of(endpoint)
            clients("s3").create_bucket(Bucket="same")
            clients("s3").put_object(Bucket="same", Key="k", Body=str(number).encode())
            clients("glue").create_database(DatabaseInput={"Name": f"db{number}"})
            clients("iam").create_user(UserName="jane")
        for number, endpoint in enumerate((one, two)):
            clients = clients_of(endpoint)
            assert clients("s3").get_object(Bucket="same", Key="k")["Body"].read() == str(number).encode()
            assert [one["Name"] for one in clients("glue").get_databases()["DatabaseList"]] == [f"db{number}"]
            assert clients("sts").get_caller_identity()["Account"] == endpoint.account_id
            assert len(clients("s3").list_buckets()["Buckets"]) == 1


def test_closing_frees_port_threads_files_and_state() -> None:
    """Another endpoint can have the port; no thread of it lives; its directory is gone."""
    before, files = set(threading.enumerate()), scratches()
    endpoint = LocalAthena(samples=False)
    port = int(endpoint.endpoint_url.rpartition(":")[2])
    idle = http.client.HTTPConnection("127.0.0.1", port)
    idle.request("GET", "/")
    idle.getresponse().read()
    endpoint.close()
    endpoint.close()
    idle.close()
    assert {thread for thread in threading.enumerate() if thread not in before and thread.is_alive()} == set()
    assert scratches() == files
    with LocalAthena(samples=False, port=port) as again:
        assert again.endpoint_url.endswith(f":{port}")
        assert clients_of(again)("s3").list_buckets()["Buckets"] == []


def test_a_taken_port_is_an_error_and_leaves_nothing() -> None:
    """OSError, as any server has it; no directory, no thread."""
    before, files = threading.active_count(), scratches()
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        LocalAthena(samples=False, port=taken.getsockname()[1])
    assert threading.active_count() == before
    assert scratches() == files


@pytest.mark.parametrize("name", ["AWS_PROFILE", "MOTO_ACCOUNT_ID", "HTTP_PROXY", "AWS_ENDPOINT_URL"])
def test_the_environment_does_not_matter(name: str) -> None:
    """A profile that is not there, moto's own variable, a proxy: the endpoint is the same, its errors included."""
    code = (
        "import boto3, os\n"
        "from athena_ds.local import LocalAthena\n"
        "with LocalAthena(samples=False) as local:\n"
        f"    value = os.environ.pop({name!r})\n"
        "    assert local.account_id == '123456789012'\n"
        "    keys = dict(aws_access_key_id=local.access_key_id, aws_secret_access_key=local.secret_access_key)\n"
        "    session = boto3.Session(region_name='us-east-1', **keys)\n"
        "    glue, s3 = (session.client(each, endpoint_url=local.endpoint_url) for each in ('glue', 's3'))\n"
        f"    os.environ[{name!r}] = value\n"
        "    s3.create_bucket(Bucket='acme')\n"
        "    try:\n"
        "        s3.get_object(Bucket='acme', Key='nothing')\n"
        "    except s3.exceptions.NoSuchKey:\n"
        "        print(glue.get_databases()['DatabaseList'])\n"
    )
    environment = {**os.environ, name: "nobody-knows", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:80"}, 403),
        ({"Host": "localhost"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({}, 200),
    ],
)
def test_web_pages_are_refused(empty_local: LocalAthena, headers: dict[str, str], status: int) -> None:
    """A foreign Host (DNS rebinding) and what a browser sends across origins get 403."""
    assert asked(empty_local, headers=headers) == status


def test_it_listens_on_loopback_only(empty_local: LocalAthena) -> None:
    """Another address of this machine gets no answer on the port."""
    port = int(empty_local.endpoint_url.rpartition(":")[2])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        address = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address, port), timeout=5)


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/", "/favicon.ico"])
def test_motos_own_doors_are_closed(empty_local: LocalAthena, path: str) -> None:
    """Nothing resets or lists the endpoint's state from outside."""
    assert asked(empty_local, path, method="POST" if "reset" in path else "GET") in (403, 404)


@pytest.mark.parametrize(
    "raw",
    [
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00garbage\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ten\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonAthena.GetWorkGroup\r\nContent-Length: 1\r\n\r\n{",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSGlue.GetTables\r\nContent-Length: 4\r\n\r\n{{{{",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonAthena\r\nContent-Length: 2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n\xff\xfe\xfd",
        b"PUT /%00/%ff HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_one_bad_request_takes_nothing_down(empty_local: LocalAthena, raw: bytes) -> None:
    """Whatever comes in, the next request is answered."""
    port = int(empty_local.endpoint_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    assert clients_of(empty_local)("s3").list_buckets()["Buckets"] == []


def started(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "athena_ds.local", "--no-samples", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = [process.stdout.readline() for _ in range(4)]  # type: ignore[union-attr]
    return process, dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)


def test_whoever_hangs_up_in_a_request_is_no_failure(
    empty_local: LocalAthena, caplog: pytest.LogCaptureFixture
) -> None:
    """As an interrupt does it in the same process: a notebook would show the traceback of the endpoint."""
    port = int(empty_local.endpoint_url.rpartition(":")[2])
    before = set(threading.enumerate())
    with socket.create_connection(("127.0.0.1", port)) as hung_up:
        head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: AmazonAthena.GetQueryExecution\r\n"
        hung_up.sendall(f'{head}Content-Length: 500\r\n\r\n{{"Quer'.encode())
    deadline = time.monotonic() + 10
    # One that is being started is listed already, and can't be joined yet.
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert asked(empty_local) < 500
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_alone_it_prints_what_a_shell_needs_and_ends_cleanly(number: int) -> None:
    """Four export lines before it serves; Ctrl-C and SIGTERM end it with 0 and nothing said or left."""
    files = scratches()
    process, told = started()
    with process:
        _says_and_ends(process, told, number)
    assert scratches() == files


def _says_and_ends(process: subprocess.Popen[str], told: dict[str, str], number: int) -> None:
    client: Any = boto3.client(
        "sts",
        endpoint_url=told["AWS_ENDPOINT_URL"],
        region_name=told["AWS_DEFAULT_REGION"],
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
    )
    assert client.get_caller_identity()["Account"] == "123456789012"
    process.send_signal(number)
    assert process.wait(20) == 0
    assert process.stderr.read() == ""  # type: ignore[union-attr]


def test_a_killed_process_is_cleaned_up_after() -> None:
    """What it left is removed when the next endpoint starts; a living one's directory stays."""
    process, _ = started()
    with process:
        process.kill()
        process.wait(20)
    left = scratches()
    assert left
    with LocalAthena(samples=False) as one:
        assert not left & scratches()
        with LocalAthena(samples=False):
            assert one._scratch.path.is_dir()
    assert scratches() == set()


def test_closing_stops_what_runs() -> None:
    """A running and a queued query: both are cancelled, their threads end, and closing does not wait for them."""
    engine = Scripted()
    waits = engine.on("SELECT 'long'", waits=True)
    before = set(threading.enumerate())
    with LocalAthena(samples=False, engine=engine, workers=1) as endpoint:
        clients_of(endpoint)("s3").create_bucket(Bucket=RESULTS)
        calls = Calls(clients_of(endpoint)("athena"))
        running, queued = calls.start("SELECT 'long'"), calls.start("SELECT 'long'")
        waits.runs()
        known = endpoint.athena.region(endpoint.region).executions
    states = [known.get(one).state for one in (running, queued)]  # type: ignore[union-attr]
    assert states == ["CANCELLED", "CANCELLED"]
    assert engine.closed
    assert {thread for thread in threading.enumerate() if thread not in before and thread.is_alive()} == set()


def test_an_instance_role_comes_with_it() -> None:
    """An instance metadata service for a role of this account, ended with the endpoint."""
    with LocalAthena(samples=False) as endpoint:
        trust = '{"Version":"2012-10-17","Statement":[]}'
        clients_of(endpoint)("iam").create_role(RoleName="instance", AssumeRolePolicyDocument=trust)
        metadata = endpoint.instance_metadata("instance")
        address = metadata.endpoint.removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(address)
        with closing(connection):
            connection.request("PUT", "/latest/api/token", headers={"x-aws-ec2-metadata-token-ttl-seconds": "60"})
            assert connection.getresponse().status == 200
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address.split(":")[0], int(address.split(":")[1])), timeout=5)


def test_faults_come_with_it() -> None:
    """One call throttled on demand, the next answered; calls are counted."""
    with LocalAthena(samples=False) as endpoint:
        endpoint.faults.add("athena:ListWorkGroups", Throttling(), times=1)
        athena = clients_of(endpoint)("athena")
        with pytest.raises(athena.exceptions.ClientError, match=r"Throttling|TooManyRequests"):
            athena.list_work_groups()
        assert athena.list_work_groups()["WorkGroups"]
        assert endpoint.faults.calls["athena:ListWorkGroups"] == 2


def test_many_at_once(empty_local: LocalAthena) -> None:
    """Twenty threads on S3, Glue and STS: every call is answered."""
    clients = clients_of(empty_local, max_pool_connections=30)
    s3, glue = clients("s3"), clients("glue")
    s3.create_bucket(Bucket="busy")
    problems: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                s3.put_object(Bucket="busy", Key=f"{number}/{turn}", Body=bytes([number]))
                assert s3.get_object(Bucket="busy", Key=f"{number}/{turn}")["Body"].read() == bytes([number])
                glue.get_databases()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(s3.list_objects_v2(Bucket="busy")["Contents"]) == 200


LEFT_OPEN = """
import boto3, sys, time
from athena_ds.local import LocalAthena
local = LocalAthena()
keys = dict(aws_access_key_id=local.access_key_id, aws_secret_access_key=local.secret_access_key)
athena = boto3.client("athena", endpoint_url=local.endpoint_url, region_name=local.region, **keys)
def start(sql):
    return athena.start_query_execution(
        QueryString=sql, QueryExecutionContext={"Database": "nyc"},
        ResultConfiguration={"OutputLocation": "s3://athena-ds-results/left/"})["QueryExecutionId"]
busy = start("SELECT count(*) FROM flights a CROSS JOIN flights b WHERE regexp_like(a.origin || b.dest, '^[0-9]')")
while athena.get_query_execution(QueryExecutionId=busy)["QueryExecution"]["Status"]["State"] != "RUNNING":
    time.sleep(0.01)
print("left open")
"""


def test_a_process_that_closes_nothing_ends_quietly() -> None:
    """With a query under way: no abort inside DuckDB, no leak reports on stderr."""
    ended = subprocess.run([sys.executable, "-c", LEFT_OPEN], capture_output=True, text=True, check=False, timeout=280)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "left open\n", "")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux tells its open files")
def test_finished_results_keep_no_file_open() -> None:
    """Small results are bytes; a process has only so many files."""
    with LocalAthena(samples=False) as local:
        clients = clients_of(local)
        clients("s3").create_bucket(Bucket=RESULTS)
        calls = Calls(clients("athena"))
        calls.run("SELECT 1")
        before = len(list(Path("/proc/self/fd").iterdir()))
        for number in range(12):
            calls.run(f"SELECT {number}")
        assert len(list(Path("/proc/self/fd").iterdir())) < before + 6


FORKING = """\
import os, sys
from athena_ds import AthenaDataSource
from athena_ds.local import LocalAthena

with LocalAthena() as local:
    ds = AthenaDataSource.local(local)
    assert ds.query("SELECT count(*) AS n FROM airlines").n.item() == 16
    child = os.fork()
    if not child:
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert ds.query("SELECT count(*) AS n FROM planes").n.item() == 3322
    print(local._scratch.path.exists())
print(local._scratch.path.exists())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there")
def test_a_forked_process_that_ends_takes_no_endpoint_with_it(tmp_path: Path) -> None:
    """Neither its files nor its connections: they are the parent's, who closes it."""
    script = tmp_path / "forking.py"
    script.write_text(FORKING)
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert (ran.stdout.split(), ran.returncode) == (["True", "False"], 0), ran.stderr


def test_without_its_extra_it_says_what_to_install() -> None:
    """In a line, to whoever starts it from a shell; what its options are it tells all the same."""
    lacking = "import sys; sys.modules['moto'] = None; from athena_ds.local.__main__ import main; main(sys.argv[1:])"
    for arguments, code, said in (([], 1, "athena-ds[local]"), (["--help"], 0, "--engine")):
        ran = subprocess.run([sys.executable, "-c", lacking, *arguments], capture_output=True, text=True, check=False)
        assert ran.returncode == code
        assert said in ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr


def test_a_cleared_directory_for_temporary_files_holds_no_query_up() -> None:
    """Systems clear what lies there for days; a kernel, and the endpoint in it, may live longer."""
    with LocalAthena() as local:
        calls = Calls(clients_of(local)("athena"))
        context = {"Database": "nyc"}
        place = {"OutputLocation": "s3://athena-ds-results/cleared/"}
        shutil.rmtree(local._scratch.path)
        found = calls.run("SELECT count(*) FROM airlines", QueryExecutionContext=context, ResultConfiguration=place)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
