"""What pasting puts into SQL: characters that are not seen, or look like those that SQL knows."""

from __future__ import annotations

import re
import unicodedata

_PLACE = re.compile(r"line (\d+):(\d+)\b")
_QUOTES = frozenset("‘’‚‛“”„‟′″«»‹›´")


def stranger_at(sql: str, reason: str) -> str:
    """What to do about the character that Athena's words point at; empty where it is one that SQL has."""
    found = _PLACE.search(reason)
    if not found:
        return ""
    lines, number, column = sql.split("\n"), int(found[1]), int(found[2])
    letter = lines[number - 1][column - 1 : column] if 1 <= number <= len(lines) and column > 0 else ""
    return _remedy(letter) if letter and not letter.isascii() else ""


def _remedy(letter: str) -> str:
    called = f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()
    kind = unicodedata.category(letter)
    if letter == "\ufeff":
        return f"A byte order mark ({called}) stands there unseen: read the file with encoding='utf-8-sig'."
    if letter in _QUOTES:
        return f"{letter} is a typographic quote ({called}): text goes in ' and names in \"."
    if kind == "Pd" or letter == "−":
        return f"{letter} is no minus ({called}): write -, and -- before a comment."
    if kind in ("Zs", "Cf", "Zl", "Zp"):
        return f"A blank that is none ({called}) stands there: put a plain one, or nothing, in its place."
    return f"{letter} ({called}) stands outside quotes; a name with it goes in double quotes, a text in single ones."
