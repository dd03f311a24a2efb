"""Worlds are slow to make: one a layout and partition, for the whole session. A test leaves it as it found it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.permissions.world import EVERYTHING, Layout, World

Worlds = Callable[..., World]


@pytest.fixture(scope="session")
def worlds() -> Iterator[Worlds]:
    made: dict[tuple[object, ...], World] = {}

    def world(layout: Layout = "one bucket", *, region: str = "eu-west-1", encrypted: bool = False) -> World:
        key = (layout, region, encrypted)
        if key not in made:
            made[key] = World(layout, region=region, encrypted=encrypted)
        made[key].grant(EVERYTHING)
        return made[key]

    yield world
    for each in made.values():
        each.close()


@pytest.fixture
def world(worlds: Worlds) -> World:
    """The plain one: one bucket, everything allowed."""
    return worlds()
