"""Read the bucket's lifecycle, propose a rule for results, merge it in when told to."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from .. import markup
from ..aws import Door
from ..errors import AthenaDSError, CallError, ConfirmationError, NotFoundError, ParameterError
from ..policy import Location
from .lifecycle import Rule, merged, proposed, rules_of

_LONGEST_REUSE_DAYS = 7
"""Athena gives results again for at most 10,080 minutes."""

_CTAS = "tables/"
"""Where CREATE TABLE AS SELECT writes, under the results path, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What happens to results today, and what should.

    Attributes:
        place: The results path.
        days: How long the proposed rule keeps results.
        configuration: The bucket's lifecycle as it is.
        proposal: The rules results should have.
        warnings: What the proposal would do that may not be wanted.
        owner: The account that must own the bucket.
    """

    door: Door
    place: Location
    days: int
    configuration: Mapping[str, Any]
    proposal: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...] = ()
    owner: str | None = None
    size_rule: str | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The bucket's rules today."""
        return tuple(rules_of(self.configuration))

    @property
    def covering(self) -> tuple[Rule, ...]:
        """Those that are on and cover the whole results path."""
        return tuple(rule for rule in self.rules if rule.enabled and rule.covers(self.place.prefix))

    @property
    def covered(self) -> bool:
        """Whether today's rules remove results and abort uploads left behind."""
        return any(rule.expires for rule in self.covering) and any(rule.aborts for rule in self.covering)

    @property
    def merged(self) -> dict[str, Any]:
        """The whole configuration as `apply` would put it."""
        return merged(self.configuration, [dict(rule) for rule in self.proposal])

    def diff(self) -> str:
        """Today's configuration against the merged one, as a unified diff of JSON; empty when nothing would change."""
        lines = difflib.unified_diff(
            _json({"Rules": list(self.configuration.get("Rules", []))}),
            _json(self.merged),
            "today",
            "merged",
            lineterm="",
        )
        return "\n".join(lines)

    def apply(self, *, confirm: bool = False) -> Retention:
        """Merge the proposal into the bucket's lifecycle and read it back. Every other rule survives as it is.

        Args:
            confirm: Must be True: this changes the bucket.

        Returns:
            The retention as it is afterwards.

        Raises:
            ConfirmationError: Without confirmation; nothing was changed.
            AccessDeniedError: Without s3:PutLifecycleConfiguration.
        """
        if confirm is not True:
            raise ConfirmationError(
                f"The lifecycle of bucket '{self.place.bucket}' would be changed, and nobody confirmed it.",
                remedy="Look at retention.diff(), then call retention.apply(confirm=True).",
            )
        # What was read may be minutes old, and PUT replaces everything: merge into what is there now.
        now, size_rule = read(self.door, self.place, owner=self.owner)
        wanted = replace(self, configuration=now, size_rule=size_rule)
        whole = wanted.merged
        self.door.call(
            "s3:PutBucketLifecycleConfiguration",
            Bucket=self.place.bucket,
            ExpectedBucketOwner=self.owner,
            LifecycleConfiguration=whole,
            TransitionDefaultMinimumObjectSize=size_rule,
        )
        after, size_rule = read(self.door, self.place, owner=self.owner)
        if _sorted(after) != _sorted(whole):
            raise AthenaDSError(
                f"The lifecycle of bucket '{self.place.bucket}' reads back differently from what was written.",
                remedy="Somebody else may have changed it at the same moment: look at ds.retention() again.",
            )
        return replace(self, configuration=after, size_rule=size_rule)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def lines(self) -> list[str]:
        """What is, what should be, what to look out for."""
        said = [f"Results are under {self.place}"]
        said += [f"Today: {rule.told}" for rule in self.covering] or ["Today: no rule covers them; they stay for ever."]
        proposed = [f"Proposed: {Rule(raw=rule).told}" for rule in self.proposal]
        said += proposed if self.diff() else ["That is as proposed: nothing would change."]
        return [*said, *(f"Look out: {warning}" for warning in self.warnings)]

    def _repr_html_(self) -> str:
        diff, about = self.diff(), "The change to the bucket's lifecycle"
        change = markup.code(diff, about=about) if diff else ""
        return markup.page(markup.title("How long query results are kept"), markup.lines(self.lines()), change)


