"""The tables that a statement names, found without parsing it whole: enough for hints and for an upper bound."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TOKEN = re.compile(
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
# Athena's max_recursion_depth, and the query it begins with.
_RECURSION = 11
# Names of a WITH that name each other grow fast; beyond this nobody counts.
_NESTED, _TIMES = 50, 1_000_000
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
        elif (word == "TABLE" and self._word(at - 1) in _BEGINS) or self._changes(word, at):
            here.expecting = True
        elif word in _AFTER:
            here.listing = here.expecting = False

    def _changes(self, word: str, at: int) -> bool:
        """UPDATE t and MERGE INTO t USING s read them."""
        first = self._word(0)
        return (word == first == "UPDATE" and at == 0) or (
            first == "MERGE" and ((at == 1 and word == "INTO") or (word == "USING" and self._word(at + 1) != "("))
        )

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
    return list(scans_in(sql, database))


def scans_in(sql: str, database: str) -> dict[tuple[str, str], int]:
    """The same, with how often each is read at most: what a WITH defines is read as often as it is named."""
    tokens = words_of(sql)
    reader = _Reader(tokens)
    reader.read()
    own = _defined(tokens)
    times = _Times(own, [(at, parts[0]) for at, parts in reader.found if len(parts) == 1])
    scans: dict[tuple[str, str], int] = {}
    for at, parts in reader.found:
        if len(parts) > 1 or not times.defined(parts[0], at):
            table = (parts[-2] if len(parts) > 1 else database, parts[-1])
            scans[table] = scans.get(table, 0) + times.of(at)
    return scans


def words_of(sql: str) -> list[str]:
    """Names, words and signs of a statement, without comments and texts."""
    return [found[0] for found in TOKEN.finditer(sql) if found.lastgroup]


@dataclass(frozen=True, slots=True)
class _Definition:
    """One name of a WITH: from where on it is visible, and where its own query stands."""

    visible: int
    begin: int
    end: int


@dataclass(slots=True)
class _Times:
    """How often what stands at a place is read, when every name of a WITH is put in where it is used."""

    own: Mapping[str, _Definition]
    uses: Sequence[tuple[int, str]]

    def defined(self, name: str, at: int) -> bool:
        """Whether a name there is one of a WITH."""
        return name in self.own and at >= self.own[name].visible

    def of(self, at: int, depth: int = 0) -> int:
        """Zero for a query that is defined and not used."""
        around = [each for each in self.own.items() if each[1].begin < at < each[1].end]
        if not around or depth > _NESTED:
            return 1
        name, definition = max(around, key=lambda each: each[1].begin)
        uses = [use for use, named in self.uses if named == name and self.defined(name, use)]
        outside = [use for use in uses if not definition.begin < use < definition.end]
        times = sum(self.of(use, depth + 1) for use in outside)
        return min(times * (_RECURSION if len(outside) < len(uses) else 1), _TIMES)


def _defined(tokens: list[str]) -> dict[str, _Definition]:
    """The names a WITH defines; each is visible after its own brackets, unless RECURSIVE."""
    upper = [token.upper() for token in tokens]
    own: dict[str, _Definition] = {}
    for at, word in enumerate(upper):
        if word != "AS" or upper[at + 1 : at + 2] != ["("] or at == 0:
            continue
        name = _opening(upper, at - 1) - 1 if upper[at - 1] == ")" else at - 1
        before = upper[name - 1] if name > 0 else ""
        if before in ("WITH", "RECURSIVE", ","):
            end = _closing(upper, at + 1)
            visible = name if "RECURSIVE" in upper[:name] else end
            own.setdefault(_bare(tokens[name]), _Definition(visible, at + 1, end))
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
