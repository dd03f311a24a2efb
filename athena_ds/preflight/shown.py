"""Progress of a preflight: a bar in a notebook or a terminal, gone when it is done; nothing elsewhere."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from .. import onlooker
from .check import Watch


@contextmanager
def bar(*, wanted: bool | Watch | None) -> Iterator[Watch | None]:
    """A watch that draws, where somebody looks on; the caller's own, where one is given."""
    if callable(wanted):
        yield wanted
        return
    if not (_looked_at() if wanted is None else wanted) or find_spec("tqdm") is None:
        yield None
        return
    with warnings.catch_warnings():
        # tqdm says so where ipywidgets are missing, and draws text then.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm  # noqa: PLC0415

        drawn = tqdm(total=1, desc="preflight", leave=False, unit="check")
    try:
        yield lambda outcomes, left: _moved(drawn, len(outcomes), len(outcomes) + left)
    finally:
        drawn.close()


def _moved(drawn: object, done: int, total: int) -> None:
    drawn.total, drawn.n = total, done  # type: ignore[attr-defined]
    drawn.refresh()  # type: ignore[attr-defined]


def _looked_at() -> bool:
    return not onlooker.quiet() and (onlooker.in_notebook() or onlooker.at_terminal())
