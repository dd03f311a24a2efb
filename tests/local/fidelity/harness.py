"""Runs the fidelity table's statements through the embedded engine and says how each compares with Trino."""

from __future__ import annotations

import collections
import datetime
import json
import traceback
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from athena_ds.local.engine.duckdb.functions.java_numbers import real_text
from athena_ds.local.engine.duckdb.kernels import LITERALLY, Kernels
from athena_ds.local.engine.duckdb.plan import arrow_schema, as_seam, lower, translated
from athena_ds.local.engine.duckdb.usage import taken_literally
from athena_ds.local.seam.engine import EngineError, Table
from athena_ds.local.seam.types import Type, parse
from athena_ds.local.sql.analyse import analyse
from tests.local.fidelity import compare

Case = dict[str, Any]
TABLE = Path(__file__).with_name("values.jsonl")


def cases() -> Iterator[Case]:
    """The table, Athena's reading of bare literals in place of Trino's where they differ."""
    for line in TABLE.read_text().splitlines():
        case = json.loads(line)
        athena = case.pop("as_double", None)
        if athena is not None:
            for name in ("columns", "rows", "error", "text"):
                case.pop(name, None)
            case.update(athena)
        yield case


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a statement fared: same | type | diff | noerror | error."""

    case: Case
    verdict: str
    answer: Any


class NoTables:
    """A catalog with nothing in it."""

    def databases(self) -> list[str]:
        return ["default"]

    def tables(self, database: str) -> list[str]:
        return []

    def table(self, database: str, name: str) -> Table:
        if database != "default":
            raise EngineError("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist")
        raise EngineError("TABLE_NOT_FOUND", f"Table 'awsdatacatalog.{database}.{name}' does not exist")

    def partitions(self, table: Table, allowed: Any) -> list[Any]:
        return []


class Runner:
    """One connection for many statements: what makes the table run in a minute."""

    def __init__(self) -> None:
        self._connect()

    def _connect(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        self._kernels = Kernels(self._connection)
        self._count = 0

    def run(self, sql: str) -> tuple[list[tuple[str, Type]], list[tuple[Any, ...]]]:
        """Columns and rows of one statement; raises EngineError."""
        self._count += 1
        if self._count % 400 == 0:
            self._connect()
        kernels = self._kernels
        kernels.errors.clear()
        kernels.uncaught.clear()
        analysis = analyse(sql, catalog=NoTables(), database="default")
        self._take_literally(taken_literally(analysis.relation))
        planned = lower(analysis, kernels=kernels, scan=_no_scan)
        self.sql = planned.sql
        try:
            found: pa.Table = self._connection.sql(planned.sql).to_arrow_table()
        except duckdb.Error as failure:
            raise translated(failure, kernels) from failure
        if planned.tries and kernels.uncaught:
            raise kernels.uncaught[0]
        schema = arrow_schema(planned.columns)
        table = pa.Table.from_batches([as_seam(b, planned.columns, schema) for b in found.to_batches()], schema)
        kinds = [column.type for column in planned.columns]
        columns = [[decoded(v, kind) for v in c.to_pylist()] for c, kind in zip(table.columns, kinds, strict=True)]
        return [(c.name, c.type) for c in planned.columns], list(zip(*columns, strict=True))

    def _take_literally(self, literally: bool) -> None:
        if literally != self._kernels.literally:
            self._connection.execute(LITERALLY if literally else "SET disabled_optimizers=''")
            self._kernels.literally = literally


def _no_scan(table: Table, columns: Any, pruning: Any) -> str:
    raise EngineError("NOT_SUPPORTED", "no tables here")


@dataclass(frozen=True, slots=True)
class Months:
    """An interval of months, as the comparison takes it."""

    years: int
    months: int


def decoded(value: Any, kind: Type) -> Any:
    """A value of the seam's Arrow as the comparison takes it."""
    if value is None:
        return None
    match kind.base:
        case "real":
            return float(real_text(value))
        case "timestamp with time zone":
            return value["utc"].replace(tzinfo=datetime.UTC).astimezone(_zone(value["zone"]))
        case "time with time zone":
            return value["local"].replace(tzinfo=datetime.timezone(datetime.timedelta(minutes=value["offset"])))
        case "interval day to second":
            return datetime.timedelta(milliseconds=value)
        case "interval year to month":
            return Months(0, value)
        case "array":
            return [decoded(item, kind.elements[0]) for item in value]
        case "row":
            return [decoded(value[f"f{i}"], element) for i, element in enumerate(kind.elements)]
        case "map":
            return {_hashable(decoded(k, kind.elements[0])): decoded(v, kind.elements[1]) for k, v in value}
        case _:
            return value


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def _zone(name: str) -> datetime.tzinfo:
    if name[0] not in "+-":
        return zoneinfo.ZoneInfo(name)
    offset = datetime.timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))
    return datetime.timezone(offset if name[0] == "+" else -offset)


def check(runner: Runner, case: Case) -> Outcome:
    """How the engine's answer to a case compares; a column of another type is no better than another value."""
    try:
        columns, rows = runner.run(case["sql"])
    except EngineError as failure:
        return Outcome(case=case, verdict=compare.classify(case, [], [], failure), answer=str(failure))
    except Exception as bug:
        return Outcome(case=case, verdict="bug", answer="".join(traceback.format_exception(bug)[-3:]))
    verdict = compare.classify(case, columns, rows, None)
    if verdict == "same" and any(not _same_type(a, b) for (_, a), (_, b) in zip(case["columns"], columns, strict=True)):
        verdict = "type"
    return Outcome(case=case, verdict=verdict, answer=(columns, rows))


def _same_type(trino: str, ours: Type) -> bool:
    try:
        return parse(trino.lower() if "row(" not in trino else trino) == ours
    except ValueError:
        return trino.lower() == str(ours).lower()


Tally = dict[tuple[str, str], collections.Counter[str]]


def tally(outcomes: list[Outcome]) -> Tally:
    """Verdicts counted by set and family, and for each set in all."""
    counts: Tally = collections.defaultdict(collections.Counter)
    for outcome in outcomes:
        for family in (outcome.case["family"], "all"):
            counts[outcome.case["set"], family][outcome.verdict] += 1
    return counts
