"""What `targets.toml` wants, and whether it was reached."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.plan import FLOORS, Work

TIMES = ("wall", "added")
"""What others on the machine disturb; read with a fifth of slack."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One figure to reach.

    Attributes:
        name: What it says.
        profile: The network.
        work: The name of the work.
        case: Whose figure.
        of: `wall` or `cpu` seconds, `peak_mb`, `added` seconds beyond the query's own, or `calls OPERATION`.
        over: The cases it is compared with, of which the best counts; `F2` for the floor; none for a plain number.
        over_work: The work of those, where it is another.
        size: The size of the data it holds for; any when empty.
        most: How many times theirs, or how much, ours may be.
        least: How many times ours theirs must be.
    """

    name: str
    profile: str
    work: str
    case: str = "athena_ds"
    of: str = "wall"
    over: tuple[str, ...] = ()
    over_work: str = ""
    size: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def wanted(self) -> str:
        """The bound, as text."""
        return f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"

    def verdict(self, value: float, *, disturbed: bool) -> str:
        """met, near (a time within a fifth of it), missed, or none on a machine that others used."""
        if self._holds(value, slack=1.0):
            return "met"
        if disturbed:
            return "no verdict: others used the machine"
        return "near" if self.of in TIMES and self._holds(value, slack=1.2) else "MISSED"

    def _holds(self, value: float, *, slack: float) -> bool:
        return value <= self.most * slack if self.most is not None else value * slack >= (self.least or 0.0)


def targets(file: Path, size: str = "full") -> list[Target]:
    """Those of a file for a size of the data: each table may hold for several works and profiles."""
    found = []
    for each in tomllib.loads(file.read_text())["target"]:
        facts = {**each, "over": tuple(each.get("over", ()))}
        works, profiles = facts.pop("works", [facts.get("work")]), facts.pop("profiles", [facts.get("profile")])
        for profile in profiles:
            for work in works:
                said = each["name"].format(work=work, profile=profile)
                found.append(Target(**{**facts, "work": work, "profile": profile, "name": said}))
    return [target for target in found if target.size in ("", size)]


def compared(works: Iterable[Work], wanted: Iterable[Target]) -> set[Work]:
    """The pieces of work that any target needs."""
    known: Mapping[tuple[str, str, str], Work] = {(each.profile, each.name, each.case): each for each in works}
    found = set()
    for target in wanted:
        over = FLOORS if target.over == ("F2",) else target.over
        keys = [(target.profile, target.work, target.case)]
        keys += [(target.profile, target.over_work or target.work, case) for case in over]
        found |= {known[key] for key in keys if key in known}
    return found
