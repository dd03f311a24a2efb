"""Any operation can be made to fail as AWS or the network does, so many times, after so many calls, or by chance."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from athena_ds.local.faults import (
    Cut,
    Denied,
    ExpiredToken,
    Late,
    Reset,
    ServerError,
    SlowBody,
    SlowDown,
    Throttling,
)
from tests.local.iam.endpoint import Endpoint

BODY = b"0123456789" * 100


@pytest.fixture
def s3(endpoint: Endpoint) -> Any:
    client = endpoint.client("s3")
    endpoint.bucket("lake")
    client.put_object(Bucket="lake", Key="a/k.csv", Body=BODY)
    endpoint.faults.calls.clear()
    return client


def read(s3: Any, key: str = "a/k.csv") -> bytes:
    return bytes(s3.get_object(Bucket="lake", Key=key)["Body"].read())


def code(call: Any, **parameters: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


CODES: list[tuple[Any, dict[str, tuple[str, int]]]] = [
    (
        Throttling(),
        {
            "s3": ("SlowDown", 503),
            "glue": ("ThrottlingException", 400),
            "athena": ("ThrottlingException", 400),
            "sts": ("Throttling", 400),
        },
    ),
    (Throttling(code="TooManyRequestsException"), {"athena": ("TooManyRequestsException", 400)}),
    (SlowDown(), {"s3": ("SlowDown", 503), "sts": ("Throttling", 400)}),
    (
        ServerError(),
        {
            "s3": ("InternalError", 500),
            "glue": ("InternalServiceException", 500),
            "athena": ("InternalServerException", 500),
            "sts": ("InternalFailure", 500),
        },
    ),
    (ServerError(status=503), {"s3": ("ServiceUnavailable", 503), "glue": ("ServiceUnavailable", 503)}),
    (
        ExpiredToken(),
        {"s3": ("ExpiredToken", 400), "athena": ("ExpiredTokenException", 400), "sts": ("ExpiredToken", 403)},
    ),
    (
        Denied(),
        {"s3": ("AccessDenied", 403), "athena": ("AccessDeniedException", 400), "sts": ("AccessDenied", 403)},
    ),
]
CALLS = {"s3": "list_buckets", "glue": "get_databases", "athena": "list_work_groups", "sts": "get_caller_identity"}


@pytest.mark.parametrize(("fault", "services"), CODES, ids=lambda value: str(value)[:40])
def test_errors_have_the_code_of_the_service(
    endpoint: Endpoint, fault: Any, services: dict[str, tuple[str, int]]
) -> None:
    """Throttling, server errors and expired tokens are spelled as each service spells them."""
    endpoint.faults.add("*", fault)
    for service, expected in services.items():
        assert code(getattr(endpoint.client(service), CALLS[service])) == expected


def test_a_fault_strikes_the_named_operation_only(endpoint: Endpoint, s3: Any) -> None:
    """Others pass; wildcards name several; a key pattern picks objects."""
    s3.put_object(Bucket="lake", Key="b/k.json", Body=BODY)
    endpoint.faults.add("s3:GetObject", ServerError(), key="*.json")
    assert read(s3) == BODY
    assert code(s3.get_object, Bucket="lake", Key="b/k.json") == ("InternalError", 500)
    assert endpoint.client("glue").get_databases()["DatabaseList"] == []
    endpoint.faults.add("glue:*", Throttling())
    assert code(endpoint.client("glue").get_databases)[0] == "ThrottlingException"


def test_a_fault_strikes_so_many_times_after_so_many_calls(endpoint: Endpoint, s3: Any) -> None:
    """`after=1, times=2`: the second and third call fail, the rest pass."""
    rule = endpoint.faults.add("s3:GetObject", ServerError(), after=1, times=2)
    outcomes = []
    for _ in range(5):
        try:
            outcomes.append(read(s3) == BODY)
        except ClientError:
            outcomes.append(False)
    assert outcomes == [True, False, False, True, True]
    assert (rule.seen, rule.struck) == (5, 2)


def test_chance_is_drawn_from_a_seed(endpoint: Endpoint) -> None:
    """The same seed hits the same calls; the share is the probability's."""

    def drawn(seed: int) -> list[bool]:
        endpoint.faults.clear()
        rule = endpoint.faults.add("x:*", ServerError(), probability=0.3, seed=seed)
        from athena_ds.local.http.operation import Operation

        return [rule.strikes(Operation(service="x", name="Y")) for _ in range(1000)]

    assert drawn(7) == drawn(7) != drawn(8)
    assert 240 < sum(drawn(7)) < 360


