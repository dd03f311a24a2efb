"""The setup wizard in a real browser: from the first field to a first DataFrame, saved, and taken up again."""

from __future__ import annotations

from typing import Any

from tests.browser.account import BUCKET, Account
from tests.browser.axe import violations
from tests.browser.jupyter import Lab, Voila
from tests.notebook.conftest import SENTINEL

ID, SECRET = "AWS Access Key Id", "AWS Secret Access Key"


def wizard(account: Account, path: str) -> str:
    """The cell that shows the wizard; with a saved data source of that name, it takes that up."""
    return (
        "from athena_ds import AthenaDataSource, SetupWizard\n"
        f"name = {path!r} if {path!r} in AthenaDataSource.saved() else None\n"
        f"wizard = SetupWizard(name, {account.arguments})\nwizard"
    )


def at_step(page: Any, heading: str) -> None:
    """Wait until the wizard stands at a step and is not busy: a busy card takes no submit."""
    page.get_by_role("heading", name=heading).wait_for()
    page.locator(".ads-card[aria-busy=false]").wait_for()


def go_on(page: Any) -> None:
    """Press the way on, once it is open."""
    page.locator("button[data-action=forward]:enabled").click()


def sign_in(page: Any, account: Account) -> None:
    """Type the key and press Enter."""
    page.get_by_label(ID).fill(account.key_id)
    page.get_by_label(SECRET).fill(account.secret)
    page.keyboard.press("Enter")
    at_step(page, "Which Athena database?")


def test_from_the_first_field_to_a_first_dataframe(page: Any, lab: Lab, shot: Any, account: Account) -> None:
    """A wrong secret, a permission granted late, retention with consent, ten rows; saved and taken up again."""
    page.set_viewport_size({"width": 1100, "height": 1400})
    lab.open(page, lab.write("wizard", wizard(account, "walked")), theme="JupyterLab Light")
    card = page.locator(".ads-card")

    page.get_by_label(ID).fill(account.key_id)
    page.get_by_label(SECRET).fill(SENTINEL)
    page.keyboard.press("Enter")
    page.locator(".ads-error").wait_for()
    assert page.evaluate("document.activeElement.name") == "secret_access_key"
    shot("wizard-1-wrong-secret", card)
    assert violations(page) == []
    sign_in(page, account)
    page.get_by_text("user/jane").wait_for()

    page.get_by_role("group", name="Database").get_by_role("button", name="nyc").click()
    page.get_by_role("cell", name="flights").wait_for()
    shot("wizard-2-database", card)
    page.get_by_role("button", name="Back").click()
    at_step(page, "Who signs in to AWS, and where?")
    assert page.get_by_label(ID).input_value() == account.key_id
    go_on(page)  # the kernel holds the secret: it need not be typed again
    at_step(page, "Which Athena database?")
    assert page.get_by_label("Database", exact=True).input_value() == "nyc"
    go_on(page)

    at_step(page, "Where should query results be stored?")
    page.get_by_role("button", name=BUCKET).click()
    page.get_by_label("Query Results Directory Path").fill("walked")
    account.allow(but="s3:GetObject")
    page.get_by_label("Query Results Directory Path").press("Enter")
    at_step(page, "Is everything in place?")
    page.get_by_text("The policy that is missing").wait_for()
    shot("wizard-4-missing-permission", card)
    assert "s3:GetObject" in page.get_by_role("region", name="The policy that is missing").inner_text()
    assert page.locator("button[data-action=forward]").is_disabled()
    assert violations(page) == []
    account.allow()
    page.get_by_role("button", name="Check again").click()
    page.locator("button[data-action=forward]:enabled").wait_for()
    shot("wizard-4-preflight", card)
    go_on(page)

    at_step(page, "How long are query results kept?")
    assert page.get_by_role("button", name="Apply this rule").is_disabled()
    page.get_by_label("I agree to change this bucket's lifecycle").check()
    shot("wizard-5-retention", card)
    page.get_by_role("button", name="Apply this rule").click()
    page.get_by_text("it was read back").wait_for()
    assert [rule["Filter"] for rule in account.lifecycle()] == [{"Prefix": "walked/"}]
    go_on(page)

    at_step(page, "A first query")
    page.locator("select[name=table]").select_option("airlines")
    page.get_by_role("button", name="Run the query").click()
    page.get_by_role("cell", name="Endeavor Air Inc.").wait_for()
    shot("wizard-6-first-query", card)
    go_on(page)

    at_step(page, "Your data source is ready")
    page.get_by_label("Name").fill("walked")
    page.get_by_label("Name").press("Enter")
    page.get_by_text('AthenaDataSource.load("walked")').wait_for()
    shot("wizard-7-saved", card)

    lab.restart(page)
    at_step(page, "Who signs in to AWS, and where?")
    page.wait_for_function(f"document.querySelector('[name=access_key_id]').value === '{account.key_id}'")
    sign_in(page, account)
    assert page.get_by_label("Database", exact=True).input_value() == "nyc"
    go_on(page)
    at_step(page, "Where should query results be stored?")
    assert page.get_by_label("Query Results Directory Path").input_value() == "walked"
    assert not page.outside


