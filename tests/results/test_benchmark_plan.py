"""The benchmark's targets: each names what is measured, and a verdict is what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks
from benchmarks.libraries import CASES
from benchmarks.plan import FLOORS, Work, plan
from benchmarks.report import Measured, page, reached, table
from benchmarks.targets import Target, compared, targets

WANTED = targets(Path(benchmarks.__file__).with_name("targets.toml"))
WORKS = list(plan(["loopback", "aws-like", "slow-link"]))
FAST = Target(name="x", profile="loopback", work="wide", over=("PyAthena ArrowCursor",), least=2.0)


def test_each_target_names_what_is_measured() -> None:
    """Its own case and every one it is compared with, on that work and network."""
    known = {(work.profile, work.name, work.case) for work in WORKS}
    for target in WANTED:
        over = FLOORS if target.over == ("F2",) else target.over
        wanted = {(target.profile, target.work, target.case)}
        wanted |= {(target.profile, target.over_work or target.work, case) for case in over}
        assert wanted <= known, target.name
        assert (target.most is None) != (target.least is None), target.name


def test_every_case_is_run_and_none_twice() -> None:
    """In each profile; and repeated only where a target compares."""
    assert {work.case for work in WORKS} == set(CASES)
    assert len({work.key for work in WORKS}) == len(WORKS)
    assert 0 < len(compared(WORKS, WANTED)) < len(WORKS)


def runs(case: str, *walls: float, foreign: float = 0.0) -> Measured:
    work = Work(case=case, profile="loopback", dataset="wide")
    facts = {"cpu": 1.0, "server": 0.1, "peak_mb": 100.0, "calls": {"GetObject": 2}, "foreign": foreign}
    return Measured(work=work, runs=[{**facts, "wall": wall} for wall in walls])


@pytest.mark.parametrize(
    ("theirs", "foreign", "verdict"),
    [(2.0, 0.0, "met"), (1.7, 0.0, "near"), (1.5, 0.0, "MISSED"), (1.5, 0.3, "no verdict: others used the machine")],
)
def test_a_time_has_a_fifth_of_slack_and_a_disturbed_one_no_verdict(
    theirs: float, foreign: float, verdict: str
) -> None:
    """Medians are compared."""
    found = [runs("athena_ds", 0.9, 1.0, 5.0), runs("PyAthena ArrowCursor", theirs, foreign=foreign)]
    value, disturbed = reached(found, FAST)
    assert value == pytest.approx(theirs)
    assert FAST.verdict(theirs, disturbed=disturbed) == verdict


def test_a_call_that_must_not_be_made_is_counted() -> None:
    """None is met, one is missed: calls have no slack."""
    never = Target(name="x", profile="loopback", work="wide", of="calls HeadObject", most=0)
    assert reached([runs("athena_ds", 1.0)], never) == (0.0, False)
    assert (never.verdict(0.0, disturbed=False), never.verdict(1.0, disturbed=False)) == ("met", "MISSED")


def test_the_calm_repetitions_count() -> None:
    """Over those that others disturbed."""
    mixed = Measured(work=runs("athena_ds").work, runs=[*runs("", 9.0, foreign=0.9).runs, *runs("", 1.0).runs])
    assert (mixed.number("wall"), mixed.number("calls GetObject"), mixed.number("calls HeadObject")) == (1.0, 2, 0)


def test_the_page_keeps_its_words_around_the_table(tmp_path: Path) -> None:
    """Only what stands between the marks is replaced."""
    file = tmp_path / "page.md"
    file.write_text("before <!-- measured: begin -->old<!-- measured: end --> after")
    found = [runs("athena_ds", 1.0), runs("floor: download", 0.5), runs("floor: parse", 0.5)]
    text = page(file, table(found, [FAST], "ci"))
    assert text.startswith("before <!--")
    assert text.endswith("--> after")
    assert "old" not in text
    assert "| floor F2 | " in text
