"""The house keeps its measure: small modules, short functions, few arguments, nothing of one machine in the files."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "athena_ds").rglob("*.py"))
MODULE_LINES, FUNCTION_LINES, POSITIONAL = 400, 45, 2


def functions_of(path: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Every function of a module, and whether it is a method."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield child, isinstance(node, ast.ClassDef)


def tracked() -> list[Path]:
    """The files git tracks, or every file of an unpacked sdist."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    return [ROOT / name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_small(path: Path) -> None:
    """No module is past 400 lines."""
    lines = len(path.read_text().splitlines())
    assert lines <= MODULE_LINES, f"{path.relative_to(ROOT)}: {lines} lines, {lines - MODULE_LINES} too many"


def test_functions_stay_short() -> None:
    """No function is past 45 lines."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in MODULES
        for node, _ in functions_of(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_public_functions_of_the_sdk_take_two_positional_arguments_at_most() -> None:
    """More than two belong behind a star, so a reader sees what each value is."""
    wide = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in MODULES
        if "local" not in path.relative_to(ROOT).parts
        for node, method in functions_of(path)
        if (method or node.col_offset == 0)
        and not node.name.startswith("_")
        and len(node.args.posonlyargs + node.args.args) - method > POSITIONAL
    ]
    assert not wide, "\n".join(wide)


def test_no_file_names_one_machine_or_holds_a_key() -> None:
    """No absolute path of a developer's machine, no key-like string but AWS's documented examples."""
    places = re.compile(r"/(?:home|Users|root|work)/[\w.-]+/")
    keys = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
    bad = []
    for path in tracked():
        if path.suffix in {".png", ".gz", ".parquet", ".orc"}:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if places.search(line) and "places = re.compile" not in line:
                bad.append(f"{path.relative_to(ROOT)}:{number}: a path of one machine")
            bad += [
                f"{path.relative_to(ROOT)}:{number}: a key-like string"
                for k in keys.findall(line)
                if "EXAMPLE" not in k
            ]
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").rglob("*.ipynb")), ids=lambda path: path.name)
def test_code_of_notebooks_is_seen_whole(path: Path) -> None:
    """JupyterLab does not wrap code: what is longer is cut off on a laptop's screen, and in the docs."""
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    lines = [line.rstrip() for cell in cells for line in "".join(cell["source"]).splitlines()]
    assert [line for line in lines if len(line) > 100] == []


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").rglob("*.ipynb")), ids=lambda path: path.name)
def test_notebooks_hold_no_widget_state_and_no_traceback(path: Path) -> None:
    """A stored notebook has nothing that a rerun would not give."""
    book = json.loads(path.read_text())
    assert "widgets" not in book["metadata"], "widget state is stored"
    outputs = [output for cell in book["cells"] for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"], "a traceback is stored"
