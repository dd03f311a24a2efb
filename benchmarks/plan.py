"""What one run measures: each piece of work is a case on a data set and a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.libraries import IMPORTS

OURS = ("athena_ds", "athena_ds pyarrow", "athena_ds arrow", "athena_ds batches", "athena_ds unload")
CURSORS = ("PyAthena PandasCursor", "PyAthena ArrowCursor", "PyAthena PolarsCursor")
UNLOADS = ("PyAthena PandasCursor unload", "PyAthena ArrowCursor unload", "PyAthena PolarsCursor unload")
WRANGLER = ("awswrangler", "awswrangler unload", "awswrangler ctas")
FLOORS = ("floor: download", "floor: parse")
ONCE = ("PyAthena PandasCursor engine=pyarrow", "naive get_object + read_csv")
"""Told apart from the others on loopback only; the network changes nothing about them that it does not for others."""

PAGED = ("PyAthena Cursor", "PyAthena S3FSCursor")
"""Cell by cell in Python: measured on 10,000 rows."""

OUR_TABLES = ("athena_ds describe", "athena_ds tables", "athena_ds describe first page")
TABLES = (*OUR_TABLES, "awswrangler catalog.tables", "boto3 get_tables paginator")
LATENCY = ("athena_ds", "PyAthena Cursor", "PyAthena PandasCursor", "awswrangler")
QUICK = ("athena_ds", "PyAthena Cursor", *CURSORS, "awswrangler")
TOGETHER = ("athena_ds query_many", "PyAthena AsyncPandasCursor", "PyAthena AioPandasCursor")
SECONDS = ("0.0", "0.2", "0.5", "1", "3", "10")


@dataclass(frozen=True, kw_only=True)
class Work:
    """A case with a data set, on a network, and how it is run."""

    case: str
    profile: str
    dataset: str
    arguments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The data set with what else was given; its cases are compared with one another."""
        return " ".join((self.dataset, *self.arguments)).replace("--", "")

    @property
    def key(self) -> str:
        """All of it, as text."""
        return f"{self.profile} {self.name}: {self.case}"


def plan(profiles: list[str]) -> Iterator[Work]:
    """Every reader on each large data set, then small results, latencies, crowds, new processes, listings, imports."""
    for profile in profiles:
        if profile == "slow-link":
            for case in ("athena_ds", *CURSORS, "awswrangler", "floor: download"):
                yield Work(case=case, profile=profile, dataset="tenth")
            continue
        for dataset in ("narrow", "wide"):
            for case in (*OURS, *CURSORS, *UNLOADS, *WRANGLER, *FLOORS, *(ONCE if profile == "loopback" else ())):
                yield Work(case=case, profile=profile, dataset=dataset)
        if profile == "loopback":
            yield Work(case="athena_ds batches", profile=profile, dataset="tenth")
            for case in IMPORTS:
                yield Work(case=case, profile=profile, dataset="small", arguments=("--import",))
        else:
            yield from _quick(profile)


def _quick(profile: str) -> Iterator[Work]:
    for case in (*OURS[:1], *PAGED, *CURSORS, *WRANGLER):
        yield Work(case=case, profile=profile, dataset="pages")
    for case in LATENCY:
        for seconds in SECONDS:
            yield Work(case=case, profile=profile, dataset="small", arguments=("--seconds", seconds, "--samples", "6"))
    for case in (*QUICK, *TOGETHER):
        yield Work(case=case, profile=profile, dataset="small", arguments=("--many",))
    for case in QUICK:
        yield Work(case=case, profile=profile, dataset="small", arguments=("--cold", "--seconds", "0.5"))
    for case in TABLES:
        yield Work(case=case, profile=profile, dataset="tables")
