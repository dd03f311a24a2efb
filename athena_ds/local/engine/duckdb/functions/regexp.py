"""regexp_like, regexp_extract, regexp_replace and their kin.

A constant pattern of plain parts runs in DuckDB (RE2), where both engines find the same; every other in the kernels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.regexp_syntax import check_folding, compiled, folds
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule
from athena_ds.local.engine.duckdb.physical import text as literal
from athena_ds.local.seam.types import VARCHAR, Type, array

_REGEXP = VARCHAR
_PLAIN_PART = re.compile(
    r"""[A-Za-z0-9 _/:;,@%&=<>"'!~-]      # literals
    | \\[.\\/$^*+?()\[\]{}|@_-]           # escaped punctuation
    | \\[dw] | \.                         # classes RE2 reads the same
    | \[\^?(?:[A-Za-z0-9 _/:;,@%=<>"'!.*+?(){}$-]|\\[dw.\\/\[\]^-])+\]
    | \((?!\?) | \(\?: | \) | \|
    | (?:[*+?] | \{\d{1,2}(?:,\d{0,2})?\})\??(?![*+?{])
    | [$^]""",
    re.VERBOSE,
)


def _searchable(pattern: str, text: str) -> re.Pattern[str]:
    if folds(pattern):
        check_folding(pattern, text)
    return compiled(pattern)


def _matches(pattern: str, text: str) -> Iterator[re.Match[str]]:
    return _searchable(pattern, text).finditer(text)


def _plain(call: Call) -> str | None:
    """The pattern when it is a constant RE2 reads as Joni does."""
    pattern = call.constants[1] if len(call.constants) > 1 else None
    if not isinstance(pattern, str) or not re.fullmatch(f"(?:{_PLAIN_PART.pattern})*", pattern, re.VERBOSE):
        return None
    try:
        compiled(pattern)
    except Exception:
        return None
    return pattern


def _guarded(call: Call, pattern: str, fast: str, exact: str) -> str:
    """`$` also matches before a last line feed; RE2's doesn't."""
    if "$" in pattern:
        return f"CASE WHEN NOT contains({call.sql[0]}, chr(10)) THEN {fast} ELSE {exact} END"
    return fast


def like_exactly(text: str, pattern: str) -> bool:
    return _searchable(pattern, text).search(text) is not None


@rule("regexp_like")
def regexp_like(call: Call) -> str:
    exact = call.kernel(like_exactly, *_pairs(call))
    pattern = _plain(call)
    return (
        exact
        if pattern is None
        else _guarded(call, pattern, f"regexp_matches({call.sql[0]}, {literal(pattern)})", exact)
    )


def _pairs(call: Call) -> tuple[tuple[str, Type], ...]:
    return tuple(zip(call.sql, call.arguments, strict=True))


def _group(found: re.Pattern[str], group: int) -> int:
    if group < 0:
        raise invalid("Group cannot be negative")
    if group > found.groups:
        raise invalid(f"Pattern has {found.groups} groups. Cannot access group {group}")
    return group


def extract_exactly(text: str, pattern: str, group: int = 0) -> str | None:
    found = _searchable(pattern, text)
    number = _group(found, group)
    match = found.search(text)
    return match.group(number) if match else None


@rule("regexp_extract")
def regexp_extract(call: Call) -> str:
    exact = call.kernel(extract_exactly, *_pairs(call))
    pattern = _plain(call)
    group = (call.constants[2] if len(call.constants) > 2 else None) if len(call.sql) > 2 else 0
    if pattern is None or not isinstance(group, int) or not 0 <= group <= compiled(pattern).groups:
        return exact
    if group and ("|" in pattern or re.search(r"\)[?*{]", pattern)):
        return exact
    x, quoted = call.sql[0], literal(pattern)
    fast = f"CASE WHEN regexp_matches({x}, {quoted}) THEN regexp_extract({x}, {quoted}, {group}) END"
    return _guarded(call, pattern, fast, exact)


@kernel("regexp_extract_all", "varchar(x), joniregexp")
def extract_all(text: str, pattern: str) -> list[str]:
    return [match.group() for match in _matches(pattern, text)]


@kernel("regexp_extract_all", "varchar(x), joniregexp, bigint")
def extract_all_groups(text: str, pattern: str, group: int) -> list[str | None]:
    number = _group(_searchable(pattern, text), group)
    return [match.group(number) for match in _matches(pattern, text)]


@kernel("regexp_count")
def regexp_count(text: str, pattern: str) -> int:
    return sum(1 for _ in _matches(pattern, text))


@kernel("regexp_split")
def regexp_split(text: str, pattern: str) -> list[str]:
    parts, last = [], 0
    for match in _matches(pattern, text):
        parts.append(text[last : match.start()])
        last = match.end()
    return [*parts, text[last:]]


@kernel("regexp_position")
def regexp_position(text: str, pattern: str, start: int = 1, occurrence: int = 1) -> int:
    if start < 1:
        raise invalid("start position cannot be smaller than 1")
    if occurrence < 1:
        raise invalid("occurrence cannot be smaller than 1")
    if start > len(text):
        return -1
    for count, match in enumerate(_searchable(pattern, text).finditer(text, start - 1), 1):
        if count == occurrence:
            return match.start() + 1
    return -1


def _replaced(match: re.Match[str], replacement: str) -> str:
    made, at = [], 0
    while at < len(replacement):
        c = replacement[at]
        at += 1
        if c == "$":
            value, at = _referenced(match, replacement, at)
            made.append(value)
        elif c == "\\":
            if at == len(replacement):
                raise invalid(f"Illegal replacement sequence: {replacement}")
            made.append(replacement[at])
            at += 1
        else:
            made.append(c)
    return "".join(made)


def _referenced(match: re.Match[str], replacement: str, at: int) -> tuple[str, int]:
    words = "Illegal replacement sequence: "
    if named := re.match(r"\{([^}]*)\}", replacement[at:]):
        if named[1] not in match.re.groupindex:
            raise invalid(f"{words}unknown group {{ {named[1]} }}")
        return match.group(named[1]) or "", at + len(named[0])
    digit = replacement[at : at + 1]
    if not (digit.isascii() and digit.isdigit()):
        raise invalid(words + replacement)
    group, at = int(digit), at + 1
    if group > match.re.groups:
        raise invalid(f"{words}unknown group {group}")
    while replacement[at : at + 1].isdigit() and group * 10 + int(replacement[at]) <= match.re.groups:
        group, at = group * 10 + int(replacement[at]), at + 1
    return match.group(group) or "", at


def replace_exactly(text: str, pattern: str, replacement: str = "") -> str:
    return _searchable(pattern, text).sub(lambda match: _replaced(match, replacement), text)


def _re2_replacement(replacement: object, groups: int) -> str | None:
    r"""The replacement with RE2's `\1` for `$1`; None where it has anything else to interpret."""
    if not isinstance(replacement, str) or not re.fullmatch(r"(?:[^\\$]|\$[0-9](?![0-9]))*", replacement):
        return None
    if any(int(digit) > groups for digit in re.findall(r"\$([0-9])", replacement)):
        return None
    return re.sub(r"\$([0-9])", r"\\\1", replacement)


@rule("regexp_replace", "varchar(x), joniregexp", "varchar(x), joniregexp, varchar(y)")
def regexp_replace(call: Call) -> str:
    exact = call.kernel(replace_exactly, *_pairs(call))
    pattern = _plain(call)
    given = (call.constants[2] if len(call.constants) > 2 else None) if len(call.sql) > 2 else ""
    if pattern is None or compiled(pattern).search("") is not None:
        return exact
    replacement = _re2_replacement(given, compiled(pattern).groups)
    if replacement is None:
        return exact
    fast = f"regexp_replace({call.sql[0]}, {literal(pattern)}, {literal(replacement)}, 'g')"
    return _guarded(call, pattern, fast, exact)


def groups_of(text: str, pattern: str) -> list[list[str | None]]:
    return [list(match.groups()) for match in _matches(pattern, text)]


def joined(text: str, pattern: str, replacements: list[str | None]) -> str | None:
    """The text with each match replaced; a NULL replacement makes all of it NULL."""
    made: list[str] = []
    last = 0
    for match, replacement in zip(_matches(pattern, text), replacements, strict=True):
        if replacement is None:
            return None
        made += [text[last : match.start()], replacement]
        last = match.end()
    return "".join(made) + text[last:]


@rule("regexp_replace", "varchar, joniregexp, function(array(varchar),varchar(x))")
def regexp_replace_lambda(call: Call) -> str:
    assert call.workshop is not None
    x, pattern, function = call.sql
    pairs = (x, VARCHAR), (pattern, _REGEXP)
    groups = call.workshop.kernel(groups_of, *pairs, result=array(array(VARCHAR)))
    return call.kernel(joined, *pairs, (f"list_transform({groups}, {function})", array(VARCHAR)))
