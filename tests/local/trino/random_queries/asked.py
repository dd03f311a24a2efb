"""One query asked of both engines on the same tables, and how the answers compare."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.fidelity.api import records
from tests.local.tables.crossed.answers import load
from tests.local.tables.running import ENDED, Lake
from tests.local.trino.random_queries.parts import Query

Row = list[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a client sees: why it failed, or ColumnInfo and the fields of the result file, its header first."""

    failure: str | None = None
    columns: tuple[tuple[str, str, int, int, str], ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`same`, `refused` (by the embedded engine), `fails` (on both), or `different`, with what there is to say.

    `unplanned` is what Trino's optimizer gave up on: it turns in circles over filters by arrays with a NULL inside.
    """

    query: Query
    verdict: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Both:
    """An endpoint of each engine, the same tables in both."""

    ours: Lake
    trinos: Lake

    def ask(self, query: Query) -> Outcome:
        """Both are asked at once."""
        begun = [(lake, _begun(lake, query.sql)) for lake in (self.ours, self.trinos)]
        return compared(query, *(_ended(lake, started) for lake, started in begun))


@contextmanager
def both(trino: str, *, load: Callable[[Lake], None] = load, workers: int = 2) -> Iterator[Both]:
    """Two endpoints with the same tables, one of them with the Trino at this address behind it."""
    with ExitStack() as stack:
        lakes = []
        for engine in ("duckdb", f"trino={trino}"):
            lake = Lake(stack.enter_context(LocalAthena(samples=False, engine=engine, workers=workers)))
            for bucket in (RESULTS, "lake"):
                lake.s3.create_bucket(Bucket=bucket)
            lake.run("CREATE DATABASE db")
            load(lake)
            lakes.append(lake)
        yield Both(*lakes)


def answered(lake: Lake, sql: str) -> Answer:
    """One endpoint's answer."""
    return _ended(lake, _begun(lake, sql))


def _begun(lake: Lake, sql: str) -> str | Answer:
    """The execution's id; or why it was refused."""
    try:
        started = lake.athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": lake.database},
            ResultConfiguration={"OutputLocation": f"s3://{RESULTS}/q/"},
        )
    except ClientError as refusal:
        return Answer(failure=f"{refusal.response['AthenaErrorCode']}: {refusal}")
    return str(started["QueryExecutionId"])


def _ended(lake: Lake, started: str | Answer) -> Answer:
    if isinstance(started, Answer):
        return started
    while True:
        found: dict[str, Any] = lake.athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
        if found["Status"]["State"] in ENDED:
            break
        time.sleep(0.005)
    if found["Status"]["State"] != "SUCCEEDED":
        return Answer(failure=found["Status"]["StateChangeReason"])
    if not found["Query"].lstrip().startswith(("SELECT", "WITH")):
        return Answer()
    told = lake.athena.get_query_results(QueryExecutionId=started, MaxResults=1)["ResultSet"]["ResultSetMetadata"]
    key = found["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{RESULTS}/")
    body = lake.s3.get_object(Bucket=RESULTS, Key=key)["Body"].read().decode()
    kinds = ((c["Name"], c["Type"], c["Precision"], c["Scale"], c["Nullable"]) for c in told["ColumnInfo"])
    return Answer(columns=tuple(kinds), rows=tuple(records(body)))


def compared(query: Query, ours: Answer, trinos: Answer) -> Outcome:
    """The embedded engine's answer beside Trino's."""
    if ours.failure and ours.failure.startswith("NOT_SUPPORTED") and not (trinos.failure or "").startswith("NOT_SUP"):
        return Outcome(query=query, verdict="refused", told=ours.failure)
    if ours.failure or trinos.failure:
        if (trinos.failure or "").startswith("OPTIMIZER_TIMEOUT"):
            return Outcome(query=query, verdict="unplanned", told=str(trinos.failure))
        if trinos.failure and len(ours.rows) == 1:
            # Trino computes constants when it plans; here no row asked for one.
            return Outcome(query=query, verdict="fails", told=trinos.failure)
        alike = bool(ours.failure and trinos.failure) and _name(ours.failure) == _name(trinos.failure)
        told = f"here: {ours.failure or list(ours.rows[:3])}; Trino: {trinos.failure or list(trinos.rows[:3])}"
        return Outcome(query=query, verdict="fails" if alike else "different", told=told)
    if ours.columns != trinos.columns:
        return Outcome(query=query, verdict="different", told=f"columns {ours.columns}; Trino: {trinos.columns}")
    told = _unlike(query, ours, trinos)
    return Outcome(query=query, verdict="different" if told else "same", told=told)


def _name(failure: str | None) -> str:
    return str(failure).partition(":")[0]


def _unlike(query: Query, ours: Answer, trinos: Answer) -> str:
    """Where the files differ: row by row where the query decides the order, else which rows have no like."""
    kinds = [column[1] for column in trinos.columns]
    if len(ours.rows) != len(trinos.rows):
        return f"{len(ours.rows) - 1} rows; Trino: {len(trinos.rows) - 1}"
    left, expected = list(ours.rows), list(trinos.rows)
    if query.cut is not None and len(expected) - 1 == query.cut[0]:
        left, expected = (_decided(rows, query.cut[1]) for rows in (left, expected))
    for theirs in expected:
        among = left[:1] if query.ordered else left
        hit = next((row for row in among if row == theirs), None)
        hit = hit or next((row for row in among if _same(kinds, row, theirs)), None)
        if hit is None:
            return f"rows {left[:3]}; Trino: {theirs}"
        left.remove(hit)
    return ""


def _decided(rows: list[Row], keys: Sequence[int]) -> list[Row]:
    """Of the last rows, whose keys are equal, only the keys: which of their rows came before a LIMIT is chance."""
    last = [rows[-1][at] for at in keys]
    return [[row[at] if at in keys else "" for at in range(len(row))] if [row[k] for k in keys] == last else row
            for row in rows]  # fmt: skip


def _same(kinds: list[str], ours: Row, theirs: Row) -> bool:
    return all(a == b or _alike(kind, a, b) for kind, a, b in zip(kinds, ours, theirs, strict=True))


def _alike(kind: str, ours: str | None, theirs: str | None) -> bool:
    """What nobody promises: a sum's last digit, which zero stands for both, the order a map tells its entries in."""
    if ours is None or theirs is None:
        return False
    if kind in ("double", "float"):
        a, b = float(ours), float(theirs)
        return a == b or math.isclose(a, b, rel_tol=1e-12 if kind == "double" else 1e-6)
    return "=" in theirs and kind in ("map", "array", "row") and _pieces(ours) == _pieces(theirs)


def _pieces(text: str) -> list[str]:
    return sorted(re.split(r"[{}\[\]]|, ", text))
