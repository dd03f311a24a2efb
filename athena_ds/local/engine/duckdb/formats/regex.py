"""RegexSerDe: the groups of a pattern that must match the whole line; no match is a row of NULLs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from athena_ds.local.engine.duckdb.formats import texts
from athena_ds.local.engine.duckdb.formats.lines import split_lines
from athena_ds.local.engine.duckdb.formats.source import Scan
from athena_ds.local.seam.engine import EngineError


def read(scan: Scan) -> str:
    """The relation of the wanted columns and the file index."""
    pattern = _pattern(scan)

    def groups(line: str) -> Sequence[str | None]:
        found = pattern.fullmatch(line)
        return found.groups() if found else ()

    return split_lines(scan, groups, lambda value, wanted, _: texts.scalar(value, wanted))


def _pattern(scan: Scan) -> re.Pattern[str]:
    given = scan.properties.get("input.regex")
    if not given:
        raise EngineError("HIVE_INVALID_METADATA", 'This table does not have serde property "input.regex"!')
    flags = re.IGNORECASE if scan.properties.get("input.regex.case.insensitive", "").lower() == "true" else 0
    try:
        found = re.compile(given, flags | re.ASCII)
    except re.error as error:
        raise EngineError("NOT_SUPPORTED", f"input.regex is not a pattern the local engine knows: {error}") from None
    if found.groups < len(scan.table.columns):
        message = f"Number of matching groups doesn't match the number of columns: {found.groups}"
        raise EngineError("HIVE_INVALID_METADATA", message)
    return found
