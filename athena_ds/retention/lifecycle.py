"""S3 lifecycle rules, pure: what a rule covers and does, the rule results should have, how it is merged in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

RULE_ID: Final = "athena-ds-results"
"""The Id of the rule this package proposes; only rules whose Id begins with it are ever replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as S3 keeps it; `raw` is never changed."""

    raw: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its Id."""
        return str(self.raw.get("ID", ""))

    @property
    def enabled(self) -> bool:
        """Whether it is on."""
        return self.raw.get("Status") == "Enabled"

    @property
    def prefix(self) -> str:
        """What keys must begin with; old rules carry it at the top, newer ones in Filter or its And."""
        given = self.raw.get("Filter") or {}
        inner = given.get("And") or {}
        return str(self.raw.get("Prefix") or given.get("Prefix") or inner.get("Prefix") or "")

    @property
    def narrowed(self) -> bool:
        """Whether a tag or a size keeps it from covering every object under its prefix."""
        given = self.raw.get("Filter") or {}
        inner = given.get("And") or {}
        names = ("Tag", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
        return any(name in given or name in inner for name in names)

    @property
    def expires(self) -> bool:
        """Whether it removes objects after a time."""
        return "Days" in self._expiration or "Date" in self._expiration

    @property
    def days(self) -> int | None:
        """After how many days it removes them."""
        days = self._expiration.get("Days")
        return int(days) if days is not None else None

    @property
    def aborts(self) -> bool:
        """Whether it aborts incomplete uploads."""
        return bool((self.raw.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation"))

    @property
    def expires_old_versions(self) -> bool:
        """Whether it removes old versions."""
        return bool((self.raw.get("NoncurrentVersionExpiration") or {}).get("NoncurrentDays"))

    @property
    def told(self) -> str:
        """In one sentence."""
        does = []
        if self.expires:
            does.append(f"removes objects after {_days(self.days)}" if self.days else "removes objects on a date")
        if self.aborts:
            days = self.raw["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
            does.append(f"aborts incomplete uploads after {_days(days)}")
        if self.expires_old_versions:
            old = self.raw["NoncurrentVersionExpiration"]["NoncurrentDays"]
            does.append(f"removes old versions after {_days(old)}")
        where = f"under '{self.prefix}'" if self.prefix else "in the whole bucket"
        return f"rule '{self.id or '(no Id)'}' {' and '.join(does) or 'does nothing to results'} {where}"

    @property
    def _expiration(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.raw.get("Expiration") or {}
        return found

    def covers(self, path: str) -> bool:
        """Whether it is about every object under a path. Prefixes are plain text: `athena` also covers `athena-x/`."""
        return not self.narrowed and _inside(path).startswith(self.prefix)


def _inside(path: str) -> str:
    return f"{path}/" if path else ""


def rules_of(configuration: Mapping[str, Any]) -> list[Rule]:
    """The rules of GetBucketLifecycleConfiguration's answer."""
    return [Rule(raw=each) for each in configuration.get("Rules", [])]


def proposed(path: str, *, days: int, versioned: bool) -> list[dict[str, Any]]:
    """The rules results under a path should have.

    One that removes results, aborts uploads and, where the bucket keeps versions, removes old ones; then another for
    delete markers, which S3 takes only apart from `Days`.
    """
    rule: dict[str, Any] = {
        "ID": f"{RULE_ID}-{days}d",
        "Status": "Enabled",
        "Filter": {"Prefix": _inside(path)},
        "Expiration": {"Days": days},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    if not versioned:
        return [rule]
    rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": 1}
    markers = {
        "ID": f"{RULE_ID}-markers",
        "Status": "Enabled",
        "Filter": {"Prefix": _inside(path)},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    return [rule, markers]


def merged(configuration: Mapping[str, Any], rules: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole configuration to put: every other rule as it is, ours replaced where it stood, else at the end.

    PutBucketLifecycleConfiguration replaces everything, so what is not sent is gone.
    """
    ours = {str(rule["ID"]) for rule in rules}
    paths = {str((rule.get("Filter") or {}).get("Prefix", "")) for rule in rules}
    kept = [rule for rule in configuration.get("Rules", []) if not _replaced(rule, ours, paths)]
    made: dict[str, Any] = {"Rules": [*kept, *rules]}
    return made


def _replaced(rule: Mapping[str, Any], ours: set[str], paths: set[str]) -> bool:
    """An earlier rule of ours for the same path; nobody else's."""
    name = str(rule.get("ID", ""))
    return name in ours or (name.startswith(RULE_ID) and Rule(raw=rule).prefix in paths)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
