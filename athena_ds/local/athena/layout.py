"""Where a statement's files go, by what kind of statement it is (measured on real Athena)."""

from __future__ import annotations

from typing import Final

from athena_ds.local.s3.objects import Location
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.run import Plan

_TABULAR: Final = frozenset({"SELECT", "SHOW_FUNCTIONS", "UPDATE", "DELETE", "MERGE_INTO"})
_WRITES: Final = frozenset({"INSERT", "UNLOAD"})


def file_of(plan: Plan, output: str, execution_id: str) -> Location:
    """`ResultConfiguration.OutputLocation` as the execution reports it."""
    kind = plan.substatement_type
    if kind == "CREATE_TABLE_AS_SELECT":
        return Location.parse(f"{output}tables/{execution_id}")
    if kind in _WRITES:
        return Location.parse(f"{output}{execution_id}")
    return Location.parse(f"{output}{execution_id}{'.csv' if kind in _TABULAR else '.txt'}")


_CTAS: Final = (
    " You may need to manually clean the data at location '{}' before retrying. Athena will not delete data in your "
    "account."
)
_INSERT: Final = (
    " If a data manifest file was generated at '{}-manifest.csv', you may need to manually clean the data from "
    "locations specified in the manifest. Athena will not delete data in your account."
)


def left_behind(plan: Plan, file: Location | None, error: EngineError) -> EngineError:
    """The error of a failed write as Athena tells it: with where data may be left (measured for CTAS and INSERT)."""
    hint = {"CREATE_TABLE_AS_SELECT": _CTAS, "INSERT": _INSERT}.get(plan.substatement_type)
    if hint is None or file is None or type(error) is not EngineError:
        return error
    message = f"{error.message.removesuffix('.')}.{hint.format(file)}"
    return EngineError(error.name, message, kind=error.kind, line=error.line, column=error.column)


def beside(file: Location, ending: str) -> Location:
    """`<file>.metadata`, `<file>-manifest.csv`."""
    return Location(bucket=file.bucket, key=file.key + ending)


def names_itself(plan: Plan) -> bool:
    """Whether a statement without columns leaves a `.metadata` all the same, with nothing but the query's id."""
    return plan.substatement_type in ("MSCK_REPAIR", "ALTER_TABLE_ADD_COLUMN", "ALTER_TABLE_REPLACE_COLUMN")


def tells_failure(plan: Plan) -> bool:
    """Whether a failure leaves a `.txt` that says why: DDL, SHOW and DESCRIBE do, queries and CTAS don't."""
    queries = _TABULAR | _WRITES | {"CREATE_TABLE_AS_SELECT", "EXPLAIN"}
    return plan.statement_type in ("DDL", "UTILITY") and plan.substatement_type not in queries
