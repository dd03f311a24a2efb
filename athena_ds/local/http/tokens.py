"""Page tokens: opaque text that names where the next page begins."""

from __future__ import annotations

import base64
import binascii

_OURS = "athena_ds"


class BadTokenError(ValueError):
    """A NextToken that this endpoint did not give out."""


def token_of(place: int) -> str:
    """A token for a place in a list."""
    return base64.urlsafe_b64encode(f"{_OURS}:{place}".encode()).decode()


def place_of(token: str | None) -> int:
    """The place a token names; 0 without one."""
    if token is None:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        word, number = "", ""
    if word != _OURS or not number.isdigit():
        raise BadTokenError(f"Malformed nextPageToken {token}")
    return int(number)
