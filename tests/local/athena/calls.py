"""The few calls every test of the API makes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import RESULTS

OUTPUT = f"s3://{RESULTS}/here/"


class Calls:
    """Start, wait, read: through boto3."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def start(self, sql: str, **settings: Any) -> str:
        settings.setdefault("ResultConfiguration", {"OutputLocation": OUTPUT})
        answer = self.client.start_query_execution(QueryString=sql, **settings)
        return str(answer["QueryExecutionId"])

    def get(self, identifier: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
        return found

    def finished(self, identifier: str, *, seconds: float = 30) -> dict[str, Any]:
        """The execution in its terminal state."""
        end = time.monotonic() + seconds
        while (found := self.get(identifier))["Status"]["State"] in ("QUEUED", "RUNNING"):
            assert time.monotonic() < end, f"still {found['Status']['State']} after {seconds} s"
            time.sleep(0.005)
        return found

    def run(self, sql: str, **settings: Any) -> dict[str, Any]:
        return self.finished(self.start(sql, **settings))

    def rows(self, identifier: str, **settings: Any) -> list[list[str | None]]:
        answer = self.client.get_query_results(QueryExecutionId=identifier, **settings)
        return [[datum.get("VarCharValue") for datum in row["Data"]] for row in answer["ResultSet"]["Rows"]]


def refused(call: Any, **request: Any) -> dict[str, Any]:
    """The error a call is answered with: Code, Message, AthenaErrorCode, status."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    answer = caught.value.response
    return {
        **answer["Error"],
        "AthenaErrorCode": answer.get("AthenaErrorCode"),
        "status": answer["ResponseMetadata"]["HTTPStatusCode"],
    }
