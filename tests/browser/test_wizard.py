"""The setup wizard in a real browser: from the first field to a first DataFrame, narrow and in the dark too."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.jupyter import Lab, Voila

ENDPOINT = """
from athena_ds.local import LocalAthena
local = LocalAthena()
print("key", local.access_key_id, local.secret_access_key)
"""
WIZARD = """
from athena_ds.notebook.wizard import SetupWizard
wizard = SetupWizard(endpoint_url=local.endpoint_url, region=local.region, results_bucket="athena-ds-results",
                     results_path="wizard")
wizard
"""


def key_of(page: Any) -> tuple[str, str]:
    """The endpoint's key, as its cell printed it."""
    words = page.get_by_text("key AKIA").inner_text().split()
    return words[1], words[2]


def violations(page: Any) -> list[str]:
    """What axe finds wrong with the card."""
    found = Axe().run(page, context=".ads-root", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found.response["violations"]]


def at_step(page: Any, heading: str) -> None:
    """Wait until the wizard stands at a step and is not busy: a busy card takes no submit."""
    page.get_by_role("heading", name=heading).wait_for()
    page.locator(".ads-card[aria-busy=false]").wait_for()


def walk_to_preflight(page: Any) -> None:
    """Type and press Enter, as a person with a keyboard does."""
    key_id, secret = key_of(page)
    page.get_by_label("AWS Access Key Id").fill(key_id)
    page.get_by_label("AWS Secret Access Key").fill(secret)
    page.keyboard.press("Enter")
    at_step(page, "Which Athena database?")
    page.get_by_label("Database").fill("nyc")
    page.get_by_label("Database").press("Enter")
    at_step(page, "Where should query results be stored?")
    page.get_by_label("Query Results Directory Path").press("Enter")
    at_step(page, "Is everything in place?")
    page.locator(".ads-verdict").wait_for()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_whole_wizard_in_lab(page: Any, lab: Lab, shot: Any, theme: str) -> None:
    """Each step is shown, axe finds nothing, and rows of a real table stand at the end."""
    name = theme.split()[1].lower()
    lab.open(page, lab.write(f"wizard-{name}", ENDPOINT, WIZARD), theme=theme)
    page.get_by_label("AWS Access Key Id").wait_for()
    assert violations(page) == []
    walk_to_preflight(page)
    card = page.locator(".ads-card")
    page.locator("button[data-action=forward]:enabled").wait_for()
    shot(f"wizard-preflight-{name}", card)
    assert violations(page) == []
    page.locator("button[data-action=forward]").click()
    at_step(page, "How long are query results kept?")
    shot(f"wizard-retention-{name}", card)
    page.locator("button[data-action=forward]:enabled").click()
    at_step(page, "A first query")
    page.locator("select[name=table]").select_option("airlines")
    page.get_by_role("button", name="Run the query").click()
    page.get_by_role("cell", name="Endeavor Air Inc.").wait_for()
    shot(f"wizard-first-query-{name}", card)
    assert violations(page) == []
    page.locator("button[data-action=forward]:enabled").click()
    at_step(page, "Your data source is ready")
    shot(f"wizard-done-{name}", card)
    assert not page.outside


def test_the_wizard_in_voila_on_a_narrow_screen(page: Any, voila: Voila, shot: Any) -> None:
    """At 390 pixels nothing runs off the side, and axe finds nothing."""
    page.set_viewport_size({"width": 390, "height": 844})
    voila.open(page, voila.write("wizard-narrow", ENDPOINT, WIZARD))
    page.get_by_label("AWS Access Key Id").wait_for()
    walk_to_preflight(page)
    shot("wizard-narrow", page.locator(".ads-card"))
    overflow = page.evaluate(
        "document.querySelector('.ads-card').scrollWidth - document.querySelector('.ads-card').clientWidth"
    )
    assert overflow <= 0
    assert violations(page) == []
