"""Lists in the docs are the code's own: checks, errors, actions, settings and public names each have their place."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

import pytest

import athena_ds
from athena_ds import AthenaDataSource, DataSourceConfig
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


def test_what_the_methods_give_is_in_the_reference() -> None:
    """Each class of ours that a public method of AthenaDataSource returns."""
    page = (DOCS / "api.md").read_text()
    methods = [each for name, each in vars(AthenaDataSource).items() if not name.startswith("_") and callable(each)]
    ours = {name for each in methods for name in re.findall(r"[A-Z]\w+", str(each.__annotations__.get("return")))}
    missing = {
        name for name in ours - {"DataFrame", "Generator", "Iterator", "None", "Self"} if f".{name}\n" not in page
    }
    assert {"RunningQuery", "Outcome", "Estimate"} <= ours
    assert not missing, missing


def test_what_is_returned_is_not_taken_for_a_type() -> None:
    """In a docstring's Returns the reference reads what stands before a colon as a type."""
    methods = [each for kind in AthenaDataSource.__mro__ for each in vars(kind).values() if callable(each)]
    said = [re.search(r"Returns:\n(.*)", inspect.getdoc(each) or "") for each in methods]
    assert [found[1] for found in said if found and ": " in found[1]] == []
