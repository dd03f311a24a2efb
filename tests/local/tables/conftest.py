"""Tables in a lake of the module's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import RESULTS
from tests.local.tables.running import Lake


@pytest.fixture(scope="module")
def lake() -> Iterator[Lake]:
    with LocalAthena(samples=False) as endpoint:
        made = Lake(endpoint)
        for bucket in (RESULTS, "lake"):
            made.s3.create_bucket(Bucket=bucket)
        made.run("CREATE DATABASE db")
        yield made
