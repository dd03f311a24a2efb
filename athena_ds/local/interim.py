"""Until the executor and the engine land: SELECT without tables on plain DuckDB. To be deleted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from athena_ds.local.athena.run import Context, Outcome, Plan, Rows
from athena_ds.local.engine.arrow import arrow_type
from athena_ds.local.engine.seam import Column, Engine, EngineError, Query, Stats, Written
from athena_ds.local.sql.types import parse

_TYPES = {"int32": "integer", "int64": "bigint", "string": "varchar", "bool": "boolean", "date32[day]": "date"}


class _Run:
    def __init__(self, sql: str) -> None:
        self._connection = duckdb.connect()
        self._lock = threading.Lock()
        try:
            self._reader = self._connection.execute(sql).to_arrow_reader(10_000)
        except duckdb.Error as error:
            raise EngineError("NOT_SUPPORTED", f"(interim engine) {error}") from error

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(Column(field.name, parse(_trino(str(field.type)))) for field in self._reader.schema)

    def batches(self) -> Iterator[pa.RecordBatch]:
        columns = self.columns
        for batch in self._reader:
            arrays = [a.cast(arrow_type(c.type)) for a, c in zip(batch.columns, columns, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, [c.name for c in columns])

    def written(self) -> Written | None:
        return None

    def stats(self) -> Stats:
        return Stats()

    def cancel(self) -> None:
        self._connection.interrupt()


def _trino(name: str) -> str:
    if name.startswith("timestamp"):
        return "timestamp(3)"
    if name.startswith("decimal128"):
        return "decimal" + name[10:]
    return _TYPES.get(name, name)


class InterimExecutor:
    def __init__(self, engine: Engine | None) -> None:
        self.engine = engine

    def plan(self, sql: str) -> Plan:
        word = sql.split(None, 1)[0].upper() if sql.split() else ""
        if self.engine is not None:
            self.engine.check(sql)
        elif word not in ("SELECT", "WITH", "VALUES", "TABLE"):
            raise EngineError("SYNTAX_ERROR", f"mismatched input '{word}'. Expecting: 'SELECT', ...", line=1, column=1)
        return Plan(
            sql=sql, statement_type="DML", substatement_type="SELECT", statement=sql, placeholders=sql.count("?")
        )

    def execute(self, plan: Plan, context: Context) -> Outcome:
        query = Query(
            sql=plan.sql, database=context.database, parameters=context.parameters, execution_id=context.execution_id
        )
        run: Any = _Run(plan.sql) if self.engine is None else self.engine.submit(query, None, None)  # type: ignore[arg-type]
        context.on_engine(run)
        return Rows(columns=run.columns, batches=run.batches())
