"""IAM policies of a data source, pure: from what it touches to the document that allows exactly that."""

from __future__ import annotations

from typing import Literal

from . import documented, least
from .actions import LEGACY, UNPROVABLE
from .documented import Reach
from .scope import Location, Options, PolicyOptions, Scope, distinct, options_of
from .statement import Grant, Statement
from .value import DOCUMENT_ACTIONS, LIMITS, Holder, Policy

__all__ = [
    "DOCUMENT_ACTIONS",
    "LEGACY",
    "LIMITS",
    "UNPROVABLE",
    "Grant",
    "Holder",
    "Location",
    "Options",
    "Policy",
    "PolicyOptions",
    "Reach",
    "Scope",
    "Statement",
    "distinct",
    "options_of",
    "policy_for",
]

_NOTHING_MORE = Options()
_LIFECYCLE = (
    "s3:PutLifecycleConfiguration is left out: IAM cannot narrow it to a path, and who holds it can have every object "
    "of the bucket removed. Let the bucket's administrator run retention().apply(confirm=True), or keep results in a "
    "bucket of their own."
)


def policy_for(
    scope: Scope,
    *,
    style: Literal["least", "document"] = "least",
    reach: Reach = "path",
    options: Options = _NOTHING_MORE,
) -> Policy:
    """The policy of a data source.

    Args:
        scope: What it touches.
        style: `least` privilege on today's ARNs, or the `document`'s own policy with its placeholders filled.
        reach: For the document's: with paths as its example has them, or whole buckets as it recommends.
        options: For the least: what else it shall allow.
    """
    if style == "document":
        return Policy(statements=documented.statements(scope, reach), style=style, notes=scope.notes)
    shared = scope.results is not None and bool(scope.results.prefix)
    notes = (*scope.notes, _LIFECYCLE) if options.retention and shared else scope.notes
    return Policy(statements=least.statements(scope, options), style=style, notes=notes)
