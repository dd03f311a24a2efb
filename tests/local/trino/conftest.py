"""A real Trino behind an endpoint of the module's own: the one at TRINO_URL, which `scripts/trino run` sets."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.tables.running import Lake


@pytest.fixture(scope="session")
def trino_url() -> str:
    """The address of the Trino; without one the test is not run."""
    address = os.environ.get("TRINO_URL")
    if not address:
        pytest.skip("TRINO_URL names no Trino: scripts/trino run scripts/test -m trino")
    return address.rstrip("/")


@pytest.fixture(scope="module")
def lake(trino_url: str) -> Iterator[Lake]:
    """Buckets, a database and the sample database, with the Trino as the engine."""
    with LocalAthena(engine=f"trino={trino_url}") as endpoint:
        made = Lake(endpoint)
        for bucket in (RESULTS, "lake"):
            made.s3.create_bucket(Bucket=bucket)
        made.run("CREATE DATABASE db")
        yield made
