"""Results location: bucket and path, and what the workgroup will do to them, said before the first query."""

from __future__ import annotations

from collections.abc import Mapping

from ...account import Account
from ...datasource import AthenaDataSource
from ...errors import AthenaDSError
from .. import blocks, fields
from ..card import Block, Event, in_words
from ..draft import Draft
from .step import Redraw, Step


class Results(Step):
    """Where query results go. The data source exists once this step is left."""

    name = "Results"
    working = "Asking the workgroup …"

    def __init__(self, draft: Draft, redraw: Redraw) -> None:
        super().__init__(draft, redraw)
        self._asked: Account | None = None

    def enter(self) -> None:
        """List the account's buckets, where that is allowed; once, unless somebody else signed in."""
        account = self.draft.account
        if account is None or account == self._asked:
            return
        self._asked = account
        try:
            self.draft.buckets = account.buckets()
        except AthenaDSError:
            self.draft.buckets = ()

    def blocks(self) -> list[Block]:
        """The two fields, and where results will land."""
        draft = self.draft
        bucket = fields.drawn(fields.RESULTS_BUCKET, draft, options=draft.buckets)
        path = fields.drawn(fields.RESULTS_PATH, draft)
        shown = [blocks.heading("Where should query results be stored?"), bucket, path]
        place = f"s3://{draft.text('results_bucket')}/{draft.text('results_path').strip('/')}"
        if draft.text("results_bucket"):
            shown.append(blocks.notice("info", place.rstrip("/") + "/", label="Results go to"))
        return shown

    def heard(self, event: Event) -> None:
        """The location follows what is typed."""
        if event.name in (fields.RESULTS_BUCKET.name, fields.RESULTS_PATH.name):
            self.redraw()

    def leave(self) -> Mapping[str, str]:
        """Make the data source and ask the workgroup for its settings."""
        draft = self.draft
        wrong = draft.problems()
        if wrong or draft.credentials is None:
            return wrong
        try:
            source = AthenaDataSource(config=draft.made_config(), credentials=draft.credentials)
            _ = source.contract.workgroup
        except AthenaDSError as error:
            return {"": in_words(error)}
        draft.take(source)
        return {}


def override_notice(source: AthenaDataSource) -> list[Block]:
    """What the workgroup does to the location, if anything."""
    group = source.contract.workgroup
    if group is None:
        return []
    if group.managed_results:
        said = f"Workgroup {group.name} keeps results itself for 24 hours; the bucket is not used."
        return [blocks.notice("warning", said, label="Managed query results")]
    theirs, ours = group.output_location or "", source.config.output_location
    if group.enforced and theirs.rstrip("/") != ours.rstrip("/"):
        said = f"Workgroup {group.name} enforces its own settings: results go to {theirs}, not to {ours}."
        return [blocks.notice("warning", said, label="Location overridden")]
    return []
