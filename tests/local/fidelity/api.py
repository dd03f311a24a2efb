"""Runs the fidelity table through the Athena API: submitted, awaited, and read as a client reads."""

from __future__ import annotations

import collections
import time
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from athena_ds.local import LocalAthena
from tests.conftest import clients_of
from tests.local.fidelity.harness import Case, Outcome
from tests.local.fidelity.text import column_info, matches

_WINDOW = 16
_BUCKET = "fidelity"
_OURS = "GENERIC_INTERNAL_ERROR"
"""What the endpoint calls an error of its own; Trino says it too, of a few statements."""


class Api:
    """One endpoint, and its clients."""

    def __init__(self, local: LocalAthena) -> None:
        clients = clients_of(local)
        self._athena, self._s3 = clients("athena"), clients("s3")
        self._s3.create_bucket(Bucket=_BUCKET)

    def check(self, cases: Iterable[Case]) -> Iterator[Outcome]:
        """How each statement fares, a window of them in flight at once, the oldest awaited first."""
        flying: collections.deque[tuple[Case, str | ClientError]] = collections.deque()
        for case in cases:
            flying.append((case, self._start(case["sql"])))
            if len(flying) == _WINDOW:
                yield self._landed(*flying.popleft())
        while flying:
            yield self._landed(*flying.popleft())

    def _landed(self, case: Case, started: str | ClientError) -> Outcome:
        if isinstance(started, ClientError):
            return _failed(case, started.response["AthenaErrorCode"], str(started))
        return self._outcome(case, self._finished(started))

    def _start(self, sql: str) -> str | ClientError:
        """The execution's id, or why it was refused."""
        output = {"OutputLocation": f"s3://{_BUCKET}/"}
        try:
            answer = self._athena.start_query_execution(QueryString=sql, ResultConfiguration=output)
        except ClientError as refusal:
            return refusal
        return str(answer["QueryExecutionId"])

    def _finished(self, identifier: str) -> dict[str, Any]:
        """The execution in its terminal state."""
        end = time.monotonic() + 60
        while True:
            found: dict[str, Any] = self._athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
            if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return found
            assert time.monotonic() < end, f"{identifier} did not finish within a minute"
            time.sleep(0.01)

    def _outcome(self, case: Case, execution: dict[str, Any]) -> Outcome:
        status = execution["Status"]
        if status["State"] != "SUCCEEDED":
            return _failed(case, status["StateChangeReason"].partition(":")[0], status["StateChangeReason"])
        identifier = execution["QueryExecutionId"]
        answer = self._athena.get_query_results(QueryExecutionId=identifier)["ResultSet"]
        columns = [(c["Type"], c["Precision"], c["Scale"]) for c in answer["ResultSetMetadata"]["ColumnInfo"]]
        names = [c["Name"] for c in answer["ResultSetMetadata"]["ColumnInfo"]]
        rows = self._csv(execution["ResultConfiguration"]["OutputLocation"])
        told = [[datum.get("VarCharValue") for datum in row["Data"]] for row in answer["Rows"]]
        return Outcome(case=case, verdict=_verdict(case, names, columns, rows, told), answer=(names, columns, rows))

    def _csv(self, location: str) -> list[list[str | None]]:
        body = self._s3.get_object(Bucket=_BUCKET, Key=location.removeprefix(f"s3://{_BUCKET}/"))["Body"].read()
        return list(records(body.decode()))


def records(text: str) -> Iterator[list[str | None]]:
    """Athena's CSV: every field quoted, an empty unquoted one NULL."""
    row: list[str | None] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = at + 1
            while (end := text.index('"', end)) + 1 < len(text) and text[end + 1] == '"':
                end += 2
            row.append(text[at + 1 : end].replace('""', '"'))
            at = end + 1
        else:
            row.append(None)
        assert text[at] in ",\n", text
        if text[at] == "\n":
            yield row
            row = []
        at += 1


def _failed(case: Case, name: str, reason: str) -> Outcome:
    bug = name == _OURS and case.get("error", {}).get("name") != _OURS
    verdict = "bug" if bug else "same" if "error" in case else "error"
    return Outcome(case=case, verdict=verdict, answer=reason)


def _verdict(case: Case, names: list[str], columns: Any, rows: Any, told: Any) -> str:
    """The header and the API's own rows belong to the answer: where they differ from the file, all is different."""
    if "error" in case:
        return "noerror"
    kinds = [kind for _, kind in case["columns"]]
    if rows != told or [names] != rows[:1] or not _same_rows(case, kinds, rows[1:]):
        return "diff"
    expected = [name for name, _ in case["columns"]]
    return "same" if (expected, list(map(column_info, kinds))) == (names, columns) else "type"


def _same_rows(case: Case, kinds: list[str], rows: list[list[str | None]]) -> bool:
    """In order where the statement asks for one, in any order elsewhere."""
    left = list(rows)
    ordered = "order by" in case["sql"].lower()
    for values in case["rows"]:
        found = next((row for row in left[: 1 if ordered else None] if _same_row(kinds, values, row)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _same_row(kinds: list[str], values: list[Any], row: list[str | None]) -> bool:
    return len(kinds) == len(row) and all(matches(*field) for field in zip(row, kinds, values, strict=True))
