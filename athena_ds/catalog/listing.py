"""Reading the catalog: Glue's pages, in parallel where there are many, or Athena's for catalogs of other kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol, TypeVar

from ..aws import Door
from ..errors import NotFoundError
from . import parts
from .parts import Page
from .value import Partition, Table

_T = TypeVar("_T")
_PAGE, _ATHENAS_PAGE = 100, 50
_THREADS = _SEGMENTS = 8


class CatalogScope(Protocol):
    """What listing needs to know: which data catalog, read through which workgroup."""

    @property
    def data_catalog(self) -> str:
        """Athena's data catalog."""

    @property
    def workgroup(self) -> str:
        """Athena's workgroup."""


def databases(door: Door, config: CatalogScope) -> list[str]:
    """The databases this identity may see, in order of name."""
    if uses_glue(config):
        said = _all(lambda token: _answer(door, "glue:GetDatabases", "DatabaseList", token, MaxResults=_PAGE))
    else:
        given = {"CatalogName": config.data_catalog, "MaxResults": _ATHENAS_PAGE, "WorkGroup": config.workgroup}
        said = _all(lambda token: _answer(door, "athena:ListDatabases", "DatabaseList", token, **given))
    return sorted(each["Name"] for each in said)


def tables(door: Door, config: CatalogScope, *, database: str) -> list[Table]:
    """The tables and views of a database that this identity may see, in order of name."""
    if not uses_glue(config):
        pages = _table_pages(door, config, database, page=_PAGE)
        return sorted((each for page in pages for each in page), key=lambda table: table.name)
    found = in_glue(door, database, make=lambda said: Table.from_glue(said, database=database))
    return [found[name] for name in sorted(found)]


def first_tables(door: Door, config: CatalogScope, *, database: str, limit: int) -> list[Table]:
    """Tables and views as far as the first pages that hold so many of them; one call for a hundred."""
    pages = _table_pages(door, config, database, page=min(limit, _PAGE))
    return sorted(islice((each for page in pages for each in page), limit), key=lambda table: table.name)


def table_names(door: Door, config: CatalogScope, *, database: str) -> list[str]:
    """The names alone, in order: Glue leaves out all else, so they come faster than tables do."""
    if not uses_glue(config):
        return [each.name for each in tables(door, config, database=database)]
    return sorted(in_glue(door, database, make=lambda said: said["Name"], attributes=["NAME"]))


def table(door: Door, config: CatalogScope, *, database: str, name: str) -> Table:
    """One table or view."""
    if uses_glue(config):
        return Table.from_glue(door.call("glue:GetTable", DatabaseName=database, Name=name)["Table"], database=database)
    given = {"CatalogName": config.data_catalog, "DatabaseName": database, "TableName": name}
    return Table.from_metadata(door.call("athena:GetTableMetadata", **given)["TableMetadata"], database=database)


def partitions(door: Door, *, database: str, name: str, expression: str | None = None) -> list[Partition]:
    """Every partition of a table that meets Glue's expression, read in parallel segments, in order of their values."""
    with ThreadPoolExecutor(_THREADS, "athena_ds-partitions") as pool:
        segments = pool.map(lambda number: _segment(door, database, name, number, expression), range(_SEGMENTS))
        found = [Partition.from_glue(each) for segment in segments for each in segment]
    # By values: an endpoint that does not know segments gives each partition in all of them.
    return sorted({each.values: each for each in found}.values(), key=lambda each: [_order(v) for v in each.values])


def _order(value: str) -> tuple[int, int, str]:
    """Numbers by size and before words: 2 comes before 10."""
    return (0, int(value), value) if value.isascii() and value.isdigit() else (1, 0, value)


def uses_glue(config: CatalogScope) -> bool:
    """Whether the data catalog is Glue's own; any other is read through Athena."""
    return config.data_catalog.lower() == "awsdatacatalog"


def _segment(door: Door, database: str, name: str, number: int, expression: str | None) -> list[dict[str, Any]]:
    given = {
        "DatabaseName": database,
        "TableName": name,
        "Expression": expression,
        "ExcludeColumnSchema": True,
        "MaxResults": 1000,
        "Segment": {"SegmentNumber": number, "TotalSegments": _SEGMENTS},
    }
    return _all(lambda token: _answer(door, "glue:GetPartitions", "Partitions", token, **given))


def in_glue(
    door: Door, database: str, *, make: Callable[[dict[str, Any]], _T], attributes: list[str] | None = None
) -> dict[str, _T]:
    """What `make` keeps of each table in Glue's own catalog, by name; read side by side where there are many."""

    def ask(token: str | None, expression: str | None) -> Page:
        given = {"Expression": expression, "AttributesToGet": attributes, "MaxResults": _PAGE}
        return _answer(door, "glue:GetTables", "TableList", token, DatabaseName=database, **given)

    return parts.read(ask, make)


def _table_pages(door: Door, config: CatalogScope, database: str, *, page: int) -> Iterator[list[Table]]:
    """Page after page, as they come."""
    if uses_glue(config):
        given: dict[str, Any] = {"DatabaseName": database, "MaxResults": page}
        for said in _pages(lambda token: _answer(door, "glue:GetTables", "TableList", token, **given), None):
            yield [Table.from_glue(each, database=database) for each in said]
        return
    given = {"CatalogName": config.data_catalog, "DatabaseName": database, "MaxResults": min(page, _ATHENAS_PAGE)}
    for said in _pages(
        lambda token: _answer(door, "athena:ListTableMetadata", "TableMetadataList", token, **given), None
    ):
        yield [Table.from_metadata(each, database=database) for each in said]


def _answer(door: Door, operation: str, key: str, token: str | None, **given: Any) -> Page:
    try:
        answer = door.call(operation, NextToken=token, **given)
    except NotFoundError as error:
        error.remedy = error.remedy or "Check the name and the region; what you may not see looks the same."
        raise
    return answer.get(key, []), answer.get("NextToken") or None


def _all(ask: Callable[[str | None], Page], token: str | None = None) -> list[dict[str, Any]]:
    return [each for page in _pages(ask, token) for each in page]


def _pages(ask: Callable[[str | None], Page], token: str | None) -> Iterator[list[dict[str, Any]]]:
    while True:
        page, token = ask(token)
        yield page
        if token is None:
            return
