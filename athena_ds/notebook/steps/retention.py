"""Retention: what the bucket does with results today, the rule it should have, applied only with consent."""

from __future__ import annotations

from athena_ds.errors import AthenaDSError
from athena_ds.notebook import blocks, fields
from athena_ds.notebook.card import Block, Event, first_line
from athena_ds.notebook.steps.step import Step

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

    def enter(self) -> None:
        """Read the lifecycle and make a proposal."""
        source = self.draft.data_source
        self._said: list[Block] = []
        if source is None:
            return
        try:
            self.draft.retention = source.retention()
        except AthenaDSError as error:
            self._said = [blocks.notice("warning", first_line(error), label="The lifecycle could not be read")]

    def blocks(self) -> list[Block]:
        """What is, what should be, and the consent."""
        shown = [blocks.heading("How long are query results kept?"), *getattr(self, "_said", [])]
        retention = self.draft.retention
        if retention is None:
            return shown
        status = "passed" if retention.covered else "warning"
        shown.append(blocks.notice(status, retention.sentence, label="Today"))
        shown += [blocks.notice("warning", words) for words in retention.warnings]
        if retention.covered:
            return shown
        agree = bool(self.draft.values.get("consent"))
        apply = blocks.action("apply", "Apply this rule", disabled=not agree)
        field = {**fields.drawn(_CONSENT, self.draft), "value": agree}
        return [*shown, blocks.code("The change", retention.diff), field, blocks.actions(apply)]

    def heard(self, event: Event) -> None:
        """Apply the rule once the box is ticked."""
        if event.name == "apply" and self.draft.values.get("consent") and self.draft.retention is not None:
            self._apply()
        self.redraw()

    def _apply(self) -> None:
        try:
            self.draft.retention = self.draft.retention.apply(confirm=True)
        except AthenaDSError as error:
            self._said = [blocks.notice("failed", first_line(error))]
            return
        self._said = [blocks.notice("passed", "The rule is in place; it was read back.")]
