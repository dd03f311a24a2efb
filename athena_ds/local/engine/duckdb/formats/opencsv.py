"""OpenCSVSerde: quoted fields, one record a line; declared types are read as Athena reads them, or fail.

https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from athena_ds.local.engine.duckdb.formats.convert import sized
from athena_ds.local.engine.duckdb.formats.lines import split_lines
from athena_ds.local.engine.duckdb.formats.source import Scan
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Separator, quote and escape, the first character of each counting."""

    separator: str = ","
    quote: str = '"'
    escape: str = "\\"

    @classmethod
    def of(cls, scan: Scan) -> Dialect:
        """What the SerDe's properties say."""
        given = scan.properties
        return cls(
            separator=(given.get("separatorChar") or ",")[0],
            quote=(given.get("quoteChar") or '"')[0],
            escape=(given.get("escapeChar") or "\\")[0],
        )


def fields(line: str, dialect: Dialect) -> list[str] | None:
    """The fields of one line as opencsv 2.3 splits it; None where a quote is left open."""
    if dialect.quote not in line and dialect.escape not in line:
        return [part.lstrip() if part[:1].isspace() else part for part in line.split(dialect.separator)]
    found: list[str] = []
    current: list[str] = []
    quoted = in_field = False
    at, end = 0, len(line)
    while at < end:
        character, following = line[at], line[at + 1 : at + 2]
        if character == dialect.escape and (quoted or in_field) and following in (dialect.quote, dialect.escape):
            current.append(following)
            at += 1
        elif character == dialect.quote:
            if (quoted or in_field) and following == dialect.quote:
                current.append(following)
                at += 1
            else:
                quoted = not quoted
            in_field = not in_field
        elif character == dialect.separator and not quoted:
            found.append("".join(current))
            current, in_field = [], False
        elif quoted or current or not character.isspace():
            current.append(character)
            in_field = True
        at += 1
    if quoted:
        return None
    return [*found, "".join(current)]


def read(scan: Scan) -> str:
    """The relation of the wanted columns and the file index."""
    dialect = Dialect.of(scan)
    return split_lines(scan, lambda line: fields(line, dialect) or (), partial(_typed, scan))


def _typed(scan: Scan, value: str, wanted: Type, at: int) -> str:
    """What can't be read as declared fails, naming value and field, as Athena does."""
    match wanted.base:
        case "varchar" | "char":
            return sized(value, wanted)
        case "boolean":
            return f"CASE WHEN {value} IS NOT NULL THEN lower({value}) = 'true' END"
        case "tinyint" | "smallint" | "integer" | "bigint" | "real" | "double" | "decimal":
            number = f"TRY_CAST({value} AS {physical(wanted)})"
            parsed = f"CASE WHEN regexp_full_match({value}, '[-+]?[0-9.]+([eE][-+]?[0-9]+)?') THEN {number} END"
        case "date":
            parsed = f"DATE '1970-01-01' + TRY_CAST({value} AS INTEGER)"
        case "timestamp":
            parsed = f"make_timestamp(TRY_CAST({value} AS BIGINT) * 1000)"
        case _:
            raise EngineError("NOT_SUPPORTED", f"OpenCSVSerde has no type {wanted} in the local engine")
    message = (
        f"'Error parsing field value ''' || {value} || ''' for field {at}: For input string: \"' || {value} || '\"'"
    )
    failure = scan.context.fail("HIVE_BAD_DATA", message, wanted)
    return f"CASE WHEN {value} IS NULL THEN NULL ELSE coalesce({parsed}, {failure}) END"
