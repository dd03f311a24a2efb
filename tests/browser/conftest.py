"""A real browser: Debian's Chromium through Playwright, JupyterLab and Voila on loopback, nothing else reachable."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.account import Account
from tests.browser.jupyter import Lab, Notebook, Voila, started

ARTIFACTS = Path(__file__).resolve().parent.parent.parent / "artifacts"
ENDED = pytest.StashKey[bool]()
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here `browser`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Let fixtures see how the test ended."""
    report = yield
    if report.when == "call":  # type: ignore[attr-defined]
        item.stash[ENDED] = report.failed  # type: ignore[attr-defined]
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """The browser. Without Chromium: a skip on a laptop, a failure where CI is set."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed (Debian: chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """A page that reaches 127.0.0.1 only; `page.outside` lists what it asked of anyone else."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900})
    found = context.new_page()
    found.outside = []

    def gate(route) -> None:  # type: ignore[no-untyped-def]
        host = route.request.url.split("/")[2].split(":")[0]
        if host in {"127.0.0.1", "localhost"}:
            route.continue_()
        else:
            found.outside.append(route.request.url)
            route.abort()

    context.route("**/*", gate)
    found.set_default_timeout(60_000)
    yield found
    if request.node.stash.get(ENDED, False):
        ARTIFACTS.mkdir(exist_ok=True)
        found.screenshot(path=str(ARTIFACTS / f"failed-{request.node.name.replace('/', '-')}.png"))
    context.close()


@pytest.fixture
def shot(page):  # type: ignore[no-untyped-def]
    """Write a screenshot of the page to artifacts/<name>.png."""
    ARTIFACTS.mkdir(exist_ok=True)

    def take(name: str, locator: object = None) -> Path:
        path = ARTIFACTS / f"{name}.png"
        (locator or page).screenshot(path=str(path))  # type: ignore[union-attr]
        return path

    return take


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder the servers serve."""
    return tmp_path_factory.mktemp("books")


@pytest.fixture(scope="session")
def lab(books: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab with widget-state saving ON, the worst case for secrets."""
    with started(Lab, books, tmp_path_factory.mktemp("lab-home")) as server:
        yield server


@pytest.fixture(scope="session")
def notebook(books: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    """Notebook 7 over the same folder."""
    with started(Notebook, books, tmp_path_factory.mktemp("notebook-home")) as server:
        yield server


@pytest.fixture(scope="session")
def account() -> Iterator[Account]:
    """The account people in a browser sign in to; it lives in the tests' own process."""
    made = Account()
    yield made
    made.close()


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


@pytest.fixture
def frames(page: Any) -> list[str]:
    """Every websocket frame the page receives."""
    found: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: found.append(str(frame))))
    return found


@pytest.fixture(scope="session")
def voila(books: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voila]:
    """Voila over the same folder."""
    with started(Voila, books, tmp_path_factory.mktemp("voila-home")) as server:
        yield server
