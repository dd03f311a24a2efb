"""A live query in JupyterLab: Cancel on a submitted one, Interrupt on a waited-for one; both stop it at Athena."""

from __future__ import annotations

from typing import Any

from tests.browser.jupyter import Lab

SETUP = """
from athena_ds import AthenaDataSource
ds = AthenaDataSource.local()
slow = "SELECT sum(a.distance * b.distance) AS never FROM flights a CROSS JOIN flights b"
"""
STATES = "print(*ds.history()['state'])"


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
    """The line says so, the cell too, without a traceback, and the execution is CANCELLED at Athena."""
    path = lab.write(f"interrupt-{kernel}", SETUP, "ds.query(slow)", kernel=kernel)
    lab.open(page, path)
    page.get_by_text("RUNNING").first.wait_for()
    lab.interrupt(page)
    page.locator(".ads-live", has_text="INTERRUPTED").wait_for()
    page.get_by_text("KeyboardInterrupt: The query").wait_for()
    assert page.get_by_text("Traceback (most recent call last)").count() == 0
    shot(f"interrupted-{kernel}", page.locator(".ads-card"))
    assert lab.ask(page, STATES).split() == ["CANCELLED"]
