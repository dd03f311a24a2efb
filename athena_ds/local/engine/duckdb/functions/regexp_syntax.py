r"""Regular expressions as Trino's Joni reads them (Java syntax, UTF-8), translated to Python's `re`, or refused.

`\d`, `\w` and `\s` are ASCII, `\b` is not; `.` stops at line feeds only; `^` after the last line feed matches
nothing. What differs and can't be said (class arithmetic, look-behind of varying length, multi-character case
folding) is refused with NOT_SUPPORTED.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.seam.engine import EngineError

_CLASSES = {"d": "0-9", "w": "a-zA-Z0-9_", "s": "\\t-\\r "}
_CONTROLS = {"a": "\\x07", "e": "\\x1b", "f": "\\f", "n": "\\n", "r": "\\r", "t": "\\t"}
_LITERAL_LETTERS = frozenset("yhR_")
_OPTIONS = frozenset("imsx")
_POSIX = {
    "Alpha": "L N", "Alnum": "L N", "Upper": "Lu", "Lower": "Ll", "Digit": "Nd", "Punct": "P",
}  # fmt: skip
_INVALID = {
    "missing )": "end pattern with unmatched parenthesis",
    "unbalanced parenthesis": "unmatched close parenthesis",
    "unterminated character set": "premature end of char-class",
    "nothing to repeat": "target of repeat operator is not specified",
    "min repeat greater than max repeat": "upper is smaller than lower in repeat range",
    "bad character range": "empty range in char class",
    "invalid group reference": "invalid backref number/name",
    "unknown group name": "undefined name reference",
}


def refused(what: str) -> EngineError:
    return EngineError("NOT_SUPPORTED", f"Regular expression not supported by the local engine: {what}")


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for Python's `re`; raises EngineError as Trino would, or NOT_SUPPORTED."""
    reader = _Reader(pattern)
    text = reader.translated()
    try:
        found = re.compile(text)
    except re.error as error:
        for words, message in _INVALID.items():
            if error.msg.startswith(words):
                raise invalid(message) from error
        raise refused(f"{pattern} ({error.msg})") from error
    except (RecursionError, OverflowError) as error:
        raise refused(pattern) from error
    if found.groups > len(found.groupindex) > 0:
        raise refused("named and unnamed groups together")
    return found


def folds(pattern: str) -> bool:
    """Whether a pattern ignores case somewhere."""
    return re.search(r"\(\?[msx]*i", pattern) is not None


def check_folding(pattern: str, text: str) -> None:
    """Joni folds `ß` to `ss`, Python doesn't: refuse where it could show."""
    if not (text.isascii() and pattern.isascii()) and any(len(c.casefold()) > 1 for c in text + pattern):
        raise refused("ignoring case of a letter that folds to several")


@lru_cache(maxsize=64)
def _category(names: str) -> str:
    """A character class body of the Unicode categories that start with one of the names."""
    wanted = tuple(names.split())
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if not unicodedata.category(chr(code)).startswith(wanted):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


