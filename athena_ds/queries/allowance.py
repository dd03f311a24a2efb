"""What a query may scan, and that one which surely scans more is not begun."""

from __future__ import annotations

from dataclasses import replace

from ..catalog.sizes import Effort
from ..connection.config import bytes_of
from ..execution import Submission, Submit, scan_foreseen
from .estimate import Foreseen, foresee
from .options import QueryOptions
from .running import RunningQuery, Source, through


def scan_limit(source: Source, options: QueryOptions) -> int | None:
    """The bytes that a query may scan: its own, or the data source's."""
    limit = options.get("max_scan", source.config.max_scan)
    return None if limit is None else bytes_of(limit)


def effort(source: Source, asked: Submit, *, enough: int | None = None) -> Effort:
    """How far the objects a query reads are counted, on whose bill."""
    return Effort(enough=enough, requester_pays=source.contract.in_workgroup(asked.workgroup).requester_pays)


def allowed(source: Source, asked: Submit, *, options: QueryOptions) -> Foreseen | None:
    """What a query with a limit will scan, as far as it is known before it begins; None without a limit.

    Raises:
        ScanLimitError: When it surely scans more. A result to be reused may scan nothing, and is let begin.
    """
    if (limit := scan_limit(source, options)) is None:
        return None
    foreseen = foresee(
        asked,
        door=source.door,
        explain=lambda part: explained(source, asked, sql=part, options=options),
        effort=effort(source, asked, enough=limit),
    )
    surely = foreseen.at_least if foreseen and asked.reuse_minutes is None else 0
    if error := scan_foreseen(surely, limit=limit, sql=asked.sql):
        raise error
    return foreseen


def explained(source: Source, asked: Submit, *, sql: str, options: QueryOptions) -> str:
    """Athena's plan of what a query reads. Nothing is read for it and nothing charged."""
    submit = replace(asked.again(), sql=f"EXPLAIN (TYPE IO, FORMAT JSON) {sql}", reuse_minutes=None)
    waiting: QueryOptions = {"timeout": options.get("timeout")}
    plan = through(RunningQuery(source, Submission(source.door, submit), options=waiting, nested={}))
    return "\n".join(str(line) for line in plan.iloc[:, 0])
