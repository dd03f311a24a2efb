"""What a query's caller may do, in the words a failed query has."""

from __future__ import annotations

from collections.abc import Mapping

from athena_ds.local.iam.judge import Authorizer, DeniedError
from athena_ds.local.seam.engine import EngineError


class NotAllowedError(EngineError):
    """A query that lacks a permission: Athena tells it in a sentence, without an error name before it."""

    def __str__(self) -> str:
        return self.message


class CallerRights:
    """The judgement of one caller's actions, asked for every table and object a query touches."""

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def require(self, action: str, *resources: str, context: Mapping[str, str] | None = None) -> None:
        """Raise EngineError unless `action` is allowed on every ARN."""
        try:
            self._authorizer(action, *resources, context=context)
        except DeniedError as denied:
            raise _told(denied) from denied


def _told(denied: DeniedError) -> NotAllowedError:
    if denied.action.startswith("s3:") and ":::" in denied.resource:
        path = denied.resource.split(":::", 1)[1]
        return NotAllowedError("ACCESS_DENIED_S3", f"Permission denied on S3 path: s3://{path}. {denied.message}")
    return NotAllowedError("PERMISSION_DENIED", f"Insufficient permissions to execute the query. {denied.message}")
