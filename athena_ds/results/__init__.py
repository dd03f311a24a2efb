"""A finished query execution -> its rows: one DataFrame, several in turn, an Arrow table, a Polars DataFrame.

Everything heavy (pandas, pyarrow, numpy) is imported when the first result is read, or before by `make_ready`.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from .source import Door, ReadOptions
from .types import Backend

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import ModuleType

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from ..execution import QueryExecution

__all__ = ["Backend", "ReadOptions", "arrow", "batches", "make_ready", "polars", "read"]

_AS_USUAL = ReadOptions()


def read(execution: QueryExecution, door: Door, *, options: ReadOptions = _AS_USUAL) -> pd.DataFrame:
    """Every row of a succeeded execution as a DataFrame, with the same dtypes whichever way the rows come.

    `df.attrs["athena"]` says in JSON's types what the execution was and what to know of each column.

    Raises:
        ResultError: The rows could not be read back whole and exact.
        CallError: AWS did not give them.
    """
    frame: pd.DataFrame = _exits().frame(execution, door, options=options)
    return frame


def batches(
    execution: QueryExecution, door: Door, *, rows: int | None = None, options: ReadOptions = _AS_USUAL
) -> Generator[pd.DataFrame, None, None]:
    """The rows as DataFrames one after another, in bounded memory; the index goes on from one to the next.

    Args:
        execution: The succeeded execution.
        door: The way to AWS.
        rows: Rows of each DataFrame but the last; None takes them as they come, about 2 MB of text each.
        options: How rows are wanted.
    """
    frames: Generator[pd.DataFrame, None, None] = _exits().frames(execution, door, options=options, rows=rows)
    return frames


def arrow(execution: QueryExecution, door: Door, *, options: ReadOptions = _AS_USUAL) -> pa.Table:
    """Every row as an Arrow table, without pandas; each field's metadata holds its Athena type."""
    return _exits().table(execution, door, options=options)


def polars(execution: QueryExecution, door: Door, *, options: ReadOptions = _AS_USUAL) -> pl.DataFrame:
    """Every row as a Polars DataFrame, without pandas. Needs the extra `polars`."""
    frame: pl.DataFrame = _exits().polars_frame(execution, door, options=options)
    return frame


def make_ready(door: Door) -> None:
    """Make ready what reading needs in a thread of its own: while Athena runs the query that costs no time."""

    def ready() -> None:
        _exits()
        # What keeps a client from being made is told by the call that needs it.
        with suppress(Exception):
            door.warm("s3")

    Thread(target=ready, name="athena_ds-prepare", daemon=True).start()


def _exits() -> ModuleType:
    return import_module("athena_ds.results.exits")
