"""What is registered as a function's meaning answers for one there is: no rule is written that nothing asks for."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from athena_ds.local.engine.duckdb import functions
from athena_ds.local.engine.duckdb.functions.registry import _RULES
from athena_ds.local.sql.calls import FORMS
from athena_ds.local.sql.functions import catalogue

READ_OTHERWISE = {"+", "-", "*", "/", "%", "negate", "cast", "at_timezone", "format"}
"""Operators, and what the grammar reads as a form of its own: their signatures are not the catalogue's."""


def test_every_meaning_is_of_a_signature_there_is() -> None:
    """A name Trino has, with arguments it takes, that is not read as a form before a meaning is looked for."""
    for module in iter_modules(functions.__path__):
        import_module(f"{functions.__name__}.{module.name}")
    known = {name: {"*", *(each.text for each in signatures)} for name, signatures in catalogue().items()}
    asked = {name: texts for name, texts in known.items() if name not in FORMS}
    meanings = [one for one in _RULES if one[0] not in READ_OTHERWISE]
    assert [one for one in meanings if one[1] not in asked.get(one[0], ())] == []
