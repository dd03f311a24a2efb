"""Lists given out in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from athena_ds.local.athena.errors import invalid
from athena_ds.local.http import tokens

_T = TypeVar("_T")
_MALFORMED = "Malformed nextPageToken "


def place_of(token: str | None, *, malformed: str = _MALFORMED) -> int:
    """The place a token names; InvalidRequestException for one that is not ours, in the operation's own words."""
    try:
        return tokens.place_of(token)
    except tokens.BadTokenError as bad:
        raise invalid(f"{malformed}{token}") from bad


def page(
    items: Sequence[_T], request: dict[str, Any], *, size: int = 50, malformed: str = _MALFORMED
) -> tuple[list[_T], dict[str, str]]:
    """One page of a list (at most MaxResults, or `size`), and `{"NextToken": ...}` where more follows."""
    start = place_of(request.get("NextToken"), malformed=malformed)
    end = start + int(request.get("MaxResults") or size)
    return list(items[start:end]), ({"NextToken": tokens.token_of(end)} if end < len(items) else {})