class _Reader:
    """One pass over a pattern, from Joni's spelling to Python's."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.made: list[str] = []
        self.open: list[tuple[frozenset[str], int]] = []
        self.options: frozenset[str] = frozenset()
        self.pending = 0
        self.groups = self._count_groups()

    def _count_groups(self) -> int:
        bare = re.sub(r"\\Q.*?\\E|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", self.pattern, flags=re.DOTALL)
        return len(re.findall(r"\((?!\?)|\(\?<(?![=!])", bare))

    def translated(self) -> str:
        while self.at < len(self.pattern):
            self._next()
        return "".join(self.made) + ")" * self.pending

    def _next(self) -> None:
        c = self.pattern[self.at]
        self.at += 1
        match c:
            case "\\":
                self.made.append(self._escape(inside=False))
            case "[":
                self.made.append(self._class())
            case "(":
                self._group()
            case ")":
                self._close()
            case "^":
                self.made.append("(?:\\A|(?<=\\n)(?!\\Z))" if "m" in self.options else "\\A")
            case "$":
                self.made.append("(?=\\n|\\Z)" if "m" in self.options else "(?=\\n?\\Z)")
            case "{" if not re.match(r"\d+(,\d*)?\}", self.pattern[self.at :]):
                self.made.append("\\{")
            case "#" | " " | "\t" | "\n" if "x" in self.options:
                self._skip(c)
            case _:
                self.made.append(c if c in ".*+?|{}" or c.isalnum() else self._after_brace(c))

    def _after_brace(self, c: str) -> str:
        return c if c == "," else re.escape(c)

    def _skip(self, c: str) -> None:
        if c == "#":
            end = self.pattern.find("\n", self.at)
            self.at = len(self.pattern) if end < 0 else end + 1

    def _close(self) -> None:
        if not self.open:
            raise invalid("unmatched close parenthesis")
        self.made.append(")" * (self.pending + 1))
        self.options, self.pending = self.open.pop()

    def _push(self, opening: str) -> None:
        self.open.append((self.options, self.pending))
        self.pending = 0
        self.made.append(opening)

    def _group(self) -> None:
        rest = self.pattern[self.at :]
        if not rest.startswith("?"):
            self._push("(")
        elif found := re.match(r"\?(:|=|!|>|<=|<!)", rest):
            self.at += len(found[0])
            self._push("(" + found[0])
        elif found := re.match(r"\?<([A-Za-z_][A-Za-z0-9_]*)>", rest):
            self.at += len(found[0])
            self._push(f"(?P<{found[1]}>")
        elif found := re.match(r"\?#[^)]*\)", rest):
            self.at += len(found[0])
        else:
            self._options(rest)

    def _options(self, rest: str) -> None:
        found = re.match(r"\?([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])", rest)
        if found is None:
            raise invalid("undefined group option" if len(rest) > 1 else "end pattern in group")
        on, off = set(found[1]), set(found[2] or "")
        if not (on | off) <= _OPTIONS:
            raise invalid("undefined group option")
        alone = found[3] == ")"
        if alone and self.made and "|" in self._rest_of_group(self.at + len(found[0])):
            raise refused("an option in the middle of a pattern with alternatives after it")
        self.at += len(found[0])
        options = frozenset((self.options | on) - off)
        flags = "".join(sorted(on & {"i", "s"}))
        unflags = "".join(sorted(off & {"i", "s"}))
        opening = f"(?{flags}{'-' + unflags if unflags else ''}:"
        if alone:
            self.made.append(opening)
            self.pending += 1
        else:
            self._push(opening)
        self.options = options

    def _rest_of_group(self, at: int) -> str:
        depth, end = 0, at
        while end < len(self.pattern) and depth >= 0:
            c = self.pattern[end]
            depth += (c == "(") - (c == ")")
            end += 2 if c == "\\" else 1
        return self.pattern[at:end]

    def _escape(self, *, inside: bool) -> str:
        if self.at >= len(self.pattern):
            raise invalid("end pattern at escape")
        c = self.pattern[self.at]
        self.at += 1
        if c.lower() in _CLASSES:
            return self._known_class(c, inside=inside)
        if c in "xupP":
            return self._code(c) if c in "xu" else self._property(c, inside=inside)
        if c in _CONTROLS:
            return _CONTROLS[c]
        if not inside and (special := self._special(c)):
            return special
        if c.isalnum() and c.isascii() and c not in _LITERAL_LETTERS:
            raise refused(f"\\{c}")
        return re.escape(c)

    def _known_class(self, c: str, *, inside: bool) -> str:
        body, negated = _CLASSES[c.lower()], c.isupper()
        if inside and negated:
            raise refused(f"\\{c} in a character class")
        return body if inside else f"[{'^' if negated else ''}{body}]"

    def _special(self, c: str) -> str:
        if c.isdigit():
            return self._reference(c)
        if c == "Q":
            end = self.pattern.find("\\E", self.at)
            literal = self.pattern[self.at : end if end >= 0 else None]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            return re.escape(literal)
        if c == "k" and (found := re.match(r"<([A-Za-z_]\w*)>", self.pattern[self.at :])):
            self.at += len(found[0])
            return f"(?P={found[1]})"
        return {"b": "\\b", "B": "\\B", "A": "\\A", "z": "\\Z", "Z": "(?=\\n?\\Z)"}.get(c, "")

    def _reference(self, c: str) -> str:
        if c == "0" or self.pattern[self.at : self.at + 1].isdigit():
            raise refused("octal escapes and references beyond \\9")
        if int(c) > self.groups:
            raise invalid("invalid backref number/name")
        return f"(?:\\{c})"

    def _code(self, c: str) -> str:
        expression = r"([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,8})\}" if c == "x" else r"([0-9a-fA-F]{4})"
        found = re.match(expression, self.pattern[self.at :])
        code = int(next(g for g in found.groups() if g), 16) if found else -1
        if found is None or code > sys.maxunicode or (c == "x" and found[1] and code > 0x7F):
            raise refused(f"\\{c}{self.pattern[self.at : self.at + 4]}")
        self.at += len(found[0])
        return f"\\U{code:08x}"

    def _property(self, c: str, *, inside: bool) -> str:
        found = re.match(r"\{(\^?)(\w+)\}|([A-Z])", self.pattern[self.at :])
        if found is None:
            raise refused("\\p without a name")
        self.at += len(found[0])
        name = found[2] or found[3]
        names = _POSIX.get(name) or (name if re.fullmatch(r"[LMNPSZC][a-z]?", name) else None)
        if names is None or name in ("Alpha", "Alnum", "Punct"):
            raise refused(f"\\p{{{name}}}")
        negated = (c == "P") != bool(found[1])
        if inside and negated:
            raise refused("a negated property in a character class")
        return _category(names) if inside else f"[{'^' if negated else ''}{_category(names)}]"

    def _class(self) -> str:
        made = ["["]
        if self.pattern.startswith("^", self.at):
            made.append("^")
            self.at += 1
        start = self.at
        while self.at < len(self.pattern):
            c = self.pattern[self.at]
            self.at += 1
            if c == "]" and self.at - 1 > start:
                return "".join(made) + "]"
            made.append(self._member(c))
        raise invalid("empty char-class" if self.pattern[start:] == "]" else "premature end of char-class")

    def _member(self, c: str) -> str:
        following = self.pattern[self.at : self.at + 1]
        if c == "[" and self.pattern.find("]", self.at) < 0:
            raise invalid("premature end of char-class")
        if c == "[" or (c == following and c in "&~|") or (c == following == "-"):
            raise refused("arithmetic of character classes")
        if c == "\\":
            return self._escape(inside=True)
        return c if c in "-" or c.isalnum() else re.escape(c)
