"""Patterns of IAM policies: `*`, `?` and policy variables such as `${aws:username}`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

Context = Mapping[str, tuple[str, ...]]
"""What a request carries for conditions and variables: lower-case key -> its values (one, or several)."""

_PIECES = re.compile(r"\$\{([^}]*)\}|([*?])")


def matches(pattern: str, value: str, *, context: Context | None = None, fold: bool = False) -> bool:
    """Whether a policy's pattern covers a value; `fold` ignores case, `context` resolves variables (None: none)."""
    if context is not None and "${" in pattern:
        source = _with_variables(pattern, context)
        return source is not None and re.fullmatch(source, value, _flags(fold)) is not None
    return _compiled(pattern, fold).fullmatch(value) is not None


def expand(text: str, context: Context) -> str | None:
    """The text with its variables resolved, for operators without wildcards; None where a variable has no value."""
    missing = False

    def value(found: re.Match[str]) -> str:
        nonlocal missing
        resolved = _variable(found.group(1), context)
        missing = missing or resolved is None
        return resolved or ""

    expanded = re.sub(r"\$\{([^}]*)\}", value, text)
    return None if missing else expanded


def arn_matches(pattern: str, value: str, *, context: Context | None = None) -> bool:
    """ArnLike: each of the six parts is compared on its own, so a `*` never crosses a colon of the first five."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) != 6 or len(given) != 6:
        return pattern == "*"
    return all(matches(one, other, context=context) for one, other in zip(wanted, given, strict=True))


def _flags(fold: bool) -> int:
    return re.DOTALL | (re.IGNORECASE if fold else 0)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, fold: bool) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(char, re.escape(char)) for char in pattern), _flags(fold))


def _with_variables(pattern: str, context: Context) -> str | None:
    """A regular expression: wildcards of the policy are wild, those inside a variable's value are plain text."""
    parts, end = [], 0
    for found in _PIECES.finditer(pattern):
        parts.append(re.escape(pattern[end : found.start()]))
        end = found.end()
        if found.group(2):
            parts.append(".*" if found.group(2) == "*" else ".")
            continue
        value = _variable(found.group(1), context)
        if value is None:
            return None
        parts.append(re.escape(value))
    return "".join(parts) + re.escape(pattern[end:])


def _variable(body: str, context: Context) -> str | None:
    """`${*}`, `${?}` and `${$}` are the characters; `${key, 'default'}` has a default; several values count as none."""
    if body in {"*", "?", "$"}:
        return body
    key, comma, default = body.partition(",")
    values = context.get(key.strip().lower(), ())
    if len(values) == 1:
        return values[0]
    return default.strip().strip("'") if comma else None
