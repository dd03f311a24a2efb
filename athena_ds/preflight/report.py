"""What preflight found, as a DataFrame that shows itself: icon, word and colour, in light and dark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

import pandas as pd

from .. import markup
from ..errors import PreflightError
from ..policy import Grant
from .check import Outcome

COLUMNS: Final = ("id", "group", "check", "status", "evidence", "remedy", "actions", "elapsed_ms")

_NOTED: Final = ("failed", "warning")
_HEADS: Final = ("Status", "Check", "What to do")


class Report(pd.DataFrame):
    """One row a check. A part of it (a filter, a head) is a plain DataFrame again."""

    _metadata = ["outcomes"]  # noqa: RUF012 - pandas' own protocol

    outcomes: tuple[Outcome, ...]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Report:
        """The report of these outcomes, in their order."""
        kept = tuple(outcomes)
        report = cls([_row(outcome) for outcome in kept], columns=list(COLUMNS))
        report["elapsed_ms"] = report["elapsed_ms"].astype("int64")
        report.outcomes = kept
        return report

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def __repr__(self) -> str:
        """The verdict and what needs a look; times stay out, so that a stored notebook can be compared."""
        if tuple(self.columns) != COLUMNS:
            return super().__repr__()
        noted = pd.DataFrame(self)[self["status"].isin(_NOTED)]
        lines = [f"{row['status']}: {row['check']} ({row['id']})\n    {row['remedy']}" for _, row in noted.iterrows()]
        return "\n".join([f"Preflight: {self.verdict}", *lines])

    @property
    def passed(self) -> bool:
        """Whether nothing failed; warnings and skipped checks do not count."""
        return not (self["status"] == "failed").any()

    @property
    def failures(self) -> pd.DataFrame:
        """The rows that failed."""
        return cast("pd.DataFrame", self[self["status"] == "failed"])

    @property
    def missing(self) -> tuple[Grant, ...]:
        """The IAM actions that failed checks call for and a statement can give, each with its resource, once.

        AWS names the first thing it denies; what else the check exercises belongs to it. So does what checks exercise
        that could not be asked because of that denial: nobody knows whether that is granted. What no grant mends (a
        Deny statement, a boundary) is not among it: see `barred`.
        """
        denied = {one.check.id: one for one in self.outcomes if one.finding.status == "failed" and one.finding.missing}
        wanted: list[Grant] = []
        for one in self.outcomes:
            if one.check.id in denied:
                wanted += [*one.finding.missing, *one.check.grants]
            elif one.finding.cause in denied and one.wanted:
                wanted += one.check.grants
        barred = set(self.barred)
        return tuple(grant for grant in dict.fromkeys(wanted) if grant not in barred)

    @property
    def barred(self) -> tuple[Grant, ...]:
        """What failed checks were denied and no statement gives: the row's remedy says who can lift it, and where."""
        failed = (one for one in self.outcomes if one.finding.status == "failed")
        return tuple(dict.fromkeys(grant for one in failed for grant in one.finding.barred))

    @property
    def verdict(self) -> str:
        """One line: `2 failed, 1 warning, 3 skipped, 14 passed`."""
        counts = self["status"].value_counts()
        parts = [(name, int(counts.get(name, 0))) for name in ("failed", "warning", "skipped", "passed")]
        words = {"warning": "warnings"}
        return ", ".join(f"{count} {words.get(name, name) if count != 1 else name}" for name, count in parts if count)

    def raise_for_failures(self) -> None:
        """Do nothing when nothing failed.

        Raises:
            PreflightError: With every failure and its remedy.
        """
        failures = [one for one in self.outcomes if one.finding.status == "failed"]
        if failures:
            raise PreflightError([(one.check.id, one.finding.evidence, one.finding.remedy) for one in failures])

    def _repr_html_(self) -> str:
        if tuple(self.columns) != COLUMNS:
            return cast("str", pd.DataFrame(self)._repr_html_())  # type: ignore[operator]
        noted: list[dict[Any, Any]] = []
        rest: list[dict[Any, Any]] = []
        for row in self.to_dict("records"):
            (noted if row["status"] in _NOTED else rest).append(row)
        noted.sort(key=lambda row: _NOTED.index(row["status"]))
        title, folded = markup.title(f"Preflight: {self.verdict}"), ""
        if rest:
            about = ", ".join(dict.fromkeys(str(row["group"]) for row in rest))
            folded = markup.folded(f"{_counts(rest)}: {about}", _table("", rest), unfolded=not noted)
        return markup.page(title, _table("What needs a look", noted) if noted else "", folded)


def _row(outcome: Outcome) -> dict[str, Any]:
    check, finding = outcome.check, outcome.finding
    return {
        "id": check.id,
        "group": check.group,
        "check": check.sentence,
        "status": finding.status,
        "evidence": finding.evidence,
        "remedy": finding.remedy,
        "actions": ", ".join(dict.fromkeys(grant.action for grant in check.grants)),
        "elapsed_ms": outcome.elapsed_ms,
    }


def _counts(rows: list[dict[Any, Any]]) -> str:
    """`30 passed, 4 skipped`."""
    counted = [(status, sum(row["status"] == status for row in rows)) for status in ("passed", "skipped")]
    return ", ".join(f"{count} {status}" for status, count in counted if count)


def _table(caption: str, rows: list[dict[Any, Any]]) -> str:
    cells = [
        (
            markup.status(str(row["status"])),
            markup.both(row["check"], row["evidence"]),
            markup.both(row["remedy"], row["id"]),
        )
        for row in rows
    ]
    return markup.table(caption, columns=_HEADS, rows=cells, named=1)
