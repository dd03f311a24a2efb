"""String functions. A character is a code point; case is mapped one to one; blanks are Java's white space.

DuckDB does what it does the same way: always for ASCII text, and where graphemes and case don't come in, for all.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule, template

_BLANKS = "".join(
    map(chr, (*range(9, 14), *range(28, 33), 0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B), 0x2028, 0x2029))
) + chr(0x205F) + chr(0x3000)  # fmt: skip
_BLANKS_SQL = "||".join(f"chr({ord(c)})" for c in _BLANKS)
_NEW_UPPER = {0x19B: 0xA7DC, 0x264: 0xA7CB, 0x1C8A: 0x1C89, 0xA7CD: 0xA7CC, 0xA7DB: 0xA7DA}
_NEW_UPPER |= {0x10D70 + i: 0x10D50 + i for i in range(22)}
"""Case pairs of Unicode 16, which Trino 476's Java has; DuckDB and Python 3.11 don't."""
_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
_NEW_LOWER = {upper: lower for lower, upper in _NEW_UPPER.items()}
_UPPER_TRAPS = "".join(map(chr, (0xDF, *_NEW_UPPER)))
_LOWER_TRAPS = "".join(map(chr, _NEW_LOWER))


def _one(c: str, mapped: str, other: str) -> str:
    return mapped if len(mapped) == 1 else (other if len(other) == 1 else c)


def upper_exactly(text: str) -> str:
    return "".join(chr(_NEW_UPPER[o]) if (o := ord(c)) in _NEW_UPPER else _one(c, c.upper(), c.title()) for c in text)


def lower_exactly(text: str) -> str:
    return "".join(chr(_NEW_LOWER[o]) if (o := ord(c)) in _NEW_LOWER else c.lower()[0] for c in text)


@rule("upper")
def upper(call: Call) -> str:
    x = call.sql[0]
    exact = call.kernel(upper_exactly, (x, call.arguments[0]))
    return f"CASE WHEN NOT regexp_matches({x}, '[{_UPPER_TRAPS}]') THEN upper({x}) ELSE {exact} END"


@rule("lower")
def lower(call: Call) -> str:
    x = call.sql[0]
    exact = call.kernel(lower_exactly, (x, call.arguments[0]))
    return f"CASE WHEN NOT regexp_matches({x}, '[{_LOWER_TRAPS}]') THEN lower({x}) ELSE {exact} END"


@rule("length", "varchar(x)", "char(x)")
def length(call: Call) -> str:
    return f"length({call.sql[0]})"


def _unpadded(call: Call) -> str:
    x = call.sql[0]
    return f"rtrim({x}, ' ')" if call.arguments[0].base == "char" else x


def _trimmed(call: Call, name: str) -> str:
    blanks = call.sql[1] if len(call.sql) > 1 else f"({_BLANKS_SQL})"
    trimmed = f"{name}({_unpadded(call)}, {blanks})"
    # What a char's right end is trimmed to is again a char: it ends in no blank.
    return f"rtrim({trimmed}, ' ')" if name != "ltrim" and call.arguments[0].base == "char" else trimmed


@rule("trim")
def trim(call: Call) -> str:
    return _trimmed(call, "trim")


@rule("ltrim")
def ltrim(call: Call) -> str:
    return _trimmed(call, "ltrim")


@rule("rtrim")
def rtrim(call: Call) -> str:
    return _trimmed(call, "rtrim")


def _substring(call: Call) -> str:
    """From the right for a negative start; empty for start 0 or one beyond either end."""
    x, start, *rest = call.sql
    size = "".join(f", CASE WHEN {n} < 0 THEN 0 WHEN {n} > 2147483647 THEN 2147483647 ELSE {n} END" for n in rest)
    constant = call.constants[1] if len(call.constants) > 1 else None
    if isinstance(constant, int) and 0 < constant < 2**31:
        return f"substring({x}, {start}{size})"
    given = " AND ".join(f"{part} IS NOT NULL" for part in call.sql)
    front = f"WHEN {start} > 0 THEN substring({x}, least({start}, 2147483647){size})"
    back = f"WHEN {start} < 0 AND {start} >= -length({x}) THEN substring({x}, {start}{size})"
    return f"CASE {front}{_beyond_int(call)} {back} WHEN {given} THEN '' END"


def _beyond_int(call: Call) -> str:
    """From the right, Trino adds start and length as ints; a length that fits never reaches their end."""
    length = call.constants[2] if len(call.constants) > 2 else 0
    if len(call.sql) < 3 or (isinstance(length, int) and length <= _SHORT):
        return ""
    x, start, size = call.sql
    failed = call.fail("GENERIC_INTERNAL_ERROR", "'Range out of bounds'")
    inside = f"{start} < 0 AND {start} >= -length({x})"
    return f" WHEN {inside} AND least({size}, 2147483647) + length({x}) + {start} > 2147483647 THEN {failed}"


_SHORT = 2**30

_SUBSTRINGS = [f"{kind},{numbers}" for kind in ("varchar(x)", "char(x)") for numbers in ("bigint", "bigint,bigint")]
rule("substr", *_SUBSTRINGS)(_substring)
rule("substring", *_SUBSTRINGS)(_substring)


def replace_exactly(text: str, search: str, replacement: str) -> str:
    return text.replace(search, replacement)


template("replace", "varchar(x), varchar(y)", sql="replace({0}, {1}, '')")


@rule("replace", "varchar(x), varchar(y), varchar(z)")
def replace(call: Call) -> str:
    if len(call.constants) > 1 and isinstance(call.constants[1], str) and call.constants[1]:
        return f"replace({', '.join(call.sql)})"
    return call.kernel(replace_exactly, *zip(call.sql, call.arguments, strict=True))


@rule("concat", "varchar", "char(x), char(y)")
def concat(call: Call) -> str:
    if len(call.sql) < 2:
        return call.fail("INVALID_FUNCTION_ARGUMENT", "'There must be two or more concatenation arguments'")
    return f"({' || '.join(call.sql)})"


@kernel("concat_ws", "varchar, varchar", strict=False)
def concat_ws(separator: str | None, *texts: str | None) -> str | None:
    return None if separator is None else separator.join(text for text in texts if text is not None)


@kernel("concat_ws", "varchar, array(varchar)")
def concat_ws_array(separator: str, texts: list[str | None]) -> str:
    return separator.join(text for text in texts if text is not None)


template("starts_with", sql="starts_with({0}, {1})")


@rule("strpos", "varchar(x), varchar(y)")
@rule("index")
def strpos(call: Call) -> str:
    x, y = call.sql
    return f"CASE WHEN {y} = '' AND {x} IS NOT NULL THEN 1 ELSE strpos({x}, {y}) END"


@kernel("strpos", "varchar(x), varchar(y), bigint")
def strpos_instance(text: str, part: str, instance: int) -> int:
    """Overlapping occurrences count; a negative instance counts from the right."""
    if instance in (0, -(2**63)):
        raise invalid("'instance' must be a positive or negative number.")
    if not part:
        return 1
    places = [i + 1 for i in range(len(text) - len(part) + 1) if text.startswith(part, i)]
    if abs(instance) > len(places):
        return 0
    return places[instance - 1 if instance > 0 else instance]


def reverse_exactly(text: str) -> str:
    return text[::-1]


@rule("reverse", "varchar(x)", "char(x)")
def reverse(call: Call) -> str:
    """DuckDB keeps graphemes together; Trino doesn't."""
    x = call.sql[0]
    exact = call.kernel(reverse_exactly, (x, call.arguments[0]))
    if call.arguments[0].base == "char":
        failed = call.fail("NOT_SUPPORTED", "'reverse of a char that begins with a blank'")
        exact = f"CASE WHEN starts_with({x}, ' ') THEN {failed} ELSE {exact} END"
        return f"CASE WHEN {x} IS NOT NULL THEN {exact} END"
    return f"CASE WHEN strlen({x}) = length({x}) AND NOT contains({x}, chr(13)) THEN reverse({x}) ELSE {exact} END"


