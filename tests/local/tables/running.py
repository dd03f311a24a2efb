"""One way to run a statement: submitted, waited for, its rows as lists of texts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS, clients_of

ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class FailedQuery(Exception):
    """A query that failed; the text is its StateChangeReason."""


@dataclass
class Lake:
    """An endpoint with a bucket `lake`, and statements run on it."""

    endpoint: LocalAthena
    database: str = "db"

    def __post_init__(self) -> None:
        clients = clients_of(self.endpoint)
        self.athena, self.s3, self.glue = clients("athena"), clients("s3"), clients("glue")

    def put(self, key: str, body: bytes | str) -> None:
        self.s3.put_object(Bucket="lake", Key=key, Body=body.encode() if isinstance(body, str) else body)

    def keys(self, prefix: str, bucket: str = "lake") -> list[str]:
        found = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [entry["Key"] for entry in found.get("Contents", [])]

    def execution(self, sql: str, *, context: dict[str, str] | None = None) -> dict[str, Any]:
        """The execution of a statement, ended."""
        identifier = self.athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext=context or {"Database": self.database},
            ResultConfiguration={"OutputLocation": f"s3://{RESULTS}/q/"},
        )["QueryExecutionId"]
        while True:
            found: dict[str, Any] = self.athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
            if found["Status"]["State"] in ENDED:
                return found
            time.sleep(0.003)

    def answer(self, sql: str) -> tuple[list[tuple[str, str, int, int]], list[list[str | None]]]:
        """A query's columns (name, type, precision, scale) and its rows; raises FailedQuery."""
        found = self.execution(sql)
        if found["Status"]["State"] != "SUCCEEDED":
            raise FailedQuery(found["Status"]["StateChangeReason"])
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=found["QueryExecutionId"])
        sets = [page["ResultSet"] for page in pages]
        told = [(c["Name"], c["Type"], c["Precision"], c["Scale"]) for c in sets[0]["ResultSetMetadata"]["ColumnInfo"]]
        rows = [[cell.get("VarCharValue") for cell in row["Data"]] for part in sets for row in part["Rows"]]
        return told, rows[1:]

    def run(self, sql: str) -> list[list[str | None]]:
        """All rows, without the labels of a query; raises FailedQuery."""
        found = self.execution(sql)
        if found["Status"]["State"] != "SUCCEEDED":
            raise FailedQuery(found["Status"]["StateChangeReason"])
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=found["QueryExecutionId"])
        rows = [
            [cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]
        ]
        return rows[1:] if found["StatementType"] == "DML" and rows else rows

    def lines(self, sql: str) -> list[str | None]:
        """The first cell of every row."""
        return [row[0] if row else None for row in self.run(sql)]

    def failure(self, sql: str) -> str:
        """What a failing statement says; raises AssertionError where it doesn't fail."""
        try:
            found = self.run(sql)
        except FailedQuery as failed:
            return str(failed)
        raise AssertionError(f"answered {found[:3]}: {sql}")
