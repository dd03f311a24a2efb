"""What a query can scan at most, and what it scans at least: from Athena's plan, Glue and the sizes of objects.

Athena's plan says which tables are read and which values of their partition keys can be wanted; it is free. Objects
under those partitions are counted. Where the plan can't be had, every partition counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from ..aws import Door
from ..catalog import Table, listing
from ..catalog.domain import Reading, readings_in
from ..catalog.mentioned import scans_in
from ..catalog.reading import is_query, part_that_reads, reads_all_of
from ..catalog.sizes import Effort, Measured, measure
from ..errors import AthenaDSError, NotFoundError, ParameterError
from ..execution import Submit
from .cost import Price

# A view of views of views; Athena's own views nest no deeper in practice.
_DEPTH = 5
_EXECUTE = re.compile(r'\s*EXECUTE\s+"?(\w+)"?', re.IGNORECASE)
# How much is counted before a query that has a limit: a list of 1,000 objects takes some 50 ms.
_PAGES = 100

_GLUES = "awsdatacatalog"
_Key = tuple[str, str]

Explain = Callable[[str], str]
"""Athena's plan of a query as text: EXPLAIN (TYPE IO, FORMAT JSON)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """One table, as far as the query can read it.

    Attributes:
        table: Database and name.
        size_bytes: Bytes of the partitions it can want, as often as it reads them.
        objects: In how many objects; None where the catalog said the bytes.
        partitions: How many partitions; None where there are none, or they are projected.
        scans: How often the query reads it at most.
        by: `objects`, or `catalog` for Glue's statistics where objects may not be listed.
    """

    table: str
    size_bytes: int
    objects: int | None
    partitions: int | None = None
    scans: int = 1
    by: Literal["objects", "catalog"] = "objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a query can scan. Columns that are not read, and parts of files that can be left out, make it less.

    Attributes:
        at_most_bytes: All tables together.
        at_most_usd: Their price.
        at_least_bytes: What it surely scans: files without columns, such as CSV and JSON, read from end to end; else 0.
        tables: Each table it reads, views resolved.
        pruned: Whether Athena's plan said which partitions it can want; else every partition counts.
    """

    at_most_bytes: int
    at_most_usd: float
    at_least_bytes: int = 0
    tables: tuple[TableSize, ...] = ()
    pruned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What is known before a query that has a limit begins.

    Attributes:
        at_least: Bytes it surely scans.
        at_most: Bytes it can scan; None where that is more than the limit and was not counted to the end.
    """

    at_least: int
    at_most: int | None


class _Named(NamedTuple):
    """A table, and how often a statement names it."""

    table: Table
    scans: int


class Estimator:
    """One statement's estimate.

    Args:
        asked: The statement as it would be sent.
        door: Who asks.
        explain: How Athena is asked for a plan.
        effort: When counting may end early.
    """

    def __init__(self, asked: Submit, *, door: Door, explain: Explain, effort: Effort) -> None:
        self._asked, self._door, self._explain, self._effort = asked, door, explain, effort
        self._texts: list[str] = []
        self._found: dict[_Key, _Named] = {}
        self.tables: list[TableSize] = []
        self.complete = True
        self.pruned = False
        self.at_least = 0

    def measure(self) -> None:
        """Measure what the statement reads.

        Raises:
            AthenaDSError: When one of its tables cannot be seen or measured.
        """
        part = part_that_reads(self._prepared(self._asked.sql))
        if part is None:
            return
        self._name(part)
        whole = [Reading(catalog="", database=database, table=name) for database, name in self._found]
        if whole and not self._is_little(whole):
            planned = self._planned(part) if is_query(part) else None
            self._measure(planned, whole)
            self._judge(planned or [])

    @property
    def total(self) -> int:
        """All tables together."""
        return sum(each.size_bytes for each in self.tables)

    def _is_little(self, whole: list[Reading]) -> bool:
        """Whether all of the tables are less than what is allowed: then no plan is asked for."""
        if self._effort.enough is None or any(each.table.partition_keys for each in self._found.values()):
            return False
        self._measure(None, whole)
        return self.complete and self.total <= self._effort.enough

    def _measure(self, planned: list[Reading] | None, whole: list[Reading]) -> None:
        self.pruned, self.complete, self.tables = planned is not None, True, []
        for key, named in self._found.items():
            wanted = [each for each in (whole if planned is None else planned) if (each.database, each.table) == key]
            if wanted:
                sizes = [measure(self._door, named.table, domains=each.domains, effort=self._effort) for each in wanted]
                self._note(named, sizes)

    def _note(self, named: _Named, sizes: list[Measured]) -> None:
        """Readings that are alike are one in a plan: what is not told apart counts as the largest."""
        scans = max(named.scans, len(sizes))
        largest = max(sizes, key=lambda each: each.size_bytes)
        every = [*sizes, *[largest] * (scans - len(sizes))]
        self.complete = self.complete and all(each.complete for each in sizes)
        self.tables.append(
            TableSize(
                table=_label(named.table),
                size_bytes=sum(each.size_bytes for each in every),
                objects=None if largest.objects is None else sum(each.objects or 0 for each in every),
                partitions=None if largest.partitions is None else sum(each.partitions or 0 for each in every),
                scans=scans,
                by=largest.by,
            )
        )

    def _judge(self, planned: list[Reading]) -> None:
        """What is surely scanned: known of one table that the plan says is read, once."""
        if len(planned) != 1 or len(self.tables) != 1 or self.tables[0].scans != 1 or self.tables[0].by != "objects":
            return
        table = self._found[planned[0].database, planned[0].table].table
        domains = [planned[0].domains.get(key.name) for key in table.partition_keys]
        # A folder beside those that are projected is none of the table's; one that the query names is its own affair.
        named = all(domain is not None and domain.values is not None for domain in domains)
        if (named or not table.projected) and reads_all_of(table, self._texts):
            self.at_least = self.tables[0].size_bytes

    def _planned(self, part: str) -> list[Reading] | None:
        """What Athena's plan says is read; None where no plan can be had."""
        try:
            readings = readings_in(self._explain(part))
        except AthenaDSError:
            # Not every engine explains every statement, and an upper bound holds without.
            return None
        for each in readings or ():
            if each.catalog.lower() not in ("", _GLUES):
                raise _elsewhere(each.catalog)
            if not _costs_nothing(each.database, each.table):
                self._found.setdefault((each.database, each.table), _Named(self._table(each.database, each.table), 1))
        return readings

    def _name(self, sql: str, depth: int = 0, times: int = 1) -> None:
        """The tables that a text names, those of its views included, and how often."""
        self._texts.append(sql)
        for (database, name), scans in scans_in(sql, self._asked.database).items():
            if _costs_nothing(database, name):
                continue
            table = self._table(database, name)
            if table.type == "view" and depth < _DEPTH:
                self._name(table.view_sql, depth + 1, times * scans)
                continue
            key = (table.database.lower(), table.name.lower())
            known = self._found.get(key)
            self._found[key] = _Named(table, times * scans + (known.scans if known else 0))

    def _table(self, database: str, name: str) -> Table:
        if not listing.uses_glue(self._asked):
            raise _elsewhere(self._asked.data_catalog)
        try:
            return listing.table(self._door, self._asked, database=database, name=name)
        except NotFoundError as error:
            told = "ds.describe() lists the tables you may see; one you may not see looks the same."
            error.remedy = error.remedy or told
            raise

    def _prepared(self, sql: str) -> str:
        """The text of the prepared statement that EXECUTE runs."""
        if not (named := _EXECUTE.match(sql)):
            return sql
        given = {"StatementName": named[1], "WorkGroup": self._asked.workgroup}
        return str(self._door.call("athena:GetPreparedStatement", **given)["PreparedStatement"]["QueryStatement"])


