"""EXPLAIN ANALYZE with a FORMAT: Athena has it, Trino's grammar does not."""

from __future__ import annotations

import re

_OPTIONS = re.compile(
    r"(?P<head>\s*EXPLAIN\s+ANALYZE\s+(?:VERBOSE\s+)?)(?P<options>\(\s*FORMAT\s+(?P<format>TEXT|JSON)\s*\))",
    re.IGNORECASE,
)


def without_format(sql: str) -> tuple[str, str | None]:
    """The statement with the options of an EXPLAIN ANALYZE blanked, so that places stay, and the format they name."""
    found = _OPTIONS.match(sql)
    if found is None:
        return sql, None
    blank = " " * len(found["options"])
    return f"{found['head']}{blank}{sql[found.end() :]}", found["format"].upper()
