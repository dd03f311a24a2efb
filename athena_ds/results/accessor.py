"""`df.athena`: where a DataFrame's rows came from, read from `df.attrs["athena"]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .types import unique_names

if TYPE_CHECKING:
    import pandas as pd


class QueryFacts:
    """The execution behind a DataFrame, for people: `df.athena`, `df.athena.query_execution_id`, `df.athena.types`."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._facts: dict[str, Any] = frame.attrs.get("athena", {})
        if not self._facts:
            raise AttributeError("this DataFrame does not come from a query of athena_ds, or lost its attrs on the way")

    @property
    def facts(self) -> dict[str, Any]:
        """All of them, as in `df.attrs["athena"]`."""
        return dict(self._facts)

    @property
    def query_execution_id(self) -> str:
        """The execution; `ds.result(id)` reads its rows again without running it again."""
        return str(self._facts["query_execution_id"])

    @property
    def data_scanned_in_bytes(self) -> int:
        """Bytes Athena read for it, which is what it charges for."""
        return int(self._facts["data_scanned_in_bytes"])

    @property
    def output_location(self) -> str | None:
        """Where its result lies in S3; None with managed query results."""
        found: str | None = self._facts["output_location"]
        return found

    @property
    def types(self) -> dict[str, str]:
        """Each column's Athena type, by the column's name in the DataFrame as it was read."""
        return {name: column["type"] for name, column in self._columns()}

    @property
    def notes(self) -> dict[str, str]:
        """What to know of a column, where there is something: text where no dtype holds the type, months, ..."""
        return {name: column["note"] for name, column in self._columns() if "note" in column}

    def _columns(self) -> list[tuple[str, dict[str, Any]]]:
        columns = self._facts["columns"]
        return list(zip(unique_names(column["name"] for column in columns), columns, strict=True))

    def __repr__(self) -> str:
        took = self._facts["total_ms"]
        seconds = "" if took is None else f", {took / 1000:.1f} s"
        reused = ", an earlier result" if self._facts["reused"] else ""
        again = f", {self._facts['retries']:,} calls made again" if self._facts.get("retries") else ""
        scanned = f"{self.data_scanned_in_bytes:,} bytes scanned"
        return f"<query {self.query_execution_id}: {scanned}{seconds}{reused}{again}>"
