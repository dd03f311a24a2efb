"""Stems of English words by Snowball's algorithm, in the version Trino has."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from athena_ds.local.engine.duckdb.functions.refusals import invalid, unsupported
from athena_ds.local.engine.duckdb.functions.registry import kernel

_OTHERS = frozenset(
    "ca da de es eu fi fr hu hy ir it lt nl no pt ro ru sv tr".split()  # noqa: SIM905 - as Trino lists them
)
_CHANGED = ("emerg", "inter", "later", "organ", "past", "univers")
"""Words that begin so are stemmed otherwise since Snowball 3: Trino's version is an older one."""


@kernel("word_stem", "varchar(x)")
def word_stem(word: str) -> str:
    return _stem(word)


@kernel("word_stem", "varchar(x),varchar(2)")
def word_stem_in(word: str, language: str) -> str:
    if language in _OTHERS:
        raise unsupported(f"word_stem in '{language}'")
    if language != "en":
        raise invalid(f"Unknown stemmer language: {language}")
    return _stem(word)


def _stem(word: str) -> str:
    if word.lstrip("'").startswith(_CHANGED):
        raise unsupported(f"word_stem of a word that begins as '{word}'")
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    return importlib.import_module("snowballstemmer").stemmer("english")
