"""Preflight: each permission, bucket and setting proven, live, with what is missing to copy."""

from __future__ import annotations

from typing import Any

from ...datasource import AthenaDataSource
from ...errors import AthenaDSError
from ...preflight import Outcome, Report
from .. import blocks
from ..card import Block, Event, in_words
from .results import override_notice
from .step import Step

_ORDER = ("failed", "warning", "passed", "skipped")
_FOLD_FROM = 6
_NEXT_STEP = dict.fromkeys(("lifecycle", "lifecycle-uploads"), "The next step proposes a rule.")


class Preflight(Step):
    """Proves the data source before it is used; failures stop here, warnings do not."""

    name = "Preflight"
    working = "Checking …"

    def __init__(self, draft: Any, redraw: Any) -> None:
        super().__init__(draft, redraw)
        self._rows: list[dict[Any, Any]] = []
        self._all = False
        self._broken = ""
        self._lacking = ""
        self._checking = False

    def enter(self) -> None:
        """Run every check; a row appears when its check has ended."""
        self._check()

    def blocks(self) -> list[Block]:
        """The verdict, the rows, the policy that is missing."""
        source = self.draft.data_source
        shown = [blocks.heading("Is everything in place?"), *(override_notice(source) if source else [])]
        if self._broken:
            shown.append(blocks.notice("failed", self._broken))
        if self._rows:
            shown += [self._verdict(), self._table()]
        return [*shown, blocks.code("The policy that is missing", self._lacking)] if self._lacking else shown

    @property
    def beside(self) -> list[Block]:
        """Check again, and unfold what passed."""
        fold = "Fold what passed" if self._all else f"Show all {len(self._rows)}"
        folding = [] if self._unfolded and not self._all else [blocks.action("all", fold)]
        return [blocks.action("again", "Check again"), *folding]

    @property
    def note(self) -> str:
        """What stands in the way, where something does."""
        return "" if self.ready or self._checking else "Mend what failed, then check again."

    def heard(self, event: Event) -> None:
        """Check again, or unfold what passed."""
        if event.name == "again":
            self._check()
        elif event.name == "all":
            self._all = not self._all
        self.redraw()

    @property
    def ready(self) -> bool:
        """Whether no check failed."""
        return bool(self._rows) and not self._count("failed") and not self._broken

    def _check(self) -> None:
        source = self.draft.data_source
        self._rows, self._broken, self._lacking = [], "", ""
        if source is None:
            return
        self._checking = True
        try:
            self.draft.report = source.preflight(progress=self._told)
        except AthenaDSError as error:
            self._broken = in_words(error)
            return
        finally:
            self._checking = False
        self._rows = self.draft.report.to_dict("records")
        self._lacking = self._missing(source)

    def _told(self, outcomes: tuple[Outcome, ...], _left: int) -> None:
        self._rows = Report.of(outcomes).to_dict("records")
        self.redraw()

    def _count(self, status: str) -> int:
        return sum(row["status"] == status for row in self._rows)

    def _verdict(self) -> Block:
        counted = [(status, counted_words(status, self._count(status))) for status in _ORDER if self._count(status)]
        return blocks.verdict(counted, small="nothing written, nothing charged" if not self._checking else "")

    def _table(self) -> Block:
        rows = self._rows
        if not self._checking:  # while checks run, a row appears at the end; then what needs a look stands first
            rows = sorted(rows, key=lambda row: _ORDER.index(row["status"]))
        if not self._unfolded:
            rows = [row for row in rows if row["status"] != "passed"]
        cells = [
            [
                {"status": row["status"]},
                {"text": row["check"], "small": row["evidence"]},
                _NEXT_STEP.get(row["id"], row["remedy"]) if row["status"] == "warning" else row["remedy"],
            ]
            for row in rows
        ]
        return blocks.table(f"{len(rows)} checks", columns=["Status", "Check", "What to do"], rows=cells, stacked=True)

    @property
    def _unfolded(self) -> bool:
        few = self._count("passed") < _FOLD_FROM or self._count("passed") == len(self._rows)
        return self._all or self._checking or few

    def _missing(self, source: AthenaDataSource) -> str:
        """The statements that the failed checks call for, and no more; nothing where a grant helps against none."""
        if self.draft.report.passed:
            return ""
        try:
            missing = source.policy().missing(self.draft.report)
        except AthenaDSError:  # the rows say what to do as well, one by one
            return ""
        return missing.json() if missing else ""


def counted_words(status: str, count: int) -> str:
    """`1 warning`, `2 warnings`, `2 failed`."""
    return f"{count} {status}s" if status == "warning" and count > 1 else f"{count} {status}"
