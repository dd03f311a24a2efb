"""Sphinx settings: MyST for pages, autodoc for the reference, warnings as errors (see scripts/docs)."""

import json
import shutil
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent / "notebooks"


def place_tutorials(folder: Path) -> None:
    """The notebooks as pages, with the outputs that their tests compare; links to pages are those of this folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        book = json.loads(path.read_text())
        for cell in book["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                text = text.replace("(../docs/", "(../").replace("(README.md)", "(index.md)")
            cell["source"] = text
        (folder / path.name).write_text(json.dumps(book))
    index = (NOTEBOOKS / "README.md").read_text()
    names = "\n".join(path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb")))
    (folder / "index.md").write_text(f"{index}\n```{{toctree}}\n:hidden:\n\n{names}\n```\n")


place_tutorials(HERE / "tutorials")

project = "athena_ds"
author = "The athena_ds authors"
copyright = "2026, the athena_ds authors"  # noqa: A001 - Sphinx's name
version = release = installed("athena-ds")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "athena_ds"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"
default_role = "code"
nb_execution_mode = "off"
nb_merge_streams = True
# Numbers of cells say nothing to a reader, and change with every run.
nb_number_source_lines = False
nitpicky = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
