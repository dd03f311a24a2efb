"""Each line on what the embedded endpoint supports, or does otherwise, names the tests that show it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "local-endpoint.md"
SECTIONS = ("Supported", "Partly supported", "Not supported", "Where it differs from Athena")


def lines(section: str) -> list[tuple[str, str]]:
    """The rows of a section's table: what is said, and what shows it."""
    text = PAGE.read_text()
    found = re.search(rf"^## {section}\n(.+?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {section!r}"
    rows = [line.strip("| ").split(" | ") for line in found[1].splitlines() if line.startswith("| ")]
    return [(row[0], row[-1]) for row in rows if set("".join(row)) - set("-: |")][1:]


def known_tests() -> dict[str, Path]:
    """Every test function of the suite, by name."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[node.name] = path
    return found


def test_the_page_opens_with_what_it_promises() -> None:
    """The four sections come first, in order, none of them empty."""
    headings = re.findall(r"^## (.+)$", PAGE.read_text(), re.MULTILINE)
    assert headings[:4] == list(SECTIONS)
    assert all(len(lines(section)) >= 5 for section in SECTIONS)


def test_every_line_names_tests_that_exist() -> None:
    """At least one each, and no name that is nobody's."""
    known = known_tests()
    for section in SECTIONS:
        for said, shown in lines(section):
            names = re.findall(r"`(test_\w+)`", shown)
            assert names, f"{section}: nothing shows {said!r}"
            assert [name for name in names if name not in known] == [], f"{section}: {said!r}"
