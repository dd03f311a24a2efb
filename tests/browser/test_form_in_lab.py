"""The connection form in JupyterLab, Notebook 7 and Voila: it signs in, and its secret is saved nowhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.browser.account import BUCKET, Account
from tests.browser.axe import violations
from tests.browser.jupyter import Lab, Notebook, Voila

ID, SECRET, PATH = "AWS Access Key Id", "AWS Secret Access Key", "Query Results Directory Path"
STORED = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href];
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    const base = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    for (const store of base.objectStoreNames) {
      const all = base.transaction(store).objectStore(store).getAll();
      found.push(JSON.stringify(await new Promise((done) => { all.onsuccess = () => done(all.result); })));
    }
    base.close();
  }
  return found.join(' ');
}"""


def form(account: Account) -> str:
    """The cell that shows the form."""
    return f"from athena_ds import ConnectionForm\nform = ConnectionForm({account.arguments})\nform"


def fill(page: Any, account: Account) -> None:
    """Type into the form as a person does."""
    page.get_by_label(ID).fill(account.key_id)
    page.get_by_label(SECRET).fill(account.secret)
    page.get_by_label("Database", exact=True).fill("nyc")
    page.get_by_label("Query Results Bucket", exact=True).fill(BUCKET)
    page.get_by_label(PATH).fill("form")


def traces(page: Any, path: Path, frames: list[str], secret: str) -> list[str]:
    """Where the secret is found: the saved notebook, what came from the kernel, the page, the browser's stores."""
    places = {
        "notebook": path.read_text(),
        "frames": "".join(frames),
        "page": page.content(),
        "browser storage": page.evaluate(STORED),
    }
    return [place for place, text in places.items() if secret in text]


def test_a_secret_is_saved_nowhere(
    page: Any, lab: Lab, frames: list[str], shot: Any, account: Account, kernel: str
) -> None:
    """Typed, sent to a busy kernel, answered, sent to a dead one: file, frames, page and stores are clean."""
    # The old kernel hears nothing while a cell runs; the new one answers widgets beside it.
    saved, theme = (True, "Light") if kernel == "ipykernel-6" else (False, "Dark")
    path = lab.write(f"form-{theme}", form(account), kernel=kernel)
    lab.open(page, path, theme=f"JupyterLab {theme}")
    page.get_by_label(ID).wait_for()
    if not saved:
        lab.toggle_state_saving(page)

    def clean() -> None:
        lab.save(page)
        assert ("widget-state+json" in path.read_text()) is saved
        assert traces(page, path, frames, account.secret) == []

    fill(page, account)
    clean()
    flag = path.with_suffix(".go")
    lab.keep_busy(page, flag)
    page.get_by_label(PATH).press("Enter")
    if kernel == "ipykernel-6":
        page.locator(".ads-status", has_text="No answer from the kernel yet").wait_for()
        shot("form-kernel-busy", page.locator(".ads-card"))
    clean()
    flag.touch()
    page.get_by_text("is ready: form.data_source").wait_for()
    shot(f"form-{theme.lower()}", page.locator(".ads-card"))
    assert violations(page) == []
    clean()
    lab.shut_down(page)
    page.get_by_label(SECRET).fill(account.secret)
    page.get_by_label(SECRET).press("Enter")
    clean()
    if not saved:
        lab.toggle_state_saving(page)
    assert not page.outside


def test_focus_goes_to_the_first_bad_field(page: Any, lab: Lab, shot: Any, account: Account) -> None:
    """After an empty submit every bad field has its words, and the cursor stands in the first."""
    lab.open(page, lab.write("form-empty", form(account)))
    page.get_by_role("button", name="Connect").click()
    page.locator(".ads-error").first.wait_for()
    assert page.evaluate("document.activeElement.name") == "access_key_id"
    assert page.get_by_label(ID).get_attribute("aria-invalid") == "true"
    shot("form-errors", page.locator(".ads-card"))
    assert violations(page) == []


