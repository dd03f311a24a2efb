"""Every type, with its NULL, empty, extreme and ugly values, comes back the same through every transport."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from athena_ds.aws import Door
from athena_ds.execution import QueryExecution

from .athena_text import info
from .corpus import CORPUS, Corpus
from .shelf import Shelf
from .transports import Reader, by_csv, by_pages, by_unload, in_batches, numpy_values, same, values, whole

KINDS = ("null", "empty", "extreme", "ugly")
TRANSPORTS = ("csv", "pages", "unload", "batches", "unload batches")


def cases() -> Iterator[Any]:
    for corpus in CORPUS:
        for kind in KINDS:
            for transport in TRANSPORTS:
                if corpus.unload is not None or not transport.startswith("unload"):
                    yield pytest.param(
                        corpus, kind, transport, id=f"{corpus.pandas} {corpus.type} {kind} by {transport}"
                    )


def chosen(corpus: Corpus, kind: str) -> list[tuple[str | None, Any]]:
    """NULL stands first, last and between, so that it is never mistaken for the end."""
    of_kind = {"null": (), "empty": (corpus.empty,), "extreme": corpus.extreme, "ugly": corpus.ugly}[kind]
    null: tuple[None, None] = (None, None)
    return [null, *(cell for value in of_kind for cell in (value, null)), corpus.empty, null]


def laid(shelf: Shelf, corpus: Corpus, cells: list[tuple[str | None, Any]], transport: str) -> QueryExecution:
    infos = [info("v", corpus.type, precision=corpus.precision, scale=corpus.scale), info("n", "integer")]
    if transport.startswith("unload"):
        table = pa.table(
            {"v": pa.array([value for _, value in cells], corpus.unload), "n": pa.array(range(len(cells)), pa.int32())}
        )
        return by_unload(shelf, [table.slice(0, 2), table.slice(2)])
    texts = [(text, str(number)) for number, (text, _) in enumerate(cells)]
    return (by_pages if transport == "pages" else by_csv)(shelf, infos, texts)


@pytest.mark.parametrize(("corpus", "kind", "transport"), list(cases()))
def test_a_value_comes_back_as_it_was(shelf: Shelf, door: Door, corpus: Corpus, kind: str, transport: str) -> None:
    """Each cell equals the truth with Arrow dtypes, and with pandas' own, whose dtype is the table's for this type."""
    cells = chosen(corpus, kind)
    expected = [value for _, value in cells]
    execution = laid(shelf, corpus, cells, transport)
    read: Reader = in_batches if "batches" in transport else whole
    found = read(execution, door, "pyarrow")
    assert same(values(found["v"]), expected), (values(found["v"]), expected)
    assert values(found["n"]) == list(range(len(cells)))
    plain = read(execution, door, "numpy")
    assert str(plain["v"].dtype) == corpus.pandas
    # In a numpy float, NaN is what stands for NULL: the two are one there, and two with dtype_backend="pyarrow".
    both = [None if value != value else value for value in expected]
    assert same(numpy_values(plain["v"]), both), (numpy_values(plain["v"]), both)


@pytest.mark.parametrize("transport", ["csv", "pages", "batches"])
def test_a_column_of_type_unknown_is_none_throughout(shelf: Shelf, door: Door, transport: str) -> None:
    """`SELECT NULL` has type unknown: one column, as many rows as there are."""
    lay = by_pages if transport == "pages" else by_csv
    execution = lay(shelf, [info("_col0", "unknown")], [[None], [None], [None]])
    found = (in_batches if transport == "batches" else whole)(execution, door, "numpy")
    assert found["_col0"].tolist() == [None, None, None]
    assert list(found.index) == [0, 1, 2]


@pytest.mark.parametrize("corpus", CORPUS, ids=lambda corpus: f"{corpus.pandas} {corpus.type}")
@pytest.mark.parametrize("backend", ["numpy", "pyarrow"])
def test_a_dtype_does_not_depend_on_the_rows(shelf: Shelf, door: Door, corpus: Corpus, backend: Any) -> None:
    """No rows, only NULL, and only values give one dtype, by CSV, by pages and by UNLOAD."""
    filled, empty = [corpus.empty], (None, None)
    found: set[str] = set()
    for cells in ([], [empty], filled, [*filled, empty]):
        transports = ["csv", "pages"] + (["unload"] if corpus.unload is not None else [])
        for transport in transports:
            frame = whole(laid(shelf, corpus, list(cells), transport), door, backend)
            assert len(frame) == len(cells)
            found.add(str(frame["v"].dtype))
    assert len(found) == 1
    assert isinstance(frame, pd.DataFrame)
