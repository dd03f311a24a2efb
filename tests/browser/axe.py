"""What axe finds wrong with what athena_ds shows."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Any, within: str = ".ads-root") -> list[str]:
    """Rule and place of every violation of WCAG A and AA."""
    found = Axe().run(page, context=within, options={"runOnly": _RULES})
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found.response["violations"]]
