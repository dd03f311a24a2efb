"""A door of our own to a shelf of results, without waiting between tries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from athena_ds.aws import Door, Patience
from athena_ds.aws.patience import Budget
from athena_ds.connection.credentials import AccessKey

from .shelf import Shelf


@pytest.fixture(scope="session")
def shelf_server() -> Iterator[Shelf]:
    shelf = Shelf()
    server = shelf.serve()
    yield shelf
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def shelf_door(shelf_server: Shelf) -> Door:
    door = Door(
        credentials=AccessKey(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="EXAMPLE" * 6),
        region="eu-west-1",
        endpoint_url=shelf_server.url,
        patience=Patience(attempts=16, unreachable_attempts=16, read_timeout=5),
    )
    door.sleep = lambda _: None
    return door


@pytest.fixture
def shelf(shelf_server: Shelf) -> Iterator[Shelf]:
    """An empty shelf that gives what is laid on it, and no faults."""
    shelf_server.objects.clear()
    shelf_server.results.clear()
    shelf_server.asked.clear()
    shelf_server.fault = shelf_server.api_fault = None
    yield shelf_server
    shelf_server.fault = shelf_server.api_fault = None


@pytest.fixture
def door(shelf: Shelf, shelf_door: Door) -> Door:
    # A process's retries are limited; one test's are not another's.
    shelf_door._budget = Budget()
    return shelf_door
