"""Athena's words about a failure -> what to do about it. Patterns first, then Athena's error type."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .messages import LAKE, MEMORY, MESSAGES, SLOW, SOURCE, WRITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a failure means.

    Attributes:
        remedy: What to do.
        name: Athena's name for the error, as in TABLE_NOT_FOUND; may be empty.
        unknown: What was not found and its name, as ("table", "ordrs"), or None.
    """

    remedy: str = ""
    name: str = ""
    unknown: tuple[str, str] | None = None


_COMPILED = tuple((re.compile(each.pattern, re.DOTALL), each.remedy) for each in MESSAGES)

# Athena guide, error reference; only where words said nothing.
_TYPES: tuple[tuple[range, str], ...] = (
    (range(9), MEMORY),
    (range(234, 235), LAKE),
    (range(401, 403), WRITE),
    (range(1401, 1407), SLOW),
    (range(1500, 1502), SOURCE),
    (range(100, 401), "Athena itself failed: run it again; if it stays, AWS support wants the query id."),
)
_CLEANING = re.compile(r"\s*You may need to manually clean the data at location '([^']*)'.*", re.DOTALL)
_NAME = re.compile(r"^(?:FAILED: )?(?P<name>[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)\b")
_UNKNOWN = (
    ("column", re.compile(r"Column '([^']+)' cannot be resolved")),
    ("table", re.compile(r"[Tt]able '?([\w$.\-\"]+)'? does not exist")),
    ("table", re.compile(r"Table not found '?([\w.$-]+)'?|Entity Not Found.*?[Tt]able:? '?([\w.$-]+)")),
    ("database", re.compile(r"[Ss]chema '?([\w.\-]+)'? does not exist|Database '?([\w-]+)'? (?:does not exist|not f)")),
    ("function", re.compile(r"[Ff]unction '?([\w.]+)'? not registered")),
)


def diagnose(reason: str, error_type: int | None = None) -> Diagnosis:
    """What a failure's words, and failing those its type, call for."""
    remedy = next((remedy for pattern, remedy in _COMPILED if pattern.search(reason)), None)
    if remedy is None and error_type is not None:
        remedy = next((text for types, text in _TYPES if error_type in types), "")
    name = _NAME.match(reason)
    left = _CLEANING.search(reason)
    hint = f" Data may be left at {left[1]}; Athena does not delete it." if left and left[1] else ""
    return Diagnosis(
        remedy=((remedy or "") + hint).strip(), name=name["name"] if name else "", unknown=_unknown(reason)
    )


def without_cleaning(reason: str) -> str:
    """The reason without the sentence about data left behind, which becomes part of the remedy."""
    return _CLEANING.sub("", reason).strip()


def _unknown(reason: str) -> tuple[str, str] | None:
    for kind, pattern in _UNKNOWN:
        found = pattern.search(reason)
        if found:
            name = next(group for group in found.groups() if group)
            return kind, name.strip('"').split(".")[-1]
    return None
