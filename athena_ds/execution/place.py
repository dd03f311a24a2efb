"""Where in the SQL Athena points: the line with a caret under it."""

from __future__ import annotations

import re

_PLACE = re.compile(r"line (\d+):(\d+)(?::|\b)")
_WIDTH = 100


def place_in(sql: str, reason: str) -> str:
    """The line that Athena's words name, with a caret under the column; empty when they name none."""
    found = _PLACE.search(reason)
    if not found:
        return ""
    number, column = int(found[1]), int(found[2])
    lines = sql.splitlines() or [""]
    if not 1 <= number <= len(lines):
        return ""
    line, at = _cut(lines[number - 1].replace("\t", " "), max(column - 1, 0))
    label = f"line {number}: "
    return f"{label}{line}\n{' ' * (len(label) + at)}^"


def _cut(line: str, at: int) -> tuple[str, int]:
    """A long line around its place, so that the caret stays in sight."""
    at = min(at, len(line))
    if len(line) <= _WIDTH:
        return line, at
    start = max(0, min(at - _WIDTH // 2, len(line) - _WIDTH))
    before, after = "…" if start else "", "…" if start + _WIDTH < len(line) else ""
    return f"{before}{line[start : start + _WIDTH]}{after}", at - start + len(before)
