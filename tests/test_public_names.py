"""Every public name exists, loads nothing heavy before it is used, and has its heading in the docs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import athena_ds

ROOT = Path(__file__).resolve().parent.parent
SDK = [
    module.name
    for module in pkgutil.walk_packages(athena_ds.__path__, "athena_ds.")
    if not module.name.startswith("athena_ds.local")
]


@pytest.mark.parametrize("name", athena_ds.__all__)
def test_every_public_name_exists(name: str) -> None:
    """`from athena_ds import NAME` works for each."""
    assert getattr(athena_ds, name) is not None


def test_importing_the_package_loads_nothing_heavy() -> None:
    """pandas, pyarrow, boto3, widgets and the endpoint come when they are needed."""
    heavy = {"pandas", "pyarrow", "boto3", "anywidget", "moto", "duckdb"}
    code = f"import sys, athena_ds; print(*sorted({heavy!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As for every module."""
    with pytest.raises(AttributeError, match="nonsense"):
        _ = athena_ds.nonsense


def test_every_error_is_in_the_tree() -> None:
    """So that `except AthenaDSError` catches whatever this package raises of its own."""
    outside = {
        kind.__name__
        for module in (importlib.import_module(name) for name in SDK)
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == module.__name__
        if not issubclass(kind, athena_ds.errors.AthenaDSError | athena_ds.errors.AthenaDSWarning)
    }
    # Both become findings or another way of reading, where they are raised.
    assert outside == {"DeniedError", "_NotUnderstoodError"}


def test_the_version_is_one() -> None:
    """It stands in the package, from where its metadata has it; the newest entry of the changelog is about it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["version"]["path"] == "athena_ds/__init__.py"
    assert "version" not in project["project"]
    newest = re.search(r"^## (\S+) - \d{4}-\d{2}-\d{2}$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert athena_ds.__version__ == newest[1]
