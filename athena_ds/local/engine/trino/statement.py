"""What is sent to Trino for a query of the seam: as it is, for its columns only, or into a table."""

from __future__ import annotations

from dataclasses import dataclass

from athena_ds.local.engine.trino.rewrite import Rewritten, rewritten
from athena_ds.local.seam.engine import EngineError, Query
from athena_ds.local.sql.explaining import without_format


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A statement's text, and how many lines of it come before the query's own."""

    text: str
    query: Rewritten
    before: int = 0

    def back(self, failure: EngineError) -> EngineError:
        """A failure at its place in the caller's text."""
        return self.query.back(failure, before=self.before)


def asked(query: Query, *, catalog: str, described: bool = False, into: str | None = None) -> Sent:
    """The statement for a query. What is put in front of it has a line of its own, so that columns stay as they are."""
    own = rewritten(without_format(query.sql)[0], catalog)
    text, before = own.sql, 0
    if into is not None:
        text, before = f"INSERT INTO {into}\n{text}", 1
    elif described or query.described:
        text, before = f"SELECT * FROM (\n{text}\n) LIMIT 0", 1
    if query.parameters:
        values = ", ".join(rewritten(one, catalog).sql for one in query.parameters)
        quoted = text.replace("'", "''")
        text, before = f"EXECUTE IMMEDIATE\n'{quoted}'\nUSING {values}", before + 1
    return Sent(text=text, query=own, before=before)
