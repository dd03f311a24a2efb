"""Where the wanted partitions of a table with partition projection lie, found by going down its folders.

Projection needs no list of partitions, and neither does this: each folder's name is read with the pattern of the
table's locations, and one whose value no query can want is not gone into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import unquote

from .domain import Domain
from .value import Table

Folders = Callable[[str], list[str]]
"""The folders right under an S3 location that ends with a slash, each as such a location."""

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
# Folders gone into for one table; beyond it everything below counts.
_MOST = 2000


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a key's value that is one folder: `yyyy/MM/dd` is three."""

    key: str
    number: int
    last: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """One level of folders: a pattern for its name, and which pieces of which keys are in it."""

    pattern: re.Pattern[str]
    pieces: tuple[_Piece, ...]
    fixed: str | None
    """The folder's name where it holds no key."""


def places(table: Table, domains: Mapping[str, Domain], *, folders: Folders) -> list[str]:
    """The locations under which all wanted partitions lie, and at most what lies beside them."""
    root, steps = _steps(table)
    if any("/" in value for key in table.partition_keys for value in _listed(table, key.name, domains)):
        # Which folder is which key's cannot be told.
        return [root + "".join(f"{step.fixed}/" for step in takewhile(lambda each: each.fixed is not None, steps))]
    return list(_Walk(domains, folders).found(root, steps))


@dataclass(slots=True)
class _Walk:
    domains: Mapping[str, Domain]
    folders: Folders
    left: int = _MOST

    def found(self, root: str, steps: list[_Step]) -> Iterator[str]:
        return self._down(root, steps, {})

    def _down(self, place: str, steps: list[_Step], found: dict[str, str]) -> Iterator[str]:
        if not steps or self.left <= 0:
            yield place
            return
        step, rest = steps[0], steps[1:]
        if step.fixed is not None:
            yield from self._down(f"{place}{step.fixed}/", rest, found)
            return
        self.left -= 1
        for folder in self.folders(place):
            named = step.pattern.fullmatch(folder.rstrip("/").rpartition("/")[2])
            known = dict(found)
            if named and all(self._wanted(*pair, known) for pair in zip(step.pieces, named.groups(), strict=True)):
                yield from self._down(folder, rest, known)

    def _wanted(self, piece: _Piece, text: str, known: dict[str, str]) -> bool:
        known[piece.key] = f"{known[piece.key]}/{unquote(text)}" if piece.number else unquote(text)
        domain = self.domains.get(piece.key)
        if domain is None:
            return True
        value = known[piece.key]
        return domain.may_hold(value) if piece.last else domain.may_begin(f"{value}/")


def _listed(table: Table, key: str, domains: Mapping[str, Domain]) -> tuple[str, ...]:
    """The values of a key that can be known beforehand, but for dates."""
    if "format" in (name.rpartition(".")[2] for name in table.parameters if name.startswith(f"projection.{key}.")):
        return ()
    enumerated = table.parameters.get(f"projection.{key}.values", "").split(",")
    domain = domains.get(key)
    return (*enumerated, *((domain.values or ()) if domain else ()))


def _steps(table: Table) -> tuple[str, list[_Step]]:
    template = table.parameters.get("storage.location.template") or "/".join(
        [table.location.rstrip("/"), *(f"{key.name}=${{{key.name}}}" for key in table.partition_keys)]
    )
    scheme, _, path = template.rstrip("/").partition("://")
    bucket, _, path = path.partition("/")
    split = _PLACEHOLDER.sub(lambda found: _split(table, found[1].lower()), path)
    return f"{scheme}://{bucket}/", [_step(name) for name in split.split("/")]


def _split(table: Table, key: str) -> str:
    """A key's placeholder, one for each folder that its values take."""
    format_ = table.parameters.get(f"projection.{key}.format", "")
    count = format_.count("/") + 1
    return "/".join(f"${{{key}_{number}_{count}}}" for number in range(count))


def _step(name: str) -> _Step:
    pieces = []
    for found in _PLACEHOLDER.finditer(name):
        key, number, count = found[1].rsplit("_", 2)
        pieces.append(_Piece(key, int(number), int(number) == int(count) - 1))
    pattern = "(.+)".join(re.escape(text) for text in re.split(r"\$\{\w+\}", name))
    return _Step(re.compile(pattern, re.IGNORECASE), tuple(pieces), None if pieces else name)
