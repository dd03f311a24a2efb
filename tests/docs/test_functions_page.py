"""The page of functions names them all."""

from __future__ import annotations

import re

from tests.local.fidelity.page import PAGE, functions


def test_every_function_has_its_line() -> None:
    """Each function of Trino's catalog is on the page once, in order."""
    assert re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE) == sorted(functions())
