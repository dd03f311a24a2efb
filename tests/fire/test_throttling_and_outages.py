"""Throttling passes, an outage ends in its time: retries are counted, spread out, bounded, and spoken of."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from athena_ds import AccessKey, AthenaDataSource, SecretStr
from athena_ds.aws import Door, Patience
from athena_ds.aws.patience import Budget
from athena_ds.errors import AthenaDSError, EndpointError, ServiceError, ThrottledError
from athena_ds.local.faults import Fault, ServerError, Throttling
from athena_ds.local.server import LocalAthena

from .conftest import runs_of

KEY = AccessKey(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SecretStr("x" * 40))
QUERIES = 24


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock for retries that goes on by what is slept, and by nothing else."""
    made = SimpleNamespace(at=0.0, waits=[])

    def sleep(seconds: float) -> None:
        made.waits.append(seconds)
        made.at += seconds

    made.monotonic, made.sleep = lambda: made.at, sleep
    monkeypatch.setattr("tenacity.time", made)
    return made


def failing_door(endpoint_url: str, patience: Patience, sleep: Callable[[float], None]) -> Door:
    door = Door(credentials=KEY, region="us-east-1", endpoint_url=endpoint_url, patience=patience)
    door.sleep = sleep
    return door


def test_with_a_third_of_calls_throttled_everything_succeeds(
    quick: AthenaDataSource,
    endpoint: LocalAthena,
    numbers: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Calls stay below one and a half times those without faults, and one more a fault; nothing runs twice."""
    monkeypatch.setattr("athena_ds.execution.follow.next_wait", lambda *_, **__: 0.1)
    calls = endpoint.faults.calls
    calls.clear()
    for _ in range(QUERIES):
        quick.query(f"SELECT {numbers()}")
    without_faults = calls.count("*")
    calls.clear()
    rule = endpoint.faults.add("*", Throttling(), probability=0.3, seed=11)
    sent = [numbers() for _ in range(QUERIES)]
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda number: quick.query(f"SELECT {number}"), sent))
    made = calls.count("*")
    endpoint.faults.clear()
    assert [frame.n.item() for frame in frames] == sent
    assert runs_of(endpoint, *sent) == [1] * QUERIES
    assert rule.struck > QUERIES
    assert made <= 1.5 * without_faults + rule.struck


def test_waits_are_spread_between_nothing_and_a_doubling_ceiling(endpoint: LocalAthena, clock: SimpleNamespace) -> None:
    """Full jitter: clients that were refused together do not come back together."""
    random.seed(5)
    endpoint.faults.add("glue:GetDatabases", Throttling())
    door = failing_door(endpoint.endpoint_url, Patience(attempts=8), clock.sleep)
    for _ in range(30):
        door._budget = Budget()
        with pytest.raises(ThrottledError):
            door.call("glue:GetDatabases")
    endpoint.faults.clear()
    for place in range(7):
        ceiling = min(8.0, 0.1 * 2 ** (place + 1))
        waits = clock.waits[place::7]
        assert all(0 <= wait <= ceiling for wait in waits)
        assert min(waits) < ceiling / 4
        assert max(waits) > ceiling / 4


def test_a_call_is_given_up_at_its_deadline(endpoint: LocalAthena, clock: SimpleNamespace) -> None:
    """Sixty seconds, or fewer when the next wait would cross them; not when attempts run out."""
    random.seed(1)
    endpoint.faults.add("glue:GetDatabases", Throttling())
    with pytest.raises(ThrottledError):
        failing_door(endpoint.endpoint_url, Patience(attempts=10_000), clock.sleep).call("glue:GetDatabases")
    endpoint.faults.clear()
    assert 60 - 8 <= clock.at <= 60


def test_an_outage_does_not_get_more_retries_than_the_budget(endpoint: LocalAthena) -> None:
    """Two hundred at once, then one for every two calls that succeed."""
    door = failing_door(endpoint.endpoint_url, Patience(), lambda _: None)
    endpoint.faults.add("glue:GetDatabases", ServerError())
    endpoint.faults.calls.clear()
    failed = 0
    for _ in range(60):
        try:
            door.call("glue:GetDatabases")
        except ServiceError:
            failed += 1
    endpoint.faults.clear()
    assert failed == 60
    assert endpoint.faults.calls["glue:GetDatabases"] == 60 + 200
    for _ in range(10):
        door.call("glue:GetDatabases")
    endpoint.faults.add("glue:GetDatabases", ServerError())
    endpoint.faults.calls.clear()
    with pytest.raises(ServiceError):
        door.call("glue:GetDatabases")
    endpoint.faults.clear()
    assert endpoint.faults.calls["glue:GetDatabases"] == 1 + 5


@pytest.mark.parametrize(("fault", "said"), [(Throttling(), "was throttled"), (ServerError(), "failed inside AWS")])
def test_the_caller_hears_why_it_is_slow(
    quick: AthenaDataSource, endpoint: LocalAthena, caplog: pytest.LogCaptureFixture, fault: Fault, said: str
) -> None:
    """From the fourth try on, as a warning: Python prints it where nobody set up logging."""
    endpoint.faults.add("athena:GetQueryExecution", fault, times=5)
    with caplog.at_level("WARNING", logger="athena_ds"):
        quick.query("SELECT 1")
    told = [record.getMessage() for record in caplog.records]
    assert any(f"athena:GetQueryExecution {said}" in message and "; try 5 follows in" in message for message in told)


def test_the_line_of_a_query_and_its_frame_say_why_it_was_slow(
    quick: AthenaDataSource, endpoint: LocalAthena, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told while it waits, at the first try that failed; and of a query that was not slowed nothing is said."""
    shown: list[str] = []
    line = SimpleNamespace(
        told=lambda _: None, ended=lambda **_: None, slowed=lambda setbacks: shown.append(str(setbacks))
    )
    monkeypatch.setattr("athena_ds.queries.progress._front_of_the_place", lambda: lambda _: line)
    endpoint.faults.add("athena:GetQueryExecution", Throttling(), times=2)
    endpoint.faults.add("s3:GetObject", ServerError(), times=1)
    facts = quick.query("SELECT 1", progress=True).attrs["athena"]
    assert shown[0].startswith("athena:GetQueryExecution was throttled: 1 call made again, ")
    assert shown[1].startswith("athena:GetQueryExecution was throttled: 2 calls made again, ")
    assert shown[2].startswith("s3:GetObject failed inside AWS")
    assert facts["retries"] == 3
    assert facts["retry_wait_ms"] >= 0
    assert facts["retry_reasons"]["athena:GetQueryExecution was throttled"] == 2
    assert "retries" not in quick.query("SELECT 1", progress=True).attrs["athena"]
    assert len(shown) == 3


def test_an_error_on_the_way_says_how_to_come_by_the_rows(quick: AthenaDataSource, endpoint: LocalAthena) -> None:
    """The query is running and paid for: its id is in the message."""
    endpoint.faults.add("athena:GetQueryExecution", ServerError())
    with pytest.raises(AthenaDSError) as raised:
        quick.query("SELECT 8")
    endpoint.faults.clear()
    name = str(raised.value).split("ds.result('")[1].split("'")[0]
    assert quick.result(name).n.item() == 8


def test_a_dead_endpoint_is_named_after_four_tries(clock: SimpleNamespace) -> None:
    """Refused at once: what it takes are three waits of 1.4 s together at most."""
    door = failing_door("http://127.0.0.1:1", Patience(), clock.sleep)
    with pytest.raises(EndpointError) as raised:
        door.call("athena:GetWorkGroup", WorkGroup="primary")
    assert len(clock.waits) == 3
    assert clock.at <= 1.4
    assert raised.value.endpoint == "http://127.0.0.1:1"
    assert "http://127.0.0.1:1" in str(raised.value)
    assert isinstance(raised.value, ConnectionError)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_an_endpoint_that_says_nothing_is_given_up_too(silent: socket.socket) -> None:
    """Four connections, each for the read timeout, and none after them."""
    host = f"http://127.0.0.1:{silent.getsockname()[1]}"
    with pytest.raises(EndpointError) as raised:
        failing_door(host, Patience(read_timeout=0.1), lambda _: None).call("athena:GetWorkGroup", WorkGroup="x")
    assert host in str(raised.value)
    silent.settimeout(0)
    for _ in range(4):
        silent.accept()[0].close()
    with pytest.raises(BlockingIOError):
        silent.accept()


def test_a_host_that_never_answers_costs_no_more_than_the_page_says() -> None:
    """Eighteen seconds without a connection, and eighty on connections without an answer (docs/reliability.md)."""
    usual = Patience()
    assert usual.unreachable_attempts * usual.connect_timeout + 1.4 < 18
    assert usual.deadline + usual.read_timeout <= 80
