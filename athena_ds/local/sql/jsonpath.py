"""SQL/JSON paths (`lax $.a[0]`), as far as members, elements, wildcards, `size()` and `type()`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from athena_ds.local.seam.engine import EngineError

Step = tuple[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """`steps` are pairs: (member, name), (element, (from, to)), (members | elements | size | type, None)."""

    mode: Literal["lax", "strict"]
    steps: tuple[Step, ...]


_STEP = re.compile(
    r"""\s*(?:\.\s*(?P<method>size|type)\s*\(\s*\)
    |\.\s*(?P<name>[A-Za-z_][\w$]*)(?!\s*\()
    |\.\s*"(?P<quoted>[^"\\]*)"
    |(?P<members>\.\s*\*)
    |\[\s*(?P<all>\*)\s*\]
    |\[\s*(?P<low>\d+|last)\s*(?:to\s+(?P<high>\d+|last)\s*)?\])""",
    re.VERBOSE,
)


@lru_cache(maxsize=1024)
def read_path(text: str) -> Path:
    """A path; raises EngineError SYNTAX_ERROR, or NOT_SUPPORTED for the language's other half."""
    head = re.match(r"\s*(lax|strict)\s+\$", text)
    if head is None:
        first = text.strip()[:1]
        raise EngineError("SYNTAX_ERROR", f"missing {{'lax', 'strict'}} at '{first}'")
    steps: list[Step] = []
    at = head.end()
    while text[at:].strip():
        match = _STEP.match(text, at)
        if match is None:
            raise EngineError("NOT_SUPPORTED", f"JSON path not supported by the local engine: {text}")
        steps.append(_step(match))
        at = match.end()
    return Path(mode="lax" if head[1] == "lax" else "strict", steps=tuple(steps))


def _step(match: re.Match[str]) -> Step:
    found = match.groupdict()
    if found["method"]:
        return found["method"], None
    if found["name"] is not None or found["quoted"] is not None:
        return "member", found["name"] if found["name"] is not None else found["quoted"]
    if found["members"]:
        return "members", None
    if found["all"]:
        return "elements", None
    return "element", (found["low"], found["high"] or found["low"])
