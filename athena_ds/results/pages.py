"""GetQueryResults: managed query results, and statements whose result is no CSV (SHOW, DESCRIBE, EXPLAIN).

Whether the first row repeats the labels follows from the statement's type. Comparing values with labels would lose a
row where they happen to be equal.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..errors import AthenaDSError, ResultError
from .cells import Cells, from_text
from .source import Door, Rows
from .types import Column

if TYPE_CHECKING:
    from ..execution import QueryExecution

Texts = list[str | None]

_LABELLED = {"SELECT", "EXPLAIN", "SHOW_FUNCTIONS"}
_PADDED = {"SHOW_COLUMNS", "DESCRIBE_TABLE", "DESC_VIEW", "SHOW_TABLE_PROPERTIES"}
_PAGE, _PAGES_A_BLOCK = 1000, 50


def columns_of(execution: QueryExecution, door: Door) -> list[Column]:
    """The columns of a result, for one row's worth of a call."""
    page = door.call("athena:GetQueryResults", QueryExecutionId=execution.query_execution_id, MaxResults=1)
    with _as_documented():
        return _columns(page)


def rows(execution: QueryExecution, door: Door) -> Rows:
    """The columns and rows of any statement, a page of at most 1,000 rows a call."""
    first = _page(execution, door, None)
    with _as_documented():
        columns = _columns(first)
        found = first["ResultSet"].get("Rows") or []
    if not columns and found:
        columns = [Column(name="result", type="string")]
    if execution.substatement_type != "SELECT" and not found and [c.name for c in columns] == ["rows"]:
        return Rows(columns=columns, blocks=_counted(first.get("UpdateCount")))
    return Rows(columns=columns, blocks=_blocks(execution, door, first, columns))


def _page(execution: QueryExecution, door: Door, token: str | None) -> dict[str, Any]:
    name = execution.query_execution_id
    return door.call("athena:GetQueryResults", QueryExecutionId=name, MaxResults=_PAGE, NextToken=token)


@contextmanager
def _as_documented() -> Iterator[None]:
    """What is not built as the API documents it is no result."""
    try:
        yield
    except AthenaDSError:
        raise
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        raise ResultError(reason=f"GetQueryResults gave what its API does not know ({error})") from error


def _columns(page: dict[str, Any]) -> list[Column]:
    described = page["ResultSet"].get("ResultSetMetadata") or {}
    return [Column.of(info) for info in described.get("ColumnInfo") or []]


def _counted(count: int | None) -> Generator[Sequence[Cells], None, None]:
    """What a CTAS, INSERT, UPDATE, DELETE or MERGE did: one row with the number of rows written."""
    yield [Cells(values=pa.array([] if count is None else [count], pa.int64()))]


def _blocks(
    execution: QueryExecution, door: Door, page: dict[str, Any], columns: Sequence[Column]
) -> Generator[Sequence[Cells], None, None]:
    gathered: list[list[Texts]] = []
    for number, texts in enumerate(_pages(execution, door, page, len(columns))):
        gathered.append(texts)
        if number % _PAGES_A_BLOCK == _PAGES_A_BLOCK - 1:
            yield _converted(gathered, columns)
            gathered = []
    yield _converted(gathered, columns)


def _pages(execution: QueryExecution, door: Door, page: dict[str, Any], width: int) -> Iterator[list[Texts]]:
    """The texts of each page's rows; the first row of a labelled result is left out."""
    skip = 1 if execution.substatement_type in _LABELLED else 0
    padded = execution.substatement_type in _PADDED
    seen: set[str] = set()
    while True:
        with _as_documented():
            texts = [_texts(row, width, padded=padded) for row in (page["ResultSet"].get("Rows") or [])[skip:]]
        yield texts
        if not (token := page.get("NextToken")):
            return
        if (token := str(token)) in seen:
            raise ResultError(reason="a page of it names an earlier one as the next")
        seen.add(token)
        page, skip = _page(execution, door, token), 0


def _texts(row: dict[str, Any], width: int, *, padded: bool) -> Texts:
    """A row's texts. DESCRIBE sends its fields in one, tabs between them, and pads them with blanks."""
    found: Texts = [datum.get("VarCharValue") for datum in row.get("Data") or []]
    if len(found) == 1 < width and found[0] is not None:
        found = [*found[0].split("\t", width - 1)]
    if padded:
        found = [None if text is None else text.strip() for text in found]
    if len(found) > width:
        raise ValueError(f"{len(found)} values for {width} columns")
    return [*found, *[None] * (width - len(found))]


def _converted(pages: list[list[Texts]], columns: Sequence[Column]) -> list[Cells]:
    by_column = list(zip(*(row for page in pages for row in page), strict=True)) or [()] * len(columns)
    with _as_documented():
        arrays = [pa.array(texts, pa.large_string()) for texts in by_column]
    return [from_text(texts, column) for texts, column in zip(arrays, columns, strict=True)]
