"""A JSON text read as far as it is asked for, as Jackson reads it for Trino's JSON functions.

Nothing behind the value asked for is looked at, and what went before it has to be well-formed. BadJSONError stands
for Jackson's JsonParseException: most functions answer NULL for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from athena_ds.local.engine.duckdb.functions import java_numbers as java
from athena_ds.local.engine.duckdb.functions.cast_json import quoted
from athena_ds.local.engine.duckdb.functions.refusals import invalid

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0(?!\d)|[1-9]\d*)(\.\d+)?(?:([eE])[+-]?\d+)?(?![.eE])", re.ASCII)
_WORD = re.compile(r"(true|false|null)(?![\w$])")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_PATH = re.compile(r'\.([\w:]+)|\[([^\W]+)\]|\["((?:[^"\\]|\\["\\])*)"\]')


class BadJSONError(ValueError):
    """The text stops being JSON before the value asked for is read."""


@lru_cache(maxsize=1024)
def path_tokens(path: str) -> tuple[str, ...]:
    """The steps of a path in Presto's dialect: `$.a.b[0]["c d"]`; raises what Trino says about others."""
    found: list[str] = []
    at = 1
    if not path.startswith("$"):
        raise invalid(f"Invalid JSON path: '{path}'")
    while at < len(path):
        step = _PATH.match(path, at)
        if not step:
            raise invalid(f"Invalid JSON path: '{path}'")
        plain, bracketed, string = step.groups()
        found.append(plain or bracketed or re.sub(r"\\(.)", r"\1", string or ""))
        at = step.end()
    return tuple(found)


class Reader:
    """A place in a JSON text: always at the first character of a value when one is asked for."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self._blank()

    def peek(self) -> str:
        """The first character of what comes; empty at the end."""
        return self.text[self.at : self.at + 1]

    def find(self, steps: tuple[str, ...]) -> bool:
        """Go to the value at the end of these steps; False where there is none."""
        for step in steps:
            match self.peek():
                case "{":
                    found = any(name == step for name in self.names())
                case "[":
                    index = _index(step)
                    found = any(at == index for at, _ in enumerate(self.items()))
                case _:
                    raise BadJSONError
            if not found:
                return False
        return True

    def names(self) -> Iterator[str]:
        """Names of an object's members, the place being at each one's value; a value not read is skipped."""
        self.at += 1
        self._blank()
        if self._taken("}"):
            return
        while True:
            name = self.string()
            self._blank()
            self._take(":")
            self._blank()
            before = self.at
            yield name
            if self.at == before:
                self.value()
            if not self._more("}"):
                return

    def items(self) -> Iterator[None]:
        """An array's elements, the place being at each one; an element not read is skipped."""
        self.at += 1
        self._blank()
        if self._taken("]"):
            return
        while True:
            before = self.at
            yield
            if self.at == before:
                self.value()
            if not self._more("]"):
                return

    def value(self) -> str:
        """The value here as Jackson writes it again: numbers by Java's rules, order and duplicates kept."""
        match self.peek():
            case "{":
                return "{" + ",".join(f"{quoted(name)}:{self.value()}" for name in self.names()) + "}"
            case "[":
                return "[" + ",".join(self.value() for _ in self.items()) + "]"
            case '"':
                return quoted(self.string())
            case _:
                return number_text(self.plain())

    def scalar(self) -> str | None:
        """The text of a scalar as written (a string without its quotes); None for null, an object, an array."""
        match self.peek():
            case "{" | "[":
                return None
            case '"':
                return self.string()
            case _:
                text = self.plain()
                return None if text == "null" else text

    def string(self) -> str:
        found = _STRING.match(self.text, self.at)
        if not found:
            raise BadJSONError
        self.at = found.end()
        return str(json.loads(found.group()))

    def plain(self) -> str:
        """A number, true, false or null, as written."""
        found = _NUMBER.match(self.text, self.at) or _WORD.match(self.text, self.at)
        if not found:
            raise BadJSONError
        self.at = found.end()
        return found.group()

    def end(self) -> None:
        """Nothing but blanks may follow."""
        self._blank()
        if self.at != len(self.text):
            raise BadJSONError

    def _more(self, closing: str) -> bool:
        self._blank()
        if self._taken(closing):
            return False
        self._take(",")
        self._blank()
        return True

    def _blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _taken(self, character: str) -> bool:
        if self.peek() != character:
            return False
        self.at += 1
        return True

    def _take(self, character: str) -> None:
        if not self._taken(character):
            raise BadJSONError


def _index(step: str) -> int:
    """`Integer.parseInt`, -1 where it would throw."""
    return int(step) if step.isdecimal() and int(step) < 2**31 else -1


def is_float(text: str) -> bool:
    """Whether a number is written with a point or an exponent."""
    return any(c in text for c in ".eE") and text not in ("true", "false")


def number_text(text: str) -> str:
    """A number (or true, false, null) as Jackson writes it: integers at any length, others as a Java double."""
    if text in ("true", "false", "null"):
        return text
    if not is_float(text):
        return "0" if text == "-0" else text
    written = java.double_text(float(text))
    return f'"{written}"' if "n" in written else written
