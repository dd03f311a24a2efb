"""Pages of the docs that are lists from the code: `python -m scripts.reference` writes them; a test compares them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from athena_ds import errors
from athena_ds.execution.messages import MESSAGES
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
    """Every error and warning class, then Athena's own messages: what is said, why, and what mends it."""
    parts = ["# Errors\n\n", _NOTE, "What can go wrong, and what to do. Every class is in `athena_ds.errors`.\n\n"]
    parts.append("```text\n" + (inspect.getdoc(errors) or "").split("```")[1].strip() + "\n```\n\n## Classes\n")
    parts += [_error_class(each) for each in error_types()]
    parts.append(
        "\n## Athena's messages\n\nWhat a failed query says, an example each, why, and what to do: what the error's "
        "`remedy` says.\n"
    )
    parts += [
        f"\n`{message.says}`\n: *{message.cause}.* {message.remedy or 'The place is shown with a caret.'}\n"
        for message in MESSAGES
    ]
    return "".join(parts)


def error_types() -> list[type[Exception]]:
    """The classes of `athena_ds.errors`, by name."""
    found = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    return sorted(found, key=lambda each: each.__name__)


def _error_class(kind: type[Exception]) -> str:
    bases = ", ".join(base.__name__ for base in kind.__bases__)
    first, *rest = (inspect.getdoc(kind) or "").split("\n\n")
    said = [part for part in rest if part.startswith(("AWS says:", "What to do:"))]
    words = "\n\n".join(part.replace("\n", " ") for part in [f"{first} *({bases})*", *said])
    return f"\n### {kind.__name__}\n\n{words}\n"


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


if __name__ == "__main__":
    sys.exit(main())
