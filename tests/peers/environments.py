"""Environments of their own for peers that can't share ours, made once in the user's cache."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import platformdirs
import pytest

from athena_ds.local import LocalAthena


def environment(name: str, *requirements: str) -> Path:
    """The directory of a virtual environment with these packages; made when it is not there yet."""
    home = (
        platformdirs.user_cache_path("athena-ds")
        / "peers"
        / f"{name}-py{sys.version_info.major}{sys.version_info.minor}"
    )
    done = home / "made-of.txt"
    wanted = "\n".join(requirements)
    if done.is_file() and done.read_text() == wanted:
        return home
    venv.create(home, with_pip=True, clear=True)
    install = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    made = subprocess.run([*install, *requirements], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} can't be installed here: {made.stderr[-500:]}")
    done.write_text(wanted)
    return home


def variables(local: LocalAthena) -> dict[str, str]:
    """A process's environment with nothing of AWS in it but the endpoint, the keys and the region."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_PAGER": ""}
    return {**kept, **nowhere, **local.environment, "NO_PROXY": "127.0.0.1"}
