"""The tables that a statement names, found without parsing it whole: enough for hints and for an upper bound."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?sx) --[^\n]* | /\*.*?\*/ | '(?:[^']|'')*'
    | (?P<name> "(?:[^"]|"")+" | `[^`]+` | [A-Za-z_][\w$]* ) | (?P<sign> [(),.] ) | (?P<other> \S )"""
)
# TABLE t is a query of its own where a query may begin.
_BEGINS = frozenset({"", "(", "ALL", "UNION", "EXCEPT", "INTERSECT"})
# Words that end the list of tables of their bracket.
_AFTER = frozenset(
    {"WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "FETCH", "UNION", "INTERSECT", "EXCEPT", "WINDOW"}
    | {"SELECT", "SET"}
)
_SUBQUERY = frozenset({"SELECT", "WITH", "VALUES", "TABLE"})
# Words that may stand before a table's name, or instead of one.
_PASSED = frozenset({"LATERAL", "ONLY"})


@dataclass(slots=True)
class _Bracket:
    """What is known inside one pair of brackets."""

    selects: bool = False
    listing: bool = False
    expecting: bool = False


@dataclass(slots=True)
class _Reader:
    tokens: list[str]
    found: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def read(self) -> None:
        brackets = [_Bracket()]
        at = 0
        while at < len(self.tokens):
            here, word = brackets[-1], self.tokens[at].upper()
            if word == "(":
                inside = self._word(at + 1)
                brackets.append(_Bracket(expecting=here.expecting and inside not in _SUBQUERY))
                here.expecting = False
            elif word == ")" and len(brackets) > 1:
                brackets.pop()
            elif word == ",":
                here.expecting = here.listing
            elif here.expecting and self._is_name(at) and word not in _PASSED | _SUBQUERY:
                at = self._table(at, here)
            else:
                self._keyword(word, here, at)
            at += 1

    def _keyword(self, word: str, here: _Bracket, at: int) -> None:
        here.selects = here.selects or word in ("SELECT", "DELETE", "INSERT", "UNLOAD")
        # EXTRACT(year FROM x), TRIM(... FROM x) and IS DISTINCT FROM name no table.
        if word == "JOIN" or (word == "FROM" and here.selects and self._word(at - 1) != "DISTINCT"):
            here.expecting = here.listing = True
        elif word == "TABLE" and self._word(at - 1) in _BEGINS:
            here.expecting = True
        elif word in _AFTER:
            here.listing = here.expecting = False

    def _table(self, at: int, here: _Bracket) -> int:
        """Take a dotted name; a name before a bracket is a function such as UNNEST. Returns its last token's place."""
        begin, parts = at, [_bare(self.tokens[at])]
        while self._word(at + 1) == "." and self._is_name(at + 2):
            at += 2
            parts.append(_bare(self.tokens[at]))
        here.expecting, here.listing = False, True
        if self._word(at + 1) != "(":
            self.found.append((begin, tuple(parts)))
        return at

    def _word(self, at: int) -> str:
        return self.tokens[at].upper() if 0 <= at < len(self.tokens) else ""

    def _is_name(self, at: int) -> bool:
        return at < len(self.tokens) and bool(re.match(r'[A-Za-z_"`]', self.tokens[at]))


def tables_in(sql: str, database: str) -> list[tuple[str, str]]:
    """The tables that a statement reads, as (database, table), each once; what its own WITH defines is left out."""
    tokens = [found[0] for found in _TOKEN.finditer(sql) if found.lastgroup]
    reader = _Reader(tokens)
    reader.read()
    own = _defined(tokens)
    tables = []
    for at, parts in reader.found:
        visible_from = own.get(parts[0], len(tokens)) if len(parts) == 1 else len(tokens)
        if at < visible_from:
            tables.append((parts[-2] if len(parts) > 1 else database, parts[-1]))
    return list(dict.fromkeys(tables))


def _defined(tokens: list[str]) -> dict[str, int]:
    """The names a WITH defines, and from which token on each is visible: after its own brackets, unless RECURSIVE."""
    upper = [token.upper() for token in tokens]
    own: dict[str, int] = {}
    for at, word in enumerate(upper):
        if word != "AS" or upper[at + 1 : at + 2] != ["("] or at == 0:
            continue
        name = _opening(upper, at - 1) - 1 if upper[at - 1] == ")" else at - 1
        before = upper[name - 1] if name > 0 else ""
        if before in ("WITH", "RECURSIVE", ","):
            recursive = "RECURSIVE" in upper[:name]
            own.setdefault(_bare(tokens[name]), name if recursive else _closing(upper, at + 1))
    return own


def _closing(tokens: list[str], opening: int) -> int:
    depth = 0
    for at in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at], 0)
        if depth == 0:
            return at
    return len(tokens)


def _opening(tokens: list[str], closing: int) -> int:
    depth = 0
    for at in range(closing, -1, -1):
        depth += {")": 1, "(": -1}.get(tokens[at], 0)
        if depth == 0:
            return at
    return 0


def _bare(name: str) -> str:
    return name.strip('"`').lower()
