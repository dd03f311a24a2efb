"""Which part of a statement reads tables, and whether it surely reads all of them: by its words, not their meaning."""

from __future__ import annotations

from .mentioned import TOKEN, words_of
from .value import Table

_BEGINS = frozenset({"SELECT", "WITH", "VALUES", "TABLE"})
_QUERIES = [[word] for word in sorted(_BEGINS)]
_CHANGES = frozenset({"DELETE", "UPDATE", "MERGE"})
# Where one of these stands, Athena may stop before it has read a table's files to their end, or leave files out.
_MAY_END_EARLY = frozenset({"LIMIT", "FETCH", "OFFSET", "TABLESAMPLE", "EXISTS", "JOIN", "VALUES"})
# Formats whose files are read from end to end, whichever columns a query names.
_READ_WHOLE = frozenset({"text", "csv", "json", "regex", "grok", "cloudtrail", "ion", "avro"})


def part_that_reads(sql: str) -> str | None:
    """The query inside a statement, or the statement itself; None for one that reads no table.

    Of UNLOAD, INSERT and CREATE TABLE AS it is their query, of DELETE, UPDATE and MERGE all of them.
    """
    sql = sql.rstrip().rstrip(";")
    tokens = [found for found in TOKEN.finditer(sql) if found.lastgroup]
    begin, end = _query([found[0].upper() for found in tokens])
    if begin == end:
        return None
    return sql[tokens[begin].start() : tokens[end].start() if end < len(tokens) else len(sql)].rstrip()


def is_query(part: str) -> bool:
    """Whether Athena can explain it in every version."""
    words = words_of(part)
    return not words or words[0].upper() not in _CHANGES


def reads_all_of(table: Table, texts: list[str]) -> bool:
    """Whether the only table of a query is surely read from end to end, in the partitions the query wants.

    Args:
        table: The table.
        texts: The query, and those of the views it goes through.
    """
    words = [word for text in texts for word in words_of(text)]
    if table.format not in _READ_WHOLE or table.bucketed or _may_end_early([word.upper() for word in words]):
        return False
    bare = {word.strip('"`').lower() for word in words}
    # Partition keys alone are known without a file.
    return "*" in words or any(column.name.lower() in bare for column in table.columns)


def _may_end_early(words: list[str]) -> bool:
    """A limit, another side that may be empty or say what is wanted, a hidden column such as `"$path"`."""
    inside = any(
        one == "IN" and words[at + 1 : at + 2] == ["("] and words[at + 2 : at + 3] in _QUERIES
        for at, one in enumerate(words)
    )
    alone = words.count("SELECT") > words.count("FROM")
    return inside or alone or not _MAY_END_EARLY.isdisjoint(words) or any("$" in word for word in words)


def _query(words: list[str]) -> tuple[int, int]:
    """Where it begins and ends among the words."""
    nothing, first = (0, 0), words[0] if words else ""
    match first:
        case "SELECT" | "WITH" | "VALUES" | "TABLE" | "(" | "DELETE" | "UPDATE" | "MERGE":
            return 0, len(words)
        case "EXPLAIN" if words[1:2] == ["ANALYZE"]:
            begin = next((at for at, word in enumerate(words) if word in _BEGINS), len(words))
            return begin, len(words)
        case "UNLOAD":
            return _in_brackets(words)
        case "CREATE" if words[1:2] == ["TABLE"]:
            return _table_as(words)
        case "INSERT":
            begin = next((at for at, word in enumerate(words) if at > 2 and word in _BEGINS), len(words))
            return begin, len(words)
    return nothing


def _table_as(words: list[str]) -> tuple[int, int]:
    depth = 0
    for at, word in enumerate(words):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == "AS" and depth == 0:
            if words[-3:] == ["WITH", "NO", "DATA"]:
                break
            return at + 1, len(words) - (2 if words[-2:] == ["WITH", "DATA"] else 0)
    return 0, 0


def _in_brackets(words: list[str]) -> tuple[int, int]:
    """`UNLOAD (query) TO ...`; without a bracket there, it is no UNLOAD."""
    depth = 0
    for at in range(1, len(words)):
        depth += {"(": 1, ")": -1}.get(words[at], 0)
        if depth == 0:
            return (2, at) if at > 1 else (0, 0)
    return 0, 0
