"""Lists given out in pages: opaque tokens that name where the next page begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from athena_ds.local.athena.errors import invalid

_T = TypeVar("_T")


def token_of(place: int) -> str:
    """A token for a place in a list."""
    return base64.urlsafe_b64encode(f"athena_ds:{place}".encode()).decode()


def place_of(token: str | None) -> int:
    """The place a token names; 0 without one; InvalidRequestException for one that is not ours."""
    if token is None:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        word, number = "", ""
    if word != "athena_ds" or not number.isdigit():
        raise invalid(f"Malformed nextPageToken {token}")
    return int(number)


def page(items: Sequence[_T], request: dict[str, Any], *, size: int = 50) -> tuple[list[_T], dict[str, str]]:
    """One page of a list (at most MaxResults, or `size`), and `{"NextToken": ...}` where more follows."""
    start = place_of(request.get("NextToken"))
    end = start + int(request.get("MaxResults") or size)
    return list(items[start:end]), ({"NextToken": token_of(end)} if end < len(items) else {})
