"""What values show of themselves in JupyterLab, light and dark: readable to eyes, to axe and to a keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.account import Account
from tests.browser.axe import violations
from tests.browser.jupyter import THEME, Lab

DENIED = """
from athena_ds import AthenaDataSource
import dataclasses
AthenaDataSource(config=dataclasses.replace(ds.config, results_bucket="no-such-bucket-here"),
                 credentials=ds.credentials).preflight()
"""
WRONG = "SELECT carrier,\n       avg(arr_dely) AS delay\nFROM flights"
RIGHT = "SELECT carrier, count(*) AS flights FROM flights GROUP BY carrier ORDER BY carrier LIMIT 3"


def test_values_show_themselves_as_tables(page: Any, lab: Lab, shot: Any, account: Account) -> None:
    """The card, describe, preflight, policy, retention and a query's line: axe finds nothing in either theme."""
    page.set_viewport_size({"width": 1000, "height": 5200})
    cells = [account.data_source(), "ds", "ds.describe()", "ds.describe('flights')", "ds.preflight()", "ds.policy()"]
    book = lab.write("shown", *cells, "ds.retention()", f"ds.query({RIGHT!r})", DENIED, f"ds.query({WRONG!r})")
    lab.open(page, book, theme="JupyterLab Light")
    page.get_by_text("QueryFailedError").wait_for()
    page.get_by_text("Preflight: 1 failed").wait_for()
    outputs = {
        "card": 0,
        "describe": 1,
        "columns": 2,
        "preflight": 3,
        "policy": 4,
        "retention": 5,
        "preflight-failed": 6,
    }
    for theme in ("Light", "Dark"):
        page.evaluate(THEME, f"JupyterLab {theme}")
        page.locator(f"body[data-jp-theme-light={'true' if theme == 'Light' else 'false'}]").wait_for(state="attached")
        for name, at in outputs.items():
            shot(f"shown-{name}-{theme.lower()}", page.locator(".athena-ds").nth(at))
        shot(f"shown-query-{theme.lower()}", page.locator(".ads-card").nth(0))
        shot(f"shown-query-failed-{theme.lower()}", page.locator(".ads-card").nth(1))
        assert violations(page, ".athena-ds") == []
        assert violations(page) == []
    assert not page.outside


@pytest.mark.parametrize("width", [1000, 390])
def test_the_explorer_by_keyboard(page: Any, lab: Lab, shot: Any, account: Account, width: int) -> None:
    """Filter as one types, open a table, see rows, go back to where one was."""
    page.set_viewport_size({"width": width, "height": 1200})
    cells = (account.data_source(), "from athena_ds import TableExplorer\nTableExplorer(ds)")
    lab.open(page, lab.write(f"explorer-{width}", *cells), theme="JupyterLab Light")
    page.get_by_label("Filter", exact=True).focus()
    page.get_by_text("6 of 6 tables and views").first.wait_for()
    shot(f"explorer-{width}", page.locator(".ads-card"))
    assert violations(page) == []
    page.keyboard.type("AIRL")
    page.get_by_text("1 of 6 tables and views").first.wait_for()
    assert page.get_by_label("Filter", exact=True).input_value() == "AIRL"
    page.locator("button[data-action=open]").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="airlines").wait_for()
    page.locator(".ads-card[aria-busy=false]").wait_for()
    page.locator("button[data-action=sample]:enabled").focus()
    page.keyboard.press("Enter")
    page.get_by_role("cell", name="Endeavor Air Inc.").wait_for()
    shot(f"explorer-{width}-table", page.locator(".ads-card"))
    assert violations(page) == []
    page.locator("button[data-action=back]:enabled").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 of 6 tables and views").first.wait_for()
