"""Very many tables read side by side: GetTables has no segments, so names are parted by what they begin with.

One part after another is opened only where there is more in it than a few pages, so a small database costs its pages
and no more, and ten thousand names that begin alike are still read by all threads.
"""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import InvalidRequestError

Page = tuple[list[dict[str, Any]], str | None]
Ask = Callable[[str | None, str | None], Page]
"""A page, from its token and the regular expression its names match."""

_T = TypeVar("_T")
_THREADS = 8
_LETTERS = string.ascii_lowercase + string.digits + "_"
# Pages read one after another before what is left is parted: few where the part is wide, and likely to hold most.
_PAGES_OF_A_WIDE_PART, _PAGES_OF_A_NARROW_ONE = 3, 12


@dataclass(frozen=True, slots=True)
class Part:
    """The names that begin with `prefix` and do not go on with a character of `but`."""

    prefix: str = ""
    but: str = ""

    @property
    def expression(self) -> str | None:
        """As a regular expression for the whole name; None for all names there are."""
        if not self.prefix and not self.but:
            return None
        return f"{re.escape(self.prefix)}([^{re.escape(self.but)}].*)?" if self.but else f"{re.escape(self.prefix)}.*"

    @property
    def pages(self) -> int:
        """How many are read one after another."""
        return _PAGES_OF_A_NARROW_ONE if self.prefix and not self.but else _PAGES_OF_A_WIDE_PART

    def holds(self, name: str) -> bool:
        """Whether a name is in it."""
        going_on = name[len(self.prefix) : len(self.prefix) + 1]
        return name.startswith(self.prefix) and (not going_on or going_on not in self.but)

    def parted(self, names: Sequence[str]) -> list[Part]:
        """Parts of which every name of this one is in exactly one, made for more names like those seen.

        Empty where nothing is left to part by, or nothing was seen: Lake Formation may have emptied the pages.
        """
        if not names:
            return []
        shared = _shared(names) if not self.but else self.prefix
        apart = [Part(shared[:at], shared[at]) for at in range(len(self.prefix), len(shared))]
        seen = {name[len(shared)] for name in names if len(name) > len(shared)}
        # Numbers go on with numbers, words with anything; other alphabets are one part, read page by page.
        alike = [string.digits] if seen <= set(string.digits) else []
        letters = next((new for each in (*alike, _LETTERS) if (new := set(each) - set(self.but))), set())
        if not letters and not apart:
            return []
        other = Part(shared, "".join(sorted({*self.but, *letters})))
        return [*(Part(shared + letter) for letter in sorted(letters)), other, *apart]


class _NotUnderstoodError(Exception):
    """The expressions mean something else there."""


def read(ask: Ask, make: Callable[[dict[str, Any]], _T]) -> dict[str, _T]:
    """Every table by name.

    Args:
        ask: Gives a page.
        make: Makes of Glue's `Table` what is kept of it.
    """
    everything = Part()
    found, token = _pages(everything, ask, make, most=everything.pages)
    if token is None:
        return found
    try:
        return _side_by_side(everything.parted(list(found)), ask, make, known=found)
    except (_NotUnderstoodError, InvalidRequestError):
        # An endpoint that takes expressions otherwise, or not at all, is read page by page.
        return found | _pages(everything, ask, make, token=token)[0]


def _side_by_side(
    parts: Iterable[Part], ask: Ask, make: Callable[[dict[str, Any]], _T], *, known: dict[str, _T]
) -> dict[str, _T]:
    """All parts, and the parts of those that turn out to be large."""
    found: dict[str, _T] = {}
    with ThreadPoolExecutor(_THREADS, "athena_ds-tables") as pool:
        under_way = {pool.submit(_pages, part, ask, make, most=part.pages): part for part in parts}
        while under_way:
            for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                part, (tables, token) = under_way.pop(done), done.result()
                found |= tables
                if token is None:
                    continue
                smaller = part.parted(list(tables))
                under_way |= {pool.submit(_pages, each, ask, make, most=each.pages): each for each in smaller}
                if not smaller:
                    under_way[pool.submit(_pages, part, ask, make, token=token)] = part
    # There was more than is known, or nobody would have gone on.
    if not known.keys() < found.keys():
        raise _NotUnderstoodError
    return found


def _pages(
    part: Part, ask: Ask, make: Callable[[dict[str, Any]], _T], *, token: str | None = None, most: int = sys.maxsize
) -> tuple[dict[str, _T], str | None]:
    """So many pages of a part, and the token where they are not all."""
    found: dict[str, _T] = {}
    for _ in range(most):
        page, token = ask(token, part.expression)
        if not all(part.holds(each["Name"]) for each in page):
            raise _NotUnderstoodError
        found |= {each["Name"]: make(each) for each in page}
        if token is None:
            break
    return found, token


def _shared(names: Sequence[str]) -> str:
    low, high = min(names), max(names)
    length = next((at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    return low[:length]
