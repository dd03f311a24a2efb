"""Under fire: one submit is one query, throttling passes, a dead endpoint is named in time."""

from __future__ import annotations

import itertools
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from athena_ds import AccessKey, AthenaDataSource, SecretStr
from athena_ds.aws import Door, Patience
from athena_ds.errors import AthenaDSError, EndpointError, ExpiredCredentialsError, ServiceError, ThrottledError
from athena_ds.local.faults import Cut, ExpiredToken, Fault, Late, Reset, ServerError, SlowDown, Throttling
from athena_ds.local.server import LocalAthena


@pytest.fixture
def quick(endpoint: LocalAthena) -> AthenaDataSource:
    """A data source of its own whose retries do not wait."""
    made = AthenaDataSource.local(endpoint)
    door = Door(
        credentials=made.credentials,
        region=made.config.region,
        endpoint_url=made.config.endpoint_url,
        patience=Patience(attempts=25, unreachable_attempts=25),
    )
    door.sleep = lambda _: None
    made.door = door
    made.contract.destination()
    return made


NUMBERS = itertools.count(10_000)


def runs_of(ds: AthenaDataSource, number: int) -> int:
    """How many executions of a statement that no other test sends."""
    latest = ds.history(limit=50)
    return int((latest["query"] == f"SELECT {number}").sum())


@pytest.mark.parametrize(
    "fault",
    [
        Throttling(),
        Throttling(code="TooManyRequestsException"),
        ServerError(status=500),
        ServerError(status=503),
        Reset(after=False),
        Reset(after=True),
        Cut(at=0),
        Cut(at=10),
    ],
)
def test_a_submit_whose_answer_is_lost_makes_one_query(
    quick: AthenaDataSource, endpoint: LocalAthena, fault: Fault
) -> None:
    """One token for all tries: the second finds what the first began."""
    number = next(NUMBERS)
    rule = endpoint.faults.add("athena:StartQueryExecution", fault, times=2)
    assert quick.query(f"SELECT {number}").n.item() == number
    assert rule.struck == 2
    endpoint.faults.clear()
    assert runs_of(quick, number) == 1


FAULTS = st.sampled_from(
    [Throttling(), ServerError(), ServerError(status=503), Reset(), Reset(after=True), Cut(at=0), Cut(at=30)]
)
OPERATIONS = st.sampled_from(
    [
        "athena:StartQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "s3:GetObject",
        "athena:*",
        "*",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(OPERATIONS, FAULTS, st.integers(1, 4), st.integers(0, 3)), max_size=4))
def test_any_schedule_of_faults_ends_in_the_right_rows_of_one_query(
    quick: AthenaDataSource, endpoint: LocalAthena, schedule: list[tuple[str, Fault, int, int]]
) -> None:
    """Wherever they strike."""
    endpoint.faults.clear()
    number = next(NUMBERS)
    for operation, fault, times, after in schedule:
        endpoint.faults.add(operation, fault, times=times, after=after)
    frame = quick.query(f"SELECT {number}")
    endpoint.faults.clear()
    assert frame.n.item() == number
    assert runs_of(quick, number) == 1


def test_with_a_third_of_calls_throttled_everything_succeeds(quick: AthenaDataSource, endpoint: LocalAthena) -> None:
    """And no more calls are made than the faults call for."""
    endpoint.faults.calls.clear()
    rule = endpoint.faults.add("*", Throttling(), probability=0.3, seed=11)
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda number: quick.query(f"SELECT {number}"), range(40)))
    assert [frame.n.item() for frame in frames] == list(range(40))
    # Start, status (a few while 40 share four workers), page and object of each query, and one more a fault.
    made = endpoint.faults.calls.count("*")
    assert made - rule.struck <= 1.5 * 40 * 6


def test_a_throttled_call_is_tried_with_growing_random_waits_until_its_deadline(endpoint: LocalAthena) -> None:
    """Full jitter: spread between nothing and a doubling ceiling; the sum stays below the deadline."""
    waits: list[float] = []
    made = AthenaDataSource.local(endpoint)
    door = Door(
        credentials=made.credentials,
        region="us-east-1",
        endpoint_url=endpoint.endpoint_url,
        patience=Patience(attempts=12),
    )
    door.sleep = waits.append
    random.seed(5)
    endpoint.faults.add("glue:GetDatabases", Throttling())
    try:
        with pytest.raises(ThrottledError):
            door.call("glue:GetDatabases")
    finally:
        endpoint.faults.clear()
    assert len(waits) == 11
    assert all(wait <= min(8.0, 0.1 * 2 ** (at + 1)) for at, wait in enumerate(waits))
    assert max(waits) > 4 * min(waits)


