"""Errors of preflight, of policies, and of what changes a bucket."""

from __future__ import annotations

from collections.abc import Sequence

from .base import AthenaDSError


class PreflightError(AthenaDSError):
    """Checks failed; `failures` holds each one's id, what was found, and what to do.

    What to do: each failure's remedy: a permission with its ARN, or a setting. `ds.policy().missing(report)` is the
    policy to add.
    """

    def __init__(self, failures: Sequence[tuple[str, str, str]]) -> None:
        self.failures = tuple(failures)
        count = len(self.failures)
        super().__init__(f"{count} preflight check{'' if count == 1 else 's'} failed.")

    def lines(self) -> list[str]:
        """The count, then a line a failure, and under it what to do."""
        said = [self.happened]
        for name, found, remedy in self.failures:
            said += [f"- {name}: {found}", *([f"  {remedy}"] if remedy else [])]
        return said


class ConfirmationError(AthenaDSError, ValueError):
    """Something would be changed or deleted, and nobody confirmed it.

    What to do: look at what would change, then call it again with `confirm=True`.
    """


class PolicySizeError(AthenaDSError, ValueError):
    """One statement alone, or inline policies together, are larger than IAM allows.

    What to do: use managed policies (`policy.split(holder="managed")`), or fewer places in one statement.
    """
