"""`python -m tests.local.trino.random_queries.keep "SELECT ..."`: statements become lines of the known answers.

What both engines once answered differently is kept there (tests/local/tables/crossed/answers.jsonl) with what the Trino
at TRINO_URL answers over the tables of an endpoint; the tests ask it of the embedded engine, and of any Trino, again.
"""

from __future__ import annotations

import json
import os
import sys

from tests.local.fidelity.oracle import Oracle
from tests.local.tables.crossed.answers import HERE, cases
from tests.local.trino.random_queries.asked import both


def main(statements: list[str]) -> None:
    """Ask, and write what is not there yet."""
    url = os.environ["TRINO_URL"].rstrip("/")
    there = {case["sql"] for case in cases()}
    with both(url) as asked, (HERE / "answers.jsonl").open("a", encoding="utf-8") as table:
        asked.trinos.run("SELECT 1")
        catalog = str(asked.trinos.endpoint._engine._name)  # type: ignore[attr-defined]
        oracle = Oracle(url.partition("://")[2], catalog=catalog, schema="db")
        for sql in statements:
            if sql not in there:
                answer = oracle.ask(sql)
                refused = (asked.ours.execution(sql)["Status"].get("StateChangeReason") or "").startswith(
                    "NOT_SUPPORTED"
                )
                line = {"sql": sql, **answer, **({"refused": True} if refused and "rows" in answer else {})}
                table.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
