"""Run tutorials and store what they show: `python -m scripts.store_notebooks [NAME ...]`, all of them unless named.

Only what a rerun gives again is stored: no times, no version of Python, no widgets (they want somebody who types).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

_WIDGET = "application/vnd.jupyter.widget-view+json"
NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def store(path: Path) -> None:
    """Run one notebook and write it back."""
    book = nbformat.read(path, as_version=4)
    NotebookClient(
        book,
        timeout=300,
        store_widget_state=False,
        record_timing=False,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    ).execute()
    book.metadata.pop("widgets", None)
    book.metadata.get("language_info", {}).pop("version", None)
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        cell["outputs"] = [each for each in cell.get("outputs", []) if _WIDGET not in each.get("data", {})]
        if cell.cell_type != "code":
            del cell["outputs"]
    nbformat.write(book, path)


def main(names: list[str]) -> int:
    """Store the notebooks named, or all."""
    os.environ["ATHENA_DS_PROGRESS"] = "off"
    paths = [NOTEBOOKS / f"{name}.ipynb" for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        sys.stdout.write(f"{path.name}\n")
        store(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
