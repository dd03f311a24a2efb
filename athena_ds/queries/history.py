"""What ran, and what is kept: a workgroup's executions and its named queries."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..aws import Door
from ..connection.config import DataSourceConfig
from ..errors import NotFoundError, ParameterError
from ..execution import QueryExecution, statuses
from ..execution.journal import left_behind
from .cost import Price

if TYPE_CHECKING:
    import pandas as pd

_BATCH = 50
_HISTORY: tuple[str, ...] = (
    "query_execution_id",
    "state",
    "submitted",
    "query",
    "statement_type",
    "database",
    "data_scanned_in_bytes",
)
_HISTORY += ("total_ms", "queue_ms", "estimated_cost_usd", "reused", "output_location", "reason")


def executions(door: Door, config: DataSourceConfig, *, limit: int, price: Price) -> pd.DataFrame:
    """The latest executions of the workgroup, the newest first. Athena keeps them for 45 days."""
    ids = _ids(door, "athena:ListQueryExecutions", "QueryExecutionIds", config=config, limit=limit)
    places = {name: place for place, name in enumerate(ids)}
    return _frame(sorted(statuses(door, ids), key=lambda each: places[each.query_execution_id]), price)


def unfinished(door: Door, *, price: Price) -> pd.DataFrame:
    """Executions that a process which is gone began here and nobody has seen end."""
    ids = left_behind(region=door.region, endpoint_url=door.endpoint_url)
    return _frame([each for each in statuses(door, ids) if not each.finished], price)


def _frame(found: list[QueryExecution], price: Price) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy, and needed only now

    frame = pd.DataFrame([_row(each, price) for each in found], columns=list(_HISTORY))
    whole = ("data_scanned_in_bytes", "total_ms", "queue_ms")
    return frame.astype({**dict.fromkeys(whole, "Int64"), "submitted": "datetime64[ms, UTC]"})


def named_queries(door: Door, config: DataSourceConfig) -> pd.DataFrame:
    """The named queries of the workgroup, in order of name: `name`, `database`, `query`, `description`, `id`."""
    import pandas as pd  # noqa: PLC0415

    columns = ["name", "database", "query", "description", "id"]
    keys = ("Name", "Database", "QueryString", "Description", "NamedQueryId")
    rows = [tuple(each.get(key, "") for key in keys) for each in _all(door, config)]
    return pd.DataFrame(sorted(rows), columns=columns)


def named_query(door: Door, config: DataSourceConfig, *, name: str) -> dict[str, Any]:
    """The one named query of that name.

    Raises:
        NotFoundError: When there is none.
        ParameterError: When several have it; Athena allows that.
    """
    found = [each for each in _all(door, config) if each["Name"] == name]
    if not found:
        remedy = "ds.named_queries() lists them; ds.save_query(name, sql) makes one."
        raise NotFoundError(
            operation="athena:ListNamedQueries",
            message=f"workgroup '{config.workgroup}' has no named query '{name}'",
            remedy=remedy,
        )
    if len(found) > 1:
        ids = ", ".join(each["NamedQueryId"] for each in found)
        remedy = "Delete all but one: ds.delete_query(id, confirm=True) takes an id too."
        raise ParameterError(f"{len(found)} named queries are called '{name}' ({ids}).", remedy=remedy)
    return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A query to keep: its name, its text and what is said about it."""

    name: str
    sql: str
    description: str = ""


def save_query(door: Door, config: DataSourceConfig, *, kept: Kept, replace: bool = False) -> str:
    """Make a named query and return its id; one that says the same is left as it is.

    Raises:
        ParameterError: When the name is taken by another query, unless that is to be replaced.
    """
    taken = [each for each in _all(door, config) if each["Name"] == kept.name]
    wanted = (kept.sql, kept.description, config.database)
    same = [each for each in taken if (each["QueryString"], each.get("Description", ""), each["Database"]) == wanted]
    if same and len(taken) == 1:
        return str(same[0]["NamedQueryId"])
    if taken and not replace:
        remedy = "replace=True puts yours in its place, for everyone of the workgroup."
        raise ParameterError(f"The name '{kept.name}' is taken by another named query.", remedy=remedy)
    made = _made(door, config, name=kept.name, sql=kept.sql, description=kept.description)
    for each in taken:
        door.call("athena:DeleteNamedQuery", NamedQueryId=each["NamedQueryId"])
    return made


def _made(door: Door, config: DataSourceConfig, *, name: str, sql: str, description: str) -> str:
    answer = door.call(
        "athena:CreateNamedQuery",
        Name=name,
        Database=config.database,
        QueryString=sql,
        Description=description or None,
        WorkGroup=config.workgroup,
        # One token for all tries, so that a lost answer does not leave two.
        ClientRequestToken=str(uuid4()),
    )
    return str(answer["NamedQueryId"])


def delete_query(door: Door, config: DataSourceConfig, *, name: str) -> None:
    """Delete the named query of that name, or with that id."""
    by_id = [each["NamedQueryId"] for each in _all(door, config) if each["NamedQueryId"] == name]
    found = by_id[0] if by_id else named_query(door, config, name=name)["NamedQueryId"]
    door.call("athena:DeleteNamedQuery", NamedQueryId=found)


def _all(door: Door, config: DataSourceConfig) -> list[dict[str, Any]]:
    ids = _ids(door, "athena:ListNamedQueries", "NamedQueryIds", config=config, limit=None)
    found: list[dict[str, Any]] = []
    for at in range(0, len(ids), _BATCH):
        found += door.call("athena:BatchGetNamedQuery", NamedQueryIds=ids[at : at + _BATCH]).get("NamedQueries", [])
    return found


def _ids(door: Door, operation: str, key: str, *, config: DataSourceConfig, limit: int | None) -> list[str]:
    return list(islice(door.listed(operation, key, WorkGroup=config.workgroup, MaxResults=_BATCH), limit))


def _row(each: QueryExecution, price: Price) -> tuple[object, ...]:
    took = each.statistics
    return (
        each.query_execution_id,
        each.state,
        each.submitted,
        each.query,
        each.substatement_type or each.statement_type,
        each.database,
        took.data_scanned_in_bytes,
        took.total_ms,
        took.queue_ms,
        price.of(each),
        took.reused_previous_result,
        each.output_location,
        each.state_change_reason or None,
    )
