"""One submit is one query: whatever happens to a call on its way, one execution exists and its rows come back."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule, run_state_machine_as_test

from athena_ds import AthenaDataSource
from athena_ds.aws import Patience
from athena_ds.errors import EndpointError
from athena_ds.local.faults import Cut, Fault, Late, Reset, ServerError, SlowDown, Throttling
from athena_ds.local.server import LocalAthena
from athena_ds.queries.running import RunningQuery

from .conftest import FULL, fresh_budget, runs_of, unhurried

SCHEDULES = 1000 if FULL else 60
THREADS = 20

# Later than the door of these schedules waits for an answer.
_TOO_LATE = Late(seconds=0.8)
_PATIENCE = Patience(attempts=40, unreachable_attempts=40, read_timeout=0.4)
_QUICK_FAULTS = [
    Throttling(),
    Throttling(code="TooManyRequestsException"),
    ServerError(),
    ServerError(status=503),
    Reset(),
    Reset(after=True),
    Cut(at=0),
    Cut(at=30),
    Late(seconds=0.02),
]
_OPERATIONS = [
    "athena:StartQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StopQueryExecution",
    "s3:GetObject",
    "athena:*",
    "*",
]


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
    ],
)
def test_a_submit_whose_answer_is_lost_makes_one_query(
    quick: AthenaDataSource, endpoint: LocalAthena, fault: Fault, number: int
) -> None:
    """One token for all tries: the second finds what the first began."""
    struck = endpoint.faults.add("athena:StartQueryExecution", fault, times=2)
    assert quick.query(f"SELECT {number}").n.item() == number
    assert struck.struck == 2
    assert runs_of(endpoint, number) == [1]


def test_a_submit_whose_answer_is_cut_at_any_byte_makes_one_query(
    quick: AthenaDataSource, endpoint: LocalAthena, numbers: Callable[[], int]
) -> None:
    """The connection breaks after each byte of StartQueryExecution's answer, once."""
    sent = [numbers() for _ in range(len('{"QueryExecutionId": "00000000-0000-0000-0000-000000000000"}'))]
    for at, number in enumerate(sent):
        struck = endpoint.faults.add("athena:StartQueryExecution", Cut(at=at), times=1)
        assert quick.submit(f"SELECT {number}").query_execution_id
        assert struck.struck == 1
    assert runs_of(endpoint, *sent) == [1] * len(sent)


class Schedule(RuleBasedStateMachine):
    """Faults come and go while queries are sent, followed, stopped and read."""

    running = Bundle("running")
    source: AthenaDataSource
    endpoint: LocalAthena
    number: Callable[[], int]

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[int] = []
        self.submitted: list[RunningQuery] = []
        fresh_budget(self.source)

    @rule(
        operation=st.sampled_from(_OPERATIONS),
        fault=st.sampled_from(_QUICK_FAULTS),
        times=st.integers(1, 4),
        after=st.integers(0, 3),
    )
    def break_it(self, operation: str, fault: Fault, times: int, after: int) -> None:
        """A fault that strikes some of the calls to come."""
        self.endpoint.faults.add(operation, fault, times=times, after=after)

    @rule(operation=st.sampled_from(_OPERATIONS))
    def hold_an_answer_back(self, operation: str) -> None:
        """Processed at once, answered when nobody waits any more."""
        self.endpoint.faults.add(operation, _TOO_LATE, times=1)

    @rule()
    def query(self) -> None:
        """All the way to its rows."""
        assert self.source.query(self._statement()).n.item() == self.sent[-1]

    @rule(target=running)
    def submit(self) -> tuple[RunningQuery, int]:
        """To be read later."""
        self.submitted.append(self.source.submit(self._statement()))
        return self.submitted[-1], self.sent[-1]

    @rule(one=consumes(running))
    def read(self, one: tuple[RunningQuery, int]) -> None:
        """The rows of one submitted before."""
        assert one[0].result().n.item() == one[1]

    @rule(one=consumes(running))
    def stop(self, one: tuple[RunningQuery, int]) -> None:
        """It may have ended before."""
        assert one[0].stop().state in ("CANCELLED", "SUCCEEDED")

    def teardown(self) -> None:
        """Whatever was sent exists once."""
        self.endpoint.faults.clear()
        ids = {each.query_execution_id for each in self.submitted}
        assert len(ids) == len(self.submitted)
        assert runs_of(self.endpoint, *self.sent) == [1] * len(self.sent)

    def _statement(self) -> str:
        self.sent.append(self.number())
        return f"SELECT {self.sent[-1]}"


@pytest.mark.timeout(3600)
def test_any_schedule_of_faults_ends_in_the_right_rows_of_one_query(
    quick: AthenaDataSource, endpoint: LocalAthena, numbers: Callable[[], int]
) -> None:
    """A thousand schedules with ATHENA_DS_FIRE=full, the first of them without."""
    slowly_answered = unhurried(AthenaDataSource.local(endpoint), _PATIENCE)
    made = type("Made", (Schedule,), {"source": slowly_answered, "endpoint": endpoint, "number": staticmethod(numbers)})
    run_state_machine_as_test(
        made,
        settings=settings(
            max_examples=SCHEDULES,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("seed", range(SCHEDULES // THREADS))
def test_twenty_threads_under_one_schedule_make_twenty_queries(
    quick: AthenaDataSource, endpoint: LocalAthena, numbers: Callable[[], int], seed: int
) -> None:
    """They share one door, begin at one moment, and each gets its own row."""
    chance = random.Random(seed)
    for _ in range(6):
        fault = chance.choice(_QUICK_FAULTS)
        operation = chance.choice(_OPERATIONS)
        endpoint.faults.add(operation, fault, times=25, probability=0.3, seed=chance.randrange(1000))
    sent = [numbers() for _ in range(THREADS)]
    together = threading.Barrier(THREADS)

    def ask(number: int) -> int:
        together.wait(60)
        found: int = quick.query(f"SELECT {number}").n.item()
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(ask, sent)) == sent
    endpoint.faults.clear()
    assert runs_of(endpoint, *sent) == [1] * THREADS


def test_an_answer_that_comes_too_late_is_asked_for_again(
    quick: AthenaDataSource, endpoint: LocalAthena, number: int
) -> None:
    """After the read timeout, under the same token."""
    impatient = unhurried(AthenaDataSource.local(endpoint), Patience(read_timeout=0.3))
    struck = endpoint.faults.add("athena:StartQueryExecution", Late(seconds=0.8), times=1)
    assert impatient.query(f"SELECT {number}").n.item() == number
    assert struck.struck == 1
    assert runs_of(endpoint, number) == [1]


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
