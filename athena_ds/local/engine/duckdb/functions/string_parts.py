"""Splitting, and comparing strings by their parts: split, split_part, split_to_map, distances, soundex, luhn_check."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule

_MAX_INT = 2**31 - 1


def split_exactly(text: str, delimiter: str, limit: int = _MAX_INT) -> list[str]:
    if limit <= 0:
        raise invalid("Limit must be positive")
    if limit > _MAX_INT:
        raise invalid("Limit is too large")
    if not delimiter:
        raise invalid("The delimiter may not be the empty string")
    return text.split(delimiter, limit - 1)


def _constant(call: Call, place: int) -> object:
    return call.constants[place] if len(call.constants) > place else None


@rule("split", "varchar(x), varchar(y)")
def split(call: Call) -> str:
    delimiter = _constant(call, 1)
    if isinstance(delimiter, str) and delimiter:
        return f"string_split({call.sql[0]}, {call.sql[1]})"
    return call.kernel(split_exactly, *zip(call.sql, call.arguments, strict=True))


@kernel("split", "varchar(x), varchar(y), bigint")
def split_limited(text: str, delimiter: str, limit: int) -> list[str]:
    return split_exactly(text, delimiter, limit)


def split_part_exactly(text: str, delimiter: str, index: int) -> str | None:
    if index <= 0:
        raise invalid("Index must be greater than zero")
    if not delimiter and index > _MAX_INT:
        raise broken("integer overflow")
    parts = text.split(delimiter) if delimiter else list(text)
    return parts[index - 1] if index <= len(parts) else None


@rule("split_part")
def split_part(call: Call) -> str:
    delimiter, index = _constant(call, 1), _constant(call, 2)
    if isinstance(delimiter, str) and delimiter and isinstance(index, int) and 0 < index <= _MAX_INT:
        return f"string_split({call.sql[0]}, {call.sql[1]})[{index}]"
    return call.kernel(split_part_exactly, *zip(call.sql, call.arguments, strict=True))


def _entries(text: str, delimiter: str, inner: str, quote: str) -> list[tuple[str, str]]:
    for name, value in (("entryDelimiter", delimiter), ("keyValueDelimiter", inner)):
        if not value:
            raise invalid(f"{name} is empty")
    if delimiter == inner:
        raise invalid("entryDelimiter and keyValueDelimiter must not be the same")
    parts = text.split(delimiter)
    if parts[-1] == "":
        parts.pop()
    return [_entry(part, inner, quote) for part in parts]


def _entry(part: str, inner: str, quote: str) -> tuple[str, str]:
    key, found, value = part.partition(inner)
    if not found or inner in value:
        words = "Key-value delimiter must appear exactly once in each entry. Bad input:"
        raise invalid(f"{words} {quote}{part}{quote}")
    return key, value


@kernel("split_to_map")
def split_to_map(text: str, delimiter: str, inner: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for key, value in _entries(text, delimiter, inner, "'"):
        if key in found:
            raise invalid(f"Duplicate keys ({key}) are not allowed")
        found[key] = value
    return list(found.items())


@kernel("split_to_multimap")
def split_to_multimap(text: str, delimiter: str, inner: str) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for key, value in _entries(text, delimiter, inner, ""):
        found.setdefault(key, []).append(value)
    return list(found.items())


@kernel("levenshtein_distance")
def levenshtein_distance(left: str, right: str) -> int:
    if len(left) < len(right):
        left, right = right, left
    if len(left) * (len(right) - 1) > 1_000_000:
        raise invalid("The combined inputs for Levenshtein distance are too large")
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


@kernel("hamming_distance")
def hamming_distance(left: str, right: str) -> int:
    if len(left) != len(right):
        raise invalid("The input strings to hamming_distance function must have the same length")
    return sum(a != b for a, b in zip(left, right, strict=True))


_SOUNDEX = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "01230120022455012623010202", strict=True))


@kernel("soundex")
def soundex(text: str) -> str:
    """`org.apache.commons.codec.language.Soundex`: H and W between letters of one code don't part them."""
    letters = [c for c in text if c.isalpha()]
    letters = [c.upper() if len(c.upper()) == 1 else c for c in letters]
    for c in letters:
        if c not in _SOUNDEX:
            raise invalid(f"The character is not mapped: {c} (index={ord(c) - 65})")
    if not letters:
        return ""
    code, last = letters[0], _SOUNDEX[letters[0]]
    for c in letters[1:]:
        if c in "HW":
            continue
        digit = _SOUNDEX[c]
        if digit not in ("0", last):
            code += digit
        last = digit
    return code[:4].ljust(4, "0")


@kernel("luhn_check")
def luhn_check(text: str) -> bool:
    if not text:
        return False
    if not (text.isascii() and text.isdigit()):
        raise invalid("Input contains non-digit character")
    doubled = (int(c) * (1 + i % 2) for i, c in enumerate(reversed(text)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
