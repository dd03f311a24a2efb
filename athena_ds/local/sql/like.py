"""LIKE's patterns as regular expressions."""

from __future__ import annotations

import re

from athena_ds.local.seam.engine import EngineError


def like(value: str, pattern: str, escape: str | None = None) -> bool:
    """Whether `value LIKE pattern ESCAPE escape`."""
    return re.fullmatch(_regex(pattern, escape), value, re.DOTALL) is not None


def _regex(pattern: str, escape: str | None) -> str:
    if escape is not None and len(escape) != 1:
        raise EngineError("INVALID_FUNCTION_ARGUMENT", "Escape string must be a single character")
    made, escaped = "", False
    for char in pattern:
        if escaped:
            if char not in ("%", "_", escape):
                raise _bad_escape()
            made, escaped = made + re.escape(char), False
        elif escape and char == escape:
            escaped = True
        else:
            made += ".*" if char == "%" else "." if char == "_" else re.escape(char)
    if escaped:
        raise _bad_escape()
    return made


def _bad_escape() -> EngineError:
    return EngineError(
        "INVALID_FUNCTION_ARGUMENT", "Escape character must be followed by '%', '_' or the escape character itself"
    )