def _padding(text: str, size: int, pad: str) -> str | int:
    if not 0 <= size <= 2**31 - 1:
        raise invalid("Target length must be in the range [0..2147483647]")
    if not pad:
        raise invalid("Padding string must not be empty")
    missing = size - len(text)
    return (pad * (missing // len(pad) + 1))[:missing] if missing > 0 else size


def lpad_exactly(text: str, size: int, pad: str) -> str:
    found = _padding(text, size, pad)
    return text[:found] if isinstance(found, int) else found + text


def rpad_exactly(text: str, size: int, pad: str) -> str:
    found = _padding(text, size, pad)
    return text[:found] if isinstance(found, int) else text + found


def _padded(call: Call) -> str:
    size, pad = call.constants[1:3] if len(call.constants) > 2 else (None, None)
    if isinstance(size, int) and 0 <= size < 1_000_000 and isinstance(pad, str) and pad:
        return f"{call.name}({call.sql[0]}, {size}, {call.sql[2]})"
    function = lpad_exactly if call.name == "lpad" else rpad_exactly
    return call.kernel(function, *zip(call.sql, call.arguments, strict=True))


rule("lpad", "varchar(x), bigint, varchar(y)")(_padded)
rule("rpad", "varchar(x), bigint, varchar(y)")(_padded)


@kernel("translate")
def translate(text: str, source: str, target: str) -> str:
    """A source character without a target is dropped; of a repeated one the first counts."""
    table: dict[int, str | None] = {}
    for place, c in enumerate(source):
        table.setdefault(ord(c), target[place] if place < len(target) else None)
    return text.translate(table)


@kernel("codepoint")
def codepoint(text: str) -> int:
    if len(text) != 1:
        raise invalid("Input string must be a single character string")
    return ord(text)


@kernel("chr")
def character(code: int) -> str:
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise invalid(f"Not a valid Unicode code point: {code}")
    return chr(code)


@kernel("normalize")
def normalize(text: str, form: str) -> str:
    for known in _FORMS:
        if form == known:
            return unicodedata.normalize(known, text)
    raise invalid("Normalization form must be one of [NFD, NFC, NFKD, NFKC]")


@kernel("char2hexint")
def char2hexint(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()
