"""Words of a statement with their places: for telling statements apart and for Hive DDL, which no library parses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["word", "string", "backtick", "quoted", "number", "symbol", "end"]

_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
      |(?P<string>'(?:[^'\\]|''|\\.)*')
      |(?P<quoted>"(?:[^"]|"")*")
      |(?P<backtick>`(?:[^`]|``)*`)
      |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w$]))
      |(?P<word>[\w$@]+)
      |(?P<symbol><=|>=|<>|!=|.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}
_ESCAPE = re.compile(r"''|\\(u[0-9a-fA-F]{4}|[0-3][0-7]{2}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, literal or symbol; `start` and `end` are offsets in the statement."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """The keyword this is, or what it looks like; a quoted name is never a keyword."""
        return self.text.upper() if self.kind in ("word", "symbol") else self.text

    @property
    def name(self) -> str:
        """The identifier, without quotes, folded as Athena folds names."""
        if self.kind == "backtick":
            return self.text[1:-1].replace("``", "`").lower()
        if self.kind == "quoted":
            return self.text[1:-1].replace('""', '"').lower()
        return self.text.lower()

    @property
    def value(self) -> str:
        """The text of a Hive string literal: backslash escapes, octal and Unicode ones too."""
        return _ESCAPE.sub(_unescaped, self.text[1:-1])

    @property
    def plain(self) -> str:
        """The text of an SQL string literal: only a doubled quote is special."""
        return self.text[1:-1].replace("''", "'")


def _unescaped(found: re.Match[str]) -> str:
    escaped = found[1]
    if escaped is None:
        return "'"
    if len(escaped) == 5:
        return chr(int(escaped[1:], 16))
    if len(escaped) == 3:
        return chr(int(escaped, 8))
    return _ESCAPES.get(escaped, escaped if escaped not in "%_" else f"\\{escaped}")


@dataclass(frozen=True)
class Text:
    """A statement's text, stripped of surrounding blanks and a final `;`."""

    sql: str

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens, comments and blanks left out, with an `end` token last."""
        found = [
            Token(match.lastgroup, match[0], match.start(), match.end())  # type: ignore[arg-type]
            for match in _TOKEN.finditer(self.sql)
            if match.lastgroup != "skip"
        ]
        while found and found[-1].text == ";":
            found.pop()
        end = found[-1].end if found else 0
        return (*found, Token("end", "<EOF>", end, end))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, from 1 (Trino's counting)."""
        line = self.sql.count("\n", 0, offset) + 1
        return line, offset - (self.sql.rfind("\n", 0, offset) + 1) + 1

    def only(self, start: int, end: int) -> str:
        """The part from `start` to `end`, everything before it blank, so that places stay those of the whole."""
        return re.sub(r"[^\n]", " ", self.sql[:start]) + self.sql[start:end]

    @property
    def several(self) -> bool:
        """Whether a `;` stands between statements."""
        return any(token.kind == "symbol" and token.text == ";" for token in self.tokens)

    @property
    def placeholders(self) -> int:
        """How many `?` the statement has, outside literals and comments."""
        return sum(token.kind == "symbol" and token.text == "?" for token in self.tokens)
