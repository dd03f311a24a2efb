"""A real browser: Debian's Chromium through Playwright, JupyterLab and Voila on loopback, nothing else reachable."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.jupyter import Lab, Voila, started

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
def voila(books: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voila]:
    """Voila over the same folder."""
    with started(Voila, books, tmp_path_factory.mktemp("voila-home")) as server:
        yield server
