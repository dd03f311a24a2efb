"""parliament, the linter that others wrote, as its command uses it."""

from __future__ import annotations

import parliament
from parliament.cli import is_finding_filtered

from athena_ds.policy import Policy


def found(policy: Policy, *, minimum_severity: str = "LOW") -> list[str]:
    """What the command `parliament --minimum_severity ...` prints, in policies that each fit IAM's limit."""
    findings = [
        parliament.enhance_finding(one)
        for part in policy.split()
        for one in parliament.analyze_policy_string(part.json()).findings
    ]
    shown = [one for one in findings if not is_finding_filtered(one, minimum_severity)]
    return [f"{one.severity} {one.issue}: {one.detail}" for one in shown]
