"""The endpoint these tests speak to, a new account a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.iam.endpoint import Endpoint


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.close()
