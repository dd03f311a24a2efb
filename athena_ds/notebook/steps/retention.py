"""Retention: what the bucket does with results today, the rule it should have, applied only with consent."""

from __future__ import annotations

from ...errors import AthenaDSError
from ...retention import plan
from ...retention.lifecycle import Rule
from .. import blocks, fields
from ..card import Block, Event, in_words
from ..draft import Draft
from .step import Redraw, Step

_CONSENT = fields.Field(
    name="consent",
    label="I agree to change this bucket's lifecycle",
    kind="checkbox",
    required=False,
    help="The bucket's other rules stay as they are.",
)


class Retention(Step):
    """Proposes a lifecycle rule; going on without it is fine."""

    name = "Retention"
    forward = "Continue"
    working = "Reading the bucket's lifecycle …"

    def __init__(self, draft: Draft, redraw: Redraw) -> None:
        super().__init__(draft, redraw)
        self._said: list[Block] = []

    def enter(self) -> None:
        """Read the lifecycle and make a proposal."""
        source, self._said = self.draft.data_source, []
        self.draft.retention = None
        if source is None:
            return
        try:
            self.draft.retention = source.retention()
        except AthenaDSError as error:
            self._said = [blocks.notice("warning", in_words(error), label="The lifecycle could not be read")]

    def blocks(self) -> list[Block]:
        """What is, what should be, and the consent."""
        shown = [blocks.heading("How long are query results kept?"), *self._said]
        retention = self.draft.retention
        if retention is None:
            return shown
        rules = [blocks.notice("passed", rule.told, label="Today") for rule in retention.covering]
        never = blocks.notice("warning", "No rule covers them; they stay for ever.", label="Today")
        shown += rules or [never]
        return shown if retention.covered else [*shown, *self._proposal(retention)]

    def _proposal(self, retention: plan.Retention) -> list[Block]:
        agree = bool(self.draft.values.get("consent"))
        return [
            *(blocks.notice("info", Rule(raw=rule).told, label="Proposed") for rule in retention.proposal),
            *(blocks.notice("warning", words, label="Look out") for words in retention.warnings),
            blocks.code("The change to the bucket's lifecycle", retention.diff()),
            {**fields.drawn(_CONSENT, self.draft), "value": agree},
            blocks.buttons(blocks.action("apply", "Apply this rule", disabled=not agree)),
        ]

    def heard(self, event: Event) -> None:
        """Apply the rule once the box is ticked."""
        if event.name == "apply" and self.draft.values.get("consent") and self.draft.retention is not None:
            self._apply()
        self.redraw()

    def _apply(self) -> None:
        try:
            self.draft.retention = self.draft.retention.apply(confirm=True)
        except AthenaDSError as error:
            self._said = [blocks.notice("failed", in_words(error))]
            return
        self._said = [blocks.notice("passed", "The rule is in place; it was read back.", label="Applied")]
