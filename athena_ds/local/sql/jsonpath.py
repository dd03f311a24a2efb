"""SQL/JSON paths (`lax $.a[*]?(@.price < 10)`) as Trino's grammar has them, but `datetime()` and `like_regex`.

A path is a tree of tuples, its kind first: (root), (current), (last), (literal, value), (variable, name), (member,
base, name or None for all), (descendant, base, name), (elements, base, pairs of paths or None for all), (filter, base,
predicate), (method, base, word), (sign, sign, base), (arithmetic, operator, left, right). A predicate is (compare,
operator, left, right), (and, left, right), (or, left, right), (not, predicate), (exists, path), (starts, path, what) or
(unknown, predicate).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from athena_ds.local.seam.engine import EngineError

Tree = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A path as its text says it. `names`: those it may use of what is passed; `documents`: those that are JSON."""

    text: str
    mode: Literal["lax", "strict"]
    tree: Tree = field(compare=False)
    names: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"]|"")*")|(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<variable>\$[A-Za-z_][\w$]*)|(?P<word>[A-Za-z_][\w$]*)
    |(?P<mark>\.\.|&&|\|\||==|!=|<>|<=|>=|[-+*/%.\[\]()?,$@!<>]))""",
    re.VERBOSE,
)
_METHODS = ("type", "size", "double", "ceiling", "floor", "abs", "keyvalue")
_COMPARISONS = {"==": "=", "!=": "<>", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_LITERALS = {"null": None, "true": True, "false": False}


@lru_cache(maxsize=1024)
def read_path(text: str, names: tuple[str, ...] = (), documents: tuple[str, ...] = ()) -> Path:
    """A path; raises EngineError SYNTAX_ERROR, INVALID_PATH for a name that is not passed, or NOT_SUPPORTED."""
    head = re.match(r"\s*(lax|strict)\b", text)
    if head is None:
        raise EngineError("SYNTAX_ERROR", f"missing {{'lax', 'strict'}} at '{text.strip()[:1]}'")
    reader = _Reader(text, head.end(), names)
    tree = reader.path()
    reader.end()
    mode: Literal["lax", "strict"] = "lax" if head[1] == "lax" else "strict"
    return Path(text=text, mode=mode, tree=tree, names=names, documents=documents)


class _Reader:
    """Recursive descent over the tokens of a path."""

    def __init__(self, text: str, at: int, names: tuple[str, ...]) -> None:
        self._text, self._names = text, names
        self._tokens: list[tuple[str, str]] = []
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise EngineError("SYNTAX_ERROR", f"no viable alternative at input '{text[at:].strip()[:1]}'")
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        self._at = 0

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise self._stuck()

    def path(self) -> Tree:
        """Sums of products of signed paths with their accessors."""
        left = self._product()
        while (sign := self._accept("+", "-")) is not None:
            left = ("arithmetic", sign, left, self._product())
        return left

    def _product(self) -> Tree:
        left = self._signed()
        while (sign := self._accept("*", "/", "%")) is not None:
            left = ("arithmetic", sign, left, self._signed())
        return left

    def _signed(self) -> Tree:
        sign = self._accept("+", "-")
        return ("sign", sign, self._signed()) if sign is not None else self._accessors()

    def _accessors(self) -> Tree:
        found = self._primary()
        while True:
            if self._accept("."):
                found = self._after_dot(found)
            elif self._accept(".."):
                found = ("descendant", found, self._name())
            elif self._accept("["):
                found = ("elements", found, self._subscripts())
            elif self._accept("?"):
                self._expect("(")
                found = ("filter", found, self._predicate())
                self._expect(")")
            else:
                return found

    def _after_dot(self, base: Tree) -> Tree:
        if self._accept("*"):
            return ("member", base, None)
        kind, word = self._peek()
        if kind == "word" and self._peek(1) == ("mark", "("):
            if word not in _METHODS:
                raise EngineError("NOT_SUPPORTED", f"{word} method in JSON path is not yet supported")
            self._at += 2
            self._expect(")")
            return ("method", base, word)
        return ("member", base, self._name())

    def _name(self) -> str:
        kind, word = self._peek()
        if kind not in ("word", "string"):
            raise self._stuck()
        self._at += 1
        return self._string(word) if kind == "string" else word

    def _subscripts(self) -> tuple[tuple[Tree, Tree | None], ...] | None:
        if self._peek() == ("mark", "*") and self._peek(1) == ("mark", "]"):
            self._at += 2
            return None
        found = [self._subscript()]
        while self._accept(","):
            found.append(self._subscript())
        self._expect("]")
        return tuple(found)

    def _subscript(self) -> tuple[Tree, Tree | None]:
        low = self.path()
        return low, self.path() if self._word("to") else None

    def _primary(self) -> Tree:
        kind, word = self._peek()
        self._at += 1
        if kind == "variable":
            if word[1:] not in self._names:
                raise EngineError("INVALID_PATH", f"no value passed for parameter {word[1:]}")
            return ("variable", word[1:])
        if kind in ("string", "number"):
            return ("literal", self._string(word) if kind == "string" else _number(word))
        if kind == "word" and word in _LITERALS:
            return ("literal", _LITERALS[word])
        if word in ("$", "@", "last"):
            return ({"$": "root", "@": "current", "last": "last"}[word],)
        if word == "(":
            found = self.path()
            self._expect(")")
            return found
        self._at -= 1
        raise self._stuck()

    def _predicate(self) -> Tree:
        left = self._both()
        while self._accept("||"):
            left = ("or", left, self._both())
        return left

    def _both(self) -> Tree:
        left = self._term()
        while self._accept("&&"):
            left = ("and", left, self._term())
        return left

    def _term(self) -> Tree:
        if self._accept("!"):
            return ("not", self._delimited())
        if self._peek() == ("word", "exists") and self._peek(1) == ("mark", "("):
            return self._delimited()
        if self._peek() == ("mark", "(") and (found := self._bracketed()) is not None:
            return found
        return self._compared(self.path())

    def _delimited(self) -> Tree:
        """`exists(path)` or a predicate in brackets."""
        if self._word("exists"):
            self._expect("(")
            found: Tree = ("exists", self.path())
        else:
            self._expect("(")
            found = self._predicate()
        self._expect(")")
        return found

    def _bracketed(self) -> Tree | None:
        """A predicate in brackets, with `is unknown`; None where the bracket belongs to a path."""
        start = self._at
        try:
            found = self._delimited()
        except EngineError:
            self._at = start
            return None
        if self._word("is"):
            if not self._word("unknown"):
                raise self._stuck()
            return ("unknown", found)
        return found

    def _compared(self, left: Tree) -> Tree:
        if self._word("starts"):
            if not self._word("with"):
                raise self._stuck()
            return ("starts", left, self._primary())
        if self._word("like_regex"):
            raise EngineError("NOT_SUPPORTED", "like_regex predicate in JSON path is not yet supported")
        operator = self._accept(*_COMPARISONS)
        if operator is None:
            raise self._stuck()
        return ("compare", _COMPARISONS[operator], left, self.path())

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else ("end", "<EOF>")

    def _accept(self, *marks: str) -> str | None:
        kind, word = self._peek()
        if kind != "mark" or word not in marks:
            return None
        self._at += 1
        return word

    def _word(self, word: str) -> bool:
        found = self._peek() == ("word", word)
        self._at += found
        return found

    def _expect(self, mark: str) -> None:
        if self._accept(mark) is None:
            raise self._stuck()

    def _string(self, text: str) -> str:
        if "\\" in text:
            raise EngineError("NOT_SUPPORTED", f"JSON path not supported by the local engine: {self._text}")
        return text[1:-1].replace('""', '"')

    def _stuck(self) -> EngineError:
        return EngineError("SYNTAX_ERROR", f"no viable alternative at input '{self._peek()[1]}'")


def _number(text: str) -> int | float | Decimal:
    if "e" in text.lower():
        return float(text)
    return Decimal(text) if "." in text else int(text)