def _label(table: Table) -> str:
    return f"{table.database}.{table.name}"


def _costs_nothing(database: str, name: str) -> bool:
    """What Athena answers from metadata, which is not charged: `information_schema`, `"t$partitions"`."""
    return database == "information_schema" or "$" in name


def _elsewhere(catalog: str) -> ParameterError:
    said = f"Only tables of Glue's own data catalog can be measured, not those of {catalog!r}."
    return ParameterError(said, remedy="max_scan watches such a query while it runs.")


def estimate(asked: Submit, *, door: Door, price: Price, explain: Explain, effort: Effort) -> Estimate:
    """Measure what a statement can read of the tables it names.

    Raises:
        NotFoundError: When it names a table that does not exist or may not be seen.
        AccessDeniedError: When a table's objects may not be listed, and the catalog does not know their size.
        ParameterError: When a table is not in Glue's own catalog.
    """
    found = Estimator(asked, door=door, explain=explain, effort=effort)
    found.measure()
    return Estimate(
        at_most_bytes=found.total,
        at_most_usd=price.of_bytes(found.total),
        at_least_bytes=found.at_least,
        tables=tuple(found.tables),
        pruned=found.pruned,
    )


def foresee(asked: Submit, *, door: Door, explain: Explain, effort: Effort) -> Foreseen | None:
    """What a query that may scan no more than is `enough` scans, counted until its fate is known; None if unknown."""
    found = Estimator(asked, door=door, explain=explain, effort=replace(effort, pages=_PAGES))
    try:
        found.measure()
    except AthenaDSError:
        # What is wrong with the statement Athena says better; a size that is not known is watched.
        return None
    return Foreseen(at_least=found.at_least, at_most=found.total if found.complete else None)
