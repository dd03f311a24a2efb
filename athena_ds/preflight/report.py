"""What preflight found, as a DataFrame that shows itself: icon, word and colour, in light and dark."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, Final, cast

import pandas as pd

from ..errors import PreflightError
from ..policy import Grant
from .check import Outcome

COLUMNS: Final = ("id", "group", "check", "status", "evidence", "remedy", "actions", "elapsed_ms")

# Words beside icons and colours, so that none of the three is needed alone. Colours pass WCAG AA on JupyterLab's
# backgrounds; its own warning and success colours do not in light (facts: notebooks 4).
_ICONS: Final = {"passed": "✔", "failed": "✘", "warning": "▲", "skipped": "–"}
_STYLE: Final = """
.athena-ds-report{--ok:#1b5e20;--bad:#b00020;--warn:#8a5000;--dim:#5f6368;font-size:13px}
[data-jp-theme-light="false"] .athena-ds-report,.jp-mod-dark .athena-ds-report
{--ok:#81c995;--bad:#f28b82;--warn:#fdd663;--dim:#9aa0a6}
.athena-ds-report caption{text-align:left;font-weight:600;padding:4px 0}
.athena-ds-report th,.athena-ds-report td{text-align:left!important;vertical-align:top;white-space:normal;
overflow-wrap:anywhere;max-width:42em}
.athena-ds-report .passed{color:var(--ok)}.athena-ds-report .failed{color:var(--bad)}
.athena-ds-report .warning{color:var(--warn)}.athena-ds-report .skipped{color:var(--dim)}
.athena-ds-report .status{font-weight:600}.athena-ds-report .status,.athena-ds-report .group{white-space:nowrap}
.athena-ds-report small{color:var(--dim)}
"""
_DARK: Final = (
    "@media (prefers-color-scheme:dark){html:not([data-jp-theme-light]) .athena-ds-report"
    "{--ok:#81c995;--bad:#f28b82;--warn:#fdd663;--dim:#9aa0a6}}"
)


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
        """The IAM actions that failed checks call for, each with its resource, once.

        AWS names the first thing it denies; what else the check exercises belongs to it. So does what checks exercise
        that could not be asked because of that denial: nobody knows whether that is granted.
        """
        denied = {one.check.id: one for one in self.outcomes if one.finding.status == "failed" and one.finding.missing}
        wanted: list[Grant] = []
        for one in self.outcomes:
            if one.check.id in denied:
                wanted += [*one.finding.missing, *one.check.grants]
            elif one.finding.cause in denied and one.wanted:
                wanted += one.check.grants
        return tuple(dict.fromkeys(wanted))

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
        head = "".join(f'<th scope="col">{name}</th>' for name in ("group", "check", "status", "evidence", "remedy"))
        rows = "".join(_html(row) for row in self.to_dict("records"))
        return (
            f'<style>{_STYLE}{_DARK}</style><table class="athena-ds-report"><caption>Preflight: {escape(self.verdict)}'
            f"</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


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


def _html(row: Any) -> str:
    status = str(row["status"])
    icon = _ICONS.get(status, "")
    cells = [
        f'<td class="group">{escape(str(row["group"]))}</td>',
        f'<th scope="row">{escape(str(row["check"]))}<br><small>{escape(str(row["id"]))}</small></th>',
        f'<td class="status {escape(status)}"><span aria-hidden="true">{icon}</span> {escape(status)}</td>',
        f"<td>{escape(str(row['evidence']))}</td>",
        f"<td>{escape(str(row['remedy']))}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"
