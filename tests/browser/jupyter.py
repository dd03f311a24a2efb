"""JupyterLab and Voila as a test needs them: private settings, no news, a notebook from cells, every cell run."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OVERRIDES = {
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
RUN_ALL = """async () => {
  const app = window.jupyterapp;
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
  app.commands.execute('notebook:run-all-cells');
}"""
ASK = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  for (;;) {  // behind a cell that failed, the kernel aborts what is asked at that moment
    const future = kernel.requestExecute({ code });
    let text = '';
    future.onIOPub = (message) => { if (message.header.msg_type === 'stream') text += message.content.text; };
    const reply = await future.done;
    if (reply.content.status !== 'aborted') return text;
  }
}"""
INTERRUPT = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()"
KEEP_BUSY = """(code) => {
  window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code });
}"""
RESTART = "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
SHUT_DOWN = "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }"
STATE_SAVING = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"
SAVE = "async () => { await window.jupyterapp.commands.execute('docmanager:save'); }"
THEME = "async (name) => { await window.jupyterapp.commands.execute('apputils:change-theme', {theme: name}); }"


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server under test: where it listens and which folder it serves."""

    url: str
    books: Path
    home: Path

    def write(self, name: str, *cells: str, kernel: str = "python3") -> Path:
        """A notebook of code cells in the served folder."""
        cell: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        book = {
            "cells": [{**cell, "id": f"c{i}", "source": source} for i, source in enumerate(cells)],
            "metadata": {"kernelspec": {"display_name": kernel, "language": "python", "name": kernel}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = self.books / f"{name}.ipynb"
        path.write_text(json.dumps(book))
        return path

    @classmethod
    def command(cls, port: int, books: Path) -> list[str]:
        raise NotImplementedError

    ready = "/"

    def environment(self) -> dict[str, str]:
        """The variables it runs with: folders of its own."""
        return environment(self.home)


class Lab(Server):
    """JupyterLab without a token, on loopback, for tests only."""

    ready = "/api/status"
    module, application, path = "jupyterlab", "LabApp", "doc/tree"

    @classmethod
    def command(cls, port: int, books: Path) -> list[str]:
        return [
            sys.executable, "-m", cls.module, "--allow-root", "--no-browser", "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
            "--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={books}",
            f"--{cls.application}.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly", "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]  # fmt: skip

    def open(self, page: Any, path: Path, *, theme: str | None = None) -> None:
        """Open a notebook alone on the page (in the theme named), and run every cell."""
        page.goto(f"{self.url}/{self.path}/{path.name}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        if theme:
            page.evaluate(THEME, theme)
        page.evaluate(RUN_ALL)

    @staticmethod
    def ask(page: Any, code: str) -> str:
        """Run code in the notebook's kernel, beside its cells, and give back what it printed."""
        return str(page.evaluate(ASK, code))

    @staticmethod
    def interrupt(page: Any) -> None:
        """Interrupt the notebook's kernel."""
        page.evaluate(INTERRUPT)

    @staticmethod
    def restart(page: Any) -> None:
        """Restart the notebook's kernel, and run every cell again."""
        page.evaluate(RESTART)
        page.evaluate(RUN_ALL)

    @staticmethod
    def keep_busy(page: Any, flag: Path) -> None:
        """Let the kernel work at a cell until that file is there."""
        code = f"import os, time\nwhile not os.path.exists({str(flag)!r}): time.sleep(0.05)"
        page.evaluate(KEEP_BUSY, code)

    @staticmethod
    def shut_down(page: Any) -> None:
        """End the notebook's kernel for good."""
        page.evaluate(SHUT_DOWN)

    @staticmethod
    def toggle_state_saving(page: Any) -> None:
        """Turn the saving of widget state with notebooks off, or on again."""
        page.evaluate("async (name) => { await window.jupyterapp.commands.execute(name); }", STATE_SAVING)

    @staticmethod
    def save(page: Any) -> None:
        """Save the notebook, widget state included."""
        page.evaluate(SAVE)


class Notebook(Lab):
    """Notebook 7, likewise."""

    module, application, path = "notebook", "JupyterNotebookApp", "notebooks"


class Voila(Server):
    """Voila: notebooks as pages."""

    @classmethod
    def command(cls, port: int, books: Path) -> list[str]:
        return [sys.executable, "-m", "voila", "--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}", str(books)]

    def open(self, page: Any, path: Path) -> None:
        """Render a notebook."""
        page.goto(f"{self.url}/voila/render/{path.name}")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Does it answer at all?"""
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def environment(home: Path) -> dict[str, str]:
    """This process's variables with folders under `home`; a kernel that believes it is under pytest shows no query."""
    names = {"HOME": home, "JUPYTER_CONFIG_DIR": home / "config", "JUPYTER_RUNTIME_DIR": home / "run",
             "JUPYTER_DATA_DIR": home / "data", "IPYTHONDIR": home / "ipython"}  # fmt: skip
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**inherited, **{name: str(path) for name, path in names.items()}}


@contextmanager
def started(kind: type[Any], books: Path, home: Path) -> Iterator[Any]:
    """Start a server of that kind in a session of its own; end the whole session afterwards, kernels included."""
    port = free_port()
    folder = home / "config" / "labconfig"
    folder.mkdir(parents=True)
    (folder / "default_setting_overrides.json").write_text(json.dumps(OVERRIDES))
    log = (home / "log").open("w")
    process = subprocess.Popen(
        kind.command(port, books), env=environment(home), cwd=books,
        stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            if answers(url + kind.ready):
                break
            if process.poll() is not None:
                raise RuntimeError((home / "log").read_text()[-2000:])
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        yield kind(url=url, books=books, home=home)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()
