"""A live query in JupyterLab: Cancel on a submitted one, Interrupt on a waited-for one; both stop it at Athena."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.jupyter import Lab

SETUP = """
from athena_ds import AthenaDataSource
ds = AthenaDataSource.local()
slow = "SELECT sum(a.distance * b.distance) AS never FROM flights a CROSS JOIN flights b"
"""
STATES = "print(*ds.history()['state'])"


def old_kernel() -> Path:
    """The folder where scripts/test put ipykernel 6.31, to stand before the installed one for some kernels."""
    folder = Path(sys.prefix) / "ipykernel-6"
    if not folder.is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {folder}: run scripts/test once")
    return folder


def kernelspec(lab: Lab, name: str, *, before: Path | None) -> str:
    """A kernel of this environment, with a folder put before it on the path."""
    folder = lab.home / "data" / "kernels" / name
    folder.mkdir(parents=True, exist_ok=True)
    spec: dict[str, Any] = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": name,
        "language": "python",
    }
    if before is not None:
        spec["env"] = {"PYTHONPATH": str(before)}
    (folder / "kernel.json").write_text(json.dumps(spec))
    return name


@pytest.fixture(params=["ipykernel-6", "ipykernel-7"])
def kernel(request: pytest.FixtureRequest, lab: Lab) -> str:
    """The name of a kernel, old and new: they hand widget messages on differently."""
    before = old_kernel() if request.param == "ipykernel-6" else None
    return kernelspec(lab, request.param, before=before)


def test_cancel_on_a_submitted_query_stops_it(page: Any, lab: Lab, shot: Any, kernel: str) -> None:
    """The panel's Cancel works while the kernel is idle, and Athena confirms the end."""
    path = lab.write(f"cancel-{kernel}", SETUP, "ds.submit(slow)", kernel=kernel)
    lab.open(page, path)
    page.get_by_role("button", name="Cancel").wait_for()
    page.get_by_text("RUNNING").first.wait_for()
    shot(f"live-query-{kernel}", page.locator(".ads-card"))
    page.get_by_role("button", name="Cancel").click()
    page.locator(".ads-live-warning").wait_for()
    shot(f"live-query-cancelled-{kernel}", page.locator(".ads-card"))
    assert lab.ask(page, STATES).split() == ["CANCELLED"]


def test_interrupting_the_kernel_stops_the_query_it_waits_for(page: Any, lab: Lab, shot: Any, kernel: str) -> None:
    """The line says so, and the execution is CANCELLED at Athena."""
    path = lab.write(f"interrupt-{kernel}", SETUP, "ds.query(slow)", kernel=kernel)
    lab.open(page, path)
    page.get_by_text("RUNNING").first.wait_for()
    lab.interrupt(page)
    page.get_by_text("INTERRUPTED").wait_for()
    shot(f"interrupted-{kernel}", page.locator(".ads-card"))
    assert lab.ask(page, STATES).split() == ["CANCELLED"]
