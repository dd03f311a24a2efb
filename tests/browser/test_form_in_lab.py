"""The connection form in a real JupyterLab, with widget-state saving on: it signs in, and no secret is saved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.jupyter import Lab
from tests.notebook.conftest import SENTINEL

ENDPOINT = """
from athena_ds.local import LocalAthena
local = LocalAthena(samples=False)
"""
FORM = """
from athena_ds.notebook.form import ConnectionForm
form = ConnectionForm(endpoint_url=local.endpoint_url, region=local.region)
form
"""


@pytest.fixture
def frames(page: Any) -> list[str]:
    """Every websocket frame the page receives from the kernel."""
    found: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: found.append(str(frame))))
    return found


def fill(page: Any, *, secret: str = SENTINEL) -> None:
    """Type into the form as a person does."""
    page.get_by_label("AWS Access Key Id").fill("AKIAIOSFODNN7EXAMPLE")
    page.get_by_label("AWS Secret Access Key").fill(secret)
    page.get_by_label("Database").fill("nyc")
    page.get_by_label("Query Results Bucket").fill("acme-athena-results")
    page.get_by_label("Query Results Directory Path").fill("analysts/jane")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_enter_signs_in_and_the_saved_notebook_holds_no_secret(
    page: Any, lab: Lab, frames: list[str], shot: Any, theme: str
) -> None:
    """Typed but not submitted, then submitted: neither the file nor a frame from the kernel has the secret."""
    path = lab.write(f"form-{theme.split()[1]}", ENDPOINT, FORM)
    lab.open(page, path, theme=theme)
    fill(page)
    lab.save(page)
    assert SENTINEL not in path.read_text()
    page.get_by_label("Query Results Directory Path").press("Enter")
    page.get_by_text("Signed in as").wait_for()
    shot(f"form-{theme.split()[1].lower()}", page.locator(".ads-card"))
    lab.save(page)
    assert SENTINEL not in path.read_text()
    assert not [frame for frame in frames if SENTINEL in frame]
    assert not page.outside


def test_focus_goes_to_the_first_bad_field(page: Any, lab: Lab, shot: Any) -> None:
    """After an empty submit every bad field has its words, and the cursor stands in the first."""
    path = lab.write("form-empty", ENDPOINT, FORM)
    lab.open(page, path)
    page.get_by_role("button", name="Connect").click()
    page.locator(".ads-error").first.wait_for()
    assert page.evaluate("document.activeElement.name") == "access_key_id"
    assert page.get_by_label("AWS Access Key Id").get_attribute("aria-invalid") == "true"
    shot("form-errors", page.locator(".ads-card"))
