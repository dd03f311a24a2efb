"""The table's statements taken apart: calls, their arguments, and what kind of constant an argument is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.local.fidelity.oracle import pieces

_OPEN, _CLOSE = "([{", ")]}"
_KINDS = (
    ("null", r"NULL"),
    ("boolean", r"true|false"),
    ("bigint", r"(?:BIGINT|SMALLINT|TINYINT) '.*'|-?\d+"),
    ("double", r"-?[\d.]+[eE]-?\d+|-?(?:nan|infinity)\(\)|-?\d+\.\d*"),
    ("real", r"REAL '.*'|CAST\(.* AS REAL\)"),
    ("decimal", r"DECIMAL '.*'"),
    ("varchar", r"'(?:[^']|'')*'"),
    ("char", r"CAST\(.* AS CHAR\(\d+\)\)"),
    ("varbinary", r"X'.*'"),
    ("array", r"ARRAY\[.*\]"),
    ("map", r"MAP\(.*\)"),
    ("lambda", r".*->.*"),
    ("timestamp", r"TIMESTAMP '[^A-Z+]*'"),
    ("timestamp with time zone", r"TIMESTAMP '.*'"),
    ("time", r"TIME '[^A-Z+]*'"),
    ("time with time zone", r"TIME '.*'"),
    ("interval", r"INTERVAL .*"),
    ("date", r"DATE '.*'"),
    ("json", r"JSON '.*'"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call inside a statement, which is `before`, its text, and `after`."""

    before: str
    name: str
    arguments: tuple[str, ...]
    after: str

    def text(self, name: str, arguments: Iterable[str]) -> str:
        """The statement with another call in its place."""
        return f"{self.before}{name}({','.join(arguments)}){self.after}"


def calls(sql: str) -> Iterator[Call]:
    """Every call of a statement, nested ones too."""
    found = pieces(sql)
    for at in range(len(found) - 1):
        if re.fullmatch(r"[A-Za-z_]\w*", found[at]) and found[at + 1] == "(":
            ended = _end(found, at + 1)
            if ended is not None:
                inside = tuple(_split(found[at + 2 : ended]))
                yield Call("".join(found[:at]), found[at], inside, "".join(found[ended + 1 :]))


def _end(found: list[str], at: int) -> int | None:
    depth = 0
    for place in range(at, len(found)):
        depth += (found[place] in _OPEN) - (found[place] in _CLOSE)
        if depth == 0:
            return place
    return None


def _split(found: list[str]) -> Iterator[str]:
    depth, current = 0, ""
    for piece in found:
        depth += (piece in _OPEN) - (piece in _CLOSE)
        if piece == "," and depth == 0:
            yield current.strip()
            current = ""
        else:
            current += piece
    if current.strip():
        yield current.strip()


def kind_of(argument: str) -> str:
    """The kind of a constant; of anything else, `expression`."""
    return next((kind for kind, shape in _KINDS if re.fullmatch(shape, argument, re.DOTALL)), "expression")


Pools = dict[tuple[str, int], list[str]]
"""The arguments seen at each place of each function."""


def pools(statements: Iterable[str]) -> Pools:
    """What every function was called with, by place."""
    found: Pools = defaultdict(list)
    for sql in statements:
        for call in calls(sql):
            for place, argument in enumerate(call.arguments):
                if "(" not in argument or len(argument) < 80:
                    found[call.name.lower(), place].append(argument)
    return {key: sorted(set(values)) for key, values in found.items()}
