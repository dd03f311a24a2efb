"""Date patterns as lists of parts: MySQL's `%Y-%m-%d` as Trino reads them, and Joda's `yyyy-MM-dd`."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import NamedTuple

from athena_ds.local.engine.duckdb.functions.refusals import invalid

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class Part(NamedTuple):
    """One element of a pattern: a field with its digits, or literal text."""

    field: str
    low: int = 0
    high: int = 2
    text: str = ""
    signed: bool = False


def _literal(text: str) -> Part:
    return Part("literal", text=text)


_CLOCK = (Part("hour", 2), _literal(":"), Part("minute", 2), _literal(":"), Part("second", 2))
_CLOCK12 = (Part("clockhour12", 2), *_CLOCK[1:], _literal(" "), Part("halfday"))
_MYSQL: dict[str, tuple[Part, ...]] = {
    "a": (Part("day_short"),),
    "b": (Part("month_short"),),
    "c": (Part("month", 1),),
    "d": (Part("day", 2),),
    "e": (Part("day", 1),),
    "f": (Part("fraction", 6, 9),),
    "H": (Part("hour", 2),),
    "h": (Part("clockhour12", 2),),
    "I": (Part("clockhour12", 2),),
    "i": (Part("minute", 2),),
    "j": (Part("day_of_year", 3, 3),),
    "k": (Part("hour", 1),),
    "l": (Part("clockhour12", 1),),
    "M": (Part("month_text"),),
    "m": (Part("month", 2),),
    "p": (Part("halfday"),),
    "r": _CLOCK12,
    "S": (Part("second", 2),),
    "s": (Part("second", 2),),
    "T": _CLOCK,
    "v": (Part("week", 2),),
    "x": (Part("weekyear", 4, 4, signed=True),),
    "W": (Part("day_text"),),
    "Y": (Part("year", 4, 4, signed=True),),
    "y": (Part("two_digit_year", 1970),),
}


@lru_cache(maxsize=1024)
def mysql(text: str) -> tuple[Part, ...]:
    """The parts of a date_format or date_parse pattern (`DateTimeFunctions.createDateTimeFormatter`)."""
    if text in ("", "%"):
        raise invalid("Both printing and parsing not supported")
    parts: list[Part] = []
    for percent, c in re.findall(r"(%?)(.)", text.removesuffix("%") if _lone(text) else text, re.DOTALL):
        if percent and c in "DUuVwX":
            raise invalid(f"%{c} not supported in date format string")
        parts.extend(_MYSQL.get(c, (_literal(c),)) if percent else (_literal(c),))
    return tuple(parts)


def _lone(text: str) -> bool:
    """Whether the last % stands alone: Trino drops it."""
    return (len(text) - len(text.rstrip("%"))) % 2 == 1


_JODA_FIELDS = {
    "d": "day",
    "h": "clockhour12",
    "H": "hour",
    "k": "clockhour24",
    "K": "hour12",
    "m": "minute",
    "s": "second",
    "e": "day_of_week",
    "w": "week",
}
_JODA_YEARS = {"x": "weekyear", "y": "year", "Y": "year_of_era"}
_NUMERIC = frozenset("cCxyYdhHmsSeDFwWkK")


@lru_cache(maxsize=1024)
def joda(text: str) -> tuple[Part, ...]:
    """The parts of a format_datetime or parse_datetime pattern (`org.joda.time.format.DateTimeFormat`)."""
    if not text:
        raise invalid("Invalid pattern specification: Pattern is null or empty")
    tokens = _tokens(text)
    return tuple(_joda_part(token, following) for token, following in zip(tokens, [*tokens[1:], "'"], strict=True))


def _tokens(text: str) -> list[str]:
    """Runs of one letter, and literals with a quote before them."""
    tokens: list[str] = []
    at = 0
    while at < len(text):
        if run := re.match(r"([A-Za-z])\1*", text[at:]):
            tokens.append(run[0])
            at += len(run[0])
        else:
            literal, at = _quoted(text, at)
            tokens.append("'" + literal)
    return tokens


def _quoted(text: str, at: int) -> tuple[str, int]:
    taken, quoted = "", False
    while at < len(text):
        c = text[at]
        if c == "'" and text[at + 1 : at + 2] == "'":
            taken, at = taken + c, at + 1
        elif c == "'":
            quoted = not quoted
        elif not quoted and c.isascii() and c.isalpha():
            break
        else:
            taken += c
        at += 1
    return taken, at


def _is_numeric(token: str) -> bool:
    return token[0] in _NUMERIC or (token[0] == "M" and len(token) <= 2)


def _joda_part(token: str, following: str) -> Part:
    letter, size = token[0], len(token)
    if letter == "'":
        return _literal(token[1:])
    if letter in _JODA_YEARS:
        return _year_part(letter, size, numeric_next=_is_numeric(following))
    if letter in _JODA_FIELDS:
        return Part(_JODA_FIELDS[letter], size)
    fixed = {
        "M": Part("month_text" if size >= 4 else "month_short") if size >= 3 else Part("month", size),
        "E": Part("day_text" if size >= 4 else "day_short"),
        "D": Part("day_of_year", size, 3),
        "S": Part("fraction", size, size),
        "a": Part("halfday"),
        "G": Part("era"),
        "C": Part("century", size, size),
        "z": Part("zone_name" if size >= 4 else "zone_short"),
        "Z": Part("zone_id") if size >= 3 else Part("offset", text=":" if size == 2 else ""),
    }
    if letter not in fixed:
        raise invalid(f"Illegal pattern component: {token}")
    return fixed[letter]


def _year_part(letter: str, size: int, *, numeric_next: bool) -> Part:
    field = _JODA_YEARS[letter]
    if size != 2:
        return Part(field, size, size if numeric_next else 9, signed=True)
    pivot = datetime.datetime.now(datetime.UTC).year - 30 - 50
    name = "two_digit_weekyear" if letter == "x" else "two_digit_year"
    return Part(name, pivot, text="" if numeric_next else "lenient")
