"""Java's date patterns (`yyyy-MM-dd/HH`), as partition projection writes its values."""

from __future__ import annotations

import calendar
import re
from datetime import datetime

_PARTS = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
_SMALLEST = (("s", "SECONDS"), ("m", "MINUTES"), ("H", "HOURS"), ("h", "HOURS"), ("d", "DAYS"), ("M", "MONTHS"))
_FIELDS = {"y": "year", "u": "year", "M": "month", "d": "day", "H": "hour", "m": "minute", "s": "second"}


def days_in(year: int, month: int) -> int:
    """How many days a month has."""
    return calendar.monthrange(year, month)[1]


class Pattern:
    """A `DateTimeFormatter` pattern of letters y, M, d, H, m, s; raises ValueError for any other letter."""

    def __init__(self, pattern: str) -> None:
        self.text_of_pattern = pattern
        self._parts: list[tuple[str, str]] = []
        for found in _PARTS.finditer(pattern):
            if found[2] and found[2] not in _FIELDS:
                raise ValueError(f"pattern letter {found[2]!r} is not supported: {pattern!r}")
            literal = (found[1] or "'").replace("''", "'") if found[0].startswith("'") else found[0]
            self._parts.append((found[2] or "", literal))

    @property
    def unit(self) -> str:
        """The smallest unit the pattern shows, which is the default step."""
        letters = {letter for letter, _ in self._parts}
        return next((unit for letter, unit in _SMALLEST if letter in letters), "YEARS")

    def text(self, moment: datetime) -> str:
        """A moment in this pattern."""
        return "".join(_shown(moment, letter, text) if letter else text for letter, text in self._parts)

    def moment(self, text: str) -> datetime:
        """The moment a text names; raises ValueError where it is not of this pattern."""
        shape = "".join(_shape(letter, part) if letter else re.escape(part) for letter, part in self._parts)
        found = re.fullmatch(shape, text)
        if found is None:
            raise ValueError(text)
        given = {"year": 1970, "month": 1, "day": 1}
        letters = [(letter, part) for letter, part in self._parts if letter]
        for (letter, part), value in zip(letters, found.groups(), strict=True):
            field = _FIELDS[letter]
            if field == "month" and not value.isdigit():
                given[field] = _month(value, part)
            else:
                given[field] = int(value) + (2000 if field == "year" and len(part) == 2 else 0)
        return datetime(**given)  # type: ignore[arg-type]


def _shown(moment: datetime, letter: str, part: str) -> str:
    if letter == "M" and len(part) >= 3:
        return (calendar.month_abbr if len(part) == 3 else calendar.month_name)[moment.month]
    value = getattr(moment, _FIELDS[letter])
    if letter in "yu" and len(part) == 2:
        value %= 100
    return str(value).zfill(len(part))


def _shape(letter: str, part: str) -> str:
    if letter == "M" and len(part) >= 3:
        return r"([A-Za-z]+)"
    return rf"(\d{{{len(part)}}})" if len(part) > 1 else r"(\d+)"


def _month(value: str, part: str) -> int:
    names = list(calendar.month_abbr if len(part) == 3 else calendar.month_name)
    if value not in names:
        raise ValueError(value)
    return names.index(value)
