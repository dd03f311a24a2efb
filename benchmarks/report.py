"""Medians and ratios of what was measured, as a table for people and as targets met or missed."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.plan import FLOORS, Work
from benchmarks.targets import TIMES, Target

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
NOISE, BUSY = 0.15, 0.5
"""Shares of the processors that others may use before a time, and before even processor seconds, give no verdict."""


@dataclass(kw_only=True)
class Measured:
    """All repetitions of one piece of work."""

    work: Work
    runs: list[dict[str, Any]] = field(default_factory=list)

    def number(self, what: str) -> float | None:
        """The median over the repetitions that nobody disturbed, over all where none was calm; of memory the least."""
        found = [_number(run, what) for run in self.calm(what) or self.runs if "wall" in run]
        known = [each for each in found if each is not None]
        if not known:
            return None
        return min(known) if what == "peak_mb" else statistics.median(known)

    def calm(self, what: str) -> list[dict[str, Any]]:
        """The repetitions that nobody disturbed."""
        limit = NOISE if what in TIMES else BUSY if what == "cpu" else 1.0
        return [run for run in self.runs if run.get("foreign", 1.0) <= limit]


def _number(run: dict[str, Any], what: str) -> float | None:
    kind, _, operation = what.partition(" ")
    return float(run["calls"].get(operation, 0)) if kind == "calls" else run.get(what)


def _find(found: Sequence[Measured], profile: str, name: str, case: str) -> Measured | None:
    wanted = (profile, name, case)
    return next((each for each in found if (each.work.profile, each.work.name, each.work.case) == wanted), None)


def floor(found: Sequence[Measured], profile: str, name: str) -> float | None:
    """F2: the processor seconds that downloading, serving and parsing take, shared by all processors."""
    download, parse = (_find(found, profile, name, case) for case in FLOORS)
    if download is None or parse is None:
        return None
    spent = [download.number("cpu"), download.number("server"), parse.number("cpu")]
    return None if None in spent else sum(number for number in spent if number is not None) / (os.cpu_count() or 1)


def reached(found: Sequence[Measured], target: Target) -> tuple[float | None, bool]:
    """The target's figure, None where it was not measured; and whether others disturbed every repetition of it."""
    ours = _find(found, target.profile, target.work, target.case)
    mine = ours.number(target.of) if ours else None
    if ours is None or mine is None:
        return None, False
    disturbed = not ours.calm(target.of)
    if not target.over:
        return mine, disturbed
    if target.over == ("F2",):
        base = floor(found, target.profile, target.work)
    else:
        others = [_find(found, target.profile, target.over_work or target.work, case) for case in target.over]
        known = [each.number(target.of) for each in others if each]
        base = min((each for each in known if each is not None), default=None)
        disturbed = disturbed or any(each is not None and not each.calm(target.of) for each in others)
    if not base or not mine:
        return None, False
    return (mine / base if target.most is not None else base / mine), disturbed


def checked(found: Sequence[Measured], wanted: Sequence[Target]) -> int:
    """Print each target with what was reached; the number missed."""
    missed = 0
    for target in wanted:
        value, disturbed = reached(found, target)
        said = "not measured" if value is None else target.verdict(value, disturbed=disturbed)
        missed += said == "MISSED"
        print(f"{said}: {target.name}: {'' if value is None else f'{value:.2f} '}{target.wanted}")
    return missed


def table(found: Sequence[Measured], wanted: Sequence[Target], size: str) -> str:
    """Markdown: the targets, then one table a network and data set, with how many times athena_ds's time each took."""
    lines = [_about(size), "", "## Figures to reach", "", "| | wanted | reached | |", "| --- | ---: | ---: | --- |"]
    for target in wanted:
        value, disturbed = reached(found, target)
        if value is not None:
            verdict = target.verdict(value, disturbed=disturbed)
            lines.append(f"| {target.name} | {target.wanted} | {value:.2f} | {verdict} |")
    for profile, name in dict.fromkeys((each.work.profile, each.work.name) for each in found):
        here = [each for each in found if (each.work.profile, each.work.name) == (profile, name) and each.runs]
        if here:
            lines += _compared(found, here, profile, name)
    return "\n".join(lines)


def _compared(found: Sequence[Measured], here: Sequence[Measured], profile: str, name: str) -> list[str]:
    ours = next((each.number("wall") for each in here if each.work.case.startswith("athena_ds")), None)
    lines = ["", f"## {name}, {profile}", "", "| | wall s | x athena_ds | CPU s | peak MB | calls | runs | noise |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |")
    lines += [_row(each, ours) for each in here]
    if (least := floor(found, profile, name)) is not None:
        lines.append(f"| floor F2 | {least:.2f} | {least / ours if ours else 0:.2f} | | | | | |")
    return lines


def _about(size: str) -> str:
    names = ("athena_ds", "pandas", "pyarrow", "boto3")
    versions = ", ".join(f"{name} {version(name.replace('_', '-'))}" for name in names)
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    peers = [line for file in sorted(Path(__file__).parent.glob("requirements-*.txt")) for line in _pinned(file)]
    return (
        f"Measured on {datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}: size `{size}`, {machine}, {versions};"
        f" the peers: {', '.join(peers)}. Medians of the runs counted in the tables; `noise` is the share of the"
        " machine that others used meanwhile. A time within a fifth of what is wanted is `near`."
    )


def _pinned(file: Path) -> list[str]:
    return [
        line.partition("[")[0].partition("=")[0] + " " + line.rpartition("=")[2] for line in file.read_text().split()
    ]


def _row(each: Measured, ours: float | None) -> str:
    wall = each.number("wall")
    if wall is None:
        return f"| {each.work.case} | failed: {each.runs[-1].get('error', '')} | | | | | | |"
    good = [run for run in each.runs if "wall" in run]
    calls = ", ".join(f"{count:.3g} {name}" for name, count in good[-1]["calls"].items() if count)
    noise = statistics.median(run.get("foreign", 0.0) for run in good)
    digits = 2 if wall >= 0.1 else 3
    ratio = f"{wall / ours:.2f}" if ours else ""
    numbers = f"{each.number('cpu'):.2f} | {each.number('peak_mb'):.0f} | {calls} | {len(good)} | {noise:.2f}"
    return f"| {each.work.case} | {wall:.{digits}f} | {ratio} | {numbers} |"


def page(file: Path, measured: str) -> str:
    """The page with its measured part replaced, or added at its end."""
    text = file.read_text() if file.exists() else "# Benchmarks\n"
    part = f"{BEGIN}\n{measured}\n{END}"
    if BEGIN not in text:
        return f"{text.rstrip()}\n\n{part}\n"
    return text[: text.index(BEGIN)] + part + text[text.index(END) + len(END) :]
