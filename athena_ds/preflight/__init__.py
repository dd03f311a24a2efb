"""Preflight: is everything there and allowed that describe and query need? Asked without leaving or costing anything.

Writing is proven by an upload that is begun and aborted, starting by a statement Athena refuses to parse, stopping on
an execution that has ended. What a check asks stands beside it; `catalogue.CATALOGUE` lists them all.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Literal, get_args

from ..aws import Door
from ..connection.config import DataSourceConfig
from ..connection.credentials import Credentials
from ..errors.meant import check_choice
from ..policy import Policy
from . import athena, endtoend, glue, housekeeping, identity, shown, sources, storage, targets
from .catalogue import CATALOGUE
from .check import Check, Outcome, Run, Watch
from .probe import Probe
from .report import Report

__all__ = ["CATALOGUE", "Depth", "Outcome", "Report", "Watch", "preflight"]

Depth = Literal["calls", "query"]


def preflight(  # noqa: PLR0913
    door: Door,
    config: DataSourceConfig,
    *,
    credentials: Credentials,
    policy: Policy | None = None,
    depth: Depth = "calls",
    timeout: float = 120.0,
    progress: bool | Watch | None = None,
) -> Report:
    """Ask every check and report.

    Args:
        door: Who asks.
        config: What is asked about.
        credentials: Their kind, for the gate.
        policy: The policy in use: what it grants must hold, also where no query needs it; None asks for the least.
        depth: `calls` leaves nothing; `query` also runs one EXPLAIN, which is free and leaves two small files.
        timeout: Seconds after which the checks still unanswered are reported as such.
        progress: Whether a bar is drawn (None: where somebody looks on), or a watch of one's own.
    """
    check_choice("depth", depth, choices=get_args(Depth))
    probe = Probe(door=door, config=config, policy=policy)
    with shown.bar(wanted=progress) as watch:
        run = Run(policy=policy, deadline=time.monotonic() + timeout, watch=watch)
        # Who asks comes first: account and workgroup stand in every ARN and place the other checks name.
        run.ask(identity.checks(probe, credentials))
        first = athena.checks(probe)
        run.ask(first[:1])
        run.ask(
            [*_with_query(probe, first[1:], depth), *glue.checks(probe), sources.finding_them(probe), *_storage(probe)]
        )
        run.ask(sources.checks(probe))
    return Report.of(_ordered(run.outcomes))


def _storage(probe: Probe) -> list[Check]:
    return [*storage.checks(probe), *targets.checks(probe), *housekeeping.checks(probe)]


def _with_query(probe: Probe, checks: list[Check], depth: Depth) -> list[Check]:
    """With `depth="query"`, what asks about an execution asks about the one that was just run."""
    if depth == "calls":
        return checks
    about = {"execution", "executions", "rows", "stop"}
    after = [replace(check, requires=("query",)) if check.id in about else check for check in checks]
    return [
        *(replace(check, requires=("query",)) if check.id == "history" else check for check in after),
        endtoend.check(probe),
    ]


def _ordered(outcomes: dict[str, Outcome]) -> list[Outcome]:
    """In the order a person would ask: the catalogue's, a bucket's checks together."""
    order = {name: number for number, name in enumerate(CATALOGUE)}

    def place(outcome: Outcome) -> tuple[int, str, int]:
        name, _, bucket = outcome.check.id.partition(":")
        return (order[f"{name.partition('-')[0]}-bucket"], bucket, order[name]) if bucket else (order[name], "", 0)

    return sorted(outcomes.values(), key=place)
