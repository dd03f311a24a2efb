"""Reading the catalog: Glue's pages, in parallel where there are many, or Athena's for catalogs of other kinds."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from ..aws import Door
from ..errors import NotFoundError
from .value import Partition, Table

_PAGE = 100
_THREADS = 8
_LETTERS = string.ascii_lowercase + string.digits + "_"
_SEGMENTS = 8
Page = tuple[list[dict[str, Any]], str | None]


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
        given = {"CatalogName": config.data_catalog, "MaxResults": 50, "WorkGroup": config.workgroup}
        said = _all(lambda token: _answer(door, "athena:ListDatabases", "DatabaseList", token, **given))
    return sorted(each["Name"] for each in said)


def tables(door: Door, config: CatalogScope, *, database: str) -> list[Table]:
    """The tables and views of a database that this identity may see, in order of name."""
    if not uses_glue(config):
        given = {"CatalogName": config.data_catalog, "DatabaseName": database, "MaxResults": 50}
        pages = _all(lambda token: _answer(door, "athena:ListTableMetadata", "TableMetadataList", token, **given))
        return sorted((Table.from_metadata(each, database=database) for each in pages), key=lambda table: table.name)
    said = _glue_tables(door, database)
    return [Table.from_glue(said[name], database=database) for name in sorted(said)]


def table(door: Door, config: CatalogScope, *, database: str, name: str) -> Table:
    """One table or view."""
    if uses_glue(config):
        return Table.from_glue(door.call("glue:GetTable", DatabaseName=database, Name=name)["Table"], database=database)
    given = {"CatalogName": config.data_catalog, "DatabaseName": database, "TableName": name}
    return Table.from_metadata(door.call("athena:GetTableMetadata", **given)["TableMetadata"], database=database)


def partitions(door: Door, *, database: str, name: str) -> list[Partition]:
    """Every partition of a table, read in parallel segments, in order of their values."""
    with ThreadPoolExecutor(_THREADS, "athena_ds-partitions") as pool:
        segments = pool.map(lambda number: _segment(door, database, name, number), range(_SEGMENTS))
        found = [Partition.from_glue(each) for segment in segments for each in segment]
    # By values: an endpoint that does not know segments gives each partition in all of them.
    return sorted({each.values: each for each in found}.values(), key=lambda each: [_order(v) for v in each.values])


def _order(value: str) -> tuple[int, int, str]:
    """Numbers by size and before words: 2 comes before 10."""
    return (0, int(value), value) if value.isascii() and value.isdigit() else (1, 0, value)


def uses_glue(config: CatalogScope) -> bool:
    """Whether the data catalog is Glue's own; any other is read through Athena."""
    return config.data_catalog.lower() == "awsdatacatalog"


def _segment(door: Door, database: str, name: str, number: int) -> list[dict[str, Any]]:
    given = {
        "DatabaseName": database,
        "TableName": name,
        "ExcludeColumnSchema": True,
        "MaxResults": 1000,
        "Segment": {"SegmentNumber": number, "TotalSegments": _SEGMENTS},
    }
    return _all(lambda token: _answer(door, "glue:GetPartitions", "Partitions", token, **given))


def _glue_tables(door: Door, database: str) -> dict[str, dict[str, Any]]:
    """Tables by name. A first page alone is one call; beyond it the rest is split by names and read in parallel."""

    def ask(token: str | None, expression: str | None = None) -> Page:
        given = {"DatabaseName": database, "Expression": expression, "MaxResults": _PAGE}
        return _answer(door, "glue:GetTables", "TableList", token, **given)

    first, token = ask(None)
    found = {each["Name"]: each for each in first}
    if token is None:
        return found
    parts = split([each["Name"] for each in first])
    with ThreadPoolExecutor(_THREADS, "athena_ds-tables") as pool:
        for part in pool.map(lambda expression: _all(lambda token: ask(token, expression)), parts):
            found.update((each["Name"], each) for each in part)
    if not _covered(parts, found):
        found.update((each["Name"], each) for each in _all(ask, token))
    return found


def split(names: Sequence[str]) -> list[str]:
    """Regular expressions of which every table name matches exactly one, made from what the first names share.

    Glue takes a regular expression for the whole name. Names that begin alike are parted after what they share, and at
    each digit in it: tables that are numbered show only the first numbers on a first page.
    """
    shared = _shared(names)
    parts = [f"{re.escape(shared)}{letter}.*" for letter in _LETTERS]
    parts.append(f"{re.escape(shared)}([^{_LETTERS}].*)?")
    for at, letter in enumerate(shared):
        alike = string.digits if letter.isdigit() else letter
        parts += [f"{re.escape(shared[:at])}{digit}.*" for digit in alike if digit != letter]
        parts.append(f"{re.escape(shared[:at])}([^{re.escape(alike)}].*)?")
    return parts


def _shared(names: Sequence[str]) -> str:
    low, high = min(names, default=""), max(names, default="")
    length = next((at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    return low[:length]


def _covered(parts: Sequence[str], found: dict[str, dict[str, Any]]) -> bool:
    """Whether the expressions were understood: each name fits one, and more came than the first page held."""
    return len(found) > _PAGE and all(any(re.fullmatch(part, name) for part in parts) for name in found)


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
