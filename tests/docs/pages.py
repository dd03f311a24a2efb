"""The code blocks of a Markdown page, and whether each is meant to run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_FENCE = re.compile(
    r"(?P<before>[^\n]*)\n(?P<fence>```+|:::+)(?P<language>[\w+-]*)[^\n]*\n(?P<code>.*?)\n(?P=fence)[ \t]*(?=\n|$)",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block: its language, its text, its line, and the reason it is not run (empty when it is)."""

    language: str
    code: str
    line: int
    not_run: str = ""


def pages() -> list[Path]:
    """The README, CONTRIBUTING and every page of the docs, decisions apart."""
    made = {"decisions", "_build", "tutorials"}
    docs = [path for path in sorted((ROOT / "docs").rglob("*.md")) if not made & set(path.parts)]
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *docs]


def blocks(path: Path) -> list[Block]:
    """The blocks of a page in order. `<!-- not run: why -->` on the line before one keeps it from running."""
    text = "\n" + path.read_text()
    found, at = [], 0
    while match := _FENCE.search(text, at):
        reason = re.search(r"<!-- not run: (.+?) -->", match["before"])
        line = text.count("\n", 0, match.start("fence"))
        found.append(
            Block(language=match["language"], code=match["code"], line=line, not_run=reason[1] if reason else "")
        )
        at = match.end()
    return found
