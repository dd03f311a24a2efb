"""Medians and ratios of what was measured, as a table for people and as targets met or missed."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
import tomllib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
NOISE = 0.15


class Measured(Protocol):
    """All repetitions of one piece of work."""

    work: Any
    runs: list[dict[str, Any]]


def median(each: Measured, what: str) -> float | None:
    """The median of a number over the repetitions that nobody disturbed; over all where none was calm."""
    good = [run for run in each.runs if what in run]
    calm = [run for run in good if run.get("foreign", 0) <= NOISE] or good
    return statistics.median(run[what] for run in calm) if calm else None


def best(each: Measured, what: str) -> float | None:
    """The least of a number over the repetitions."""
    return min((run[what] for run in each.runs if what in run), default=None)


def floor(found: Sequence[Measured], profile: str, dataset: str) -> float | None:
    """F2: the processor seconds that downloading, serving and parsing take, shared by all processors."""
    parts = {each.work.case: each for each in found if (each.work.profile, each.work.name) == (profile, dataset)}
    download, parse = parts.get("floor: download"), parts.get("floor: parse")
    if download is None or parse is None:
        return None
    spent = [median(download, "cpu"), median(download, "server"), median(parse, "cpu")]
    return None if None in spent else sum(number for number in spent if number is not None) / (os.cpu_count() or 1)


def table(found: Sequence[Measured], size: str) -> str:
    """Markdown: one table a network and data set, with how many times longer than athena_ds each took."""
    lines = [_about(size)]
    for profile, name in dict.fromkeys((each.work.profile, each.work.name) for each in found):
        here = [each for each in found if (each.work.profile, each.work.name) == (profile, name)]
        ours = next((median(each, "wall") for each in here if each.work.case.startswith("athena_ds")), None)
        lines += ["", f"## {name}, {profile}", "", "| | wall s | x athena_ds | CPU s | peak MB | calls | noise |"]
        lines.append("| --- | ---: | ---: | ---: | ---: | --- | ---: |")
        lines += [_row(each, ours) for each in here]
        if (least := floor(found, profile, name)) is not None:
            lines.append(f"| floor F2 | {least:.2f} | {least / ours if ours else 0:.2f} | | | | |")
    return "\n".join(lines)


def _about(size: str) -> str:
    names = ("athena_ds", "pandas", "pyarrow", "boto3")
    versions = ", ".join(f"{name} {version(name.replace('_', '-'))}" for name in names)
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    return f"Measured on {datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}: size `{size}`, {machine}, {versions}."


def _row(each: Measured, ours: float | None) -> str:
    wall = median(each, "wall")
    if wall is None:
        return f"| {each.work.case} | failed: {each.runs[-1].get('error', '')} | | | | | |"
    calls = ", ".join(f"{count} {name}" for name, count in each.runs[-1]["calls"].items() if count)
    ratio = f"{wall / ours:.2f}" if ours else ""
    noise = statistics.median(run.get("foreign", 0.0) for run in each.runs if "wall" in run)
    numbers = f"{median(each, 'cpu'):.2f} | {best(each, 'peak_mb'):.0f} | {calls} | {noise:.2f}"
    return f"| {each.work.case} | {wall:.2f} | {ratio} | {numbers} |"


def written(page: Path, measured: str) -> str:
    """The page with its measured part replaced, or added at its end."""
    text = page.read_text() if page.exists() else "# Benchmarks\n"
    part = f"{BEGIN}\n{measured}\n{END}"
    if BEGIN not in text:
        return f"{text.rstrip()}\n\n{part}\n"
    return text[: text.index(BEGIN)] + part + text[text.index(END) + len(END) :]


def checked(found: Sequence[Measured], targets: Path) -> int:
    """Print each target with what was reached; the number missed. A disturbed run gives no verdict."""
    missed = 0
    for target in tomllib.loads(targets.read_text())["target"]:
        value, noisy = _reached(found, target)
        if value is None:
            continue
        met = value <= target["most"] if "most" in target else value >= target["least"]
        missed += not met and not noisy
        verdict = "met" if met else "no verdict: others used the machine" if noisy else "MISSED"
        wanted = f"<= {target['most']}" if "most" in target else f">= {target['least']}"
        print(f"{verdict}: {target['name']}: {value:.2f} {wanted}")
    return missed


def _reached(found: Sequence[Measured], target: dict[str, Any]) -> tuple[float | None, bool]:
    where = (target["profile"], target["work"])
    here = {each.work.case: each for each in found if (each.work.profile, each.work.name) == where}
    what, over = target.get("of", "wall"), target["over"]
    ours = here.get(target.get("case", "athena_ds"))
    if ours is None:
        return None, False
    base: float | None = 1.0 if over == "1" else floor(found, *where) if over == "F2" else None
    if base is None and over in here:
        base = best(here[over], what) if what == "peak_mb" else median(here[over], what)
    mine = best(ours, what) if what == "peak_mb" else median(ours, what)
    if mine is None or not base:
        return None, False
    noisy = what == "wall" and any(run.get("foreign", 0) > NOISE for run in ours.runs)
    return (mine - target.get("less", 0.0)) / base if "most" in target else base / mine, noisy
