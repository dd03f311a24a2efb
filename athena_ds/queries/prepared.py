"""Prepared statements: kept in the workgroup, run with `EXECUTE name` and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..aws import Door
from ..connection.config import DataSourceConfig
from ..connection.naming import prepared_statement_wrong
from ..errors import InvalidRequestError, NotFoundError, ParameterError

if TYPE_CHECKING:
    import pandas as pd


def prepare(door: Door, config: DataSourceConfig, *, name: str, sql: str) -> None:
    """Keep a statement under a name, or replace the one that has it."""
    if wrong := prepared_statement_wrong(name):
        raise ParameterError(f"The name of a prepared statement {wrong}.", remedy="For example: orders_of_day")
    given = {"StatementName": name, "WorkGroup": config.workgroup, "QueryStatement": sql}
    try:
        door.call("athena:GetPreparedStatement", StatementName=name, WorkGroup=config.workgroup)
    except NotFoundError:
        _create(door, given)
    else:
        door.call("athena:UpdatePreparedStatement", **given)


def _create(door: Door, given: dict[str, str]) -> None:
    try:
        door.call("athena:CreatePreparedStatement", **given)
    except InvalidRequestError as error:
        if "already exists" not in error.message:
            raise
        # Made by a try whose answer was lost, or by somebody else a moment ago: the later one counts.
        door.call("athena:UpdatePreparedStatement", **given)


def statements(door: Door, config: DataSourceConfig) -> pd.DataFrame:
    """The workgroup's prepared statements, in order of name: `name`, `query`, `modified`."""
    import pandas as pd  # noqa: PLC0415 - heavy, and needed only now

    rows = [(name, *_one(door, config, name)) for name in sorted(_names(door, config))]
    frame = pd.DataFrame(rows, columns=["name", "query", "modified"])
    return frame.astype({"modified": "datetime64[ms, UTC]"})


def delete(door: Door, config: DataSourceConfig, *, name: str) -> None:
    """Forget a prepared statement."""
    door.call("athena:DeletePreparedStatement", StatementName=name, WorkGroup=config.workgroup)


def _one(door: Door, config: DataSourceConfig, name: str) -> tuple[object, ...]:
    answer = door.call("athena:GetPreparedStatement", StatementName=name, WorkGroup=config.workgroup)
    said = answer["PreparedStatement"]
    return said["QueryStatement"], said.get("LastModifiedTime")


def _names(door: Door, config: DataSourceConfig) -> list[str]:
    kept = door.listed("athena:ListPreparedStatements", "PreparedStatements", WorkGroup=config.workgroup)
    return [each["StatementName"] for each in kept]
