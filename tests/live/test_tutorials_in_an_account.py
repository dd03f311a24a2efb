"""The tutorials run in one's own account: the cell that connects is changed, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

# 02, 03, 05 and 06 change users, workgroups or a bucket on purpose, and 09 shows widgets: they stay on the endpoint.
BOOKS = [
    "01_first_query",
    "04_iam_policy",
    "07_queries",
    "08_cost",
    "10_magic",
    "11_other_libraries",
    "12_flight_delays",
]
HERE, THERE = "AthenaDataSource.local()", 'AthenaDataSource.load("tutorials")'


@pytest.mark.parametrize("name", BOOKS)
def test_a_tutorial_runs_with_one_cell_changed(name: str, account: dict[str, str], tmp_path: Path) -> None:
    """Its checked outputs are those stored, and the page says how to change that cell."""
    book = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text())
    connecting = [cell for cell in book["cells"] if HERE in "".join(cell["source"]) and cell["cell_type"] == "code"]
    assert len(connecting) == 1
    assert any("`" + THERE + "`" in "".join(c["source"]) for c in book["cells"] if c["cell_type"] == "markdown")
    connecting[0]["source"] = "".join(connecting[0]["source"]).replace(HERE, THERE)
    (tmp_path / f"{name}.ipynb").write_text(json.dumps(book))
    nbval = ("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300", "-p", "no:cacheprovider", "-q")
    sanitized = f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", f"{name}.ipynb", *nbval, sanitized, "--rootdir", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, **account, "ATHENA_DS_PROGRESS": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:]
