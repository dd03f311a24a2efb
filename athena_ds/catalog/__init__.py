"""What the catalog knows: databases, tables, columns, partitions, as DataFrames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..aws import Door
from ..connection.config import DataSourceConfig
from ..errors import NotFoundError, NothingVisibleWarning, warn
from . import listing
from .near import hint
from .value import Column, Partition, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "Partition", "Table", "columns_frame", "listing", "partitions_frame", "tables_frame"]

_NOTHING = (
    "No table of database '{database}' is visible to this identity. Either it has none, or Lake Formation or IAM "
    "(glue:GetTables) hides them: ask for DESCRIBE or SELECT in Lake Formation; ds.preflight() tells which it is."
)


def tables_frame(door: Door, config: DataSourceConfig, *, database: str, limit: int | None = None) -> pd.DataFrame:
    """One row a table or view of a database, in order of name; with a limit, no more than the first so many."""
    with _hinting(door, config, database=database):
        if limit is None:
            found = listing.tables(door, config, database=database)
        else:
            found = listing.first_tables(door, config, database=database, limit=limit)
    if not found:
        warn(_NOTHING.format(database=database), NothingVisibleWarning)
    return _frame(
        {
            "table": _text(each.name for each in found),
            "type": _text(each.type for each in found),
            "format": _text(each.format or None for each in found),
            "columns": _whole(len(each.columns) + len(each.partition_keys) for each in found),
            "partition_keys": _text(", ".join(key.name for key in each.partition_keys) or None for each in found),
            "projection": _flag(each.projected for each in found),
            "location": _text(each.location or None for each in found),
            "size_bytes": _whole(each.size_bytes for each in found),
            "rows": _whole(each.rows for each in found),
            "created": _moment(each.created for each in found),
            "comment": _text(each.comment or None for each in found),
            "sql": _text(each.view_sql or None for each in found),
        },
        kind="tables",
        database=database,
    )


def columns_frame(door: Door, config: DataSourceConfig, *, database: str, table: str) -> pd.DataFrame:
    """One row a column of a table, partition keys last, as the catalog orders them."""
    with _hinting(door, config, database=database, table=table):
        found = listing.table(door, config, database=database, name=table)
    columns = (*found.columns, *found.partition_keys)
    frame = _frame(
        {
            "column": _text(each.name for each in columns),
            "type": _text(each.type for each in columns),
            "partition_key": _flag(each.partition_key for each in columns),
            "comment": _text(each.comment or None for each in columns),
        },
        kind="columns",
        database=database,
    )
    frame.attrs["athena"] |= {"table": found.name, "type": found.type, "location": found.location or None}
    if found.view_sql:
        frame.attrs["athena"]["sql"] = found.view_sql
    return frame


def partitions_frame(door: Door, config: DataSourceConfig, *, database: str, table: str) -> pd.DataFrame:
    """One row a partition: a column for each key, then where its files lie and when it was registered."""
    with _hinting(door, config, database=database, table=table):
        keys = [key.name for key in listing.table(door, config, database=database, name=table).partition_keys]
    found = listing.partitions(door, database=database, name=table)
    values = {name: _text(each.values[at] for each in found) for at, name in enumerate(keys)}
    last = {"location": _text(each.location for each in found), "created": _moment(each.created for each in found)}
    return _frame({**values, **last}, kind="partitions", database=database)


@contextmanager
def _hinting(door: Door, config: DataSourceConfig, *, database: str, table: str | None = None) -> Iterator[None]:
    """What is not found is said with the names there are, as far as Glue tells them."""
    try:
        yield
    except NotFoundError as error:
        near = hint(door, database=database, table=table) if listing.uses_glue(config) else ""
        error.remedy = f"{near} What you may not see looks the same as what is not there.".lstrip()
        raise


def _frame(columns: dict[str, pd.Series], *, kind: str, database: str) -> pd.DataFrame:
    from .shown import Listing  # noqa: PLC0415 - pandas is heavy, and needed only now

    frame = Listing(columns)
    frame.attrs["athena"] = {"describes": kind, "database": database}
    return frame


def _text(values: Iterable[str | None]) -> pd.Series:
    return _series(values, "str")


def _whole(values: Iterable[int | None]) -> pd.Series:
    return _series(values, "Int64")


def _flag(values: Iterable[bool]) -> pd.Series:
    return _series(values, "bool")


def _moment(values: Iterable[object]) -> pd.Series:
    return _series(values, "datetime64[ms, UTC]")


def _series(values: Iterable[object], dtype: str) -> pd.Series:
    import pandas as pd  # noqa: PLC0415

    # pandas before 3 has no missing value in "str"; there text stays as it is.
    wanted = "object" if dtype == "str" and pd.__version__.startswith("2.") else dtype
    return pd.Series(list(values), dtype=wanted)