GATES = """
import os
from IPython.display import display
from athena_ds import ConnectionForm
for switch, permission in [("false", ""), ("true", ""), ("false", PERMISSION), ("true", PERMISSION)]:
    os.environ |= {"ATHENA_DS_ALLOW_INSTANCE_ROLE": switch, "ATHENA_DS_PERMISSIONS": permission}
    form = ConnectionForm(ARGUMENTS, database="nyc", results_bucket=BUCKET, results_path="role")
    display(form)
"""


def test_the_instance_role_is_offered_where_both_gates_are_open(
    page: Any, lab: Lab, shot: Any, account: Account
) -> None:
    """Four combinations of switch and permission; only the fourth has a choice, and the role signs in without keys."""
    page.set_viewport_size({"width": 1100, "height": 2600})
    metadata = account.local.instance_metadata("notebook")
    names = {"PERMISSION": "'CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE'", "ARGUMENTS": account.arguments}
    cell = GATES.replace("BUCKET", repr(BUCKET))
    for name, text in names.items():
        cell = cell.replace(name, text) if name == "ARGUMENTS" else f"{name} = {text}\n{cell}"
    cell = f"import os\nos.environ['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = {metadata.endpoint!r}\n{cell}"
    lab.open(page, lab.write("gates", "import os\nos.environ.pop('AWS_EC2_METADATA_DISABLED', None)", cell))
    cards = page.locator(".ads-card")
    cards.nth(3).wait_for()
    offered = [cards.nth(at).get_by_label("Authentication Method").count() for at in range(4)]
    assert offered == [0, 0, 0, 1]
    last = cards.nth(3)
    last.get_by_label("Authentication Method").select_option("AWS Instance Role")
    last.get_by_label(ID).wait_for(state="detached")
    assert last.get_by_label(SECRET).count() == 0
    last.get_by_role("button", name="Connect").click()
    last.get_by_text("assumed-role/notebook").wait_for()
    shot("form-instance-role", last)


def test_notebook_7_and_voila_show_the_form_too(
    page: Any, notebook: Notebook, voila: Voila, frames: list[str], shot: Any, account: Account
) -> None:
    """The same form connects in both, and Voila's page holds no secret."""
    book = notebook.write("form-elsewhere", form(account))
    notebook.open(page, book)
    fill(page, account)
    page.get_by_label(PATH).press("Enter")
    page.get_by_text("is ready: form.data_source").wait_for()
    shot("form-notebook-7", page.locator(".ads-card"))
    notebook.save(page)
    assert traces(page, book, frames, account.secret) == []
    voila.open(page, book)
    fill(page, account)
    page.get_by_label(PATH).press("Enter")
    page.get_by_text("is ready: form.data_source").wait_for()
    shot("form-voila", page.locator(".ads-card"))
    assert traces(page, book, frames, account.secret) == []


def test_an_executed_copy_with_widget_state_holds_no_secret(books: Path, lab: Lab, account: Account) -> None:
    """`nbconvert --execute` stores widget state; a form submitted in the run is in it, its secret is not."""
    sent = {"kind": "submit", "values": {"access_key_id": account.key_id}, "secrets": {"secret_access_key": "SECRET"}}
    message = {"content": {"data": {"method": "custom", "content": sent}}, "buffers": []}
    submit = f"import os\nform._handle_msg({message!r})".replace("'SECRET'", "os.environ['TYPED']")
    book = lab.write("executed", form(account), submit + "\nform.errors")
    command = [sys.executable, "-m", "nbconvert", "--execute", "--inplace", "--to", "notebook", str(book)]
    environment = {**lab.environment(), "TYPED": account.secret}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    text = book.read_text()
    assert "widget-state+json" in json.loads(text)["metadata"]["widgets"].__repr__()
    assert "results_bucket" in text  # it was submitted: fields are still missing
    assert account.secret not in text
