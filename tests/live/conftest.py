"""The account these tests run in: a stand-in for one's own, or one's own with ATHENA_DS_LIVE=1.

One's own is the saved data source `tutorials`, with the sample laid there (see notebooks/README.md). The stand-in is an
endpoint that begins empty, with other names of buckets, reached by a profile in a credentials file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from athena_ds import AthenaDataSource
from athena_ds.local import LocalAthena
from scripts.lay_samples import main as lay_samples
from tests.conftest import clients_of

NAME = "tutorials"


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which `AthenaDataSource.load("tutorials")` is a data source over the sample."""
    if os.environ.get("ATHENA_DS_LIVE"):
        yield {}
        return
    folder = tmp_path_factory.mktemp("account")
    with LocalAthena(samples=False) as endpoint, pytest.MonkeyPatch.context() as patch:
        environment = _credentials(folder, endpoint)
        for name, value in environment.items():
            patch.setenv(name, value)
        for bucket in ("acme-results", "acme-lake"):
            clients_of(endpoint)("s3").create_bucket(Bucket=bucket)
        AthenaDataSource.from_profile(
            NAME,
            region=endpoint.region,
            database="nyc",
            results_bucket="acme-results",
            results_path="analysts/jane",
            endpoint_url=endpoint.endpoint_url,
        ).save(NAME)
        assert lay_samples([NAME, "s3://acme-lake/samples/", "--confirm"]) == 0
        yield environment


def _credentials(folder: Path, endpoint: LocalAthena) -> dict[str, str]:
    keys = folder / "credentials"
    keys.write_text(
        f"[{NAME}]\naws_access_key_id = {endpoint.access_key_id}\n"
        f"aws_secret_access_key = {endpoint.secret_access_key}\n"
    )
    return {"AWS_SHARED_CREDENTIALS_FILE": str(keys), "XDG_CONFIG_HOME": str(folder / "config")}


@pytest.fixture
def ds(account: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AthenaDataSource:
    """The data source of that account."""
    for name, value in account.items():
        monkeypatch.setenv(name, value)
    return AthenaDataSource.load(NAME)
