"""Every Python block of the README and the docs runs, in order, as a reader would copy them."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, pages

RUNNABLE = [path for path in pages() if any(block.language == "python" and not block.not_run for block in blocks(path))]


@pytest.mark.parametrize("path", RUNNABLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_pages_python_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of one page share their names; an error names the page and the line of its block."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATHENA_DS_CONFIG_DIR", str(tmp_path / "config"))
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(path):
        if block.language != "python" or block.not_run:
            continue
        padded = "\n" * block.line + block.code
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(padded, str(path.relative_to(ROOT)), "exec"), names)


def test_a_block_that_is_not_run_says_why() -> None:
    """Leaving a block out takes a reason that a reader can check."""
    for path in pages():
        for block in blocks(path):
            assert not block.not_run or len(block.not_run) > 10, f"{path}:{block.line}"