def press_until(page: Any, wanted: str, *, most: int = 25) -> None:
    """Press Tab until the element with that name or action has the focus; it must be reached."""
    reached = "document.activeElement?.name || document.activeElement?.dataset?.action"
    for _ in range(most):
        if page.evaluate(reached) == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}; the focus is at {page.evaluate(reached)}")


def test_by_keyboard_alone_in_the_dark(page: Any, lab: Lab, shot: Any, account: Account) -> None:
    """Tab, Enter and Space go through every step, axe finds nothing in any, and the focus is never lost."""
    lab.open(page, lab.write("wizard-keys", wizard(account, "keyed")), theme="JupyterLab Dark")
    page.get_by_label(ID).wait_for()
    page.get_by_label(ID).focus()
    page.keyboard.type(account.key_id)
    press_until(page, "secret_access_key")
    page.keyboard.type(account.secret)
    shot("wizard-dark-1-sign-in", page.locator(".ads-card"))
    assert violations(page) == []
    page.keyboard.press("Enter")
    at_step(page, "Which Athena database?")
    press_until(page, "database")
    page.keyboard.type("nyc")
    page.keyboard.press("Enter")
    at_step(page, "Where should query results be stored?")
    press_until(page, "results_bucket")
    page.keyboard.type(BUCKET)
    press_until(page, "results_path")
    page.keyboard.type("keyed")
    page.keyboard.press("Enter")
    at_step(page, "Is everything in place?")
    page.locator("button[data-action=forward]:enabled").wait_for()
    press_until(page, "again")
    page.keyboard.press("Enter")
    page.locator("button[data-action=forward]:disabled").wait_for()
    page.locator("button[data-action=again]:focus").wait_for()
    shot("wizard-dark-4-preflight", page.locator(".ads-card"))
    assert violations(page) == []
    press_until(page, "forward")
    page.keyboard.press("Enter")
    at_step(page, "How long are query results kept?")
    assert violations(page) == []
    press_until(page, "forward")
    page.keyboard.press("Space")
    at_step(page, "A first query")
    press_until(page, "table")
    page.keyboard.press("End")
    page.get_by_text('SELECT * FROM "weather" LIMIT 10').wait_for()
    page.keyboard.press("Home")
    page.get_by_text('SELECT * FROM "airlines" LIMIT 10').wait_for()
    press_until(page, "run")
    page.keyboard.press("Enter")
    page.get_by_role("cell", name="Endeavor Air Inc.").wait_for()
    assert violations(page) == []
    press_until(page, "forward")
    page.keyboard.press("Enter")
    at_step(page, "Your data source is ready")
    shot("wizard-dark-7-done", page.locator(".ads-card"))
    assert violations(page) == []
    assert not page.outside


def test_in_voila_on_a_narrow_screen(page: Any, voila: Voila, shot: Any, account: Account) -> None:
    """At 390 pixels nothing runs off the side in any step, and axe finds nothing."""
    page.set_viewport_size({"width": 390, "height": 844})
    voila.open(page, voila.write("wizard-narrow", wizard(account, "narrow")))
    page.get_by_label(ID).wait_for()
    assert violations(page) == []
    sign_in(page, account)
    page.get_by_role("group", name="Database").get_by_role("button", name="nyc").click()
    page.get_by_role("cell", name="flights").wait_for()
    shot("wizard-narrow-2-database", page.locator(".ads-card"))
    go_on(page)
    at_step(page, "Where should query results be stored?")
    page.get_by_role("button", name=BUCKET).click()
    page.get_by_label("Query Results Directory Path").fill("narrow")
    page.get_by_label("Query Results Directory Path").press("Enter")
    at_step(page, "Is everything in place?")
    page.locator("button[data-action=forward]:enabled").wait_for()
    shot("wizard-narrow-4-preflight", page.locator(".ads-card"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
