"""Pages of the docs that are lists from the code: `python -m scripts.reference` writes them; a test compares them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from athena_ds import errors
from athena_ds.execution import diagnosis
from athena_ds.policy import DOCUMENT_ACTIONS, LEGACY, UNPROVABLE
from athena_ds.preflight import CATALOGUE

DOCS = Path(__file__).resolve().parent.parent / "docs"
_NOTE = "<!-- Written by python -m scripts.reference; a test compares it with the code. -->\n\n"


def preflight_checks() -> str:
    """Every check of preflight: its id as a heading, its group, the sentence that is true when it passes."""
    parts = ["# Preflight checks\n\n", _NOTE, "In the order a person would ask.\n"]
    group = ""
    for name, entry in CATALOGUE.items():
        if entry.group != group:
            group = entry.group
            parts.append(f"\n## {group[0].upper()}{group[1:]}\n")
        parts.append(f"\n### {name}\n\n{entry.sentence.format(bucket='*bucket*')}.\n")
    return "".join(parts)


def error_classes() -> str:
    """Every error and warning class: its name as a heading, its first paragraph, its bases."""
    parts = ["# Errors\n\n", _NOTE, "What can go wrong, and what to do. Every class is in `athena_ds.errors`.\n\n"]
    parts.append("```text\n" + (inspect.getdoc(errors) or "").split("```")[1].strip() + "\n```\n\n## Classes\n")
    for name in sorted(
        name for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, Exception)
    ):
        found = getattr(errors, name)
        bases = ", ".join(base.__name__ for base in found.__bases__)
        words = (inspect.getdoc(found) or "").split("\n\n")[0].replace("\n", " ")
        parts.append(f"\n### {name}\n\n{words} *({bases})*\n")
    parts.append(
        "\n## Athena's messages\n\nThe first pattern found in Athena's own words decides what is said to do.\n\n"
    )
    parts.append("| Athena says | what to do |\n| --- | --- |\n")
    parts += [
        f"| `{_cell(pattern)}` | {_cell(remedy) or 'the place is shown with a caret'} |\n"
        for pattern, remedy in diagnosis.MESSAGES
    ]
    return "".join(parts)


def permissions() -> str:
    """The document's actions with what became of each, and the actions no check can prove."""
    parts = ["# IAM actions\n\n", _NOTE, "## The document's 36 actions\n\n| action | today |\n| --- | --- |\n"]
    parts += [f"| `{action}` | {_fate(action)} |\n" for action in DOCUMENT_ACTIONS]
    parts.append("\n## Actions that no check proves\n\n| action | why |\n| --- | --- |\n")
    parts += [f"| `{action}` | {reason} |\n" for action, reason in UNPROVABLE.items() if action not in LEGACY]
    return "".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "preflight-checks.md": preflight_checks,
    "errors.md": error_classes,
    "iam-actions.md": permissions,
}


def main() -> int:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
    sys.stdout.write(f"{len(PAGES)} pages written\n")
    return 0


def _fate(action: str) -> str:
    return f"legacy: no operation is behind it; use {LEGACY[action]}" if action in LEGACY else "current"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