def test_a_reset_before_loses_the_request_and_one_after_only_the_answer(endpoint: Endpoint, s3: Any) -> None:
    """Both look the same to the caller; only in the second the object is there."""
    for key, fault, stored in (("before", Reset(), False), ("after", Reset(after=True), True)):
        endpoint.faults.clear()
        endpoint.faults.add("s3:PutObject", fault, times=1)
        with pytest.raises(BotoCoreError, match="Connection was closed"):
            s3.put_object(Bucket="lake", Key=key, Body=b"x")
        assert ("Contents" in s3.list_objects_v2(Bucket="lake", Prefix=key)) is stored


@pytest.mark.parametrize("at", [0, 1, 500, 999])
def test_a_body_is_cut_at_a_byte(endpoint: Endpoint, s3: Any, at: int) -> None:
    """The length is announced in full, and so many bytes come."""
    endpoint.faults.add("s3:GetObject", Cut(at=at), times=1)
    body = s3.get_object(Bucket="lake", Key="a/k.csv")["Body"]
    with pytest.raises(BotoCoreError, match=rf"IncompleteRead\({at} bytes read, {1000 - at} more expected"):
        body.read()
    assert read(s3) == BODY


def test_slow_and_late_answers_are_whole(endpoint: Endpoint, s3: Any) -> None:
    """They take the time they are told to."""
    for fault in (SlowBody(seconds=0.3), Late(seconds=0.3)):
        endpoint.faults.clear()
        endpoint.faults.add("s3:GetObject", fault)
        began = time.monotonic()
        assert read(s3) == BODY
        assert time.monotonic() - began > 0.28


def test_calls_are_counted_by_operation(endpoint: Endpoint, s3: Any) -> None:
    """Also those that fail; clearing starts anew."""
    endpoint.faults.add("s3:GetObject", ServerError(), times=1)
    code(s3.get_object, Bucket="lake", Key="a/k.csv")
    read(s3)
    s3.head_object(Bucket="lake", Key="a/k.csv")
    calls = endpoint.faults.calls
    assert calls.snapshot() == {"s3:GetObject": 2, "s3:HeadObject": 1}
    assert (calls["s3:GetObject"], calls["athena:StartQueryExecution"], calls.count("s3:*")) == (2, 0, 3)
    assert calls.peak("s3:GetObject") in (1, 2)
    calls.clear()
    assert list(calls) == []


def control(endpoint: Endpoint, path: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{endpoint.url}/_athena_ds/{path}", method=method, data=data)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_another_process_can_do_the_same_over_http(endpoint: Endpoint, s3: Any) -> None:
    """POST adds, GET shows what struck, DELETE clears; nonsense is explained."""
    rule = {"operation": "s3:GetObject", "fault": "cut", "at": 3, "times": 1, "key": "a/*"}
    assert control(endpoint, "faults", "POST", rule)[0] == 200
    with pytest.raises(BotoCoreError):
        read(s3)
    assert read(s3) == BODY
    (told,) = control(endpoint, "faults")[1]
    assert told["struck"] == 1
    assert told | rule == told
    assert control(endpoint, "calls") == (200, {"s3:GetObject": 2})
    assert control(endpoint, "calls", "DELETE") == (200, {})
    assert control(endpoint, "faults", "DELETE") == (200, [])
    for wrong in (
        {"operation": "s3:GetObject", "fault": "meteorite"},
        {"fault": "cut"},
        {"operation": "*", "fault": "cut", "x": 1},
    ):
        status, answer = control(endpoint, "faults", "POST", wrong)
        assert (status, "error" in answer) == (400, True)
    assert control(endpoint, "faults", "PUT")[0] == 405


def test_closing_lets_go_of_held_answers(endpoint: Endpoint, s3: Any) -> None:
    """A late answer doesn't keep the endpoint from closing."""
    import threading

    endpoint.faults.add("s3:GetObject", Late(seconds=500))
    waiting = threading.Thread(target=read, args=(s3,), daemon=True)
    waiting.start()
    while endpoint.faults.calls["s3:GetObject"] == 0:
        time.sleep(0.01)
    endpoint.faults.close()
    waiting.join(60)
    assert not waiting.is_alive()


def test_faults_and_calls_show_themselves(endpoint: Endpoint, s3: Any) -> None:
    """What is set, and what was asked: no address in memory."""
    endpoint.faults.add("s3:Get*", Cut(at=5), times=1)
    s3.list_buckets()
    assert repr(endpoint.faults) == "Faults(s3:Get*: Cut(at=5))"
    assert repr(endpoint.faults.calls) == "Calls({'s3:ListBuckets': 1})"
