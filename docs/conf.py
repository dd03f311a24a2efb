"""Sphinx settings: MyST for pages, autodoc for the reference, warnings as errors (see scripts/docs)."""

from importlib.metadata import version as installed

project = "athena_ds"
author = "The athena_ds authors"
copyright = "2026, the athena_ds authors"  # noqa: A001 - Sphinx's name
version = release = installed("athena-ds")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "athena_ds"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
default_role = "code"
nitpicky = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
