"""Athena's text as this Trino must get it, and Trino's places back in Athena's text.

Two things differ: the catalog has a name of its own there (as long as `awsdatacatalog`, so that nothing moves), and a
bare `1.5`, which Athena reads as a double and Trino as a decimal, is written `1.5E0`.
"""

from __future__ import annotations

from dataclasses import dataclass

from athena_ds.local.seam.engine import CATALOG, EngineError
from athena_ds.local.sql.parse import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """The text for Trino. `longer`: (line, the column after a change, how many characters that put in)."""

    sql: str
    longer: tuple[tuple[int, int, int], ...] = ()

    def back(self, failure: EngineError, *, before: int) -> EngineError:
        """The failure at its place in the text that was given; `before` lines were put in front of it."""
        if failure.line is None or failure.column is None:
            return failure
        line, column = failure.line - before, failure.column
        column -= sum(more for at, after, more in self.longer if at == line and after <= column)
        line, column = (line, column) if line >= 1 else (1, 1)
        return EngineError(failure.name, failure.message, kind=failure.kind, line=line, column=column)


def rewritten(sql: str, catalog: str) -> Rewritten:
    """A query's text for the Trino in which this endpoint's catalog is called `catalog`."""
    found = words(sql)
    told = "information_schema" in sql.lower()
    pieces: list[str] = []
    longer: list[tuple[int, int, int]] = []
    for at, word in enumerate(found):
        text = word.text
        following = found[at + 1].text if at + 1 < len(found) else ""
        if word.decimal:
            text = f"{text.replace('_', '')}E0"
            moved = sum(more for line, _, more in longer if line == word.line)
            longer.append((word.line, word.column + moved + len(text), len(text) - len(word.text)))
        elif following == "." and text.strip('"').lower() == CATALOG:
            text = f'"{catalog}"' if text.startswith('"') else catalog
        elif told and text == f"'{CATALOG}'":
            text = f"'{catalog}'"
        pieces.append(text)
    return Rewritten(sql="".join(pieces), longer=tuple(longer))
