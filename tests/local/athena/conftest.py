"""The Athena API over HTTP, with an engine that does what the test says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS, clients_of
from tests.local.athena.calls import Calls
from tests.local.athena.scripted import Scripted


@pytest.fixture(scope="module")
def engine() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def endpoint(engine: Scripted) -> Iterator[LocalAthena]:
    with LocalAthena(samples=False, engine=engine, workers=2) as running:
        clients_of(running)("s3").create_bucket(Bucket=RESULTS)
        yield running


@pytest.fixture(scope="module")
def athena(endpoint: LocalAthena) -> Any:
    return clients_of(endpoint, parameter_validation=False)("athena")


@pytest.fixture(scope="module")
def s3(endpoint: LocalAthena) -> Any:
    return clients_of(endpoint)("s3")


@pytest.fixture
def calls(athena: Any) -> Calls:
    return Calls(athena)
