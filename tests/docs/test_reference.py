"""Lists in the docs are the code's own: checks, errors, actions, settings and public names each have their place."""

from __future__ import annotations

from dataclasses import fields

import pytest

import athena_ds
from athena_ds import DataSourceConfig
from scripts.reference import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    """`python -m scripts.reference` would change nothing."""
    assert (DOCS / name).read_text() == PAGES[name](), "run: python -m scripts.reference"


def test_every_setting_is_on_the_connection_fields_page() -> None:
    """Each field of DataSourceConfig is named there."""
    page = (DOCS / "connection-fields.md").read_text()
    missing = [each.name for each in fields(DataSourceConfig) if each.init and f"`{each.name}`" not in page]
    assert not missing, missing


def test_every_public_name_is_in_the_docs() -> None:
    """What `athena_ds` exports is written about somewhere."""
    pages = "\n".join(path.read_text() for path in DOCS.glob("*.md"))
    missing = [name for name in athena_ds.__all__ if name not in pages]
    assert not missing, missing