def test_the_caller_hears_why_it_is_slow(
    quick: AthenaDataSource, endpoint: LocalAthena, caplog: pytest.LogCaptureFixture
) -> None:
    """From the fourth try on, as a warning."""
    endpoint.faults.add("athena:GetQueryExecution", Throttling(), times=5)
    with caplog.at_level("WARNING", logger="athena_ds"):
        quick.query("SELECT 1")
    assert any("athena:GetQueryExecution was throttled; try" in record.getMessage() for record in caplog.records)


def test_an_outage_does_not_get_more_retries_than_the_budget(endpoint: LocalAthena) -> None:
    """Two hundred at once, then one for every two calls that succeed."""
    made = AthenaDataSource.local(endpoint)
    door = Door(credentials=made.credentials, region="us-east-1", endpoint_url=endpoint.endpoint_url)
    door.sleep = lambda _: None
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


def test_a_dead_endpoint_is_named_within_its_time() -> None:
    """Refused at once, tried four times in all."""
    key = AccessKey(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SecretStr("x" * 40))
    door = Door(credentials=key, region="eu-west-1", endpoint_url="http://127.0.0.1:1")
    began = time.monotonic()
    with pytest.raises(EndpointError) as raised:
        door.call("athena:GetWorkGroup", WorkGroup="primary")
    assert time.monotonic() - began < 5
    assert raised.value.endpoint == "http://127.0.0.1:1"
    assert "http://127.0.0.1:1" in str(raised.value)
    assert isinstance(raised.value, ConnectionError)


def test_an_answer_that_comes_too_late_is_asked_for_again(quick: AthenaDataSource, endpoint: LocalAthena) -> None:
    """After the read timeout, under the same token."""
    impatient = Door(
        credentials=quick.credentials,
        region=quick.config.region,
        endpoint_url=quick.config.endpoint_url,
        patience=Patience(read_timeout=0.3),
    )
    fresh = AthenaDataSource(config=quick.config, credentials=quick.credentials)
    fresh.door = impatient
    number = next(NUMBERS)
    endpoint.faults.add("athena:StartQueryExecution", Late(seconds=0.8), times=1)
    assert fresh.query(f"SELECT {number}").n.item() == number
    endpoint.faults.clear()
    assert runs_of(quick, number) == 1


def test_a_call_that_must_not_be_repeated_is_not_after_a_lost_answer(
    quick: AthenaDataSource, endpoint: LocalAthena
) -> None:
    """A second multipart upload would be left behind."""
    place = {"Bucket": quick.config.results_bucket, "Key": "probe"}
    endpoint.faults.add("s3:CreateMultipartUpload", Reset(after=True), times=1)
    with pytest.raises(EndpointError):
        quick.door.call("s3:CreateMultipartUpload", **place)
    endpoint.faults.add("s3:CreateMultipartUpload", SlowDown(), times=1)
    upload = quick.door.call("s3:CreateMultipartUpload", **place)["UploadId"]
    for each in quick.door.call("s3:ListMultipartUploads", Bucket=place["Bucket"])["Uploads"]:
        quick.door.call("s3:AbortMultipartUpload", **place, UploadId=each["UploadId"])
    assert upload


def test_an_error_on_the_way_says_how_to_come_by_the_rows(quick: AthenaDataSource, endpoint: LocalAthena) -> None:
    """The query is running and paid for: its id is in the message."""
    endpoint.faults.add("athena:GetQueryExecution", ServerError())
    with pytest.raises(AthenaDSError) as raised:
        quick.query("SELECT 8")
    endpoint.faults.clear()
    name = str(raised.value).split("ds.result('")[1].split("'")[0]
    assert quick.result(name).n.item() == 8


@pytest.mark.parametrize("operation", ["athena:GetQueryExecution", "athena:GetQueryResults", "s3:GetObject"])
def test_credentials_that_end_on_the_way_do_not_lose_the_query(
    quick: AthenaDataSource, endpoint: LocalAthena, operation: str
) -> None:
    """An access key cannot be renewed; the error names the query, whose rows are read later without running again."""
    number = next(NUMBERS)
    endpoint.faults.add(operation, ExpiredToken(), times=3)
    with pytest.raises(ExpiredCredentialsError) as raised:
        quick.query(f"SELECT {number}")
    endpoint.faults.clear()
    assert quick.result(raised.value.query_execution_id).n.item() == number
    assert runs_of(quick, number) == 1