def retention(
    door: Door, place: Location | None, *, database: str, days: int = 30, owner: str | None = None
) -> Retention:
    """What a bucket does with results today and the rule it should have.

    Args:
        door: Who asks.
        place: The results path.
        database: The database whose tables might lie under it.
        days: How long results are to be kept.
        owner: The account that must own the bucket.

    Raises:
        ParameterError: For fewer days than one, or where Athena keeps results itself.
        AccessDeniedError: Without s3:GetLifecycleConfiguration.
    """
    if place is None:
        raise ParameterError(
            "The workgroup keeps query results itself, for a day: there is no lifecycle to look at.",
            remedy="To keep results longer, use a workgroup without managed query results.",
        )
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        raise ParameterError(f"Results can be kept for 1 day or more, in whole days, not for {days!r}.")
    configuration, size_rule = read(door, place, owner=owner)
    rules = proposed(place.prefix, days=days, versioned=_versioned(door, place, owner))
    made = Retention(
        door=door,
        place=place,
        days=days,
        configuration=configuration,
        proposal=tuple(rules),
        owner=owner,
        size_rule=size_rule,
    )
    return replace(made, warnings=tuple(_warnings(made, door, database)))


def read(door: Door, place: Location, *, owner: str | None) -> tuple[dict[str, Any], str | None]:
    """The bucket's lifecycle and its rule for small objects, which must be put back with it."""
    try:
        answer = door.call("s3:GetBucketLifecycleConfiguration", Bucket=place.bucket, ExpectedBucketOwner=owner)
    except NotFoundError as error:
        if error.code == "NoSuchBucket":
            raise
        return {"Rules": []}, None
    return {"Rules": answer.get("Rules", [])}, answer.get("TransitionDefaultMinimumObjectSize")


def _versioned(door: Door, place: Location, owner: str | None) -> bool:
    """Whether the bucket keeps versions; where that may not be asked, the rule for old ones does no harm."""
    try:
        answer = door.call("s3:GetBucketVersioning", Bucket=place.bucket, ExpectedBucketOwner=owner)
    except CallError:
        return True
    return answer.get("Status") is not None


def _warnings(plan: Retention, door: Door, database: str) -> list[str]:
    said = []
    if plan.days < _LONGEST_REUSE_DAYS:
        said.append(
            f"{plan.days} days are less than the {_LONGEST_REUSE_DAYS} for which Athena can give results again."
        )
    names = _tables_under(door, plan.place, database)
    if names:
        said.append(
            f"it would delete the files of tables that lie there: {', '.join(names)}. Move them, or their results."
        )
    if _anything_under(door, plan.place, _CTAS):
        where = f"{plan.place}{_CTAS}"
        said.append(f"it would delete what CREATE TABLE AS SELECT wrote under {where}; give CTAS an external_location.")
    shorter = [rule for rule in plan.covering if rule.expires and rule.days is not None and rule.days < plan.days]
    said += [f"{rule.told}, which is sooner and goes on to count." for rule in shorter]
    if not plan.place.prefix:
        said.append("the results path is the whole bucket: the rule covers everything in it.")
    return said


def _tables_under(door: Door, place: Location, database: str) -> list[str]:
    found: list[str] = []
    with suppress(CallError):
        for table in door.listed("glue:GetTables", "TableList", DatabaseName=database, MaxResults=100):
            if _lies_under(table, place):
                found.append(f"{database}.{table['Name']}")
    return found


def _lies_under(table: Mapping[str, Any], place: Location) -> bool:
    location = Location.of((table.get("StorageDescriptor") or {}).get("Location") or "")
    return location is not None and place.covers(location) and table.get("TableType") != "VIRTUAL_VIEW"


def _anything_under(door: Door, place: Location, inner: str) -> bool:
    try:
        answer = door.call("s3:ListObjectsV2", Bucket=place.bucket, Prefix=f"{place.inside}{inner}", MaxKeys=1)
    except CallError:
        return False
    return bool(answer.get("Contents"))


def _json(value: Any) -> list[str]:
    return json.dumps(value, indent=2, default=_text, sort_keys=True).splitlines()


def _sorted(configuration: Mapping[str, Any]) -> list[str]:
    """Rules in a form that can be compared; S3 may give them back in another order."""
    return sorted(json.dumps(rule, default=_text, sort_keys=True) for rule in configuration["Rules"])


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
