"""The JSON that OpenX's SerDe reads beyond the standard (`JsonReader`), and how it writes it again (`JsonWriter`).

Comments, single quotes, text without quotes, `=` and `=>` for colons, `;` for commas, values left out of arrays.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from athena_ds.local.engine.duckdb.formats.json_lines import MARK

_BLANK = "\t \n\r"
_ENDS = frozenset(" \r\n\t\f{}[]/\\:,=;#")
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "v": "\t"}
_MOST = 2**63


class InvalidJson(Exception):  # noqa: N818 - the reader words it
    """Not even lenient JSON."""


def document(line: str, *, exactly: bool) -> str:
    """A line as JSON, what wasn't in quotes marked; of members equal but for case the last, where it last stood."""
    return json.dumps(_Reader(line.strip(), exactly=exactly).value(), ensure_ascii=False)


class _Reader:
    def __init__(self, text: str, *, exactly: bool) -> None:
        self._text, self._at, self._exactly = text, 0, exactly

    def value(self) -> Any:
        match self._next():
            case "":
                raise InvalidJson("End of input")
            case "{":
                return self._object()
            case "[":
                return self._array()
            case "'" | '"' as mark:
                return self._quoted(mark)
        self._at -= 1
        return self._literal()

    def _next(self) -> str:
        """The next character that is neither blank nor comment; empty at the end."""
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if char in _BLANK:
                continue
            after = self._text[self._at : self._at + 1]
            if char == "#" or (char == "/" and after == "/"):
                end = re.compile(r"[\r\n]|\Z").search(self._text, self._at)
                self._at = end.end() if end else len(self._text)
            elif char == "/" and after == "*":
                end_at = self._text.find("*/", self._at + 1)
                if end_at < 0:
                    raise InvalidJson("Unterminated c-style comment")
                self._at = end_at + 2
            else:
                return char
        return ""

    def _object(self) -> dict[str, Any]:
        first = self._next()
        if first == "}":
            return {}
        self._at -= bool(first)
        found: dict[str, tuple[str, Any]] = {}
        while True:
            name = self.value()
            if not isinstance(name, str):
                raise InvalidJson("Names must be strings")
            name = name.removeprefix(MARK)
            separator = self._next()
            if separator not in (":", "="):
                raise InvalidJson(f"Expected ':' after field {name}")
            if separator == "=" and self._text[self._at : self._at + 1] == ">":
                self._at += 1
            key = name if self._exactly else name.lower()
            found.pop(key, None)
            found[key] = (name, self.value())
            match self._next():
                case "}":
                    return dict(found.values())
                case "," | ";":
                    continue
            raise InvalidJson("Unterminated object")

    def _array(self) -> list[Any]:
        found: list[Any] = []
        trailing = False
        while True:
            match self._next():
                case "":
                    raise InvalidJson("Unterminated array")
                case "]":
                    return [*found, None] if trailing else found
                case "," | ";":
                    found.append(None)
                    trailing = True
                    continue
            self._at -= 1
            found.append(self.value())
            match self._next():
                case "]":
                    return found
                case "," | ";":
                    trailing = True
                    continue
            raise InvalidJson("Unterminated array")

    def _quoted(self, mark: str) -> str:
        made = ""
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if char == mark:
                return made.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            made += self._escape() if char == "\\" else char
        raise InvalidJson("Unterminated string")

    def _escape(self) -> str:
        char = self._text[self._at : self._at + 1]
        if not char:
            raise InvalidJson("Unterminated escape sequence")
        self._at += 1
        if char != "u":
            return _ESCAPES.get(char, char)
        digits = self._text[self._at : self._at + 4]
        self._at += 4
        if not re.fullmatch("[0-9a-fA-F]{4}", digits):
            raise InvalidJson(f"Invalid escape sequence: {digits}")
        return chr(int(digits, 16))

    def _literal(self) -> str | None:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _ENDS:
            self._at += 1
        found = self._text[start : self._at]
        if not found:
            raise InvalidJson("Expected literal value")
        return None if found.lower() == "null" else MARK + found


def canonical(value: str) -> str:
    """Text that wasn't in quotes: booleans in lower case, whole numbers plain, others as Java's BigDecimal writes."""
    if value.lower() in ("true", "false"):
        return value.lower()
    whole = _whole(value)
    if whole is not None:
        return str(whole)
    return _decimal(value) or value


def _whole(value: str) -> int | None:
    for shape, base in ((r"0[xX][0-9a-fA-F]+", 16), (r"0[0-7]+", 8), (r"[+-]?[0-9]+", 10)):
        if re.fullmatch(shape, value, re.ASCII):
            found = int(value, base)
            return found if -_MOST <= found < _MOST else None
    return None


def _decimal(value: str) -> str | None:
    if not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", value, re.ASCII):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return str(found if found else found.copy_abs())


def written(text: str) -> str:
    """A marked document as the SerDe writes it."""
    return _written(json.loads(text, object_pairs_hook=_last))


def _last(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, tuple[str, Any]] = {}
    for name, value in pairs:
        found.pop(name.lower(), None)
        found[name.lower()] = (name, value)
    return dict(found.values())


def _written(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{_string(k)}:{_written(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
        case str():
            return _bare(value.removeprefix(MARK)) if value.startswith(MARK) else _string(value)
        case _:
            return json.dumps(value)


def _bare(value: str) -> str:
    known = value.lower() in ("true", "false") or _whole(value) is not None or _decimal(value) is not None
    return canonical(value) if known else _string(value)


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
